"""What the checker says about a lesson's file, with its line."""

import pytest

from tests.cms.tiny_curriculum import LESSON_PATH, change, said, said_about, write_course

UNKNOWN = "use one of situation, callout, figure, table, steps, checklist, selfcheck, terms, download, deeper, sources"


@pytest.fixture
def root(tmp_path):
    write_course(tmp_path)
    return tmp_path


IN_LESSON = [  # what is done to en.md: (old, new, [what is said about en.md])
    ("::: checklist", "::: ogohlantirish", [f"40: unknown block «ogohlantirish»: {UNKNOWN}"]),
    ("::: checklist", "::: cheklist", ["40: unknown block «cheklist»: did you mean checklist?"]),
    (".\n:::\n\n::: deeper", ".\n\n::: deeper", ["66: this block is not closed: add a line with only :::"]),
    (
        "::: sources\n- Right, that’s what it means.\n:::",
        "::: sources\n- Right, that’s what it means.",
        ["74: this block is not closed: add a line with only :::"],
    ),
    ("means.\n:::\n", "means.\n", ["31: this block is not closed: add a line with only :::"]),
    ("## Start", ":::\n\n## Start", ["29: this ::: closes nothing: a block begins with ::: and its name"]),
    ("::: table Length beats decoration", "::: table", ["21: ::: table needs a title or name after it"]),
    ("that’s long", "that's long", ["10: the apostrophe is ’ (U+2019): «that's»"]),
    ("## Length", "## Lеngth", ["13: Latin and Cyrillic letters in one word: «Lеngth»"]),
    ("## Length", "## `it's` Length", []),
    ("     > Right, that’s what it means.\n", "", ["50: answer without feedback: add a line '     > …'"]),
    ("- [x] Start", "- [ ] Start", ["49: mark exactly one answer with [x]"]),
    ("   - [ ] Write.", "   - [x] Write.", ["49: mark exactly one answer with [x]"]),
    ("   - [ ] Write.", "   - Write.", ["50: begin the answer with '- [ ] ' or '- [x] '"]),
    ("minutes: 10", "minutes: 14", ["4: minutes says 14, the text needs 10"]),
    ("minutes: 10", "minutes: 9", ["4: a lesson takes 10-15 minutes, not 9"]),
    ("minutes: 10", "minutes: ten", ["4: minutes must be a whole number, not «ten»"]),
    ("minutes: 10", "minute: 10", ["1: front matter lacks: minutes", "4: unknown key «minute»: did you mean minutes?"]),
    ("minutes: 10", "minutes: 10\nminutes: 10", ["5: the key «minutes» stands here twice"]),
    ("minutes: 10", "minutes: 10\nnonsense", ["5: front matter has lines like 'title: …', not «nonsense»"]),
    ("2027-05-22", "2027-15-22", ["6: check_again must be a date like 2026-11-22, not «2027-15-22»"]),
    ("2027-05-22", "2026-11-22", ["6: check_again must come after checked"]),
    ("2027-05-22", "2026-11-30", ["6: check_again is past: trainers are told"]),
    ("::: figure lock", "::: figure look", ["17: no file figures/look.svg: did you mean lock?"]),
    ("download register", "download registr", ["44: no file files/registr.yaml: did you mean register?"]),
    ("- password:", "- pasword:", ["67: pasword is not in glossary.csv: did you mean password?"]),
    ("- password:", "- Password -", ["67: a term is written '- key_in_glossary: Definition.'"]),
    ("https://pages", "http://pages", ["71: bare http: in «http://pages.nist.gov»: write https:"]),
    ("https://pages.nist.gov/", "../x", ["71: this link leads nowhere: «../x»: write [text](https://…)"]),
    (
        "(https://pages",
        "(https:// pages",
        ["71: this link was not read: write [text](https://…) without spaces in the address"],
    ),
    ("**Write.** Right", "Write. Right", ["32: begin the step with **what to do.**"]),
    (
        "2. **Write.** Right, that’s what it means.\n",
        "",
        ["31: ::: steps needs a numbered list (1. 2. 3.), at least 2"],
    ),
    ("1. **Write.**", "Do this.\n\n1. **Write.**", ["32: only a numbered list (1. 2. 3.) belongs in ::: steps"]),
    ("- [ ] Right", "- Right", ["41: begin every line of a checklist with '- [ ] '"]),
    ("- [ ] Right", "- [ ] One.\n\n  Two.\n- [ ] Right", ["41: one paragraph a line in ::: checklist"]),
    ("callout tip", "callout tipp", ["36: unknown kind of callout «tipp»: did you mean tip?"]),
    ("callout tip Start today", "callout tip", ["36: ::: callout needs a title after its kind"]),
    ("tip Start today\n", "tip Start today\nMore.\n\n", ["36: ::: callout has exactly one paragraph"]),
    (
        "| **Write.** | 5 000 |",
        "| **Write.** | |",
        ["24: an empty cell: fill it, and leave an empty line between the table and its note"],
    ),
    ("| **Write.** |", "| **Write.** | 1 |", ["24: more cells than headings (a bar inside a cell is written \\|)"]),
    (
        "| Write. | Start today |\n| --- | ---: |\n| **Write.** | 5 000 |",
        "Nothing.",
        ["21: ::: table begins with one table: rows with | bars |, a note may follow"],
    ),
    (
        "| Write. | Start today |\n| --- | ---: |\n| **Write.** | 5 000 |",
        "| a | b | c | d |\n|--|--|--|--|\n| 1 | 2 | 3 | 4 |",
        ["22: 4 columns do not fit on a phone: at most 3"],
    ),
    ("5 000 |\n\n", "5 000 |\n\nOne.\n\n", ["28: a table has one paragraph as its note"]),
    (
        "## Start today",
        "# Start today",
        [
            "21: en.md has no ## heading like «Bugun boshlaymiz» after «Length beats decoration»; uz.md has",
            "29: headings begin with ## or ###",
        ],
    ),
    (
        "## Start today",
        "## Start today\n\n<b>now</b>",
        ["31: no HTML here: write **bold**, *italic*, `as typed`, [link](https://…)"],
    ),
    ("## Start today", "## Start today\n\n![a](https://b.uz/c.png)", ["31: no images in the text: use ::: figure"]),
    ("## Start today", "## Start today\n\n```\nx\n```", ["31: no ``` blocks: write `as typed` within a line"]),
    ("## Start today", "## Start today\n\n    x", ["31: this line is indented too far: it would become computer code"]),
    ("## Start today", "## Start today\n\n***", ["31: a line of dashes has no place in a lesson: use a heading"]),
    (
        "## Start today",
        "## Start today\n\n| a |\n|--|\n| b |",
        ["31: a table stands in a block: begin it with ::: table Title"],
    ),
    ("## Start today", "## Start today\n\n> a", ["31: lines with > stand under the answers of ::: selfcheck only"]),
    ("## Start today", "## Start today\n\n3. a", ["31: a numbered list begins with 1"]),
    (
        "## Start today",
        "## Start today\n\n**a **",
        ["31: ** was not read as bold: no spaces inside, and close it before the paragraph ends"],
    ),
    (
        "::: callout tip Start today\n",
        "::: callout tip Start today\n## ",
        ["36: ::: callout has exactly one paragraph", "37: no headings inside a block"],
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), IN_LESSON)
def test_lesson(root, old, new, expected):
    change(root, "en.md", old, new)

    assert said_about(root, "en.md") == expected


def test_situation_comes_first_and_once(root):
    change(root, "en.md", "## Start today", "::: situation Two\nShort.\n:::")
    change(root, "ru.md", "::: situation", "Сначала.\n\n::: situation")

    assert [text for text in said(root) if "situation" in text] == [
        f"{LESSON_PATH}/en.md:29: ::: situation stands once",
        f"{LESSON_PATH}/en.md:29: the situation has 1 words: it takes 80 to 180",
        f"{LESSON_PATH}/ru.md:11: ::: situation must be the first block",
        f"{LESSON_PATH}/uz.md:21: uz.md has no ::: situation after «Uzunlik bezakdan kuchli»; en.md has",
    ]


def test_a_lesson_without_situation_or_front_matter(root):
    change(root, "en.md", "::: situation", "::: sources")
    change(root, "ru.md", "---\n", "")

    assert f"{LESSON_PATH}/en.md:1: no ::: situation at the beginning" in said(root)
    assert said_about(root, "ru.md") == [
        "1: the file must begin with ---, then title, outcome, minutes, checked, check_again, then --- again",
    ]


def test_a_selfcheck_has_three_questions_with_answers(root):
    change(root, "en.md", "3. A password that’s long.\n   - [ ] Write.", "   - [ ] Write.")
    change(root, "ru.md", "   - [x] Начнём сегодня\n     > Верно, смысл в этом и есть.\n", "")

    assert said_about(root, "en.md") == [
        "48: a self-check has 3 questions, not 2",
        "54: mark exactly one answer with [x]",
    ]
    assert said_about(root, "ru.md") == [
        "49: a question has at least two answers",
        "49: mark exactly one answer with [x]",
    ]


def test_a_question_is_a_paragraph_and_its_answers(root):
    change(root, "en.md", "1. A password that’s long.\n", "1. A password that’s long.\n\n   Really?\n\n")
    change(
        root, "en.md", "     > Right, that’s what it means.\n", "     > Right, that’s what it means.\n\n     More.\n\n"
    )

    assert said_about(root, "en.md") == [
        "49: a question is one paragraph and its answers: lines with '   - [ ] ' and one '   - [x] '",
        "53: an answer is one line, with one reason after > under it",
    ]


def test_uzbek_signs(root):
    change(root, "uz.md", "## Uzunlik", "## Bo'sh tog’ maʻno san'at O’Reilly Google’s `o'zbek` [a](https://a.uz/o'z)")

    assert said_about(root, "uz.md") == [
        "13: oʻ and gʻ need the sign ʻ (U+02BB): «Bo'sh»",
        "13: oʻ and gʻ need the sign ʻ (U+02BB): «tog’»",
        "13: the tutuq sign is ʼ (U+02BC): «maʻno»",
        "13: the tutuq sign is ʼ (U+02BC): «san'at»",
    ]


def test_russian_letters(root):
    change(root, "ru.md", "## Длина", "## Wi-Fi-сеть, IT-отдел, Win+Д и cайт: Длина")

    assert said_about(root, "ru.md") == ["13: Latin and Cyrillic letters in one word: «cайт»"]

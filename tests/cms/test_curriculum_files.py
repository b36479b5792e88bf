"""The checker of curriculum files: what it reads, and every message of FORMAT.md with its file and line.

Each test starts from a tiny valid course in uz, ru and en and breaks one thing in it.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest

from cms.curriculum.__main__ import main
from cms.curriculum.counting import minutes
from cms.curriculum.problems import WARNING
from cms.curriculum.reading import CurriculumError, check, read_course
from tests.cms.tiny_curriculum import (
    COURSE,
    DRAWING,
    DRAWING_WORDS,
    LESSON_PATH,
    TABLE,
    TODAY,
    WORDS,
    change,
    said,
    said_about,
    write_course,
)

SAMPLE = Path(__file__).parents[2] / "curriculum"


@pytest.fixture
def root(tmp_path):
    write_course(tmp_path)
    return tmp_path


def test_a_valid_course_has_no_problems(root):
    assert said(root) == []


def test_the_sample_module_reads_without_error(tmp_path):
    (tmp_path / "sec").mkdir()
    shutil.copy(SAMPLE / "glossary.csv", tmp_path)
    shutil.copytree(SAMPLE / "sec/1-accounts", tmp_path / "sec/1-accounts")
    (tmp_path / "sec/course.yaml").write_text(COURSE, encoding="utf-8")

    module = read_course(tmp_path / "sec", TODAY).modules[0]

    assert [lesson.key for lesson in module.lessons] == ["1-passwords", "2-two-step", "3-shared-accounts"]
    assert {language: abs(minutes(text) - text.minutes) <= 1 for language, text in module.lessons[0].texts.items()} == {
        "uz": True,
        "ru": True,
        "en": True,
    }


def test_a_course_is_read_as_it_is_written(root):
    course = read_course(root / "sec", TODAY)
    module = course.modules[0]
    lesson = module.lessons[0]

    assert (course.key, course.code, course.languages) == ("sec", "SEC", ())
    assert course.title == {"uz": "Himoya", "ru": "Защита", "en": "Security"}
    assert (module.key, module.code, module.roles, module.digcomp) == (
        "1-accounts",
        "SEC-1",
        ["all", "web_analyst"],
        {"4.1": "intermediate"},
    )
    assert (lesson.key, list(lesson.texts), list(lesson.figures)) == ("1-passwords", ["uz", "ru", "en"], ["lock"])
    assert lesson.texts["en"].title == "Length beats decoration: 5 000"
    assert lesson.texts["uz"].title == "Uzunlik bezakdan kuchli: 5\u00a0000"
    assert module.quiz["questions"][0]["feedback"] == {
        "uz": "Uzun 5\u00a0000",
        "ru": "Длина 5\u00a0000",
        "en": "Length 5,000",
    }
    assert type(module.quiz["questions"][0]) is dict
    assert module.quiz["questions"][6]["accept"] == {"all": ["Win+L", "1441"]}
    assert module.files["register"].columns[1]["choose"][0] == {"uz": "ha", "ru": "да", "en": "yes"}
    assert module.files["register"].example[2] == date(2026, 11, 22)


def test_every_block_of_a_lesson_becomes_its_value(root):
    blocks = read_course(root / "sec", TODAY).modules[0].lessons[0].texts["ru"].blocks
    why, text = "Верно, смысл в этом и есть.", "Пароль длинный и свой."
    answers = [
        {"text": "Пишите.", "right": False, "why": why},
        {"text": "Начнём сегодня", "right": True, "why": why},
    ]
    turned = [{**answers[0], "right": True}, {**answers[1], "right": False}]

    assert [block["type"] for block in blocks[:3]] == ["situation", "heading", "text"]
    assert blocks[0]["value"].keys() == {"title", "text"}
    assert blocks[1] == {"type": "heading", "value": {"level": "h2", "text": "Длина сильнее украшений"}}
    assert blocks[2]["value"].startswith("<p>Пароль длинный и свой. Пароль")
    assert blocks[3:5] == [
        {"type": "figure", "value": {"figure": "lock", "caption": text}},
        {
            "type": "table",
            "value": {
                "title": "Длина сильнее украшений",
                "columns": [{"heading": "Пишите.", "align": "left"}, {"heading": "Начнём сегодня", "align": "right"}],
                "rows": [["<strong>Пишите.</strong>", "5\u00a0000"]],
                "note": text,
            },
        },
    ]
    step = {"what": "Пишите.", "how": why}
    assert blocks[6:] == [
        {"type": "steps", "value": {"title": "Начнём сегодня", "steps": [step, step]}},
        {"type": "callout", "value": {"kind": "tip", "title": "Начнём сегодня", "text": f"<p>{text}</p>"}},
        {"type": "checklist", "value": {"title": "Начнём сегодня", "lines": [why]}},
        {"type": "download", "value": {"file": "register", "text": text}},
        {
            "type": "selfcheck",
            "value": {
                "title": "Начнём сегодня",
                "questions": [
                    {"text": text, "answers": answers},
                    {"text": text, "answers": turned},
                    {"text": text, "answers": answers},
                ],
            },
        },
        {"type": "terms", "value": {"terms": [{"key": "password", "definition": why}]}},
        {"type": "deeper", "value": {"lines": ['<a href="https://pages.nist.gov/">NIST</a>: Начнём сегодня.']}},
        {"type": "sources", "value": {"lines": [why]}},
    ]


def test_paragraphs_and_lists_between_headings_become_one_text_without_raw_html(root):
    change(root, "en.md", "\n\n::: figure", "\n\n- *one* `a<b` & c\n- two\n\n1. three\n   four\n\n::: figure")

    block = read_course(root / "sec", TODAY).modules[0].lessons[0].texts["en"].blocks[2]

    assert block["value"].endswith(
        "</p><ul><li><em>one</em> <code>a&lt;b</code> &amp; c</li><li>two</li></ul><ol><li>three four</li></ol>"
    )


def test_a_language_that_is_wholly_absent_is_a_warning_until_the_course_promises_it(root):
    (root / LESSON_PATH / "ru.md").unlink()

    assert said(root) == [f"{LESSON_PATH}: ru.md is missing"]
    assert [problem.severity for problem in check(root, TODAY)] == [WARNING]
    assert list(read_course(root / "sec", TODAY).modules[0].lessons[0].texts) == ["uz", "en"]

    change(root, "course.yaml", "code: SEC", "code: SEC\nlanguages: [uz, ru, en]")
    with pytest.raises(CurriculumError) as error:
        read_course(root / "sec", TODAY)
    assert str(error.value) == f"{LESSON_PATH}: ru.md is missing"

    change(root, "course.yaml", "languages: [uz, ru, en]", "languages: [uz, en]")
    assert said(root) == []
    assert read_course(root / "sec", TODAY).languages == ("uz", "en")


def test_a_question_wholly_without_a_language_is_a_warning_and_half_of_one_an_error(root):
    change(root, "quiz.yaml", "questions:\n", "questions:\n" + QUESTION_IN_TWO_LANGUAGES)
    assert [(str(problem), problem.severity) for problem in check(root, TODAY)] == [
        ("sec/1-accounts/quiz.yaml:11: q00: nothing in ru yet", WARNING)
    ]

    change(root, "course.yaml", "code: SEC", "code: SEC\nlanguages: [uz, ru, en]")
    assert said_about(root, "quiz.yaml") == [
        "11: q00: no text in ru",
        "13: q00: no option 1 in ru",
        "13: q00: no why of option 1 in ru",
        "14: q00: no option 2 in ru",
        "14: q00: no why of option 2 in ru",
        "15: q00: no feedback in ru",
    ]

    change(root, "course.yaml", "languages: [uz, ru, en]\n", "")
    change(root, "quiz.yaml", "feedback: {uz: bir", "feedback: {ru: раз, uz: bir")
    change(
        root, "quiz.yaml", "en: b, right: true, why: {uz: y, en: y}", 'ru: "", en: b, right: true, why: {uz: y, en: y}'
    )
    assert said_about(root, "quiz.yaml")[0] == "11: q00: no text in ru"
    assert {problem.severity for problem in check(root, TODAY)} == {"error"}


QUESTION_IN_TWO_LANGUAGES = """\
- id: q00
  kind: single
  lesson: 1
  level: basic
  text: {uz: Qaysi?, en: Which?}
  options:
  - {uz: ab, en: ab, why: {uz: y, en: y}}
  - {uz: b, en: b, right: true, why: {uz: y, en: y}}
  feedback: {uz: bir, en: one}
"""


def test_titles_are_there_in_every_language(root):
    change(root, "course.yaml", "ru: Защита, ", "")
    change(root, "1-accounts/module.yaml", ", en: You keep", ", en: ''")

    assert said(root) == [
        "sec/1-accounts/module.yaml:3: no outcome in en",
        "sec/course.yaml:2: no title in ru",
    ]


def test_blocks_are_the_same_in_every_language(root):
    table = "::: table Length beats decoration\n| Write. | Start today |\n| --- | ---: |\n| **Write.** | 5 000 |\n\n"
    change(root, "en.md", table + "A password that’s long.\n:::\n", "")
    assert said(root) == [
        f"{LESSON_PATH}/en.md:17: en.md has no ::: table after «Length beats decoration»; uz.md has",
    ]

    change(root, "ru.md", "## Начнём сегодня", "### Начнём сегодня")
    assert [text for text in said_about(root, "ru.md") if "has no" in text] == [
        "21: ru.md has no ## heading like «Bugun boshlaymiz» after «Длина сильнее украшений»; uz.md has",
    ]


def test_a_block_that_two_languages_have_is_missed_once(root):
    change(root, "uz.md", "::: sources\n- Toʻgʻri, maʼnosi shu.\n:::\n", "")

    assert said(root) == [f"{LESSON_PATH}/uz.md:70: uz.md has no ::: sources after «Bugun boshlaymiz»; ru.md has"]


def test_blocks_are_about_the_same_thing_in_every_language(root):
    figures = root / LESSON_PATH / "figures"
    (figures / "key.svg").write_text(DRAWING)
    (figures / "key.yaml").write_text(DRAWING_WORDS)
    change(root, "ru.md", "::: callout tip", "::: callout law")
    change(root, "en.md", "::: figure lock", "::: figure key")

    assert said(root) == [
        f"{LESSON_PATH}/en.md:17: en.md has «key» here; uz.md has «lock»",
        f"{LESSON_PATH}/ru.md:36: ru.md has «law» here; uz.md has «tip»",
    ]


def test_blocks_come_in_the_same_order(root):
    change(root, "en.md", "::: deeper\n- [NIST](https://pages.nist.gov/): Start today.\n:::\n\n", "")
    change(root, "en.md", "::: terms", "::: deeper\n- Start today.\n:::\n\n::: terms")

    assert said(root) == [f"{LESSON_PATH}/en.md:66: en.md has ::: deeper here, keep the order: uz.md has ::: terms"]


def test_a_much_shorter_language(root):
    change(root, "ru.md", f"{WORDS['ru']['text']} " * 85, "")

    assert said(root) == [
        f"{LESSON_PATH}/ru.md:1: ru.md has 33 % fewer characters than en.md: is something missing?",
        f"{LESSON_PATH}/ru.md:4: minutes says 10, the text needs 8",
    ]


def test_missing_and_unreadable_files_are_problems(root):
    module = root / "sec/1-accounts"
    (module / "seminar.yaml").unlink()
    (module / "quiz.yaml").write_bytes(b"pool: SEC-1\n\ndraw: \xff")
    (module / "assignment.yaml").write_text("# nothing\n")
    (module / "1-passwords/en.md").write_text("x" * 101 * 1024)
    (module / "1-passwords/de.md").write_text("Hallo")
    (module / "1-passwords/figures/lock.svg").unlink()
    (module / "files/odd.yaml").write_text("kind: table\nnote: \x08")
    (module / "files/Bad name.yaml").write_text(TABLE)

    assert said(root) == [
        f"{LESSON_PATH}/de.md: a lesson's file is called uz.md, ru.md, en.md",
        f"{LESSON_PATH}/en.md: the file has 101 KB, at most 100 are allowed",
        f"{LESSON_PATH}/figures/lock.yaml: no drawing lock.svg",
        f"{LESSON_PATH}/ru.md:17: no file figures/lock.svg",
        f"{LESSON_PATH}/uz.md:17: no file figures/lock.svg",
        "sec/1-accounts/assignment.yaml:1: the file is empty",
        "sec/1-accounts/files/Bad name.yaml: «Bad name» is no name: use a-z, 0-9 and hyphens",
        "sec/1-accounts/files/odd.yaml:2: an invisible character (U+0008): delete it",
        "sec/1-accounts/module.yaml:4: seminar.yaml is missing, though hours gives it time",
        "sec/1-accounts/quiz.yaml:3: not UTF-8: save the file as UTF-8",
        "sec/course.yaml:5: draw_per_module says 2, 1-accounts has 0 questions",
    ]


def test_files_of_a_wrong_kind_are_problems(root):
    folder = f"{LESSON_PATH}/figures"
    figures = root / folder
    (figures / "Lock 2.svg").write_text(DRAWING)
    (figures / "lock.yaml").write_text("- state")
    (root / LESSON_PATH / "ru.md").unlink()
    (root / LESSON_PATH / "ru.md").mkdir()
    (root / "glossary.csv").write_text("term,en\n")

    assert said(root) == [
        "glossary.csv:1: the first line must name the columns: key,en,uz,ru,note",
        f"{LESSON_PATH}/en.md:67: password is not in glossary.csv",
        f"{folder}/Lock 2.svg: no text of the lesson shows this drawing",
        f"{folder}/Lock 2.svg: «Lock 2» is no name: use a-z, 0-9 and hyphens",
        f"{folder}/lock.yaml:1: the file must have the ids of the drawing's texts, each with uz, ru and en",
        f"{LESSON_PATH}/ru.md: the file cannot be read: Is a directory",
        f"{LESSON_PATH}/uz.md:67: password is not in glossary.csv",
    ]


def test_a_module_without_module_yaml_is_read_as_far_as_it_goes(root):
    (root / "sec/1-accounts/module.yaml").unlink()
    change(root, "en.md", "minutes: 10", "minutes: 9")

    assert said(root) == [
        f"{LESSON_PATH}/en.md:4: a lesson takes 10-15 minutes, not 9",
        "sec/1-accounts/module.yaml: the file is missing",
    ]


def test_figures_that_nobody_shows_and_drawings_of_one_language(root):
    figures = root / LESSON_PATH / "figures"
    (figures / "lock.ru.svg").write_text(DRAWING.replace('width="100"', 'width="60"'))
    (figures / "lock.de.svg").write_text(DRAWING)
    (figures / "key.svg").write_text(DRAWING)
    (figures / "key.yaml").write_text(DRAWING_WORDS)

    assert said(root) == [
        f"{LESSON_PATH}/figures/key.svg: no text of the lesson shows this drawing",
        f"{LESSON_PATH}/figures/lock.de.svg: a drawing is called lock.svg or lock.ru.svg",
        f"{LESSON_PATH}/figures/lock.yaml:3: «закрыт» is wider than its box: shorten the ru words of state",
    ]
    (figures / "lock.de.svg").unlink()
    change(root, "lock.yaml", "ru: закрыт", "ru: нет")
    figure = read_course(root / "sec", TODAY).modules[0].lessons[0].figures["lock"]
    assert list(figure.own) == ["ru"]
    assert figure.drawing_in("uz") == DRAWING
    assert figure.drawing_in("ru") != DRAWING
    assert figure.words["state"] == {"uz": "yopiq", "ru": "нет", "en": "closed"}


def test_terms_that_wait_for_the_glossary(root):
    change(root, "glossary.csv", "password,Password,Parol,Пароль,\n", "module,Module,Modul,Модуль,\n")
    (root / "sec/1-accounts/glossary-additions.csv").write_text("key,en,uz,ru,note\npassword,Password,Parol,Пароль,\n")

    waiting = "67: password is not in glossary.csv: it waits in glossary-additions.csv"
    assert said(root) == [
        "glossary.csv:3: module stands here twice",
        *(f"{LESSON_PATH}/{language}.md:{waiting}" for language in ("en", "ru", "uz")),
    ]


def test_two_modules_and_two_courses_do_not_share_a_code(root):
    shutil.copytree(root / "sec/1-accounts", root / "sec/2-again")
    shutil.copytree(root / "sec", root / "web")

    texts = [text for text in said(root) if "code SEC" in text]

    assert texts == [
        "sec/2-again/module.yaml: code SEC-1 is that of 1-accounts too",
        "web/2-again/module.yaml: code SEC-1 is that of 1-accounts too",
        "web/course.yaml: code SEC is that of sec too",
    ]
    assert "sec/2-again/quiz.yaml:7: duplicate id q01: it stands in sec/1-accounts/quiz.yaml:7 too" in said(root)
    assert len(read_course(root / "sec", TODAY).modules) == 1  # 2-again is not listed, so it is checked but not read


def test_a_folder_without_courses(tmp_path):
    assert said(tmp_path) == [".: no folder here has a course.yaml"]


def test_the_command_prints_what_is_wrong_below_a_folder(root, capsys):
    change(root, "en.md", "minutes: 10", "minutes: 9")
    (root / LESSON_PATH / "ru.md").unlink()

    assert main(["check", str(root)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{LESSON_PATH}: ru.md is missing (warning)",
        f"{LESSON_PATH}/en.md:4: a lesson takes 10-15 minutes, not 9",
        "1 errors, 1 warnings",
    ]
    assert main(["check", str(root / "sec/1-accounts/files")]) == 0
    assert capsys.readouterr().out == "0 errors, 0 warnings\n"
    assert main(["check", str(root / "nowhere")]) == 1


def test_the_command_puts_quotes(root, capsys):
    change(root, "quiz.yaml", "en: Length 5,000", "en: Length: 5,000")

    assert main(["fix", str(root)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{root}/sec/1-accounts/quiz.yaml: quotes added",
        "1 files changed",
    ]
    assert said(root) == []
    assert 'en: "Length: 5,000"' in (root / "sec/1-accounts/quiz.yaml").read_text(encoding="utf-8")

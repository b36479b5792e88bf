"""What the checker says about YAML files and figures, with their line."""

import pytest

from cms.curriculum.problems import Notes
from cms.curriculum.yamlfiles import parse_yaml
from tests.cms.tiny_curriculum import change, said, said_about, write_course


@pytest.fixture
def root(tmp_path):
    write_course(tmp_path)
    return tmp_path


IN_FILES = [  # (file, old, new, [what is said about that file])
    ("lock.yaml", "state: {uz: yopiq, ru: закрыт, en", "state: {uz: yopiq, en", ["3: «state» has no ru"]),
    (
        "lock.yaml",
        "state: {uz",
        "stat: {uz",
        ["1: no words for «state»: did you mean stat?", "3: «stat» is not in the drawing: did you mean state?"],
    ),
    (
        "lock.yaml",
        "uz: yopiq,",
        "uz: hozircha yopiq,",
        ["3: «hozircha yopiq» is wider than its box: shorten the uz words of state"],
    ),
    ("lock.yaml", "uz: yopiq,", "uz: yo'q,", ["3: oʻ and gʻ need the sign ʻ (U+02BB): «yo'q»"]),
    (
        "lock.yaml",
        "state: {uz: yopiq, ru: закрыт, en: closed}",
        "state: closed",
        ["3: «state» must have uz, ru and en"],
    ),
    (
        "lock.yaml",
        "state: {uz: yopiq, ru: закрыт, en: closed}",
        "state: {uz: yopiq, ru: закрыт, fr: fermé, en: closed}",
        ["3: unknown key «fr»: use uz, ru, en"],
    ),
    ("lock.svg", '<rect class="ink"', '<script/><rect class="ink"', ["4: element <script> is not allowed"]),
    (
        "lock.svg",
        'fill="#ffffff"></text>',
        'fill="#ffffff">Text</text>',
        ["5: words in the drawing: «Text» belongs in the .yaml, by the id of this <text>"],
    ),
    ("lock.svg", "<desc", "<desc><", ["3: this is not XML: not well-formed (invalid token)"]),
    ("quiz.yaml", "draw: 3", "draw: 9", ["2: draw says 9, but there are 7 questions"]),
    ("quiz.yaml", "pass_mark: 70", "pass_mark: 101", ["3: pass_mark must be a whole number from 1 to 100, not «101»"]),
    ("quiz.yaml", "pass_mark: 70", "pass_mark: yes", ["3: pass_mark must be a whole number from 1 to 100, not «True»"]),
    ("quiz.yaml", "pool: SEC-1", "pool: SEC-2", ["1: pool says SEC-2, the module's code is SEC-1"]),
    ("quiz.yaml", "attempts: 3", "atempts: 3", ["1: no attempts", "4: unknown key «atempts»: did you mean attempts?"]),
    ("quiz.yaml", "wait_hours: 24", "wait_hours: -1", ["5: wait_hours must be at least 0, not -1"]),
    ("quiz.yaml", "wait_hours: 24", "wait_hours: day", ["5: wait_hours must be a number, not «day»"]),
    ("quiz.yaml", "wait_hours: 24", "wait_hours: 24\nwait_hours: 24", ["6: the key «wait_hours» stands here twice"]),
    ("quiz.yaml", "  kind: single", "  kind: singel", ["8: q01: unknown kind «singel»: did you mean single?"]),
    ("quiz.yaml", "  lesson: 1", "  lesson: 2", ["9: q01: the module has 1 lessons, not 2"]),
    (
        "quiz.yaml",
        "  level: basic",
        "  level: easy",
        ["10: q01: unknown level «easy»: use basic, intermediate, advanced"],
    ),
    ("quiz.yaml", "text: {uz: Qaysi biri?, ru: Какой?, ", "text: {uz: '', ru: Какой?, ", ["11: q01: no text in uz"]),
    ("quiz.yaml", "en: Which?}", "en: [a]}", ["11: q01: text in en must be one text in quotes"]),
    ("quiz.yaml", "  feedback: *feedback\n- {id: q03", "- {id: q03", ["19: q02: no feedback"]),
    ("quiz.yaml", ", right: true, why: *why}", ", why: *why}", ["12: q01: mark exactly one option with right: true"]),
    (
        "quiz.yaml",
        "uz: b, ru: б, en: b, right: true",
        "uz: b, ru: б, en: b",
        ["24: q02: mark at least two options with right: true, but not all"],
    ),
    (
        "quiz.yaml",
        "en: c, why: *why}",
        "en: c, right: true, why: *why}",
        ["24: q02: mark at least two options with right: true, but not all"],
    ),
    ("quiz.yaml", "uz: b, ru: б", "uz: a, ru: б", ["24: q02: «a» stands in options 2 times (uz)"]),
    (
        "quiz.yaml",
        "right: true, why: *why}",
        "right: maybe, why: *why}",
        [
            "12: q01: mark exactly one option with right: true",
            "14: q01: right of option 2 must be true or false, not «maybe»",
        ],
    ),
    ("quiz.yaml", "en: c, why: *why}", "en: c}", ["27: q02: no why of option 3"]),
    ("quiz.yaml", "answer: true, ", "answer: correct, ", ["29: q03: answer must be true or false, not «correct»"]),
    ("quiz.yaml", "tolerance: 0.5, ", "", ["30: q04: no tolerance"]),
    ("quiz.yaml", "steps: [{uz: bir, ru: один, en: one}, ", "steps: [", ["36: q05: steps needs at least 2, not 1"]),
    (
        "quiz.yaml",
        '{uz: "2", ru: "2", en: "2"}',
        '{uz: "2", ru: "1", en: "2"}',
        ["43: q06: «1» stands in pairs 2 times (ru)"],
    ),
    ("quiz.yaml", "{all: [Win+L, 1441]}", "{uz: [a], en: [b]}", ["52: q07: no accept in ru"]),
    (
        "quiz.yaml",
        "{all: [Win+L, 1441]}",
        "{all: a}",
        [
            "52: q07: accept: all must be a list of texts, like [Win+L, Windows+L]",
            "52: q07: no accept in en",
            "52: q07: no accept in ru",
            "52: q07: no accept in uz",
        ],
    ),
    ("quiz.yaml", "{all: [Win+L, 1441]}", "{all: [a], fr: [b]}", ["52: q07: unknown key «fr»: use all, uz, ru, en"]),
    (
        "quiz.yaml",
        "{all: [Win+L, 1441]}",
        "[a]",
        ["52: q07: accept must have all, or uz, ru and en, each with a list of answers"],
    ),
    ("quiz.yaml", "- id: q02", "- id: q01", ["19: duplicate id q01: it stands in sec/1-accounts/quiz.yaml:7 too"]),
    ("quiz.yaml", "- id: q02", "- id: Q 2", ["19: Q 2: «Q 2» is no name: use a-z, 0-9 and hyphens"]),
    (
        "quiz.yaml",
        "uz: Qaysi biri?",
        "uz: Qaysi, biri?",
        ["11: q01: unknown key «biri?»: inside { } a text with a comma needs quotes"],
    ),
    (
        "quiz.yaml",
        "en: Length 5,000",
        "en: Length: 5,000",
        [
            "18: YAML cannot read this: a colon inside a text, or none after the key above; run make fix, or put the text in quotes"
        ],
    ),
    (
        "quiz.yaml",
        "pool: SEC-1",
        "? [a]\n: b\npool: SEC-1",
        ["1: YAML cannot read this: a key must be a word; run make fix, or put the text in quotes"],
    ),
    (
        "quiz.yaml",
        "draw: 3",
        "draw: !!python/name:os 3",
        [
            "2: YAML cannot read this: «tag:yaml.org,2002:python/name:os» is not used here; run make fix, "
            "or put the text in quotes",
            "2: draw must be a whole number from 1 to 500, not «None»",
        ],
    ),
    ("assignment.yaml", "id: a01", "id: q01", ["1: duplicate id q01: it stands in sec/1-accounts/quiz.yaml:7 too"]),
    (
        "assignment.yaml",
        "points: 60\n",
        "points: 55\n",
        ["9: points add up to 95, not 100", "13: full: the best level must give 55 points, not 60"],
    ),
    (
        "assignment.yaml",
        "{points: 0, uz",
        "{points: 60, uz",
        ["13: full: levels go down from the best, no two with the same points"],
    ),
    ("assignment.yaml", "id: agreed", "id: full", ["14: duplicate id full in the rubric"]),
    (
        "assignment.yaml",
        "files: [register]",
        "files: [registers]",
        ["5: no file files/registers.yaml: did you mean register?"],
    ),
    ("assignment.yaml", "steps: [*text]", "steps: *text", ["7: steps must be a list: lines that begin with -"]),
    ("seminar.yaml", "minutes: 30", "minutes: 25", ["7: the plan adds up to 85, not 90"]),
    ("seminar.yaml", "from: 6", "from: 26", ["4: the group is from 26 to 20: the other way round?"]),
    ("seminar.yaml", "{minutes: 30, what: *text,", "{minutes: 30,", ["9: no what of part of the plan 2"]),
    ("register.yaml", "kind: table", "kind: tabel", ["1: unknown kind «tabel»: did you mean table?"]),
    (
        "register.yaml",
        "- {uz: Pochta, ru: Почта, en: E-mail}\n",
        "",
        ["8: the example has 2 values, the table has 3 columns"],
    ),
    (
        "register.yaml",
        "- {uz: ha, ru: да, en: yes}",
        "- {uz: ha, ru: нет, en: yes}",
        ["10: the example has none of the choices of its column"],
    ),
    ("register.yaml", "- 2026-11-22", "- today", ["11: the example must have a date here"]),
    (
        "register.yaml",
        ", kind: date",
        "",
        ["11: «2026-11-22» is no text: put it in quotes, or give the column a kind: date or number"],
    ),
    ("register.yaml", "- 2026-11-22", "- [1]", ["11: example 3 must be one value"]),
    (
        "register.yaml",
        "- 2026-11-22",
        "- 2026-11-42",
        ["11: «2026-11-42» is no date or number: dates are written 2026-11-22"],
    ),
    (
        "1-accounts/module.yaml",
        "[1-passwords]",
        "[1-password]",
        ["7: 1-passwords is not in lessons yet", "7: no folder 1-password: did you mean 1-passwords?"],
    ),
    (
        "1-accounts/module.yaml",
        "[1-passwords]",
        "[1-passwords, ../x]",
        ["7: «../x» is no name: use a-z, 0-9 and hyphens"],
    ),
    (
        "1-accounts/module.yaml",
        "[1-passwords]",
        "[1-passwords, 1-passwords]",
        ["7: 1-passwords stands in lessons twice"],
    ),
    (
        "1-accounts/module.yaml",
        "{4.1: intermediate}",
        "{4.5: basic}",
        [
            "6: unknown key «4.5»: use 1.1, 1.2, 1.3, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 3.1, 3.2, 3.3, 3.4, "
            "4.1, 4.2, 4.3, 4.4, 5.1, 5.2, 5.3, 5.4"
        ],
    ),
    ("1-accounts/module.yaml", "[all, web_analyst]", "[All]", ["5: «All» is no role: use a-z, 0-9, hyphens and _"]),
    (
        "1-accounts/module.yaml",
        "checked: 2026-11-22",
        "checked: November",
        ["8: checked must be a date like 2026-11-22"],
    ),
    ("1-accounts/module.yaml", "2027-05-22", "2026-11-30", ["9: check_again is past: trainers are told"]),
    (
        "1-accounts/module.yaml",
        '["1-passwords: a fact (k)"]',
        "\n- 1-passwords: a fact",
        ["11: to_check 1 was read as a key and its value: put the line in quotes"],
    ),
    ("1-accounts/module.yaml", "code: SEC-1", "code: ''", ["1: code must be a text"]),
    (
        "sec/course.yaml",
        "[1-accounts]",
        "[1-account]",
        ["4: 1-accounts is not in modules yet", "4: no folder 1-account: did you mean 1-accounts?"],
    ),
    (
        "sec/course.yaml",
        "draw_per_module: 2",
        "draw_per_module: 8",
        ["5: draw_per_module says 8, 1-accounts has 7 questions"],
    ),
    ("sec/course.yaml", "code: SEC", "code: SEC\nlanguages: [uz, tj]", ["2: unknown languages 2 «tj»: use uz, ru, en"]),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), IN_FILES)
def test_yaml_and_figures(root, name, old, new, expected):
    change(root, name, old, new)

    assert said_about(root, name.rpartition("/")[2]) == expected


def test_the_right_answer_must_not_always_be_the_longest(root):
    change(root, "quiz.yaml", "questions:\n", "questions:\n" + "".join(longest_right(number) for number in range(2)))

    assert said(root) == [
        f"sec/1-accounts/quiz.yaml:6: the right answer is the longest in 2 of 3 single questions ({language}): "
        "shorten it or lengthen another"
        for language in ("en", "ru", "uz")
    ]


def longest_right(number):
    texts = "why: {uz: y, ru: да, en: y}"
    return f"""\
- id: long{number}
  kind: single
  lesson: 1
  level: basic
  text: {{uz: Qaysi?, ru: Какой?, en: Which?}}
  options:
  - {{uz: ab, ru: аб, en: ab, right: true, {texts}}}
  - {{uz: b, ru: б, en: b, {texts}}}
  feedback: {{uz: bir, ru: раз, en: one}}
"""


def test_letters_and_addresses_in_yaml(root):
    change(root, "quiz.yaml", "ru: Длина", "ru: Дlина http://a.uz и")
    change(root, "quiz.yaml", "uz: Uzun", "uz: O'zun san’at")
    change(root, "quiz.yaml", "en: Length", "en: It's length")
    change(root, "register.yaml", "en: System", 'en: "System, kind: date"')

    assert said(root) == [
        "sec/1-accounts/files/register.yaml:5: «, kind: …» stands inside the quotes: close them before the comma",
        "sec/1-accounts/quiz.yaml:16: q01: oʻ and gʻ need the sign ʻ (U+02BB): «O'zun»",
        "sec/1-accounts/quiz.yaml:16: q01: the tutuq sign is ʼ (U+02BC): «san’at»",
        "sec/1-accounts/quiz.yaml:17: q01: Latin and Cyrillic letters in one word: «Дlина»",
        "sec/1-accounts/quiz.yaml:17: q01: bare http: in «http://a.uz»: write https:",
        "sec/1-accounts/quiz.yaml:18: q01: the apostrophe is ’ (U+2019): «It's»",
    ]


def test_references_that_unfold_without_end(root):
    bomb = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 8)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
    )
    (root / "sec/1-accounts/quiz.yaml").write_text(bomb)
    (root / "sec/1-accounts/seminar.yaml").write_text("id: &a [*a]")
    (root / "sec/1-accounts/assignment.yaml").write_text("[" * 900 + "]" * 900)

    text = "1: too deep, or too many references (&name, *name) in this file"
    assert said_about(root, "quiz.yaml") == [text]
    assert said_about(root, "seminar.yaml") == [text]
    assert said_about(root, "assignment.yaml") == [text]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: x: y", "1: a colon inside a text, or none after the key above; run make fix, or put the text in quotes"),
        (
            "a:\n\tb: c",
            "2: a Tab before the text, or a text that begins with @, % or `; use spaces, and put the text in quotes",
        ),
        ("a:\n  b: 1\n \tc: 2", "3: the line begins with a Tab; begin it with spaces alone"),
        (
            "a: @x",
            "1: a Tab before the text, or a text that begins with @, % or `; use spaces, and put the text in quotes",
        ),
        ("a: 'it's'", "1: other spaces than in the lines above, or a quotation mark inside a text in the same marks"),
        (
            "a:\n  b: 1\n c: 2",
            "3: other spaces than in the lines above, or a quotation mark inside a text in the same marks",
        ),
        ('a: "x\nb: 1', "2: a quotation mark is opened and not closed; close it"),
        ("a: [1, 2\nb: 3", "2: a bracket is opened and not closed; close it"),
        ("a: *x", "1: found undefined alias; run make fix, or put the text in quotes"),
    ],
)
def test_a_slip_in_yaml_is_told_in_words_of_its_writer(text, told):
    notes = Notes("quiz.yaml")

    assert parse_yaml(text, notes) is None
    assert [str(one) for one in notes.problems] == [f"quiz.yaml:{told}".replace(": ", ": YAML cannot read this: ", 1)]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("quiz.yaml", "tolerance: 0.5", "tolerance: .nan", "30: q04: tolerance must be a number, not «nan»"),
        ("quiz.yaml", "answer: 5", "answer: -.inf", "30: q04: answer must be at most 1000000000000"),
        ("quiz.yaml", "answer: 5", f"answer: {10**400}", "30: q04: answer must be at most 1000000000000"),
        ("quiz.yaml", "Qaysi biri?", r'"Qaysi\0 biri?"', "11: an invisible character (U+0000): delete it"),
        ("quiz.yaml", "Qaysi biri?", "Qaysi\u202e biri?", "11: an invisible character (U+202E): delete it"),
        ("uz.md", "Yozing.", "Yo\u200bzing.", "22: an invisible character (U+200B): delete it"),
        ("uz.md", "title: ", "title: " + "uzun " * 60, "2: title has 330 characters: at most 255 fit"),
        ("course.yaml", "uz: Himoya,", f"uz: {'h' * 256},", "2: title in uz has 256 characters: at most 255 fit"),
        ("module.yaml", "en: You keep", f"en: {'k' * 1001}", "3: outcome in en has 1001 characters: at most 1000 fit"),
        (
            "course.yaml",
            "code: SEC",
            "code: S E C",
            "1: code must be 1 to 20 Latin letters, digits, hyphens and _, not «S E C»",
        ),
        ("module.yaml", "quiz: 0.5", "quiz: 5000", "4: quiz of hours must be at most 100"),
        ("seminar.yaml", "id: s01", f"id: {'s' * 41}", f"1: «{'s' * 41}» has 41 characters: at most 40 fit"),
    ],
)
def test_what_the_database_could_not_hold_is_told_with_its_line(root, name, old, new, message):
    change(root, name, old, new)

    assert message in said_about(root, name)

"""Folding, the right Uzbek signs, and the one cleaner of HTML."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts import text

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("accounts", "courses", "seminars", "certification", "reports", "cms", "config")


@pytest.mark.parametrize(
    "spelling", ["oʻquv", "o'quv", "o‘quv", "o’quv", "o`quv", "OʻQUV", "Oʼquv", "ўқув", "ЎҚУВ", "öquv"]
)
def test_every_spelling_of_a_word_folds_to_one(spelling):
    assert text.fold(spelling) == "oquv"


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Toʻlqinboyeva", "Тўлқинбоева"),
        ("Gʻulomova Hilola", "Ғуломова Ҳилола"),
        ("Shahzoda", "Шаҳзода"),
        ("Yoʻldosh", "Йўлдош"),
        ("Xolida", "Холида"),
        ("Elyor", "Элёр"),
        ("Maʼmura", "Маъмура"),
        ("Chori", "Чори"),
    ],
)
def test_latin_and_cyrillic_names_fold_alike(latin, cyrillic):
    assert text.fold(latin) == text.fold(cyrillic)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(any_text):
    assert text.fold(text.fold(any_text)) == text.fold(any_text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("O'tkir", "Oʻtkir"),
        ("G‘ulom", "Gʻulom"),
        ("ma'lumot", "maʼlumot"),
        ("Toʻlqin", "Toʻlqin"),
        ("san`at", "sanʼat"),
        ("Ғулом", "Ғулом"),
        ("rock 'n' roll", "rock 'n' roll"),
    ],
)
def test_typed_apostrophes_become_the_right_signs(typed, kept):
    assert text.normalise_uzbek(typed) == kept


def test_a_name_keeps_its_capitals_and_loses_double_spaces():
    assert text.normalise_name("  G'ulomova   hilola QIZI ") == "Gʻulomova hilola QIZI"


HARMFUL = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="javascript:123">x</a>',
    '<a href="&#106;avascript:1">x</a>',
    '<a href="java\tscript:1">x</a>',
    '<a href=" javascript:1">x</a>',
    '<a href="data:text/html,x">x</a>',
    "<svg><script>1</script></svg>",
    "<math><mi>x</mi></math>",
    "<style>*{}</style>",
    '<p style="x" onclick="y">t</p>',
    "<noscript><p>x</noscript>",
    "<template><script>1</script></template>",
    '<iframe src="//x"></iframe>',
    "<!--><script>1</script>-->",
    '<a href="vbscript:1">x</a>',
    "<scr<script>ipt>alert(1)</script>",
]


@pytest.mark.parametrize("html", HARMFUL)
def test_nothing_that_could_act_survives(html):
    cleaned = text.clean_html(html).lower()

    assert not re.search(r"<(script|img|svg|math|style|noscript|template|iframe)|\son\w+=|style=", cleaned)
    assert not re.search(r'href="\s*(?!https?:|mailto:|tel:|/|#)[^"]', cleaned)


def test_what_trainers_write_stays():
    html = '<p>Matn <b>qalin</b>, <a href="https://example.org/?a=1&amp;b=2">havola</a></p><ul><li>bir</li></ul>'
    assert text.clean_html(html) == html


def test_a_long_or_deeply_nested_text_is_refused_before_it_is_parsed():
    with pytest.raises(ValidationError):
        text.clean_html("x" * (text.MAX_HTML + 1))
    with pytest.raises(ValidationError):
        text.clean_html("<div>" * 3000)


def test_no_template_of_a_page_marks_anything_as_safe():
    """Those of mails (.txt) are no HTML."""
    marks = re.compile(r"\|\s*(safe|safeseq)\b|autoescape\s+off")
    pages = [
        path
        for room in (*ROOMS, "templates")
        for path in (ROOT / room).rglob("*")
        if path.suffix in (".html", ".svg", ".xml")
    ]
    code = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]

    assert len(pages) > 100
    assert [path.relative_to(ROOT).as_posix() for path in pages if marks.search(path.read_text("utf-8"))] == []
    assert [
        path.relative_to(ROOT).as_posix()
        for path in code
        if re.search(r"SafeString\(|SafeText\(", path.read_text("utf-8"))
    ] == []


def test_bleach_stands_in_one_file_and_its_function_is_called_where_the_design_says():
    """Question HTML, announcements, curriculum files and the output of rich text; a new caller belongs into this list, on purpose."""
    importing, calling = set(), set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            name = path.relative_to(ROOT).as_posix()
            if re.search(r"^\s*(import|from) bleach", source, re.M):
                importing.add(name)
            if "clean_html(" in source and name != "accounts/text.py":
                calling.add(name)
    assert importing == {"accounts/text.py"}
    assert calling == CALLERS


CALLERS = {
    "cms/blocks.py",
    "cms/loading/blocks.py",
    "cms/templatetags/lesson.py",
    "cms/translating/po.py",
    "cms/translating/side.py",
    "courses/announcing.py",
    "courses/exchange/neutral.py",
    "courses/typed.py",
    "seminars/templatetags/seminar_text.py",
}


def test_who_marks_text_as_safe_is_known():
    """Each of these marks what was cleaned, or what it has drawn itself; a new one belongs into this list, on purpose."""
    marking = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "mark_safe(" in path.read_text(encoding="utf-8")
    }
    assert marking == SAFE


@pytest.mark.parametrize(("typed", "same"), [("Win + L", "win+l"), ("O'quv", "ўқув"), ("1.5", "1.5")])
def test_short_answers_compare_without_spaces_capitals_and_signs(typed, same):
    assert text.comparable(typed) == text.comparable(same)


def test_other_signs_count_in_short_answers():
    assert text.comparable("1.5") != text.comparable("15")


def test_words_fall_back_to_uzbek_and_then_to_any_language():
    assert text.in_language({"uz": "bir", "ru": "один"}, "ru") == "один"
    assert text.in_language({"uz": "bir", "ru": ""}, "ru") == "bir"
    assert text.in_language({"en": "one"}, "ru") == "one"
    assert text.in_language({}, "ru") == ""


SAFE = {
    "accounts/drawn.py",
    "certification/design_preview.py",
    "certification/register_page.py",
    "cms/blocks.py",
    "cms/templatetags/lesson.py",
    "cms/search.py",
    "cms/templatetags/rosette.py",
    "cms/translating/side.py",
    "courses/quiz_page.py",
    "courses/templatetags/lesson_text.py",
    "reports/forms.py",
    "reports/templatetags/numbers.py",
    "seminars/templatetags/seminar_text.py",
}

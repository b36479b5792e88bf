"""The blocks of a lesson as HTML: what a reader finds, what a hand-made value cannot do."""

import re

import pytest
from wagtail.rich_text import RichText

from cms.blocks import LessonBody
from cms.templatetags.lesson import inline, prose


@pytest.fixture
def draw():
    """(kind, value as the database keeps it) -> HTML."""

    def draw(kind, value):
        return LessonBody().to_python([{"type": kind, "value": value, "id": "1"}])[0].render()

    return draw


def items(*values):
    return [{"type": "item", "value": value, "id": str(number)} for number, value in enumerate(values)]


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_typed_html_is_cleaned_on_the_way_out(draw):
    html = draw("text", '<p onclick="x()">a <script>b</script><b>c</b> <a href="javascript:alert(1)">d</a></p>')

    assert html.strip() == "<p>a <b>c</b> <a>d</a></p>"


def test_a_text_inside_of_a_line_has_no_paragraphs_of_its_own():
    assert inline(RichText('<p data-block-key="x">one</p> <p>two</p>')) == "one<br>two"
    assert inline("plain <b>text</b>") == "plain <b>text</b>"
    assert prose(None) == inline("") == ""


def test_a_callout_says_by_words_what_it_is(draw):
    html = draw("callout", {"kind": "warning", "title": "Stop", "text": "<p>Look.</p>"})

    assert 'class="callout callout--warn"' in html
    assert 'aria-label="Ehtiyot boʻling"' in html


def test_a_self_check_is_read_without_javascript_and_explains_every_answer(draw):
    answers = items(
        {"text": "<p>one</p>", "right": False, "why": "<p>because not</p>"},
        {"text": "<p>two</p>", "right": True, "why": "<p>because so</p>"},
    )
    html = draw("selfcheck", {"title": "Check", "questions": items({"text": "<p>Which?</p>", "answers": answers})})

    question, explained = re.search(r"<li.*?</details>", html, re.S)[0].split("<details")
    assert words(question) == "1. Which? one two"
    assert words("<details" + explained) == "Javobni koʻrsatish 1 Notoʻgʻri because not Toʻgʻri because so"


def test_a_checklist_sends_nothing(draw):
    html = draw("checklist", {"title": "Today", "lines": items("<p>One <b>thing</b></p>")})

    assert "<form" not in html
    assert "name=" not in html
    assert '<input type="checkbox" autocomplete="off"><span>One <b>thing</b></span>' in html


def test_a_table_has_heads_for_columns_and_rows_and_numbers_on_the_right(draw):
    table = {
        "columns": [{"type": "text", "heading": "What"}, {"type": "number", "heading": "How many"}],
        "rows": [{"values": ["<p>apples</p>", "3"]}],
        "caption": "",
    }
    html = draw("table", {"title": "Counted", "table": table, "note": ""})

    assert "<caption>Counted</caption>" in html
    assert '<th scope="col">What</th>' in html
    assert '<th scope="row">apples</th>' in html
    assert '<td class="n" data-h="How many">3</td>' in html
    assert "rows--text" not in html


def test_a_table_of_three_columns_stands_in_lines_on_a_phone_with_the_heading_over_each_cell(draw):
    columns = [{"type": "text", "heading": heading} for heading in ("Where", "May I", "Why")]
    table = {"columns": columns, "rows": [{"values": ["safe", "yes", "<p>locked</p>"]}], "caption": ""}
    html = draw("table", {"title": "Places", "table": table, "note": ""})

    assert '<table class="rows rows--text">' in html
    assert re.findall(r"<t[dh] data-h=.*?>.*?</t[dh]>", html) == [
        '<td data-h="May I">yes</td>',
        '<td data-h="Why">locked</td>',
    ]


@pytest.mark.parametrize("kind", ["figure", "picture", "video", "audio", "download", "terms"])
def test_a_draft_without_what_it_names_can_still_be_previewed(db, draw, kind):
    value = {"terms": items({"term": None, "definition": "<p>x</p>"})} if kind == "terms" else {}

    assert draw(kind, value) is not None

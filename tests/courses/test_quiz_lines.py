"""What a page of a quiz says many times over is written by tags: what was typed is escaped, words that were cleaned are not."""

from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.template import engines

from courses.models import AttemptQuestion, QuestionVersion
from courses.quiz_page import Part, verdicts

pytestmark = pytest.mark.pure
TYPED = """<b>"a" & 'b'</b>"""
CHOICES = {
    "text": {"uz": "<i>Qaysi?</i>"}, "feedback": {"uz": "Izoh"},
    "choices": [
        {"id": "a", "text": {"uz": "<b>bir</b>"}, "right": True, "why": {"uz": "chunki"}},
        {"id": "b", "text": {"uz": "ikki"}, "right": False, "why": {}},
    ],
}  # fmt: skip
SHORT = {"text": {"uz": "Nima?"}, "feedback": {}, "accept": {"uz": ["kitob"]}}


class Reader(HTMLParser):
    """The elements of a page with their attributes, and its words."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, text):
        self.words.append(text)

    def all(self, tag, **wanted):
        return [attrs for name, attrs in self.elements if name == tag and wanted.items() <= attrs.items()]


def row(slot, kind, content, answer=None, order=(), score=None):
    version = QuestionVersion(kind=kind, content=content)
    return AttemptQuestion(slot=slot, version=version, order=list(order), answer=answer, sequence=slot, score=score)


def drawn(said, **context):
    return Reader(engines["django"].from_string("{% load lesson_text %}" + said).render(context))


def page(*rows):
    return drawn("{% all_asked parts %}", parts=[Part(one, "uz") for one in rows])


def test_each_question_has_the_fields_of_its_slot_and_says_what_they_hold():
    shown = page(row(1, "single", CHOICES, "b", "ba"), row(2, "short_answer", SHORT, TYPED))

    assert [(one["id"], one["data-sequence"]) for one in shown.all("section")] == [("q1", "1"), ("q2", "2")]
    assert [(one["value"], "checked" in one) for one in shown.all("input", name="answer-1")] == [
        ("0", True),
        ("1", False),
    ]
    assert [one["value"] for one in shown.all("input", name="seen-1")] == ["0"]
    assert [one["value"] for one in shown.all("input", name="answer-2")] == [TYPED]
    assert [one["value"] for one in shown.all("input", name="seen-2")] == [TYPED]
    assert not shown.all("span", **{"class": "hint"})
    assert len(shown.all("i")) == 1  # the question's own
    assert "chunki" not in shown.words


def test_a_choice_of_several_says_how_it_counts():
    assert len(page(row(1, "multiple", CHOICES, None, "ab")).all("p", **{"class": "hint"})) == 1
    assert not page(row(1, "single", CHOICES, None, "ab")).all("p", **{"class": "hint"})


@pytest.mark.parametrize(("with_key", "said"), [(True, ["kitob"]), (False, [])])
def test_a_verdict_shows_what_was_typed_as_it_was_typed_and_the_key_where_it_may(with_key, said):
    told = verdicts([row(1, "short_answer", SHORT, TYPED, score=Decimal(0))], "uz", with_key=with_key)
    shown = drawn("{% verdict_lines told %}", told=told)

    assert TYPED in shown.words
    assert [word for word in shown.words if word == "kitob"] == said
    assert [one["class"] for one in shown.all("li")] == ["verdict verdict--bad"]


def test_a_right_answer_is_explained_and_its_key_not_said_again():
    told = verdicts([row(3, "single", CHOICES, "a", "ab", Decimal(1))], "uz", with_key=True)
    shown = drawn("{% verdict_lines told %}", told=told)

    assert [word for word in shown.words if word in ("bir", "chunki", "Izoh", "ikki")] == ["bir", "chunki", "Izoh"]
    assert [one["class"] for one in shown.all("li")] == ["verdict"]
    assert [one["href"] for one in shown.all("a")] == ["../questions/3/report/"]

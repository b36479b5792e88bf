"""A test taken without a mouse: Tab, Space, arrows and Enter reach and do everything, and one always sees where one is."""

import pytest
from playwright.sync_api import expect

from cms.demo import right_values
from courses import enrolments
from courses.kinds import KINDS
from courses.models import AttemptQuestion

from .conftest import says

FOCUS = """() => {
  const e = document.activeElement, shown = [e, e.closest('label'), e.closest('.card')].filter(Boolean).map(getComputedStyle);
  return {
    tag: e.tagName, type: e.type || '', value: e.value || '', text: (e.textContent || '').trim(),
    seen: shown.some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2),
  };
}"""


class Keys:
    """Presses keys and looks where the focus is."""

    def __init__(self, page):
        self.page = page

    @property
    def focus(self):
        return self.page.evaluate(FOCUS)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, wanted, limit=60):
        """Tab until `wanted(focus)`. Every stop on the way must be seen."""
        for _stop in range(limit):
            self.press("Tab")
            focus = self.focus
            assert focus["seen"] or focus["tag"] == "BODY", focus  # from the last stop to the first one
            if wanted(focus):
                return focus
        raise AssertionError("Tab does not lead there")

    def tab_to_type(self, kind, value=None):
        return self.tab_to(lambda focus: focus["type"] == kind and value in (None, focus["value"]))


@pytest.fixture
def attempt(demonstration):
    enrolment = enrolments.begin(learner=demonstration.person("learner"), course=demonstration.course())
    return demonstration.attempt_of_each_kind(enrolment)


def test_every_kind_of_question_is_answered_by_keyboard_alone(visit, attempt):
    page = visit("learner")
    keys = Keys(page)
    page.goto(f"/attempts/{attempt.pk}/")
    rows = list(attempt.questions.select_related("version").order_by("slot"))
    for row in rows:
        expect(page.locator("main")).to_contain_text(says("Question %(n)s of %(total)s", n=row.slot, total=len(KINDS)))
        if row.slot == 1:
            skip_to_main(keys)
        else:  # the same page: what is new has the focus
            assert (keys.focus["tag"], page.evaluate("document.activeElement.closest('[data-slot]').dataset.slot")) == (
                "H1",
                str(row.slot),
            )
        answer_by_keyboard(keys, row)
        last = row is rows[-1]
        keys.tab_to(lambda focus, last=last: says("Save and finish" if last else "Save, next") in focus["text"])
        keys.press("Enter")
    asking = page.get_by_role("dialog", name=says("Finish the test?"))
    expect(asking).to_be_visible()
    assert keys.focus["text"] == says("Finish the test?")  # a second press of Enter hands nothing in
    keys.press("Escape")
    expect(asking).to_be_hidden()
    assert says("Save and finish") in keys.focus["text"]
    keys.press("Enter")
    expect(asking).to_be_visible()
    keys.tab_to(lambda focus: says("Submit for grading") in focus["text"])
    keys.press("Enter")
    expect(page.locator(".big")).to_have_text("100 %")


def skip_to_main(keys):
    """The first stop of every page leads past the header."""
    keys.press("Tab")
    assert keys.focus["text"] == says("Skip to main content")
    assert keys.page.locator(".skip").bounding_box()["y"] >= 0
    keys.press("Enter")
    assert keys.page.evaluate("document.activeElement.id") == "main"


def answer_by_keyboard(keys, row):
    values = right_values(row)
    match row.version.kind:
        case "single" | "true_false":
            keys.tab_to_type("radio")
            keys.press("Space")
            for _option in range(10):
                if keys.focus["value"] == values[0]:
                    break
                keys.press("ArrowDown")
        case "multiple":
            for value in sorted(values, key=int):
                keys.tab_to_type("checkbox", value)
                keys.press("Space")
        case "numerical" | "short_answer":
            keys.tab_to_type("text")
            keys.page.keyboard.type(values[0])
        case "matching":
            for value in values:
                choose_by_keyboard(keys, value)
        case "cloze":  # as tests/making.py has it: the first gap is chosen, the second one typed
            choose_by_keyboard(keys, values[1])
            keys.tab_to_type("text")
            keys.page.keyboard.type(values[3])
        case "ordering":
            order_by_keyboard(keys, values)


def choose_by_keyboard(keys, value):
    keys.tab_to_type("select-one")
    for _option in range(10):
        if keys.focus["value"] == value:
            break
        keys.press("ArrowDown")


def order_by_keyboard(keys, wanted):
    """The button keeps the focus while its line moves, so one goes on pressing."""
    lines = keys.page.locator(".order > li")
    for place, value in enumerate(wanted):
        here = next(n for n in range(lines.count()) if lines.nth(n).locator("input").get_attribute("value") == value)
        if here == place:
            continue
        keys.tab_to(lambda focus, here=here: focus["value"] == f"up-{here}")
        for step in range(here, place, -1):
            keys.press("Enter")
            expect(lines.nth(step - 1).locator("input")).to_have_value(value)
            assert lines.nth(step - 1).evaluate("line => line.contains(document.activeElement)")


def test_what_is_chosen_by_keyboard_is_saved_at_once(visit, attempt):
    page = visit("learner")
    keys = Keys(page)
    page.goto(f"/attempts/{attempt.pk}/")
    keys.tab_to_type("radio")
    keys.press("Space")
    expect(page.locator("[data-state]")).to_contain_text(says("Saved"))
    assert AttemptQuestion.objects.get(attempt=attempt, slot=1).answer is not None


@pytest.mark.parametrize("where", ["/uz/", "/learning/", "/seminars/", "/verify/", "/accounts/profile/"])
def test_every_stop_of_the_tab_key_is_seen(visit, where):
    page = visit("learner")
    keys = Keys(page)
    page.goto(where)
    seen = []
    for _stop in range(80):
        keys.press("Tab")
        focus = keys.focus
        if focus["tag"] == "BODY":
            break
        assert focus["seen"], focus
        seen.append(focus["text"])
    assert seen[0] == says("Skip to main content")
    assert says("Log out") in seen

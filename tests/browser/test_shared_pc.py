"""A desk shared by four: after the log-out nothing of the one before is seen."""

import pytest
from playwright.sync_api import expect

from .conftest import says


@pytest.mark.parametrize("personal", ["/learning/", "/accounts/profile/", "/uz/kurslar/sec/"])
def test_after_the_log_out_the_back_button_shows_nobody(visit, demonstration, personal):
    page = visit("learner")
    page.goto("/uz/")
    page.goto(personal)
    expect(page.locator("footer")).to_contain_text("Namunayeva")
    page.locator("footer").get_by_role("button", name=says("Log out")).click()
    expect(page.get_by_role("link", name=says("Log in")).first).to_be_visible()

    for _press in range(3):
        page.go_back(wait_until="load")
        assert "Namunayeva" not in page.content()

    page.goto(personal)
    assert "Namunayeva" not in page.content()


def test_two_tabs_one_log_out(visit, demonstration):
    """A tab that was left open on a quiz says «sign in again» and loses nothing that was acknowledged."""
    from courses import enrolments
    from courses.models import AttemptQuestion

    attempt = demonstration.attempt_of_each_kind(
        enrolments.begin(learner=demonstration.person("learner"), course=demonstration.course())
    )
    page = visit("learner")
    page.goto(f"/attempts/{attempt.pk}/")
    other = page.context.new_page()
    other.goto("/uz/")
    other.locator("footer").get_by_role("button", name=says("Log out")).click()
    expect(other.get_by_role("link", name=says("Log in")).first).to_be_visible()

    page.locator("input[name=answer]").first.check()

    expect(page.locator("[data-state]")).to_contain_text(
        says("Please sign in again. Your answer is kept on this device until then.")
    )
    assert AttemptQuestion.objects.get(attempt=attempt, slot=1).answer is None

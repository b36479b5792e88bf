"""One question a page, with the script: from question to question without a request."""

import re

from playwright.sync_api import expect

from courses import enrolments
from courses.models import Attempt, AttemptQuestion

from .conftest import says
from .test_nothing_lost import KEPT, attempt, give, opened, press, see_none_waiting, see_saved  # noqa: F401


def shown(page):
    """The number of the question that is shown: of all that the page has, one."""
    expect(page.locator("form [data-slot]")).to_have_count(1)
    expect(page.locator("h1")).to_have_count(1)
    return int(page.locator("form [data-slot]").get_attribute("data-slot"))


def test_moving_needs_no_link_and_what_waited_goes_in_one_request(visit, attempt):  # noqa: F811
    page = opened(visit("learner"), attempt)
    sent = []
    page.context.on("request", lambda asked: sent.append((asked.method, asked.url.split("/attempts/")[-1])))
    page.context.set_offline(True)
    give(page, 1)
    press(page, "Save, next")
    give(page, 0)
    page.locator("summary", has_text="2").last.click()
    page.get_by_role("button", name=f"{says('Question %(n)s', n=7)}", exact=True).click()
    assert shown(page) == 7
    expect(page).to_have_url(re.compile(r"q=7$"))
    assert page.title().startswith(says("Question %(n)s. %(title)s", n=7, title=""))
    page.go_back()
    assert shown(page) == 2
    expect(page.locator("input[name=answer]").nth(0)).to_be_checked()
    page.go_back()
    assert shown(page) == 1
    page.go_forward()
    assert shown(page) == 2
    assert page.evaluate(KEPT) == 2
    sent.clear()

    page.context.set_offline(False)
    see_none_waiting(page)

    assert [one for one in sent if one[0] == "POST"] == [("POST", f"{attempt.pk}/answers/")]
    rows = AttemptQuestion.objects.filter(attempt=attempt).order_by("slot")
    assert [row.slot for row in rows if row.answer is not None] == [1, 2]
    assert [row.slot for row in rows if row.opened_at][:2] == [1, 2]


def test_the_rows_of_numbers_tell_what_is_answered_and_marked_and_so_does_the_page_loaded_anew(visit, attempt):  # noqa: F811
    page = opened(visit("learner"), attempt)
    give(page, 1)
    see_saved(page)
    with page.expect_response("**/answers/1/"):
        page.locator("[name=flag]").check()
    press(page, "Save, next")
    pips = page.locator(".pips button")
    told = [
        f"{says('Question %(n)s', n=1)}, {says('answered')}, {says('marked for later')}",
        says("Question %(n)s", n=2),
    ]
    for _load in range(2):
        assert [pips.nth(n).get_attribute("aria-label") for n in (0, 1)] == told
        assert page.locator(".pips [aria-current=step]").get_attribute("value") == "to-2"
        assert shown(page) == 2
        expect(page.locator("[data-done]")).to_have_text("1")
        page.reload()
    assert AttemptQuestion.objects.get(attempt=attempt, slot=1).flagged


def test_the_link_to_another_language_leads_to_the_question_that_is_shown(visit, attempt):  # noqa: F811
    page = opened(visit("learner"), attempt)
    press(page, "Save, next")
    link = page.locator("header a[hreflang=ru]").first
    assert re.search(r"q=2.*lang=ru|lang=ru.*q=2", link.get_attribute("href"))


def test_the_page_itself_asks_whether_to_finish_and_leads_back_to_what_is_not_answered(visit, attempt):  # noqa: F811
    page = opened(visit("learner"), attempt)
    total = attempt.questions.count()
    give(page, 1)
    see_saved(page)
    asked = []
    page.on("request", lambda one: asked.append((one.method, one.url.split("/attempts/")[-1])))
    page.locator("summary", has_text="1").last.click()
    press(page, "Finish the test")
    asking = page.get_by_role("dialog", name=says("Finish the test?"))
    expect(asking).to_contain_text(
        says(
            "You have answered %(done)s of %(total)s questions. Everything you answered is saved.", done=1, total=total
        )
    )
    assert asking.locator("li").all_inner_texts() == [str(n) for n in range(2, total + 1)]
    asking.locator("li button").nth(1).click()
    expect(asking).to_be_hidden()
    assert shown(page) == 3
    assert asked == []

    press(page, "Finish the test")
    press(page, "Submit for grading")
    expect(page).to_have_url(re.compile(rf"/attempts/{attempt.pk}/result/$"))
    assert next(one for one in asked if "events" not in one[1]) == ("POST", f"{attempt.pk}/finish/")
    page.reload()
    expect(page.locator(".big")).to_be_visible()
    attempt.refresh_from_db()
    assert attempt.submitted_at is not None


def test_the_first_page_comes_as_the_answer_to_start_and_is_at_home_at_its_own_address(visit, demonstration):
    enrolments.begin(learner=demonstration.person("learner"), course=demonstration.course())
    page = visit("learner")
    page.goto(demonstration.test_rows()[0].get_absolute_url())
    test, sent, before = page.url, [], Attempt.objects.count()
    page.context.on("request", lambda asked: sent.append(asked) if asked.is_navigation_request() else None)

    press(page, "Start the test")
    expect(page).to_have_url(re.compile(r"/attempts/\d+/$"))
    assert [asked.method for asked in sent] == ["POST"]
    asked = page.locator("h1").inner_text()
    page.reload()  # asks for the page of the attempt, and begins nothing

    assert sent[-1].method == "GET"
    assert sent[-1].url == page.url
    assert page.locator("h1").inner_text() == asked
    assert Attempt.objects.count() == before + 1
    page.go_back()
    expect(page).to_have_url(test)
    expect(page.get_by_text(says("Go on with your attempt"))).to_be_visible()

"""The network is cut, the power fails, the sign-in ends, two hands write: no answer that was given is lost, none goes to another."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, expect

from courses import enrolments
from courses.models import Attempt, AttemptEvent, AttemptQuestion

from .conftest import says, session_of

KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('saboq:answer:')).length"


@pytest.fixture
def attempt(demonstration):
    return of(demonstration, "learner")


def of(demonstration, name):
    person, course = demonstration.person(name), demonstration.course()
    return demonstration.attempt_of_each_kind(enrolments.begin(learner=person, course=course))


def question(attempt, number=1):
    return f"/attempts/{attempt.pk}/?q={number}"


def opened(page, attempt, number=1):
    page.goto(question(attempt, number))
    return page


def give(page, place=0):
    """Choose the option at this place. The first two questions are chosen from options."""
    page.locator("input[name=answer]").nth(place).check()


def answer(attempt, slot=1):
    return AttemptQuestion.objects.get(attempt=attempt, slot=slot).answer


def option(attempt, place, slot=1):
    return AttemptQuestion.objects.get(attempt=attempt, slot=slot).order[place]


def see(page, words, language="uz"):
    expect(page.locator("[data-state]")).to_contain_text(says(words, language))


def see_saved(page):
    expect(page.locator("[data-state]")).to_have_text(re.compile(rf"^\s*{says('Saved')} \d\d:\d\d\s*$"))
    expect(page.locator("[data-state] .state--done")).to_be_visible()


def see_none_waiting(page):
    for _tenth in range(300):  # wait_for_function would need eval, which the CSP forbids
        if page.evaluate(KEPT) == 0:
            return
        page.wait_for_timeout(100)
    raise AssertionError("still waiting")


def press(page, words):
    page.get_by_role("button", name=says(words)).first.click()


OFFLINE = "No connection: your answers are kept on this device."
SIGN_IN = "Please sign in again. Your answer is kept on this device until then."


def test_an_answer_given_before_the_script_has_come_is_saved_when_it_comes(visit, attempt):
    page = visit("learner")
    held = []
    page.route("**/quiz*.js", lambda route: held.append(route))
    with page.expect_request("**/quiz*.js"):
        page.goto(question(attempt), wait_until="commit")
    page.locator("input[name=answer]").nth(1).check()
    assert answer(attempt) is None

    held[0].continue_()
    see_saved(page)
    assert answer(attempt) == option(attempt, 1)


def test_the_link_is_lost_on_two_questions_and_comes_back(visit, attempt):
    one = opened(visit("learner"), attempt)
    two = opened(one.context.new_page(), attempt, 2)
    one.context.set_offline(True)

    give(one)
    give(two, 1)
    see(two, OFFLINE)
    expect(two.locator("[data-state]")).to_contain_text(f"{says('Waiting to be saved:')} 2")
    press(one, "Save, next")  # needs no link
    expect(one).to_have_url(re.compile(r"q=2$"))
    see(one, OFFLINE)
    press(one, "Previous")
    expect(one.locator("input[name=answer]").first).to_be_checked()
    assert (answer(attempt), answer(attempt, 2), one.evaluate(KEPT)) == (None, None, 2)

    one.context.set_offline(False)
    see_saved(one)
    expect(two.locator("[data-state] .state--due")).to_have_count(0)
    see_none_waiting(one)
    assert (answer(attempt), answer(attempt, 2)) == (option(attempt, 0), [option(attempt, 1, 2)])
    press(one, "Save, next")
    expect(one).to_have_url(re.compile(r"q=2$"))


def test_a_page_loaded_anew_without_a_link_still_has_what_was_given(visit, attempt):
    page = opened(visit("learner", watched=False), attempt)
    page.context.set_offline(True)
    give(page, 2)
    see(page, OFFLINE)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    page.context.set_offline(False)

    opened(page, attempt)

    expect(page.locator("input[name=answer]").nth(2)).to_be_checked()
    see_saved(page)
    assert answer(attempt) == option(attempt, 2)


@pytest.mark.parametrize("slot", range(1, 8))
def test_the_fields_of_every_kind_are_filled_again(visit, attempt, slot):
    """Given without a link; the power fails; the same browser later."""
    page = opened(visit("learner"), attempt, slot)
    page.context.set_offline(True)
    fields = page.locator("[name=answer]")
    if page.locator(".order").count():
        page.get_by_role("button", name=says("Down:")).first.click()
    elif page.locator("select").count():
        for n, select in enumerate(page.locator("select").all()):
            select.select_option(str((n + 1) % page.locator("select").count()))
    elif fields.first.get_attribute("type") in ("radio", "checkbox"):
        fields.nth(1).check()
    else:
        fields.first.fill("12")
    given = page.evaluate("[...new FormData(document.querySelector('[data-answers]')).getAll('answer')]")
    see(page, OFFLINE)
    kept = page.context.storage_state()  # what is on the disk when the power fails
    page.close()

    later = opened(visit("learner", storage_state=kept), attempt, slot)

    see_saved(later)
    assert later.evaluate("[...new FormData(document.querySelector('[data-answers]')).getAll('answer')]") == given
    assert later.evaluate(KEPT) == 0
    assert answer(attempt, slot) is not None


def test_a_session_that_expired_is_begun_again_and_nothing_is_gone(visit, attempt, demonstration):
    page = opened(visit("learner"), attempt)
    Session.objects.all().delete()
    give(page, 1)
    see(page, SIGN_IN)
    assert answer(attempt) is None

    page.locator("[data-state]").get_by_role("link", name=says("Sign in again")).click()
    sign_in(page, demonstration)

    expect(page).to_have_url(re.compile(re.escape(question(attempt)) + "$"))
    expect(page.locator("input[name=answer]").nth(1)).to_be_checked()
    see_saved(page)
    assert answer(attempt) == option(attempt, 1)


def test_without_a_script_what_a_form_brought_after_the_sign_in_had_ended_is_kept(visit, attempt, demonstration):
    page = opened(visit("learner", java_script_enabled=False), attempt)
    Session.objects.all().delete()
    give(page, 1)
    press(page, "Save, next")
    sign_in(page, demonstration)

    expect(page.locator("h1")).to_contain_text(re.compile(r"\d\d:\d\d"))  # from when the answers are
    assert answer(attempt) is None
    press(page, "Save these answers")

    expect(page).to_have_url(re.compile(r"q=2&alone=1$"))
    assert answer(attempt) == option(attempt, 1)


def sign_in(page, demonstration):
    page.get_by_label(says("Login or e-mail")).fill("TSH-0001")
    page.get_by_label(says("Password"), exact=True).fill(demonstration.PASSWORD)
    page.locator("main form").get_by_role("button", name=says("Log in")).first.click()


def test_who_signs_in_again_in_another_tab_goes_on_in_the_first(visit, attempt, demonstration):
    """The page that was left open has the form token of the sign-in that ended."""
    page = opened(visit("learner"), attempt)
    Session.objects.all().delete()
    other = page.context.new_page()
    other.goto("/accounts/login/")
    sign_in(other, demonstration)
    expect(other.locator("footer")).to_contain_text("Namunayeva")

    give(page, 1)
    see_saved(page)
    press(page, "Save, next")

    expect(page).to_have_url(re.compile(r"q=2$"))
    assert answer(attempt) == option(attempt, 1)


def test_a_double_click_on_next_is_one_step(visit, attempt):
    page = opened(visit("learner"), attempt)
    give(page, 1)
    page.get_by_role("button", name=says("Save, next")).dblclick()

    expect(page).to_have_url(re.compile(r"q=2$"))
    assert answer(attempt) == option(attempt, 1)
    assert page.evaluate(KEPT) == 0


def test_two_tabs_one_that_was_only_looked_at_takes_no_answer_back(visit, attempt):
    page = opened(visit("learner"), attempt)
    other = opened(page.context.new_page(), attempt)
    give(other, 1)
    see_saved(other)

    press(page, "Save, next")

    expect(page).to_have_url(re.compile(r"q=2$"))
    assert answer(attempt) == option(attempt, 1)


def test_the_back_button_shows_what_was_given(visit, attempt):
    page = opened(visit("learner"), attempt)
    give(page, 2)
    press(page, "Save, next")
    expect(page).to_have_url(re.compile(r"q=2$"))
    give(page, 0)
    see_saved(page)

    page.go_back()

    expect(page.locator("input[name=answer]").nth(2)).to_be_checked()
    page.go_forward()
    expect(page.locator("input[name=answer]").nth(0)).to_be_checked()


def test_a_second_device_goes_on_and_its_later_answer_stays(visit, attempt):
    first = opened(visit("learner"), attempt)
    give(first, 0)
    see_saved(first)
    first.context.set_offline(True)
    give(first, 1)
    see(first, OFFLINE)

    second = opened(visit("learner"), attempt)
    expect(second.locator("input[name=answer]").nth(0)).to_be_checked()
    give(second, 2)
    see_saved(second)
    first.context.set_offline(False)
    see_none_waiting(first)

    assert answer(attempt) == option(attempt, 2)
    refused = AttemptEvent.objects.get(attempt=attempt, kind=AttemptEvent.Kind.REFUSED)
    assert (refused.slot, refused.details) == (1, {"reason": "older"})


def test_another_person_at_the_same_desk_neither_sends_nor_sees_them(visit, attempt, demonstration):
    theirs = of(demonstration, "trainer")
    page = opened(visit("learner"), attempt)
    page.context.set_offline(True)
    give(page, 1)
    see(page, OFFLINE)
    sign_in_as(page, "trainer")
    sent = []
    page.context.on("request", lambda asked: asked.method == "POST" and sent.append(asked.url))
    other = page.context.new_page()
    page.context.set_offline(False)
    see(page, "Somebody else has signed in on this device. Your answers are kept here until you sign in again.")

    opened(other, theirs)
    give(other, 0)
    see_saved(other)
    press(other, "Save, next")
    expect(other).to_have_url(re.compile(r"q=2$"))

    assert other.evaluate(KEPT) == 1
    assert [address for address in sent if f"/attempts/{attempt.pk}/answers/" in address] == []
    assert (answer(attempt), AttemptQuestion.objects.filter(attempt=theirs, answer__isnull=False).count()) == (None, 1)

    sign_in_as(page, "learner")
    page.evaluate("dispatchEvent(new Event('focus'))")  # who comes back to it
    see_saved(page)
    assert answer(attempt) == option(attempt, 1)


def sign_in_as(page, name):
    home = page.url.split("/attempts/")[0]
    page.context.add_cookies([{"name": "sessionid", "value": session_of(name), "url": home}])


def test_who_logs_out_with_answers_waiting_is_warned(visit, attempt):
    page = opened(visit("learner"), attempt)
    page.route("**/answers/**", lambda route: route.abort())
    give(page, 1)
    see(page, OFFLINE)
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    out = page.locator("footer").get_by_role("button", name=says("Log out"))

    out.click()
    expect(page.locator("input[name=answer]").nth(1)).to_be_checked()
    page.once("dialog", lambda dialog: dialog.accept())
    out.click()

    expect(page.get_by_role("link", name=says("Log in")).first).to_be_visible()
    assert asked == [
        says("Answers are still waiting to be saved. They are sent when you sign in here again. Log out all the same?")
    ]
    assert page.evaluate(KEPT) == 1


def test_who_hands_in_sends_first_what_waits(visit, attempt):
    page = opened(visit("learner"), attempt)
    end = page.context.new_page()
    end.goto(f"/attempts/{attempt.pk}/finish/")
    page.context.set_offline(True)
    give(page, 1)
    see(page, OFFLINE)

    press(end, "Submit for grading")
    see(end, "Not handed in yet.")
    assert Attempt.objects.get(pk=attempt.pk).submitted_at is None
    page.context.set_offline(False)
    see_none_waiting(end)
    press(end, "Submit for grading")

    expect(end).to_have_url(re.compile(r"/result/$"))
    assert (answer(attempt), end.evaluate(KEPT)) == (option(attempt, 1), 0)


def test_what_waits_for_an_attempt_that_is_closed_is_dropped_with_a_word(visit, attempt):
    from django.utils import timezone

    from courses import attempts

    page = opened(visit("learner"), attempt)
    page.context.set_offline(True)
    give(page, 1)
    see(page, OFFLINE)
    attempts.submit(attempt=attempt, now=timezone.now())
    page.context.set_offline(False)
    see(page, "The attempt is closed. This answer does not count.")

    assert (page.evaluate(KEPT), answer(attempt)) == (0, None)


def test_what_waits_is_sent_from_my_learning_and_nobody_elses(visit, attempt):
    page = opened(visit("learner"), attempt)
    page.context.set_offline(True)
    give(page, 1)
    see(page, OFFLINE)
    other = {"person": "0", "attempt": str(attempt.pk), "slot": "2", "values": ["0"], "sequence": 9, "at": 0}
    page.evaluate("(item) => localStorage.setItem('saboq:answer:0:1:2', JSON.stringify(item))", other)
    page.close(run_before_unload=False)

    home = page.context.new_page()
    home.route("**/answers/**", lambda route: route.abort())
    page.context.set_offline(False)
    home.goto("/learning/")
    see(home, OFFLINE)
    see(home, f"{says('Waiting to be saved:')} 1")
    home.unroute("**/answers/**")
    home.reload()
    see_saved(home)

    assert (home.evaluate(KEPT), answer(attempt), answer(attempt, 2)) == (1, option(attempt, 1), None)


def test_leaving_and_coming_back_stand_in_the_log_and_what_was_shown(visit, attempt):
    page = opened(visit("learner"), attempt)
    press(page, "Save, next")
    expect(page).to_have_url(re.compile(r"q=2$"))
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }"
    for hidden, kind in ((True, "opened"), (False, "resumed")):  # what was shown is told last
        with page.expect_response(lambda answer, kind=kind: kind in (answer.request.post_data or "")):
            page.evaluate(hide, hidden)

    events = AttemptEvent.objects.filter(attempt=attempt).order_by("kind").values_list("kind", flat=True)
    assert list(events) == ["left", "resumed"]
    assert set(attempt.questions.exclude(opened_at=None).values_list("slot", flat=True)) == {1, 2}

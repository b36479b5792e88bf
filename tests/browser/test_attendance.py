"""Attendance with phones: a check-in with the sign-in in between, and a roster that is opened in a new tab without network."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from seminars import checkin_codes
from seminars.models import Attendance, AttendanceEntry, Seminar
from tests.demonstration import PASSWORD
from tests.seminars import making

from .conftest import says, session_of


@pytest.fixture
def sitting(demonstration):
    topic = Seminar.objects.order_by("pk").first()
    begins = timezone.now() - timedelta(minutes=5)
    made = making.run(topic, begins=begins, trainer=demonstration.person("trainer")).sessions.get()
    for name in ("learner", "graduate"):
        making.seat(made.run, demonstration.person(name))
    return made


def test_a_scanned_code_waits_for_the_sign_in(visit, demonstration, sitting):
    trainer = visit("trainer")
    trainer.goto(f"/teach/sessions/{sitting.pk}/checkin/")
    expect(trainer.locator(".qr")).to_be_visible()
    assert re.fullmatch(r"\d{3} \d{3}", trainer.locator(".pin").inner_text())
    learner = visit()

    learner.goto(f"/checkin/{checkin_codes.code(sitting.pk, timezone.now())}/")
    learner.get_by_label(says("Login or e-mail")).fill("learner@example.org")
    learner.get_by_label(says("Password"), exact=True).fill(PASSWORD)
    learner.get_by_role("button", name=says("Log in")).click()
    expect(learner.locator("main")).to_contain_text(demonstration.person("learner").official_name)
    learner.locator("main form button").click()

    expect(learner.locator("main .state--done")).to_contain_text(says("Present"))
    assert Attendance.objects.get(session=sitting).person == demonstration.person("learner")
    trainer.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as if the screen were looked at again
    expect(trainer.locator(".checkin [role=status]")).to_contain_text("1")


def test_a_roster_taken_along_opens_in_a_new_tab_without_network_and_sends_itself(visit, demonstration, sitting):
    page = visit("trainer")
    page.goto(f"/teach/sessions/{sitting.pk}/")
    page.locator("main a[href^='/teach/offline/']").click()
    expect(page.locator("#list .person")).to_have_count(2)
    expect(page.locator("#ready")).to_be_visible()
    page.context.set_offline(True)
    page.close()

    tab = page.context.new_page()
    tab.goto("/teach/offline/")
    expect(tab.locator("#list .person")).to_have_count(2)
    first = tab.locator("#list fieldset").first
    first.locator("input").first.focus()
    tab.keyboard.press("2")  # late, and on to the next person
    tab.keyboard.press("1")
    expect(tab.locator("#state")).to_contain_text(re.compile(r"\b2\."))
    assert not AttendanceEntry.objects.filter(session=sitting).exists()

    tab.context.set_offline(False)
    expect(tab.locator("#state .state--done")).to_be_visible()

    marks = sorted(AttendanceEntry.objects.filter(session=sitting).values_list("mark", "how"))
    assert marks == [("late", "offline"), ("present", "offline")]
    tab.clock.set_fixed_time(timezone.now() + timedelta(hours=49))
    tab.reload()
    expect(tab.locator("#state .state--done")).to_be_visible()
    expect(tab.locator("#list .person")).to_have_count(0)  # two days later the names are gone
    page = visit("graduate")  # the same for others, in a browser of their own: nothing of the trainer's is there
    page.goto(f"/teach/offline/#{sitting.pk}")
    expect(page.locator("#list .person")).to_have_count(0)


def signed_in_as(page, name):
    """From now on this browser holds the sign-in of somebody else; None: of nobody, as when it has expired."""
    page.context.clear_cookies()
    if name:
        home = page.url.partition("/teach/")[0]
        page.context.add_cookies([{"name": "sessionid", "value": session_of(name), "url": home}])


def look_again(page):
    """As when the phone is taken out of the pocket: what waits is sent."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_roster_without_network_says_why_marks_wait_and_keeps_them(visit, demonstration, sitting):
    """The sign-in has expired; somebody else has signed in; the trainer is back; the session was deleted meanwhile."""
    other = making.run(
        sitting.run.seminar, begins=sitting.starts_at, trainer=demonstration.person("trainer")
    ).sessions.get()
    making.seat(other.run, demonstration.person("learner"))
    page = visit("trainer")
    page.goto(f"/teach/offline/#{sitting.pk}")
    state, first = page.locator("#state"), page.locator("#list fieldset").first
    expect(page.locator("#list .person")).to_have_count(2)

    signed_in_as(page, None)
    first.locator("input").first.focus()
    page.keyboard.press("1")
    expect(state).to_contain_text(says("Please sign in again. Your marks are kept on this device until then."))
    expect(state.get_by_role("link", name=says("Log in"))).to_have_attribute(
        "href", f"/accounts/login/?next=%2Fteach%2Foffline%2F%23{sitting.pk}"
    )
    signed_in_as(page, "admin")
    look_again(page)
    belongs_to_another = says("What lies here belongs to another sign-in and is sent under that one alone.")
    expect(state).to_contain_text(belongs_to_another)
    page.reload()
    expect(state).to_contain_text(belongs_to_another)
    expect(page.locator("#list .person")).to_have_count(0)  # nor are the names for these eyes
    assert not AttendanceEntry.objects.filter(session=sitting).exists()

    signed_in_as(page, "trainer")
    page.reload()
    expect(state).to_contain_text(says("All marks sent"))
    assert AttendanceEntry.objects.get(session=sitting).by == demonstration.person("trainer")

    page.goto(f"/teach/offline/#{other.pk}")
    expect(page.locator("#list .person")).to_have_count(1)
    page.context.set_offline(True)
    page.locator("#list input").first.focus()
    page.keyboard.press("1")
    expect(state).to_contain_text(f"{says('No connection.')} {says('Marks that wait on this device:')} 1.")
    other.delete()
    page.context.set_offline(False)
    gone = says("This session is no longer planned, or is not yours.")
    expect(page.locator("#told")).to_contain_text(f"{says('A mark found no place. It is kept under Teaching.')} {gone}")
    page.goto("/teach/stray-marks/")
    expect(page.locator("main .person")).to_contain_text(demonstration.person("learner").official_name)


LIES_HERE = """() => new Promise(tell => { const asked = indexedDB.open("saboq-roster", 1); asked.onsuccess = () => {
  const here = asked.result.transaction(["queue", "rosters"]);
  const marks = here.objectStore("queue").getAll(), names = here.objectStore("rosters").getAll();
  here.oncomplete = () => tell([marks.result.map(one => [one.mark, one.person_words]), names.result.length]); } })"""


def test_after_two_days_without_network_the_names_go_and_the_marks_stay(visit, demonstration, sitting):
    page = visit("trainer")
    page.clock.install()
    page.goto(f"/teach/offline/#{sitting.pk}")
    expect(page.locator("#ready")).to_be_visible()
    page.context.set_offline(True)
    page.locator("#list input").first.focus()
    page.keyboard.press("2")
    expect(page.locator("#state")).to_contain_text(re.compile(r"\b1\."))
    assert [name != "" for _mark, name in page.evaluate(LIES_HERE)[0]] == [True]

    page.clock.fast_forward(49 * 3600 * 1000)

    expect(page.locator("#list .person")).to_have_count(0)  # the page was open all the time
    expect(page.locator("#told")).to_contain_text(says("The list of names has been removed from this device."))
    assert page.evaluate(LIES_HERE) == [[["late", ""]], 0]
    expect(page.locator("#state")).to_contain_text(re.compile(r"\b1\."))


def test_a_class_of_forty_is_marked_by_keys_alone(visit, demonstration, sitting):
    """A key a person, and a way there and to the button that is not longer than the class."""
    for n in range(38):
        making.seat(sitting.run, making.person(family=f"Namunayeva{n:02}"))
    page = visit("trainer")
    page.goto(f"/teach/sessions/{sitting.pk}/")
    presses = 0

    def press(key):
        nonlocal presses
        presses += 1
        page.keyboard.press(key)

    while not page.evaluate("document.activeElement.matches('[data-marks] fieldset input')"):
        press("Tab")
    for n in range(40):
        press("1245"[n % 4])
    while page.evaluate("document.activeElement.textContent.trim()") != says("Save the marks"):
        press("Tab")
    press("Enter")

    expect(page.locator("main")).to_contain_text(says("%(marked)s of %(total)s marked", marked=40, total=40))
    marks = Counter(Attendance.objects.filter(session=sitting).values_list("mark", flat=True))
    assert marks == {"present": 10, "late": 10, "excused": 10, "absent": 10}
    assert presses <= 60  # 54 as the page stands now

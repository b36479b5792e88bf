"""Attendance with phones: a check-in with the sign-in in between, and a roster that is opened in a new tab without network."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from seminars import checkin_codes
from seminars.models import Attendance, AttendanceEntry, Seminar
from tests.demonstration import PASSWORD
from tests.seminars import making

from .conftest import says


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
    expect(tab.locator("#state .state--done")).to_be_visible(timeout=15_000)

    marks = sorted(AttendanceEntry.objects.filter(session=sitting).values_list("mark", "how"))
    assert marks == [("late", "offline"), ("present", "offline")]
    tab.clock.set_fixed_time(timezone.now() + timedelta(hours=49))
    tab.reload()
    expect(tab.locator("#state .state--done")).to_be_visible()
    expect(tab.locator("#list .person")).to_have_count(0)  # two days later the names are gone
    page = visit("graduate")  # the same for others, in a browser of their own: nothing of the trainer's is there
    page.goto(f"/teach/offline/#{sitting.pk}")
    expect(page.locator("#list .person")).to_have_count(0)

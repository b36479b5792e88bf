"""A session that was called off, alone or with its run, marks nobody, whichever way a mark comes; each way says so."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seminars import attendance, checkin, checkin_codes
from seminars.models import Attendance, AttendanceEntry, StrayMark, WalkIn
from tests.seminars import making
from tests.seminars.test_offline_roster import answers, item, send
from tests.seminars.test_paper import bring, confirm, workbook

pytestmark = pytest.mark.django_db
SAID = "his session has been called off."


@pytest.fixture(params=["session", "run"])
def off(request, topic, people):
    """Two sessions of a run, the first under way; it is called off, or both are with their run."""
    begins = timezone.now() - timedelta(minutes=5)
    run = making.run(topic, begins=begins, trainer=people.trainer, sittings=2)
    making.seat(run, people.learner)
    session = run.sessions.order_by("starts_at").first()

    def call_off():
        row = session if request.param == "session" else run
        type(row).objects.filter(pk=row.pk).update(cancelled_at=timezone.now())
        return type(session).objects.select_related("run__seminar").get(pk=session.pk)

    yield session, call_off
    assert not Attendance.objects.exists()
    assert not AttendanceEntry.objects.exists()


def test_the_roster_offers_no_marks_and_takes_none(as_user, people, off):
    session = off[1]()
    address = reverse("seminars:roster", args=[session.pk]) + "?lang=en"
    client = as_user(people.trainer)

    shown, sent = client.get(address).text, client.post(address, {f"mark-{people.learner.pk}": "present"})

    assert (SAID in shown, 'type="radio"' in shown) == (True, False)
    assert (sent.status_code, sent.context["refused"]) == (422, f"Nothing was saved: t{SAID}")


def test_a_code_that_was_scanned_before_marks_nobody(as_user, people, off):
    session, call_off = off
    client = as_user(people.learner)
    client.get(f"/checkin/{checkin_codes.code(session.pk, timezone.now())}/")
    call_off()

    shown, sent = client.get("/checkin/?lang=en").text, client.post("/checkin/?lang=en")

    assert (SAID in shown, "<form" in shown.partition("<main")[2].partition("</main>")[0]) == (True, False)
    assert (sent.status_code, SAID in sent.text) == (422, True)


def test_the_trainers_screen_shows_no_code_and_the_pin_none_that_holds(as_user, people, off):
    session = off[1]()

    screen = as_user(people.trainer).get(reverse("seminars:checkin_screen", args=[session.pk]) + "?lang=en").text
    typed = as_user(people.learner).post("/pin/?lang=en", {"pin": checkin_codes.pin(session.pk, timezone.now())})

    assert (SAID in screen, 'class="qr"' in screen) == (True, False)
    assert typed.status_code == 422


def test_who_asked_to_be_let_in_is_not(as_user, people, off):
    session, call_off = off
    asked = WalkIn.objects.create(session=session, person=people.hr, asked_at=timezone.now())
    call_off()

    answer = as_user(people.trainer).post(f"/teach/walk-ins/{asked.pk}/?lang=en", {"answer": "in"}, follow=True)

    assert SAID in answer.text
    assert WalkIn.objects.get().let_in is None


def test_marks_from_a_device_are_kept_apart_and_the_roster_is_told_so(as_user, people, off):
    session, call_off = off
    made = item(session, people.learner, "present")
    call_off()
    client = as_user(people.trainer)

    assert answers(send(client, people.trainer, made)) == ["called_off"]
    assert client.get(f"/teach/offline/sessions/{session.pk}/").json()["called_off"] is True
    assert StrayMark.objects.get().person_number == people.learner.pk
    assert SAID in client.get("/teach/stray-marks/?lang=en").text
    assert client.post(f"/teach/stray-marks/{StrayMark.objects.get().pk}/", {"answer": "place"}).status_code == 302
    assert StrayMark.objects.get().settled_at is None


def test_a_spreadsheet_that_was_looked_at_before_saves_nothing(as_user, people, off):
    session, call_off = off
    client = as_user(people.trainer)
    preview = bring(client, session, workbook((people.learner.username, "", "+")))
    call_off()

    assert f"Nothing was saved: t{SAID}" in confirm(client, session, preview).text


def test_the_rule_refuses_whoever_asks(people, off):
    session = off[1]()
    scan = checkin.Scan("code", timezone.now(), timezone.now())

    with pytest.raises(attendance.NotMarkable) as by_hand:
        attendance.mark(session=session, person=people.learner, mark="present", by=people.trainer)
    with pytest.raises(attendance.NotMarkable) as by_code:
        checkin.check_in(session=session, person=people.learner, scan=scan)

    assert (by_hand.value.reason, by_code.value.reason) == ("called_off", "called_off")

"""A group scans within the same second, each with two phones, while the trainer marks some of them: none is lost, none doubled."""

from collections import Counter

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from seminars import attendance, checkin_codes
from seminars.models import Attendance, AttendanceEntry, WalkIn
from tests.seminars import making
from tests.seminars.test_oversell import at_once

pytestmark = pytest.mark.django_db(transaction=True)
GROUP, MARKED, WITHOUT_A_SEAT = 30, 5, 3


def phone(person, session, now):
    """A browser signed in as the person that has read the code; what is left is the press on the button."""
    client = Client()
    client.force_login(person)
    client.get(f"/checkin/{checkin_codes.code(session.pk, now)}/")
    return lambda: client.post("/checkin/").headers["Location"]


def test_many_who_check_in_at_once_are_marked_once_each():
    now, trainer = timezone.now(), making.person(role="trainer")
    session = making.run(making.seminar(), begins=now, capacity=GROUP, trainer=trainer).sessions.get()
    group = [making.person() for _ in range(GROUP)]
    for person in group:
        making.seat(session.run, person)
    strangers = [making.person() for _ in range(WITHOUT_A_SEAT)]
    presses = [phone(person, session, now) for person in (*group, *strangers) for _two in range(2)]
    marks = [
        lambda person=person: attendance.mark(session=session, person=person, mark="left_early", by=trainer)
        for person in group[:MARKED]
    ]

    answers = at_once([*presses, *marks])

    assert set(answers[: len(presses)]) == {f"/checkin/sessions/{session.pk}/"}
    assert Counter(AttendanceEntry.objects.values_list("how", flat=True)) == {"code": GROUP, "screen": MARKED}
    rows = dict(Attendance.objects.values_list("person", "mark"))
    assert rows == {person.pk: "left_early" if person in group[:MARKED] else "present" for person in group}
    assert WalkIn.objects.count() == WITHOUT_A_SEAT
    assert AuditEntry.objects.filter(deed="attendance marked").count() == MARKED

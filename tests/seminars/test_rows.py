"""What the database itself refuses: the rules of seats, sittings and hours hold whatever code writes the rows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from seminars.models import Attendance, Seat, Seminar, Session
from tests.seminars import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting(topic):
    return making.run(topic, days=-1).sessions.get()


def refused(deed, by=""):
    """`by` is the name of a check; of what must be unique SQLite names the columns and PostgreSQL the constraint."""
    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        deed()
    assert by in str(fault.value)


def mark(session, people, name="present", hours=2):
    return Attendance.objects.create(
        session=session,
        person=people.learner,
        mark=name,
        hours=hours,
        marked_by=people.trainer,
        marked_at=session.ends_at,
    )


def test_one_seat_a_person_in_a_run(sitting, people):
    making.seat(sitting.run, people.learner, Seat.State.CANCELLED)

    refused(lambda: making.seat(sitting.run, people.learner))


def test_one_mark_a_person_and_session(sitting, people):
    mark(sitting, people)

    refused(lambda: mark(sitting, people, "absent", 0))


@pytest.mark.parametrize("name", ["excused", "absent"])
def test_who_was_absent_earned_no_hours(sitting, people, name):
    refused(lambda: mark(sitting, people, name), "who_was_absent_earned_no_hours")

    mark(sitting, people, name, 0)


def test_hours_earned_are_not_negative(sitting, people):
    refused(lambda: mark(sitting, people, hours=-1), "hours_are_not_negative")


def test_a_session_has_a_length_and_hours(sitting):
    rows = Session.objects.all()
    refused(lambda: rows.update(ends_at=F("starts_at")), "a_session_ends_after_it_begins")
    refused(lambda: rows.update(ends_at=sitting.starts_at - timedelta(hours=1)), "a_session_ends_after_it_begins")
    refused(lambda: rows.update(hours=0), "a_session_has_hours")


def test_a_seminar_has_hours(topic):
    refused(lambda: Seminar.objects.update(planned_hours=0), "a_seminar_has_hours")


def test_what_facts_hang_on_cannot_be_deleted(sitting, people):
    making.seat(sitting.run, people.learner)
    mark(sitting, people)
    people.hr.delete()  # of whom there is no fact

    for row in (sitting.run.seminar, sitting.run, sitting, people.learner, people.trainer):
        with pytest.raises(ProtectedError):
            type(row).objects.get(pk=row.pk).delete()

"""Marks earn hours; hours count once, in the time of the enrolment."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from courses.signals import progress_changed
from seminars import attendance, roster
from seminars.models import Attendance, SeminarRun
from tests.seminars import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting(topic):
    return making.run(topic, days=-1).sessions.get()


@pytest.fixture
def seated(sitting, people):
    making.seat(sitting.run, people.learner)
    return people.learner


@pytest.mark.parametrize(
    ("mark", "hours"),
    [("present", "2.0"), ("late", "2.0"), ("left_early", "1.0"), ("excused", "0.0"), ("absent", "0.0")],
)
def test_a_mark_earns_its_hours(sitting, seated, people, mark, hours):
    attendance.mark(session=sitting, person=seated, mark=mark, by=people.trainer)

    row = Attendance.objects.get()
    assert (row.mark, row.hours, row.marked_by) == (mark, Decimal(hours), people.trainer)


def test_a_later_mark_replaces_the_earlier_and_both_are_logged(sitting, seated, people):
    for mark in ("present", "present", "absent"):
        attendance.mark(session=sitting, person=seated, mark=mark, by=people.trainer)

    assert list(Attendance.objects.values_list("mark", "hours")) == [("absent", Decimal("0.0"))]
    log = AuditEntry.objects.filter(deed="attendance marked").order_by("pk")
    assert [(entry.details["before"], entry.details["mark"]) for entry in log] == [
        ("", "present"),
        ("present", "absent"),
    ]


@pytest.mark.parametrize("state", ["waiting", "cancelled", None])
def test_who_has_no_booked_seat_is_not_marked(sitting, people, state):
    if state:
        making.seat(sitting.run, people.hr, state)

    with pytest.raises(attendance.NotOnTheRoster):
        attendance.mark(session=sitting, person=people.hr, mark="present", by=people.trainer)

    assert not Attendance.objects.exists()


@pytest.mark.parametrize("reason", ["not_begun", "called_off"])
def test_nothing_is_marked_before_the_beginning_nor_after_calling_off(sitting, seated, people, reason):
    now = timezone.now()
    if reason == "called_off":
        SeminarRun.objects.update(cancelled_at=now)
        sitting.run.refresh_from_db()
    else:
        now = sitting.starts_at - timedelta(seconds=1)

    with pytest.raises(attendance.NotMarkable) as no:
        attendance.mark(session=sitting, person=seated, mark="present", by=people.trainer, now=now)

    assert (no.value.reason, Attendance.objects.count()) == (reason, 0)


def test_a_form_is_saved_as_a_whole_or_not_at_all(sitting, seated, people):
    marks = {seated: "present", people.hr: "present"}  # the latter has no seat

    with pytest.raises(attendance.NotOnTheRoster):
        roster.save(session=sitting, marks=marks, by=people.trainer)

    assert not Attendance.objects.exists()


@pytest.mark.parametrize(("enrolled", "rung"), [(True, True), (False, False)])
def test_the_bell_rings_for_those_who_take_the_course(
    sitting, seated, people, sec, django_capture_on_commit_callbacks, enrolled, rung
):
    heard = []
    hear = lambda sender, learner, course, **kwargs: heard.append((learner, course))  # noqa: E731
    progress_changed.connect(hear)
    if enrolled:
        making.enrol(seated, sec)

    with django_capture_on_commit_callbacks(execute=True):
        attendance.mark(session=sitting, person=seated, mark="present", by=people.trainer)
    progress_changed.disconnect(hear)

    assert heard == ([(seated.pk, sec.pk)] if rung else [])


def test_hours_of_a_seminar_count_up_to_its_plan_whatever_the_runs(topic, people, sec):
    enrolment = making.enrol(people.learner, sec)
    making.seminar("sec-2", course=sec, hours=4)
    for days in (-3, -2):
        session = making.run(topic, days=days).sessions.get()
        making.seat(session.run, people.learner)
        attendance.mark(session=session, person=people.learner, mark="present", by=people.trainer)

    hours = attendance.hours_of([enrolment])[enrolment.pk]

    assert (hours.earned, hours.planned, hours.needed(60)) == (Decimal("2"), Decimal("6"), Decimal("3.6"))


def attend(person, topic, mark, by, *, days):
    session = making.run(topic, days=days).sessions.get()
    making.seat(session.run, person)
    attendance.mark(session=session, person=person, mark=mark, by=by)


@pytest.mark.parametrize(
    ("marks", "earned", "excused"),
    [
        (["excused"], 0, 2), (["excused", "present"], 2, 0), (["left_early", "excused"], 1, 1), (["absent"], 0, 0),
        (["left_early", "left_early"], 2, 0), (["late"], 2, 0), (["excused", "excused"], 0, 2),
    ],
)  # fmt: skip
def test_a_missed_session_is_made_up_in_another_run_and_excused_hours_are_told_apart(
    topic, people, sec, marks, earned, excused
):
    enrolment = making.enrol(people.learner, sec)
    making.seminar("sec-2", course=sec, hours=8)
    for days, mark in enumerate(marks, -9):
        attend(people.learner, topic, mark, people.trainer, days=days)

    hours = attendance.hours_of([enrolment])[enrolment.pk]

    assert (hours.earned, hours.excused, hours.planned) == (earned, excused, 10)


@pytest.mark.parametrize(("days", "earned"), [(-1, 2), (-400, 0)])
def test_hours_count_in_the_time_of_the_enrolment(topic, people, sec, days, earned):
    enrolment = making.enrol(people.learner, sec)
    enrolment.began_at = timezone.now() - timedelta(days=30)
    session = making.run(topic, days=days).sessions.get()
    making.seat(session.run, people.learner)
    attendance.mark(session=session, person=people.learner, mark="present", by=people.trainer)

    assert attendance.hours_of([enrolment])[enrolment.pk].earned == earned


@pytest.mark.parametrize("count", [1, 10])
def test_the_hours_of_any_number_of_people_cost_two_queries(topic, sec, people, django_assert_num_queries, count):
    enrolments = [making.enrol(making.person(), sec) for _ in range(count)]

    with django_assert_num_queries(2):
        hours = attendance.hours_of(enrolments)

    assert len(hours) == count

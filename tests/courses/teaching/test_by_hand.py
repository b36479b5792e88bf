"""A step by hand: with a reason, logged, never for oneself; taken back while no completion of the course rests on it."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AuditEntry
from courses import allowances, progress
from courses.models import ActivityCompletion, Allowance, Attempt, Course
from tests.seminars import making

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def enrolment(people, sec):
    return making.enrol(people.learner, sec)


@pytest.fixture
def given(enrolment, quiz, people):
    return progress.give(
        enrolment=enrolment, activity=quiz.activity, reason="Qogʻozda topshirdi", by=people.trainer, now=NOW
    )


def entries():
    return list(
        AuditEntry.objects.filter(deed__in=(progress.GIVEN, progress.TAKEN_BACK, "allowance given"))
        .order_by("pk")
        .values_list("deed", "subject", "actor__username", "reason")
    )


def test_a_step_given_by_hand_is_done_with_its_person_and_reason(
    enrolment, quiz, people, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as rung:
        row = progress.give(enrolment=enrolment, activity=quiz.activity, reason=" Sabab ", by=people.trainer, now=NOW)

    assert (row.done_at, row.given_by) == (NOW, people.trainer)
    assert entries() == [("completion given", f"enrolment {enrolment.pk}", "trainer", "Sabab")]
    assert len(rung) == 1  # the doorbell


def test_given_twice_stays_as_it_was_given_first(enrolment, quiz, given, people):
    again = progress.give(enrolment=enrolment, activity=quiz.activity, reason="Yana", by=people.admin, now=NOW)

    assert (again, again.given_by) == (given, people.trainer)
    assert len(entries()) == 1


def test_what_was_earned_stays_earned(sec, people):
    enrolment = making.enrol(people.learner, sec, done=1)

    row = progress.give(enrolment=enrolment, activity=sec.activities.get(position=1), reason="x", by=people.trainer)

    assert (row.given_by, entries()) == (None, [])


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nothing_is_given_or_taken_back_without_a_reason(enrolment, quiz, given, people, reason):
    with pytest.raises(ValueError, match="reason"):
        progress.give(enrolment=enrolment, activity=quiz.activity, reason=reason, by=people.trainer)
    with pytest.raises(ValueError, match="reason"):
        progress.take_back(completion=given, reason=reason, by=people.trainer)
    with pytest.raises(ValueError, match="reason"):
        allowances.give(enrolment=enrolment, quiz=quiz, attempts=1, reason=reason, by=people.trainer)
    assert (ActivityCompletion.objects.get(), Allowance.objects.count(), len(entries())) == (given, 0, 1)


def test_nobody_gives_to_oneself(sec, people):
    own = making.enrol(people.trainer, sec)

    with pytest.raises(progress.NotOneself):
        progress.give(enrolment=own, activity=sec.activities.first(), reason="x", by=people.trainer)
    given = progress.give(enrolment=own, activity=sec.activities.first(), reason="x", by=people.admin)
    with pytest.raises(progress.NotOneself):
        progress.take_back(completion=given, reason="x", by=people.trainer)
    assert ActivityCompletion.objects.get() == given


def test_a_step_of_another_course_an_archived_one_and_a_closed_run_are_refused(enrolment, sec, people):
    foreign = Course.objects.get(code="smm").activities.first()
    gone = sec.activities.get(position=1)
    gone.archived = True
    gone.save()
    closed = making.enrol(people.hr, sec, closed=True)
    for one, activity in ((enrolment, foreign), (enrolment, gone), (closed, sec.activities.get(position=2))):
        with pytest.raises(progress.NotMarkable):
            progress.give(enrolment=one, activity=activity, reason="x", by=people.trainer)
    assert not ActivityCompletion.objects.exists()


def test_it_is_taken_back_and_logged(enrolment, given, people, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rung:
        progress.take_back(completion=given, reason="Adashdim", by=people.admin)

    assert not ActivityCompletion.objects.exists()
    assert entries()[1:] == [("completion taken back", f"enrolment {enrolment.pk}", "admin", "Adashdim")]
    assert len(rung) == 1
    with pytest.raises(progress.NotMarkable):
        progress.take_back(completion=given, reason="Yana", by=people.admin)


def test_what_was_earned_is_never_taken_back(sec, people):
    enrolment = making.enrol(people.learner, sec, done=1)

    with pytest.raises(progress.NotMarkable):
        progress.take_back(completion=enrolment.completions.get(), reason="x", by=people.trainer)
    assert enrolment.completions.count() == 1


def test_a_test_passed_meanwhile_stays_done_as_earned(enrolment, quiz, given, people):
    Attempt.objects.create(
        enrolment=enrolment, quiz=quiz, number=1, started_at=NOW, closes_at=NOW + timedelta(hours=1), pass_mark=70,
        submitted_at=NOW + timedelta(minutes=5), score=90, passed=True,
    )  # fmt: skip

    progress.take_back(completion=given, reason="Endi kerak emas", by=people.trainer)

    given.refresh_from_db()
    assert (given.given_by, given.done_at) == (None, NOW + timedelta(minutes=5))


def test_once_the_course_is_completed_it_stays(enrolment, given, people):
    making.complete(enrolment)

    with pytest.raises(progress.RestsOnIt):
        progress.take_back(completion=given, reason="x", by=people.trainer)
    assert (ActivityCompletion.objects.get(), len(entries())) == (given, 1)


@pytest.mark.parametrize("what", [{}, {"minutes": 0, "attempts": 0}, {"attempts": -1}, {"minutes": -5, "attempts": 5}])
def test_an_allowance_gives_something(enrolment, quiz, people, what):
    with pytest.raises(ValueError, match="nothing"):
        allowances.give(enrolment=enrolment, quiz=quiz, reason="x", by=people.trainer, **what)
    assert not Allowance.objects.exists()


def test_an_allowance_is_a_row_and_a_line_in_the_log(enrolment, quiz, people):
    made = allowances.give(
        enrolment=enrolment, quiz=quiz, minutes=20, attempts=1, reason=" Yorugʻlik oʻchdi ", by=people.trainer, now=NOW
    )
    assert (made.minutes, made.attempts, made.reason, made.given_at) == (20, 1, "Yorugʻlik oʻchdi", NOW)
    assert entries() == [("allowance given", f"enrolment {enrolment.pk}", "trainer", "Yorugʻlik oʻchdi")]

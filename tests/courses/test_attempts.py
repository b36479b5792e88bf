"""Attempts are the server's: drawn, saved, closed and graded from its own rows."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from courses import attempts, draws, kinds, questions
from courses.models import Activity, ActivityCompletion, Attempt, AttemptQuestion
from tests import making

NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Tashkent"))


@pytest.fixture
def enrolment(base):
    return making.enrol(making.person(), making.course(), now=NOW - timedelta(days=1))


@pytest.fixture
def quiz(enrolment):
    return enrolment.course.activities.get(kind="quiz").quiz


@pytest.fixture
def attempt(enrolment, quiz):
    return attempts.start(enrolment=enrolment, quiz=quiz, now=NOW)


def position(row, key):
    return [str(row.order.index(key))]


def answer_all(attempt, key, now=NOW):
    for row in attempt.questions.all():
        attempts.save_answer(attempt=attempt, slot=row.slot, values=position(row, key), now=now)


def test_an_attempt_keeps_what_was_drawn_its_order_and_its_deadline(attempt, quiz):
    assert attempt.questions.count() == 2
    assert attempt.closes_at == NOW + timedelta(hours=24)
    assert all(sorted(row.order) == ["c1", "c2", "c3"] for row in attempt.questions.all())
    assert len({row.version_id for row in attempt.questions.all()}) == 2


def test_pressing_start_twice_gives_the_same_attempt(attempt, enrolment, quiz):
    assert attempts.start(enrolment=enrolment, quiz=quiz, now=NOW) == attempt


def test_all_right_is_passed_and_completes_the_activity(attempt, quiz, enrolment):
    answer_all(attempt, "c2")

    graded = attempts.submit(attempt=attempt, now=NOW)

    assert (graded.score, graded.passed) == (Decimal(100), True)
    assert list(ActivityCompletion.objects.values_list("enrolment", "activity")) == [(enrolment.pk, quiz.pk)]


def test_half_right_is_not_passed_and_completes_nothing(attempt):
    first, second = attempt.questions.all()
    attempts.save_answer(attempt=attempt, slot=first.slot, values=position(first, "c2"), now=NOW)
    attempts.save_answer(attempt=attempt, slot=second.slot, values=position(second, "c1"), now=NOW)

    graded = attempts.submit(attempt=attempt, now=NOW)

    assert (graded.score, graded.passed) == (Decimal(50), False)
    assert not ActivityCompletion.objects.exists()


def test_submitting_again_changes_nothing(attempt):
    attempts.submit(attempt=attempt, now=NOW)

    again = attempts.submit(attempt=attempt, now=NOW + timedelta(hours=1))

    assert (again.score, again.submitted_at) == (0, NOW)


def test_an_older_answer_never_replaces_a_newer_one(attempt):
    row = attempt.questions.first()
    attempts.save_answer(attempt=attempt, slot=1, values=position(row, "c2"), sequence=20, now=NOW)
    late = attempts.save_answer(attempt=attempt, slot=1, values=position(row, "c1"), sequence=10, now=NOW)
    same = attempts.save_answer(attempt=attempt, slot=1, values=position(row, "c3"), sequence=20, now=NOW)

    assert (late.answer, late.sequence) == ("c2", 20)
    assert same.answer == "c2"


@pytest.mark.parametrize("sequence", [0, -5, 10**15 + 1])
def test_a_sequence_that_would_shut_out_later_answers_is_refused(attempt, sequence):
    with pytest.raises(kinds.BadAnswer):
        attempts.save_answer(attempt=attempt, slot=1, values=["0"], sequence=sequence, now=NOW)


def test_a_late_answer_is_refused_and_changes_nothing(attempt):
    with pytest.raises(attempts.AttemptClosed):
        attempts.save_answer(attempt=attempt, slot=1, values=["0"], now=attempt.closes_at + timedelta(seconds=30))

    assert AttemptQuestion.objects.get(attempt=attempt, slot=1).answer is None


def test_an_answer_after_submitting_is_refused(attempt):
    attempts.submit(attempt=attempt, now=NOW)

    with pytest.raises(attempts.AttemptClosed):
        attempts.save_answer(attempt=attempt, slot=1, values=["0"], now=NOW)


def test_an_overdue_attempt_is_graded_with_what_was_saved(attempt):
    answer_all(attempt, "c2")

    closed = attempts.close_overdue(now=attempt.closes_at + timedelta(minutes=1))

    graded = Attempt.objects.get(pk=attempt.pk)
    assert (closed, graded.passed, graded.submitted_at) == (1, True, attempt.closes_at)


def test_the_next_attempt_waits_and_the_last_is_the_last(enrolment, quiz):
    for number in range(3):
        at = NOW + timedelta(hours=25 * number)
        attempts.submit(attempt=attempts.start(enrolment=enrolment, quiz=quiz, now=at), now=at)
        if number < 2:
            with pytest.raises(attempts.NoAttemptNow) as soon:
                attempts.start(enrolment=enrolment, quiz=quiz, now=at + timedelta(hours=23))
            assert (soon.value.reason, soon.value.until) == ("wait", at + timedelta(hours=24))
    with pytest.raises(attempts.NoAttemptNow) as none:
        attempts.start(enrolment=enrolment, quiz=quiz, now=NOW + timedelta(days=30))
    assert none.value.reason == "none_left"


def test_a_question_published_anew_leaves_the_attempt_its_version(attempt):
    row = attempt.questions.select_related("version__question").first()
    changed = {**making.SINGLE, "choices": [{**c, "right": c["id"] == "c1"} for c in making.SINGLE["choices"]]}
    questions.revise(question=row.version.question, kind="single", content=changed)
    questions.publish(question=row.version.question)
    answer_all(attempt, "c2")

    assert attempts.submit(attempt=attempt, now=NOW).score == 100


def test_lowering_the_pass_mark_later_passes_nobody(attempt, quiz):
    first = attempt.questions.first()
    attempts.save_answer(attempt=attempt, slot=1, values=position(first, "c2"), now=NOW)
    attempts.submit(attempt=attempt, now=NOW)

    quiz.pass_mark = 10
    quiz.save()

    assert Attempt.objects.get(pk=attempt.pk).passed is False
    assert not ActivityCompletion.objects.filter(activity__kind=Activity.Kind.QUIZ).exists()


def test_a_draft_of_a_question_is_never_drawn(enrolment, quiz):
    pool = quiz.draws.get().pool
    pool.questions.all().update(retired=True)
    made = pool.questions.create(note="draft")
    questions.revise(question=made, kind="single", content=making.SINGLE)

    assert draws.draw(quiz) == []

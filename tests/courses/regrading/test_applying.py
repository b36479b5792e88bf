"""A wrong key is mended for those who were judged by it: counted first, then applied; nothing is taken away from anybody."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry, Notice
from certification import award
from certification.models import Certificate, CourseCompletion
from courses import attempts, questions, regrading
from courses.models import ActivityCompletion, Attempt, AttemptQuestion, Regrade
from tests import making
from tests.certification import studying
from tests.courses.regrades import (
    FEWER,
    LATER,
    NOW,
    OTHER,
    RIGHT,
    WRONG,
    answer,
    apply,
    begun,
    certified,
    dry,
    enrolled,
    everything,
    keyed,
    published,
    row,
    stand,
    taken,
)

# --- Counting -------------------------------------------------------------------------------------------------------------


def test_the_dry_run_tells_who_gains_who_loses_and_which_certificates_and_writes_nothing(course_page, bank):
    quiz, first, second = bank
    loser = certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    winner = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    taken(quiz, enrolled(course_page), {first: WRONG, second: RIGHT})
    begun(quiz, enrolled(course_page))
    published(first, keyed())
    before = everything()

    trial = dry(first)

    number = Certificate.objects.get().number
    assert trial == regrading.Trial(
        attempts=3,
        rows=(
            row(loser, "100.00", "50.00", True, False, number),
            row(winner, "50.00", "100.00", False, True),
        ),
        left_out={},
        under_way=1,
    )
    assert regrading.summary(trial.rows) == {
        "gain": 1, "lose": 1, "newly_passed": 1, "newly_failed": 1, "certificates": 1,
    }  # fmt: skip
    assert everything() == before


def test_a_certificate_with_another_passed_attempt_or_a_completion_by_hand_is_not_affected(course_page, bank, editor):
    quiz, first, second = bank
    twice = certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    again = taken(quiz, twice.enrolment, {first: OTHER, second: RIGHT}, now=NOW + timedelta(hours=25))
    by_hand = certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    ActivityCompletion.objects.filter(enrolment=by_hand.enrolment, activity=quiz.activity).update(given_by=editor)
    revoked = certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    Certificate.objects.filter(enrolment=revoked.enrolment).update(
        revoked_at=NOW, revoked_by=editor, revocation_ground="mistake", revocation_reason="x"
    )
    published(first, keyed())

    assert dry(first).rows == (
        row(twice, "100.00", "50.00", True, False),
        row(again, "50.00", "100.00", False, True),
        row(by_hand, "100.00", "50.00", True, False),
        row(revoked, "100.00", "50.00", True, False),
    )


# --- Applying -------------------------------------------------------------------------------------------------------------


def test_applying_sets_scores_keys_and_results_and_is_logged_and_told(course_page, bank, editor):
    quiz, first, second = bank
    loser = taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})
    winner = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    same = taken(quiz, enrolled(course_page), {first: WRONG, second: RIGHT})
    version = published(first, keyed())

    made = apply(first, editor, reason="  The key was wrong ")

    assert [stand(one) for one in (loser, winner, same)] == [(50, False), (100, True), (50, False)]
    answers = AttemptQuestion.objects.filter(version__question=first).order_by("attempt")
    assert list(answers.values_list("score", "graded_by")) == [(0, version.pk), (1, version.pk), (0, version.pk)]
    assert set(AttemptQuestion.objects.filter(version__question=second).values_list("score", "graded_by")) == {
        (1, None)
    }
    assert (made.question, made.version, made.reason, made.applied_by, made.applied_at) == (
        first, version, "The key was wrong", editor, LATER,
    )  # fmt: skip
    changes = [
        row(loser, "100.00", "50.00", True, False),
        row(winner, "50.00", "100.00", False, True),
    ]
    assert Regrade.objects.get().changes == changes
    log = AuditEntry.objects.filter(deed__endswith="regraded").order_by("pk")
    assert [(one.actor, one.deed, one.subject, one.reason, one.details) for one in log] == [
        (editor, "question regraded", f"question {first.pk}", "The key was wrong", {"version": 2, "regrade": made.pk}),
        *[
            (editor, "attempt regraded", f"attempt {one['attempt']}", "The key was wrong", {**one, "regrade": made.pk})
            for one in changes
        ],
    ]
    told = Notice.objects.filter(kind="regraded").order_by("person")
    assert [(one.person_id, one.subject, one.mail_wanted) for one in told] == [
        (one.enrolment.learner_id, f"regrade {made.pk}", True) for one in (loser, winner)
    ]


def test_who_passes_now_has_completed_the_test_on_that_day_and_gets_the_certificate(course_page, bank, editor):
    quiz, first, second = bank
    enrolment = enrolled(course_page, studying.learner())
    attempt = taken(quiz, enrolment, {first: OTHER, second: RIGHT})
    studying.do(enrolment, without=("quiz",), now=NOW)
    award.heal(now=NOW)
    assert not Certificate.objects.exists()
    published(first, keyed())

    apply(first, editor)
    making.committed(lambda: award.heal(now=LATER))

    done = ActivityCompletion.objects.get(enrolment=enrolment, activity=quiz.activity)
    assert (done.done_at, done.given_by) == (attempt.submitted_at, None)
    assert Certificate.objects.get().enrolment == enrolment
    assert CourseCompletion.objects.get().completed_at == LATER


def test_the_doorbell_rings_for_who_passes_now_and_for_nobody_else(course_page, bank, editor):
    from courses.signals import progress_changed

    quiz, first, second = bank
    winner = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})
    published(first, keyed())
    rung = []

    def listen(sender, learner, course, **kwargs):
        rung.append((learner, course))

    progress_changed.connect(listen)
    try:
        apply(first, editor)
    finally:
        progress_changed.disconnect(listen)
    assert rung == [(winner.enrolment.learner_id, winner.enrolment.course_id)]


def test_who_passes_no_more_keeps_completions_and_certificate(course_page, bank, editor):
    quiz, first, second = bank
    attempt = certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    published(first, keyed())

    def kept():
        return [
            list(model.objects.order_by("pk").values()) for model in (ActivityCompletion, CourseCompletion, Certificate)
        ]

    before = kept()
    made = apply(first, editor)
    making.committed(lambda: award.heal(now=LATER))

    assert stand(attempt) == (50, False)
    assert kept() == before
    assert [one["certificate"] for one in made.changes] == [Certificate.objects.get().number]
    assert Certificate.objects.standing().count() == 1


def test_repeating_changes_nothing(course_page, bank, editor):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    taken(quiz, enrolled(course_page), {first: WRONG, second: RIGHT})
    published(first, keyed())
    apply(first, editor)
    before = everything()

    assert apply(first, editor) is None
    assert dry(first) == regrading.Trial(0, (), {}, 0)
    assert everything() == before


def test_who_comes_a_moment_after_another_finds_nothing_and_leaves_no_trace(course_page, bank, editor):
    """What was due when the page was asked is looked at once more under the lock."""
    quiz, first, second = bank
    attempt = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    version = published(first, keyed())
    beginning = {"question": first, "version": version, "by": editor, "reason": "The key", "now": LATER}
    first_one = regrading._apply_batch(None, [attempt.pk], regrading._drawn(first), **beginning)
    before = everything()

    second_one = regrading._apply_batch(None, [attempt.pk], regrading._drawn(first), **beginning)

    assert (first_one.pk, second_one) == (Regrade.objects.get().pk, None)
    assert everything() == before


def test_back_to_the_key_that_was_drawn(course_page, bank, editor):
    quiz, first, second = bank
    attempt = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    old, _new = first.current, published(first, keyed())
    apply(first, editor)

    back = apply(first, editor, version=old)

    assert back.changes == [row(attempt, "100.00", "50.00", True, False)]
    assert set(attempt.questions.values_list("graded_by", flat=True)) == {None}
    assert ActivityCompletion.objects.filter(activity=quiz.activity).count() == 1  # nothing is taken away


def test_a_regrade_that_changes_no_score_still_says_by_which_key_it_stands(course_page, bank, editor):
    quiz, first, second = bank
    attempt = taken(quiz, enrolled(course_page), {first: WRONG, second: RIGHT})
    version = published(first, keyed())

    made = apply(first, editor)

    assert made.changes == []
    assert attempt.questions.get(version__question=first).graded_by == version
    assert not Notice.objects.filter(kind="regraded").exists()


def test_a_penalty_is_taken_off_as_when_it_was_submitted(course_page, bank, editor):
    quiz, first, second = bank
    attempts_ = [begun(quiz, enrolled(course_page)) for _ in range(2)]
    Attempt.objects.update(penalty=50)
    for attempt, choice in zip(attempts_, (OTHER, RIGHT), strict=True):
        answer(attempt, {first: choice, second: RIGHT})
        attempts.submit(attempt=attempt, now=NOW)
    assert [stand(one) for one in attempts_] == [(25, False), (100, True)]
    published(first, keyed())

    apply(first, editor)

    assert [stand(one) for one in attempts_] == [(100, True), (25, False)]


def test_the_pass_mark_is_that_of_the_attempt(course_page, bank, editor):
    quiz, first, second = bank
    attempt = taken(quiz, enrolled(course_page), {first: OTHER, second: WRONG})
    quiz.pass_mark = 50
    quiz.save()
    published(first, keyed())

    apply(first, editor)

    assert stand(attempt) == (50, False)


def test_an_attempt_under_way_is_left_alone_and_graded_by_what_it_drew(course_page, bank, editor):
    quiz, first, second = bank
    attempt = begun(quiz, enrolled(course_page))
    answer(attempt, {first: RIGHT, second: RIGHT})
    published(first, keyed())

    assert apply(first, editor) is None
    assert attempts.submit(attempt=attempt, now=NOW).score == 100
    assert apply(first, editor).changes == [row(attempt, "100.00", "50.00", True, False)]


# --- What cannot be graded ------------------------------------------------------------------------------------------------


def test_a_draft_grades_nobody(course_page, bank, editor):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    draft = questions.revise(question=first, kind="single", content=keyed())

    for deed in (lambda: dry(first, draft), lambda: apply(first, editor, draft)):
        with pytest.raises(regrading.CannotRegrade):
            deed()


def test_a_version_of_another_question_grades_nobody(course_page, bank, editor):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})

    with pytest.raises(regrading.CannotRegrade):
        apply(first, editor, second.current)


TRUTH = {"text": making.words("Which?"), "feedback": {}, "answer": True}


@pytest.mark.parametrize(("kind", "content"), [("single", FEWER), ("multiple", making.SINGLE), ("true_false", TRUTH)])
def test_another_kind_or_other_parts_are_refused_and_change_nothing(course_page, bank, editor, kind, content):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, content, kind=kind)
    before = everything()

    for deed in (lambda: dry(first), lambda: apply(first, editor)):
        with pytest.raises(regrading.CannotRegrade):
            deed()
    assert everything() == before


def test_gaps_are_graded_anew_one_by_one(course_page, bank, editor):
    quiz, first, _second = bank
    published(first, making.CLOZE, kind="cloze")
    attempt = begun(quiz, enrolled(course_page))
    for one in attempt.questions.select_related("version"):
        if one.version.question_id == first.pk:
            values = ["2", "oson", "1", str(one.order.index("g1-1"))]
            attempts.save_answer(attempt=attempt, slot=one.slot, values=values, now=NOW)
    attempt = making.committed(lambda: attempts.submit(attempt=attempt, now=NOW))
    assert attempt.score == 25  # half of one of two questions
    easy = {**making.CLOZE, "gaps": [making.CLOZE["gaps"][0], {"id": "g2", "accept": {"all": ["os*n"]}}]}
    published(first, easy, kind="cloze")

    assert dry(first).rows == (row(attempt, "25.00", "50.00", False, False),)
    apply(first, editor)
    assert stand(attempt) == (50, False)
    assert list(attempt.questions.filter(version__question=first).values_list("answer", flat=True)) == [
        {"g1": "g1-1", "g2": "oson"}
    ]


def test_attempts_with_other_parts_are_left_out_and_the_rest_is_graded(course_page, bank, editor):
    quiz, first, second = bank
    old = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, FEWER)
    new = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, {**keyed(), "choices": keyed()["choices"][:2]})

    assert dry(first) == regrading.Trial(1, (row(new, "50.00", "100.00", False, True),), {1: 1}, 0)
    apply(first, editor)
    assert (stand(old), stand(new)) == ((50, False), (100, True))


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_it_is_not_done_without_a_reason(course_page, bank, editor, reason):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, keyed())

    with pytest.raises(regrading.CannotRegrade):
        apply(first, editor, reason=reason)
    assert not Regrade.objects.exists()

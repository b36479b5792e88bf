"""A wrong key is mended for those who were judged by it: counted first, then applied; nothing is taken away from anybody."""

import threading
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from accounts import jobs, notices
from accounts.models import AuditEntry, Job, Library, Notice, Role
from accounts.roles import grant
from certification import award
from certification.models import Certificate, CourseCompletion
from cms import teams
from cms.models import QuizDraw, QuizPage
from courses import attempts, questions, regrade_trials, regrading
from courses.models import ActivityCompletion, Attempt, AttemptQuestion, Regrade
from tests import making
from tests.certification import studying
from tests.courses import regrades
from tests.courses.regrades import NOW, OTHER, RIGHT, WRONG, answer, begun, enrolled, keyed, published, taken
from tests.kept import kept

LATER = NOW + timedelta(days=3)


@kept
def course_page(bedrock):
    return making.course(code="REG")


@kept
def bank(course_page):
    return regrades.two_questions(course_page)


@kept
def editor(bedrock):
    person = making.person("editor")
    grant(person=person, role=Role.EDITOR)
    return person


def dry(question, version=None):
    question.refresh_from_db()
    return regrading.dry_run(question=question, version=version or question.current)


def apply(question, by, version=None, reason="The key was wrong", now=LATER):
    question.refresh_from_db()
    return making.committed(
        lambda: regrading.apply(question=question, version=version or question.current, by=by, reason=reason, now=now)
    )


def stand(attempt):
    attempt.refresh_from_db()
    return attempt.score, attempt.passed


def row(attempt, before, after, was, now, certificate=""):
    return {
        "attempt": attempt.pk, "before": before, "after": after, "passed_before": was, "passed_after": now,
        "certificate": certificate,
    }  # fmt: skip


def everything():
    """How many rows there are of each kind, and what the attempts say."""
    counts = {model._meta.label: model._default_manager.count() for model in apps.get_models()}
    scores = list(AttemptQuestion.objects.order_by("pk").values_list("pk", "score", "graded_by"))
    return counts, scores, list(Attempt.objects.order_by("pk").values_list("pk", "score", "passed"))


def certified(course_page, quiz, answers, now=NOW, **fields):
    enrolment = enrolled(course_page, studying.learner(**fields))
    attempt = taken(quiz, enrolment, answers, now)
    studying.do(enrolment, without=("quiz",), now=now)
    completion = award.consider(learner=enrolment.learner_id, course=enrolment.course_id, now=now)
    award.issue(completion=completion.pk, now=now)
    return attempt


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


FEWER = {**making.SINGLE, "choices": making.SINGLE["choices"][:2]}
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


# --- What people are told -------------------------------------------------------------------------------------------------


def test_one_notice_a_person_and_regrade_in_the_persons_language(course_page, bank, editor):
    quiz, first, second = bank
    person = making.person(language="ru")
    enrolment = enrolled(course_page, person)
    one = taken(quiz, enrolment, {first: OTHER, second: RIGHT})
    two = taken(quiz, enrolment, {first: OTHER, second: WRONG}, now=NOW + timedelta(hours=25))
    published(first, keyed())

    apply(first, editor)

    notice = Notice.objects.get(kind="regraded")
    assert [(told["attempt"], told["number"], told["before"], told["after"]) for told in notice.details["results"]] == [
        (one.pk, 1, "50.00", "100.00"), (two.pk, 2, "0.00", "50.00"),
    ]  # fmt: skip
    assert notices.deliver() == 1
    (letter,) = mail.outbox
    html = letter.alternatives[0].content
    for attempt in (one, two):
        assert f"/attempts/{attempt.pk}/result/" in letter.body
        assert f"/attempts/{attempt.pk}/result/" in html
    assert "certificate" not in str(notice.details)


def test_the_result_page_says_when_it_was_graded_anew_and_shows_by_that_key(client, course_page, bank, editor):
    quiz, first, second = bank
    attempt = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, keyed())
    client.force_login(attempt.enrolment.learner)
    address = reverse("courses:result", args=[attempt.pk])
    assert client.get(address).context["graded_anew"] is None

    apply(first, editor)

    shown = client.get(address)
    assert shown.context["graded_anew"] == LATER
    by_number = {one["number"]: one for one in shown.context["verdicts"]}
    slot = attempt.questions.get(version__question=first).slot
    assert (by_number[slot]["anew"], by_number[slot]["right"], by_number[slot]["score"]) == (True, ["one uz"], 1)
    assert by_number[3 - slot]["anew"] is False
    assert "2026-yil 25-noyabr" in shown.text or "25" in shown.text


def test_the_day_is_that_of_the_regrade_since_which_the_key_holds(course_page, bank, editor):
    quiz, first, second = bank
    attempt = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    old, new = first.current, published(first, keyed())
    third = published(first, keyed(WRONG))
    for days, version in enumerate((new, third, old, new)):
        apply(first, editor, version=version, now=LATER + timedelta(days=days))
    later = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT}, now=LATER + timedelta(days=9))
    apply(first, editor, version=new, now=LATER + timedelta(days=10))

    rows = [list(one.questions.select_related("version")) for one in (attempt, later)]
    assert regrading.graded_anew(attempt, rows[0]) == LATER + timedelta(days=3)
    assert regrading.graded_anew(later, rows[1]) == LATER + timedelta(days=10)


# --- Many -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(regrading, "BATCH", 2)


def five(course_page, bank):
    quiz, first, second = bank
    made = [taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT}) for _ in range(5)]
    published(first, keyed())
    return made


def test_many_are_graded_by_a_job_that_tells_how_far_it_is(course_page, bank, editor, small_batches):
    made = five(course_page, bank)
    regrade = regrading.apply_later(question=bank[1], version=bank[1].current, by=editor, reason="The key")
    job = Job.objects.get()
    assert (regrade.changes, job.params) == ([], {"question": bank[1].pk, "regrade": regrade.pk})
    with pytest.raises(regrading.CannotRegrade):  # pressed twice
        regrading.apply_later(question=bank[1], version=bank[1].current, by=editor, reason="The key")

    assert jobs.run_due() == 1

    job.refresh_from_db()
    regrade.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert job.result == {"gain": 5, "lose": 0, "newly_passed": 5, "newly_failed": 0, "certificates": 0}
    assert [one["attempt"] for one in regrade.changes] == [one.pk for one in made]
    assert {stand(one) for one in made} == {(100, True)}
    assert AuditEntry.objects.filter(deed="question regraded").count() == 1


def test_a_job_whose_worker_died_goes_on_where_it_stood(course_page, bank, editor, small_batches, monkeypatch):
    made = five(course_page, bank)
    regrade = regrading.apply_later(question=bank[1], version=bank[1].current, by=editor, reason="The key")
    tells = []

    def die(job, done, total=None):
        tells.append(done)
        if done == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(jobs, "progress", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.run_due()
    regrade.refresh_from_db()
    assert len(regrade.changes) == 4
    assert jobs.run_due() == 0  # still claimed

    assert jobs.run_due(timezone.now() + timedelta(minutes=16)) == 1

    regrade.refresh_from_db()
    assert [one["attempt"] for one in regrade.changes] == [one.pk for one in made]
    assert Notice.objects.filter(kind="regraded").count() == 5
    assert AuditEntry.objects.filter(deed="attempt regraded").count() == 5


def test_a_persons_attempts_are_never_parted(small_batches):
    due = [(1, 11), (1, 12), (1, 13), (2, 21), (3, 31), (3, 32)]

    assert list(regrading._batches(due)) == [[11, 12, 13], [21, 31, 32]]


# --- At the same moment ---------------------------------------------------------------------------------------------------


def at_once(*deeds):
    barrier, faults = threading.Barrier(len(deeds)), []

    def run(deed):
        try:
            barrier.wait(30)
            deed()
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.django_db(transaction=True)
def test_submits_and_regrades_at_the_same_moment_leave_every_attempt_with_the_sum_of_its_answers():
    course_page = making.course(code="REG")
    quiz, first, second = regrades.two_questions(course_page)
    editor = making.person("editor")
    grant(person=editor, role=Role.EDITOR)
    graded = [taken(quiz, enrolled(course_page), {first: OTHER, second: OTHER}) for _ in range(3)]
    under_way = [begun(quiz, enrolled(course_page)) for _ in range(3)]
    for one in under_way:
        answer(one, {first: OTHER, second: OTHER})
    versions = [published(first, keyed()), published(second, keyed())]

    def regrade(version):
        return lambda: regrading.apply(question=version.question, version=version, by=editor, reason="The key")

    at_once(
        *[regrade(version) for version in versions for _ in range(2)],
        *[lambda one=one: attempts.submit(attempt=one, now=NOW) for one in under_way],
    )
    assert {stand(one) for one in graded} == {(100, True)}
    assert [Regrade.objects.filter(version=version).count() >= 1 for version in versions] == [True, True]
    for attempt in Attempt.objects.prefetch_related("questions"):
        rows = attempt.questions.all()
        assert attempt.score == 50 * sum(one.score for one in rows)
        assert all(one.score == (one.graded_by is not None) for one in rows)

    for version in versions:  # what was submitted a moment too late for it
        regrading.apply(question=version.question, version=version, by=editor, reason="The key")
    assert {stand(one) for one in Attempt.objects.all()} == {(100, True)}
    told = [change["attempt"] for regrade in Regrade.objects.all() for change in regrade.changes]
    assert len(told) == len(set(told)) + 6 == 12  # each attempt once a question


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_attempt_is_locked_while_it_is_judged():
    course_page = making.course(code="REG")
    quiz, first, second = regrades.two_questions(course_page)
    attempt = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    version = published(first, keyed())
    from django.db import transaction
    from django.db.utils import OperationalError

    with transaction.atomic():
        regrading._judge(version, regrading._drawn(first), [attempt.pk], lock=True)
        seen = []

        def look():
            with transaction.atomic():
                try:
                    Attempt.objects.select_for_update(nowait=True).get(pk=attempt.pk)
                except OperationalError as held:
                    seen.append(held)

        at_once(look)
    assert len(seen) == 1


# --- Who ------------------------------------------------------------------------------------------------------------------


@kept
def people(course_page, editor):
    """Everybody who might come: {name: person}; `trainer` teaches the course, `trainer2` another one."""
    library = Library.add_root(code="TSH", kind="region", titles={"uz": "Toshkent"})
    found = {"editor": editor, "learner": making.person()}
    for name, role in (("admin", Role.ADMINISTRATOR), ("trainer", Role.TRAINER), ("trainer2", Role.TRAINER)):
        found[name] = making.person(name)
        grant(person=found[name], role=role)
    for name, role in (("hr", Role.HR), ("director", Role.DIRECTOR)):
        found[name] = making.person(name)
        grant(person=found[name], role=role, library=library)
    teams.join(course=making.row(course_page), person=found["trainer"])
    teams.join(course=making.row(making.course(quiz=False, code="ELSE")), person=found["trainer2"])
    return found


@pytest.fixture
def due(course_page, bank):
    """A question of the course's own pool with one attempt to grade anew."""
    quiz, first, second = bank
    first.pool.course = making.row(course_page)
    first.pool.save()
    taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, keyed())
    return first


def without_review(course_page):
    course_page.review_required = False
    making.publish(course_page)


MAY = {
    "editor": True,
    "admin": True,
    "trainer": False,
    "trainer2": False,
    "hr": False,
    "director": False,
    "learner": False,
}


@pytest.mark.parametrize("review", [True, False])
@pytest.mark.parametrize("who", MAY)
def test_who_may_grade_anew(course_page, due, people, who, review):
    if not review:
        without_review(course_page)
    may = MAY[who] or (who == "trainer" and not review)
    due = type(due).objects.get(pk=due.pk)

    if may:
        assert apply(due, people[who]).applied_by == people[who]
        return
    for deed in (regrading.apply, regrading.apply_later):
        with pytest.raises(PermissionDenied):
            deed(question=due, version=due.current, by=people[who], reason="I want it")
    assert not Regrade.objects.exists()


# 302: to the sign-in, or back to where the person may be.
ANSWERS = {
    "editor": 200,
    "admin": 200,
    "trainer": 302,
    "trainer2": 404,
    "hr": 302,
    "director": 302,
    "learner": 302,
    None: 302,
}


@pytest.mark.parametrize("who", ANSWERS)
def test_who_opens_the_pages(client, course_page, due, people, who):
    made = apply(due, people["admin"])
    if who:
        client.force_login(people[who])
    question = reverse("wagtailsnippets_courses_question:regrade", args=[due.pk])
    result = reverse("wagtailsnippets_courses_question:regraded", args=[due.pk, made.pk])
    learner = Attempt.objects.get().enrolment.learner

    for address in (question, result):
        response = client.get(address)
        assert response.status_code == ANSWERS[who]
        if who not in ("editor", "admin"):
            assert learner.last_name not in response.text
    before = everything()
    assert client.post(question, {"version": "1", "reason": ""}).status_code == ANSWERS[who]  # no reason: nothing
    assert client.post(result).status_code == (405 if who in ("editor", "admin", "trainer", "trainer2") else 302)
    assert everything()[1:] == before[1:]


def test_a_trainer_of_a_course_without_review_opens_them_and_of_another_course_sees_no_names(
    client, course_page, due, people
):
    """The pool serves a quiz of another course too, whose learners are not this trainer's."""
    without_review(course_page)
    other = making.course(quiz=False, code="FOR")
    quiz = QuizPage(title="Begona test", slug="begona", pass_mark=70, attempts=3, wait_hours=24)
    quiz.draws = [QuizDraw(pool=due.pool, count=2)]
    making.add(other.get_children().get(), quiz)
    foreign = making.row(other).activities.get(kind="quiz").quiz
    second = due.pool.questions.exclude(pk=due.pk).get(retired=False)
    stranger = enrolled(other, last_name="Begonayeva")
    old = due.versions.get(number=1)
    type(due).objects.filter(pk=due.pk).update(current=old)
    taken(foreign, stranger, {due: OTHER, second: RIGHT})
    type(due).objects.filter(pk=due.pk).update(current=due.versions.get(number=2))
    own = Attempt.objects.exclude(enrolment=stranger).get().enrolment.learner
    client.force_login(people["trainer"])
    address = reverse("wagtailsnippets_courses_question:regrade", args=[due.pk])

    shown = client.get(address)
    ((_title, rows, count),) = shown.context["told"]
    assert ([one["person"] for one in rows], count) == ([own, None], 2)
    done = client.post(address, {"version": "2", "reason": "The key"}, follow=True)

    assert "Begonayeva" not in shown.text + done.text
    assert own.get_full_name() in done.text
    assert Regrade.objects.get().applied_by == people["trainer"]


# --- The pages ------------------------------------------------------------------------------------------------------------


def page_of(question, *more):
    name = "regraded" if more else "regrade"
    return reverse(f"wagtailsnippets_courses_question:{name}", args=[question.pk, *more])


def test_the_page_counts_then_applies_with_a_reason_and_lists_what_was_done(client, course_page, bank, editor):
    quiz, first, second = bank
    loser = certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    winner = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, keyed())
    client.force_login(editor)
    before = everything()

    shown = client.get(page_of(first))
    assert [[one["of"] for one in rows] for _title, rows, _n in shown.context["told"]] == [[loser], [winner]]
    assert Certificate.objects.get().number in shown.text
    refused = client.post(page_of(first), {"version": "2", "reason": " "})
    assert list(refused.context["form"].errors) == ["reason"]
    assert everything() == before

    done = client.post(page_of(first), {"version": "2", "reason": "<b>The key</b>"})
    made = Regrade.objects.get()
    assert (done.url, made.reason) == (page_of(first, made.pk), "<b>The key</b>")
    result = client.get(done.url)
    assert [[one["of"] for one in rows] for _title, rows, _n in result.context["told"]] == [[loser], [winner]]
    assert "&lt;b&gt;The key" in result.text and "<b>The key" not in result.text
    assert [one.pk for one in client.get(page_of(first)).context["past"]] == [made.pk]
    again = client.post(page_of(first), {"version": "2", "reason": "once more"}, follow=True)
    assert again.redirect_chain == [(page_of(first), 302)]
    assert Regrade.objects.count() == 1


@pytest.mark.parametrize("version", ["2", "99", "x", "", "1' OR 1=1"])
def test_an_unknown_version_is_the_current_one(client, bank, editor, version):
    client.force_login(editor)

    assert client.get(page_of(bank[1]), {"version": version}).context["version"].number == 1


def test_a_regrade_is_shown_under_its_own_question_alone(client, course_page, bank, editor, due):
    made = apply(due, editor)
    client.force_login(editor)

    assert client.get(page_of(bank[2], made.pk)).status_code == 404


def test_a_version_that_cannot_grade_is_refused_in_words(client, course_page, bank, editor):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, FEWER)
    client.force_login(editor)

    for response in (client.get(page_of(first)), client.post(page_of(first), {"version": "2", "reason": "x"})):
        assert response.context["trial"] is None
        assert 'role="alert"' in response.text
    assert not Regrade.objects.exists()


WAITING = '<a href="">'  # look again


def test_many_go_by_a_job_and_the_page_says_how_far_it_is(client, course_page, bank, editor, small_batches):
    five(course_page, bank)
    client.force_login(editor)

    done = client.post(page_of(bank[1]), {"version": "2", "reason": "The key"})
    waiting = client.get(done.url)
    assert waiting.context["job"].finished_at is None
    assert WAITING in waiting.text
    again = client.post(page_of(bank[1]), {"version": "2", "reason": "The key"})
    assert 'role="alert"' in again.text
    jobs.run_due()
    finished = client.get(done.url)

    assert WAITING not in finished.text
    assert finished.context["counts"]["newly_passed"] == 5


def test_many_are_counted_by_a_job_and_the_page_shows_what_a_small_one_would(
    client, course_page, bank, editor, small_batches, monkeypatch
):
    made = five(course_page, bank)
    client.force_login(editor)
    small = client.get(page_of(bank[1])).context
    monkeypatch.setattr(regrade_trials, "AT_ONCE", 4)
    before = everything()[1:]

    asked = client.get(page_of(bank[1]))
    assert (asked.context["trial"], asked.context["many"], Job.objects.count()) == (None, 5, 0)
    client.post(page_of(bank[1]), {"version": "2", "reason": "not counted yet"})
    for _twice in range(2):
        counting = client.post(page_of(bank[1]), {"version": "2", "count": "1"}, follow=True)
    job = Job.objects.get()
    assert (counting["Refresh"], counting.context["job"], counting.context["trial"]) == ("3", job, None)
    jobs.run_due()

    counted = client.get(page_of(bank[1]))
    assert "Refresh" not in counted
    for name in ("trial", "counts", "told"):
        assert counted.context[name] == small[name]
    assert (counted.context["stale"], everything()[1:]) == (False, before)
    job.refresh_from_db()
    assert (job.done, job.total) == (5, 5)
    taken(bank[0], enrolled(course_page), {bank[1]: OTHER}, now=NOW + timedelta(hours=1))  # by the new key already
    assert client.get(page_of(bank[1])).context["stale"] is False
    apply(bank[1], editor)
    assert client.get(page_of(bank[1])).context["trial"].attempts == 0  # few again: counted at once
    assert {stand(one) for one in made} == {(100, True)}


def test_what_was_counted_is_told_to_be_old_when_it_is(client, course_page, bank, editor, monkeypatch):
    five(course_page, bank)
    monkeypatch.setattr(regrade_trials, "AT_ONCE", 1)
    regrade_trials.ask(question=bank[1], version=bank[1].current, by=editor)
    jobs.run_due()
    Attempt.objects.first().questions.filter(version__question=bank[1]).update(graded_by=bank[1].current)
    client.force_login(editor)

    assert client.get(page_of(bank[1])).context["stale"] is True
    Job.objects.get().made.delete()
    assert client.get(page_of(bank[1])).context["trial"] is None


def test_counting_that_cannot_be_done_any_more_says_so(client, course_page, bank, editor, monkeypatch):
    five(course_page, bank)
    with pytest.raises(regrading.CannotRegrade):
        regrade_trials.ask(question=bank[2], version=bank[1].current, by=editor)
    job = regrade_trials.ask(question=bank[1], version=bank[1].current, by=editor)
    bank[1].versions.filter(number=2).update(published_at=None)

    jobs.run_due()
    job.refresh_from_db()
    assert (job.state, job.made.name) == ("failed", "")
    client.force_login(editor)
    assert 'role="alert"' in client.get(page_of(bank[1])).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_and_three(client, course_page, bank, editor, count, django_assert_num_queries):
    quiz, first, second = bank
    for _ in range(count):
        certified(course_page, quiz, {first: RIGHT, second: RIGHT})
        taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, keyed())
    client.force_login(editor)
    client.get(page_of(first))

    with django_assert_num_queries(25):
        client.get(page_of(first))
    made = apply(first, editor)
    with django_assert_num_queries(14):
        client.get(page_of(first, made.pk))


def test_the_editor_leads_there_where_something_is_published(client, bank, editor):
    client.force_login(editor)
    draft = bank[1].pool.questions.create(note="qoralama")
    questions.revise(question=draft, kind="single", content=making.SINGLE)

    def leads(question):
        return (
            page_of(question) in client.get(reverse("wagtailsnippets_courses_question:edit", args=[question.pk])).text
        )

    assert (leads(bank[1]), leads(draft)) == (True, False)
    assert client.get(page_of(draft)).context["trial"] is None

"""What people are told of a regrade, and regrading of many, by a job or at the same moment."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from accounts import jobs, notices
from accounts.models import AuditEntry, Job, Notice, Role
from accounts.roles import grant
from courses import attempts, regrading
from courses.models import Attempt, Regrade
from tests import making
from tests.courses import regrades
from tests.courses.regrades import (
    LATER,
    NOW,
    OTHER,
    RIGHT,
    WRONG,
    answer,
    apply,
    begun,
    enrolled,
    five,
    keyed,
    published,
    stand,
    taken,
)

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

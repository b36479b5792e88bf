"""Extra time and attempts of one person: added where they count, with a reason, in the log, and to nobody else."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from courses import allowances, attempts
from courses.models import Allowance, Attempt
from tests import making
from tests.kept import kept

NOW = timezone.now().replace(microsecond=0)


@kept
def enrolment(bedrock):
    return making.enrol(making.person(), making.course(), now=NOW - timedelta(days=9))


@kept
def quiz(enrolment):
    quiz = enrolment.course.activities.get(kind="quiz").quiz
    quiz.time_limit, quiz.attempts, quiz.wait_hours = 40, 1, 0
    quiz.save()
    return quiz


@kept
def trainer(bedrock):
    return making.person("trainer")


def start(enrolment, quiz, now=NOW):
    return attempts.start(enrolment=enrolment, quiz=quiz, now=now)


def give(enrolment, quiz, trainer, now=NOW, **what):
    return allowances.give(enrolment=enrolment, quiz=quiz, by=trainer, now=now, **({"reason": "Koʻrish qiyin"} | what))


def another(enrolment):
    return making.enrol(making.person("other"), SimpleNamespace(translation_key=enrolment.course.key))


def test_extra_time_is_added_to_every_attempt_of_that_person_alone(enrolment, quiz, trainer):
    give(enrolment, quiz, trainer, minutes=10)
    give(enrolment, quiz, trainer, minutes=5, attempts=1)

    first = start(enrolment, quiz)
    assert first.closes_at == NOW + timedelta(minutes=55)
    attempts.submit(attempt=first, now=NOW)
    assert start(enrolment, quiz).closes_at == NOW + timedelta(minutes=55)
    assert start(another(enrolment), quiz).closes_at == NOW + timedelta(minutes=40)


def test_an_open_attempt_has_its_extra_time_at_once(enrolment, quiz, trainer):
    attempt, other = start(enrolment, quiz), start(another(enrolment), quiz)

    give(enrolment, quiz, trainer, minutes=20, now=NOW + timedelta(minutes=39))

    attempt.refresh_from_db()
    other.refresh_from_db()
    assert (attempt.closes_at, other.closes_at) == (NOW + timedelta(minutes=60), NOW + timedelta(minutes=40))
    attempts.save_answer(attempt=attempt, slot=1, values=["0"], now=NOW + timedelta(minutes=59))


def test_not_even_extra_time_goes_past_the_closing_of_the_quiz(enrolment, quiz, trainer):
    quiz.closes_at = NOW + timedelta(minutes=45)
    quiz.save()
    attempt = start(enrolment, quiz)
    give(enrolment, quiz, trainer, minutes=20)
    attempt.refresh_from_db()
    assert attempt.closes_at == NOW + timedelta(minutes=45)

    quiz.closes_at = NOW + timedelta(minutes=10)  # closed earlier than was said: nobody's time is cut by a gift
    quiz.save()
    give(enrolment, quiz, trainer, minutes=1)
    attempt.refresh_from_db()
    assert attempt.closes_at == NOW + timedelta(minutes=45)


@pytest.mark.parametrize(("seconds", "extended"), [(0, True), (29, True), (30, False), (3600, False)])
def test_an_attempt_whose_time_is_over_is_not_opened_again(enrolment, quiz, trainer, seconds, extended):
    attempt = start(enrolment, quiz)
    end = attempt.closes_at

    give(enrolment, quiz, trainer, minutes=120, now=end + timedelta(seconds=seconds))

    attempt.refresh_from_db()
    assert attempt.closes_at == end + (timedelta(minutes=120) if extended else timedelta(0))


def test_a_submitted_attempt_stays_as_it_is(enrolment, quiz, trainer):
    attempt = attempts.submit(attempt=start(enrolment, quiz), now=NOW)
    before = Attempt.objects.values().get(pk=attempt.pk)

    give(enrolment, quiz, trainer, minutes=20, attempts=1)

    assert Attempt.objects.values().get(pk=attempt.pk) == before


def test_one_more_attempt_is_one_more(enrolment, quiz, trainer):
    attempts.submit(attempt=start(enrolment, quiz), now=NOW)
    with pytest.raises(attempts.NoAttemptNow, match="none_left"):
        start(enrolment, quiz)

    give(enrolment, quiz, trainer, attempts=1)

    second = attempts.submit(attempt=start(enrolment, quiz), now=NOW)
    assert second.number == 2
    with pytest.raises(attempts.NoAttemptNow, match="none_left"):
        start(enrolment, quiz)


def test_the_page_says_what_one_was_given(client, enrolment, quiz, trainer):
    give(enrolment, quiz, trainer, minutes=15)
    client.force_login(enrolment.learner)
    address = quiz.activity.addresses["uz"]
    assert "15" in client.get(address).text.split("<dt>Vaqt</dt>")[1].split("</dd>")[0]
    client.force_login(another(enrolment).learner)
    assert "15" not in client.get(address).text.split("<dt>Vaqt</dt>")[1].split("</dd>")[0]


def test_what_is_given_is_in_the_log_with_its_reason(enrolment, quiz, trainer):
    attempt = start(enrolment, quiz)
    given = give(enrolment, quiz, trainer, minutes=20, reason="  Tok oʻchdi ")

    entry = AuditEntry.objects.get(deed="allowance given")
    assert (given.reason, given.given_by, given.given_at) == ("Tok oʻchdi", trainer, NOW)
    assert (entry.actor, entry.subject, entry.reason) == (trainer, f"enrolment {enrolment.pk}", "Tok oʻchdi")
    attempt.refresh_from_db()
    assert entry.details == {
        "quiz": quiz.pk, "minutes": 20, "attempts": 0, "attempt": attempt.pk, "closes_at": attempt.closes_at.isoformat(),
    }  # fmt: skip


def test_nobody_gives_anything_to_the_own_enrolment(enrolment, quiz):
    with pytest.raises(allowances.CannotGive) as no:
        give(enrolment, quiz, enrolment.learner, attempts=1)
    assert no.value.reason == "oneself"
    assert not Allowance.objects.exists()


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ({}, "nothing"),
        ({"minutes": 0, "attempts": 0}, "nothing"),
        ({"minutes": -5, "attempts": 1}, "nothing"),
        ({"attempts": -1, "minutes": 5}, "nothing"),
        ({"minutes": 1441}, "too_much"),
        ({"attempts": 21}, "too_much"),
        ({"minutes": 5, "reason": " \n "}, "no_reason"),
    ],
)
def test_what_is_no_gift_is_refused_and_not_logged(enrolment, quiz, trainer, what, reason):
    with pytest.raises(allowances.CannotGive) as no:
        give(enrolment, quiz, trainer, **what)

    assert no.value.reason == reason
    assert not Allowance.objects.exists()
    assert not AuditEntry.objects.filter(deed="allowance given").exists()


def test_nothing_is_given_in_another_course_or_a_run_that_is_over(enrolment, quiz, trainer):
    foreign = making.row(making.course()).activities.get(kind="quiz").quiz
    with pytest.raises(allowances.CannotGive, match="foreign"):
        give(enrolment, foreign, trainer, minutes=5)
    enrolment.closed_at = NOW
    enrolment.save()
    with pytest.raises(allowances.CannotGive, match="closed"):
        give(enrolment, quiz, trainer, minutes=5)
    assert not Allowance.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_given_while_the_attempt_is_being_begun_it_counts_once():
    page, person = making.course(), making.person()
    enrolment, trainer = making.enrol(person, page), making.person("trainer")
    quiz = enrolment.course.activities.get(kind="quiz").quiz
    quiz.time_limit = 40
    quiz.save()
    begin, faults = threading.Barrier(2), []

    def run(deed):
        try:
            begin.wait(30)
            deed()
        except Exception as fault:  # a thread's own would be lost
            faults.append(fault)
        finally:
            connection.close()

    deeds = [lambda: start(enrolment, quiz), lambda: give(enrolment, quiz, trainer, minutes=20)]
    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert Attempt.objects.get().closes_at == NOW + timedelta(minutes=60)

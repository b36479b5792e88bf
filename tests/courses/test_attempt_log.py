"""The log of an attempt: what is kept of it, what that costs, who reads it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Library, Role
from accounts.roles import grant
from courses import attempt_log, attempts
from courses.models import Attempt, AttemptEvent, CourseTrainer
from tests import making
from tests.kept import kept

NOW = timezone.now().replace(microsecond=0)
PHONE = {"HTTP_USER_AGENT": "Phone", "REMOTE_ADDR": "192.0.2.7"}
DESK = {"HTTP_USER_AGENT": "Desk", "REMOTE_ADDR": "192.0.2.7"}


@kept
def enrolment(bedrock):
    return making.enrol(making.person(), making.course())


@kept
def quiz(enrolment):
    return enrolment.course.activities.get(kind="quiz").quiz


@pytest.fixture
def attempt(enrolment, quiz):
    return attempts.start(enrolment=enrolment, quiz=quiz, now=NOW, device="a" * 16)


def save(attempt, place, seconds, slot=1, **more):
    at = NOW + timedelta(seconds=seconds)
    return attempts.save_answer(
        attempt=attempt, slot=slot, values=[str(place)] if place is not None else [], now=at, **more
    )


def log(attempt):
    return [((line.at - NOW).total_seconds(), str(line.words), line.slot) for line in attempt_log.lines(attempt)]


def test_a_first_answer_costs_no_event_and_stands_in_the_log(attempt):
    save(attempt, 0, 5)
    save(attempt, 1, 9, slot=2)

    assert list(attempt.events.values_list("kind", flat=True)) == ["started"]
    assert log(attempt) == [(0, "boshlangan", None), (5, "javob berilgan", 1), (9, "javob berilgan", 2)]


def test_of_changes_within_a_minute_the_last_is_kept_and_of_later_ones_each(attempt):
    for place, seconds in ((0, 0), (1, 20), (2, 59), (0, 119), (1, 300)):
        save(attempt, place, seconds)

    assert [line for line in log(attempt) if line[2]] == [
        (59, "javob berilgan", 1),
        (119, "javob berilgan", 1),
        (300, "javob berilgan", 1),
    ]


def test_the_same_answer_once_more_keeps_its_time(attempt):
    save(attempt, 0, 5)
    row = save(attempt, 0, 500)

    assert row.saved_at == NOW + timedelta(seconds=5)
    assert [line for line in log(attempt) if line[2]] == [(5, "javob berilgan", 1)]


def test_an_answer_taken_back_is_told(attempt):
    save(attempt, 0, 5)
    save(attempt, None, 500)
    save(attempt, 1, 900)

    assert [line for line in log(attempt) if line[2]] == [
        (5, "javob berilgan", 1),
        (500, "javob olib tashlangan", 1),
        (900, "javob berilgan", 1),
    ]


def test_a_page_of_answers_is_logged_as_well(attempt):
    for seconds, first, second in ((0, "0", "1"), (100, "1", "1"), (300, "2", "0")):
        attempts.save_answers(attempt=attempt, given={1: [first], 2: [second]}, now=NOW + timedelta(seconds=seconds))

    answered = [(seconds, slot) for seconds, _words, slot in log(attempt) if slot]
    assert answered == [(0, 1), (0, 2), (100, 1), (300, 1), (300, 2)]


def test_handed_in_and_closed_are_told_apart(attempt, enrolment, quiz):
    attempts.submit(attempt=attempt, now=NOW + timedelta(minutes=5))
    attempts.submit(attempt=attempt, now=NOW + timedelta(minutes=6))
    Attempt.objects.filter(pk=attempt.pk).update(submitted_at=NOW - timedelta(days=3))
    other = attempts.start(enrolment=enrolment, quiz=quiz, now=NOW)
    attempts.close_overdue(now=other.closes_at + timedelta(hours=1))

    assert list(attempt.events.values_list("kind", flat=True)) == ["started", "submitted"]
    assert list(other.events.values_list("kind", "at")) == [("started", NOW), ("closed", other.closes_at)]


def test_an_address_that_changed_is_told_and_never_kept_in_clear(client, enrolment, quiz):
    client.force_login(enrolment.learner)
    client.post(f"/quizzes/{quiz.pk}/start/", **PHONE)
    attempt = Attempt.objects.get()
    for number, where in enumerate((PHONE, DESK, DESK, PHONE), 1):
        client.post(f"/attempts/{attempt.pk}/answers/1/", {"answer": "0", "sequence": str(number)}, **where)
    client.post(f"/attempts/{attempt.pk}/finish/", **PHONE)

    lines = [(str(line.words), line.device) for line in attempt_log.lines(attempt) if not line.slot]
    changed = "manzil yoki qurilma oʻzgardi"
    assert lines == [("boshlangan", "A"), (changed, "B"), (changed, "A"), ("topshirilgan", "A")]
    kept = str(list(AttemptEvent.objects.values())) + str(list(Attempt.objects.values()))
    for clear in ("192.0.2.7", "Phone", "Desk"):
        assert clear not in kept


@pytest.mark.parametrize("kind", ["left", "resumed"])
def test_leaving_is_kept_for_the_own_open_attempt_alone(client, attempt, kind):
    address = f"/attempts/{attempt.pk}/events/"
    assert client.post(address, {"kind": kind}).status_code == 401
    client.force_login(making.person("other"))
    assert client.post(address, {"kind": kind}).status_code == 404
    client.force_login(attempt.enrolment.learner)
    assert client.post(address, {"kind": "submitted"}).status_code == 400
    assert client.get(address).status_code == 405
    for _ in range(attempt_log.MOST + 2):
        assert client.post(address, {"kind": kind}).status_code == 204
    attempts.submit(attempt=attempt, now=NOW)
    assert client.post(address, {"kind": kind}).status_code == 204

    assert attempt.events.filter(kind=kind).count() == attempt_log.MOST


# --- When a question was shown ----------------------------------------------------------------------------------------------


def opened(attempt):
    """{slot: seconds since NOW} of the questions that were shown."""
    rows = attempt.questions.exclude(opened_at=None).values_list("slot", "opened_at")
    return {slot: (at - NOW).total_seconds() for slot, at in rows}


def test_the_first_opening_counts_and_stands_in_the_log(attempt):
    for seconds, slots in ((3, [2]), (7, [2]), (9, [1, 2])):
        at = NOW + timedelta(seconds=seconds)
        attempts.open_questions(attempt=attempt, shown=dict.fromkeys(slots, at), now=at)

    assert opened(attempt) == {1: 0, 2: 3}  # the start leads to the first
    assert log(attempt) == [(0, "boshlangan", None), (3, str(AttemptEvent.Kind.OPENED.label), 2)]


def test_the_page_tells_what_it_showed_with_a_form_token_and_the_first_time_counts(attempt):
    client = Client(enforce_csrf_checks=True)
    client.force_login(attempt.enrolment.learner)
    address = f"/attempts/{attempt.pk}/"
    page = client.get(f"{address}?q=2").text
    assert page.count("data-unopened") == 1  # of the second; the start leads to the first
    assert set(opened(attempt)) == {1}  # a GET writes nothing

    assert client.post(f"{address}events/", {"kind": "opened", "slot": "2"}).status_code == 403
    token = re.search('data-csrf="([^"]+)"', page)[1]
    for _ in range(2):
        told = {"kind": "opened", "slot": "2", "csrfmiddlewaretoken": token}
        assert client.post(f"{address}events/", told).status_code == 204

    first = attempt.questions.get(slot=2).opened_at
    assert first >= NOW
    assert client.post(f"{address}events/", told | {"ago-2": "0"}).status_code == 204
    assert attempt.questions.get(slot=2).opened_at == first
    assert "data-unopened" not in client.get(f"{address}?q=2").text


@pytest.mark.parametrize(
    ("ago", "seconds"),
    [("40000", 20), ("60000", 0), ("9" * 11, 0), ("0", 60), ("-5", None), ("soon", None), ("9" * 12, None), ("", None)],
)
def test_an_answer_tells_when_its_question_was_shown_never_before_the_start(client, attempt, ago, seconds):
    began = timezone.now() - timedelta(seconds=60)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=began)
    client.force_login(attempt.enrolment.learner)
    client.post(f"/attempts/{attempt.pk}/answers/2/", {"answer": "0", "sequence": "7", "ago": ago})

    at = attempt.questions.get(slot=2).opened_at
    assert (at and round((at - began).total_seconds())) == seconds


def test_without_a_script_the_form_that_leads_to_a_question_opens_it(client, attempt):
    client.force_login(attempt.enrolment.learner)
    for go in ("to-2", "to-9", "prev"):  # there is no ninth: the page shows the last one
        assert client.post(f"/attempts/{attempt.pk}/", {"slot": "1", "answer": "0", "go": go}).status_code == 302

    assert set(opened(attempt)) == {1, 2}
    assert [line.slot for line in attempt_log.lines(attempt) if line.words == AttemptEvent.Kind.OPENED.label] == [2]


def test_on_one_page_all_are_shown_at_the_start(enrolment, quiz):
    quiz.one_page = True
    attempt = attempts.start(enrolment=enrolment, quiz=quiz, now=NOW)

    assert opened(attempt) == {1: 0, 2: 0}


def test_the_first_answer_tells_the_time_taken(attempt):
    save(attempt, None, 2)
    save(attempt, 0, 5)
    save(attempt, 1, 400)
    for seconds, second in ((20, "0"), (300, "1")):
        attempts.save_answers(attempt=attempt, given={2: [second]}, now=NOW + timedelta(seconds=seconds))

    times = attempt.questions.order_by("slot").values_list("answered_at", "saved_at")
    assert [[(at - NOW).total_seconds() for at in pair] for pair in times] == [[5, 400], [20, 300]]


# --- What it costs --------------------------------------------------------------------------------------------------------


def test_saving_an_answer_costs_four_queries_and_another_one_in_its_place_too(
    client, enrolment, quiz, django_assert_num_queries
):
    client.force_login(enrolment.learner)
    client.post(f"/quizzes/{quiz.pk}/start/")
    attempt = Attempt.objects.get()
    for slot, sequence in ((1, 7), (2, 7), (1, 8)):
        with django_assert_num_queries(4):  # session, user; the question, the answer
            client.post(f"/attempts/{attempt.pk}/answers/{slot}/", {"answer": "0", "sequence": sequence})


@pytest.mark.parametrize(("key", "queries"), [("c1", 9), ("c2", 12)])
def test_handing_in_costs_fourteen_at_most(client, enrolment, quiz, django_assert_num_queries, key, queries):
    client.force_login(enrolment.learner)
    client.post(f"/quizzes/{quiz.pk}/start/")
    attempt = Attempt.objects.get()
    for row in attempt.questions.all():
        attempts.save_answer(attempt=attempt, slot=row.slot, values=[str(row.order.index(key))], now=timezone.now())
    with django_assert_num_queries(queries):
        client.post(f"/attempts/{attempt.pk}/finish/")


# --- Who reads it ---------------------------------------------------------------------------------------------------------

WHO = ("nobody", "learner", "hr", "director", "editor", "trainer of another course", "trainer", "administrator")
ROLES = {"hr": Role.HR, "director": Role.DIRECTOR, "editor": Role.EDITOR, "administrator": Role.ADMINISTRATOR}


@pytest.mark.parametrize("who", WHO)
def test_who_reads_the_log(client, attempt, who):
    expected = {"nobody": 302, "trainer": 200, "administrator": 200}.get(who, 404)
    if who == "learner":
        client.force_login(attempt.enrolment.learner)
    elif who != "nobody":
        person = making.person("staff")
        library = (
            Library.add_root(code="SAM", level="region", titles={"uz": "S"}) if who in ("hr", "director") else None
        )
        grant(person=person, role=ROLES.get(who, Role.TRAINER), library=library)
        if who.startswith("trainer"):
            course = attempt.enrolment.course if who == "trainer" else making.row(making.course())
            CourseTrainer.objects.create(course=course, person=person)
        client.force_login(person)
    address = reverse("courses:attempt_log", args=[attempt.pk])

    assert client.get(address).status_code == expected
    assert client.post(address).status_code == (405 if who != "nobody" else 302)
    for pk in (0, 10**8):
        assert client.get(f"/teach/attempts/{pk}/").status_code == (404 if who != "nobody" else 302)
    assert (
        client.get(f"/teach/attempts/{10**30}/").status_code == 404
    )  # no row can have it: not even a sign-in is asked for


@pytest.mark.parametrize("events", [1, 3])
def test_the_page_of_the_log_costs_the_same(client, attempt, events, django_assert_num_queries):
    person = making.person("trainer")
    grant(person=person, role=Role.TRAINER)
    CourseTrainer.objects.create(course=attempt.enrolment.course, person=person)
    for n in range(events):
        save(attempt, n % 2, 100 * n)
        attempt_log.refuse(attempt=attempt, reason="late", slot=2, now=NOW)
    client.force_login(person)
    client.get(f"/teach/attempts/{attempt.pk}/")

    with django_assert_num_queries(7):  # session, user, roles, the attempt, the look-up, events, answers
        page = client.get(f"/teach/attempts/{attempt.pk}/").text

    assert page.count("vaqt tugagan edi") == events
    assert page.count('<details class="selfcheck">') == 1


def test_the_token_is_given_to_the_person_who_is_signed_in(client, enrolment):
    assert client.get("/attempts/token/").status_code == 401
    client.force_login(enrolment.learner)
    told = client.get("/attempts/token/")

    assert sorted(told.json()) == ["person", "token"]
    assert told.json()["person"] == enrolment.learner.pk
    assert told["Cache-Control"] == "no-store, private"
    assert client.post("/attempts/token/").status_code == 405

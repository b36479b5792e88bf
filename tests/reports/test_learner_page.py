"""A trainer's page of one learner: the own course and region alone, scores but no answers, and what is given by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from courses.models import ActivityCompletion, Allowance, Attempt, AttemptQuestion, Course, Quiz
from seminars.models import Attendance
from tests import making as pages
from tests.reports.test_access import WHO, only
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz(sec):
    return Quiz.objects.create(activity=sec.activities.get(kind="quiz"))


@pytest.fixture
def enrolment(people, sec, quiz):
    return making.enrol(people.learner, sec, done=1)


def address(enrolment, course=None):
    return f"/teach/courses/{course or enrolment.course_id}/people/{enrolment.pk}/"


def attempt(enrolment, quiz, number=1):
    now = timezone.now()
    return Attempt.objects.create(
        enrolment=enrolment, quiz=quiz, number=number, started_at=now, closes_at=now + timedelta(hours=1), pass_mark=70,
        submitted_at=now, score=40, passed=False,
    )  # fmt: skip


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_may_open_it(as_user, people, enrolment, method, who):
    wanted = only(trainer=200, admin=200) if method == "GET" else only(trainer=422, admin=422)

    response = as_user(getattr(people, who, None)).generic(
        method, address(enrolment), "deed=give", content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == wanted[who]
    assert not Allowance.objects.exists()


def test_neither_by_another_course_nor_another_region(as_user, people, libraries, enrolment):
    far = making.enrol(making.person("far", library=libraries.other), enrolment.course)
    client = as_user(people.trainer)
    assert client.get(address(enrolment, Course.objects.get(code="smm").pk)).status_code == 404
    assert client.get(address(far)).status_code == 200

    people.trainer.role_grants.update(library=libraries.region)

    assert client.get(address(enrolment)).status_code == 200
    assert client.get(address(far)).status_code == 404
    assert client.post(address(far), {"deed": "give", "reason": "x"}).status_code == 404


def test_it_shows_scores_attendance_and_no_answer(as_user, people, enrolment, quiz, topic):
    row = attempt(enrolment, quiz)
    version = pages.question(pages.pool(count=0)).current
    AttemptQuestion.objects.create(attempt=row, slot=1, version=version, order=["c1", "c2", "c3"], answer="c2", score=1)
    session = making.run(topic, days=-2).sessions.get()
    free = making.run(making.seminar("free"), days=-3).sessions.get()
    for one in (session, free):
        Attendance.objects.create(
            session=one, person=people.learner, mark="late", hours=1, marked_by=people.trainer, marked_at=timezone.now()
        )

    response = as_user(people.trainer).get(address(enrolment) + "?lang=en")

    assert [(one.number, one.score) for one in response.context["attempts"]] == [(1, 40)]
    assert [one.session for one in response.context["attendance"]] == [session]  # the course's seminars alone
    assert [str(step.cell) for step in response.context["steps"]] == ["Done", "Not begun", "Not passed, 40 %"]
    assert "two en" not in response.text
    assert "Which?" not in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(
    as_user, people, enrolment, quiz, topic, django_assert_num_queries, count
):
    for n in range(count):
        attempt(enrolment, quiz, n + 1)
        Allowance.objects.create(
            enrolment=enrolment, quiz=quiz, attempts=1, reason="x", given_at=timezone.now(), given_by=people.trainer
        )
        Attendance.objects.create(
            session=making.run(topic, days=-2).sessions.get(), person=people.learner, mark="late", hours=1,
            marked_by=people.trainer, marked_at=timezone.now(),
        )  # fmt: skip
    client = as_user(people.trainer)

    with django_assert_num_queries(24):
        response = client.get(address(enrolment))

    assert [len(response.context[name]) for name in ("attempts", "allowances", "attendance")] == [count] * 3


def test_a_trainer_gives_more_a_step_and_takes_it_back(as_user, people, enrolment, quiz, sec):
    client, step = as_user(people.trainer), sec.activities.get(position=2)
    here = address(enrolment)

    more = {"deed": "more", "quiz": quiz.pk, "attempts": 1, "minutes": 15, "reason": "Yorugʻlik oʻchdi"}
    assert client.post(here, more)["Location"] == here
    client.post(here, {"deed": "give", "activity": step.pk, "reason": "Ogʻzaki aytib berdi"})
    completion = ActivityCompletion.objects.get(activity=step)
    response = client.get(here)

    row = Allowance.objects.get()
    assert (row.enrolment, row.quiz, row.attempts, row.minutes, row.given_by) == (
        enrolment, quiz, 1, 15, people.trainer
    )  # fmt: skip
    assert completion.given_by == people.trainer
    assert "Ogʻzaki aytib berdi" in response.text
    assert "Yorugʻlik oʻchdi" in response.text
    client.post(here, {"deed": "take_back", "completion": completion.pk, "reason": "Adashdim"})
    assert not ActivityCompletion.objects.filter(activity=step).exists()
    assert list(AuditEntry.objects.exclude(deed="record opened").order_by("pk").values_list("deed", flat=True)) == [
        "allowance given", "completion given", "completion taken back"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        ({"deed": "more", "quiz": "own", "attempts": 0, "minutes": 0, "reason": "x"}, ["__all__"]),
        ({"deed": "more", "quiz": "own", "attempts": 1, "minutes": 0, "reason": " "}, ["reason"]),
        ({"deed": "more", "quiz": "own", "attempts": -1, "minutes": 99_999, "reason": "x"}, ["attempts", "minutes"]),
        ({"deed": "more", "quiz": "foreign", "attempts": 1, "minutes": 0, "reason": "x"}, ["quiz"]),
        ({"deed": "give", "activity": "foreign", "reason": "x"}, ["activity"]),
        ({"deed": "give", "activity": "done", "reason": "x"}, ["activity"]),
        ({"deed": "give", "activity": "own", "reason": ""}, ["reason"]),
        ({"deed": "take_back", "completion": "earned", "reason": "x"}, ["completion"]),
    ],
)
def test_what_cannot_be_given_is_refused_in_words(as_user, people, enrolment, quiz, sec, sent, faults):
    foreign = Course.objects.get(code="smm").activities.get(kind="quiz")
    Quiz.objects.create(activity=foreign)
    named = {
        "own": quiz.pk, "foreign": foreign.pk, "done": sec.activities.get(position=1).pk,
        "earned": enrolment.completions.get().pk,
    }  # fmt: skip

    response = as_user(people.trainer).post(address(enrolment), {k: named.get(v, v) for k, v in sent.items()})

    assert (response.status_code, list(response.context["forms"][sent["deed"]].errors)) == (422, faults)
    assert (Allowance.objects.count(), enrolment.completions.count(), AuditEntry.objects.count()) == (0, 1, 0)


@pytest.mark.parametrize("deed", ["more", "give", "take_back", "nonsense", ""])
def test_nothing_for_the_own_enrolment_and_no_other_deed(as_user, people, sec, quiz, deed):
    own = making.enrol(people.trainer, sec)
    client = as_user(people.trainer)

    response = client.get(address(own))
    assert (response.status_code, response.context["forms"]) == (200, {})
    sent = {"deed": deed, "quiz": quiz.pk, "attempts": 1, "minutes": 0, "activity": quiz.pk, "reason": "x"}
    assert client.post(address(own), sent).status_code == 404
    assert (Allowance.objects.count(), ActivityCompletion.objects.count()) == (0, 0)


def test_a_completed_course_offers_nothing_to_take_back(as_user, people, enrolment, sec):
    step = sec.activities.get(position=2)
    given = ActivityCompletion.objects.create(
        enrolment=enrolment, activity=step, done_at=timezone.now(), given_by=people.trainer
    )
    making.complete(enrolment)
    client = as_user(people.trainer)

    response = client.post(address(enrolment), {"deed": "take_back", "completion": given.pk, "reason": "x"})

    assert response.status_code == 422
    assert ActivityCompletion.objects.filter(pk=given.pk).exists()
    assert said(client.get(address(enrolment))) == []

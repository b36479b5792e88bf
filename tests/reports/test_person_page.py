"""One person's record: courses with what is had and needed, hours, certificates. No answers."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from certification.models import Certificate
from courses.models import Attempt, AttemptQuestion, Question, QuestionPool, QuestionVersion, Quiz
from seminars import attendance
from tests.seminars import making

pytestmark = pytest.mark.django_db


def record_of(person, language="en"):
    return reverse("reports:person", args=[person.pk]) + f"?lang={language}"


def test_the_record_shows_conditions_hours_and_certificates(as_user, people, sec, topic):
    learner = people.learner
    making.certify(making.enrol(learner, making.Course.objects.get(code="smm"), done=3), code="CODE000000000001")
    making.enrol(learner, sec, done=2)
    session = making.run(topic, days=-1).sessions.get()
    making.seat(session.run, learner)
    attendance.mark(session=session, person=learner, mark="left_early", by=people.trainer)

    response = as_user(people.hr).get(record_of(learner))

    needs = {
        one.line.course.code: [(need.kind, need.have, need.need) for need in one.needs]
        for one in response.context["courses"]
    }
    assert needs == {
        "sec": [("lessons", 2, 2), ("tests", 0, 1), ("seminar_hours", Decimal("1"), Decimal("1.2")), ("name", 0, 1)],
        "smm": [("lessons", 2, 2), ("tests", 1, 1), ("name", 0, 1)],
    }
    text = response.content.decode()
    files = ['href="/certificates/CODE000000000001.pdf"', 'href="/verify/CODE000000000001/"']
    for words in ("Kutubxonachi en", "Kutubxona SAM-URG en", "2 / 2", "1 / 1.2", "Left early", "Valid", *files):
        assert words in text


@pytest.mark.parametrize(("who", "files"), [("hr", 1), ("admin", 1), ("director", 0)])
def test_the_file_is_offered_to_those_who_may_have_it(as_user, people, sec, who, files):
    making.certify(making.enrol(people.learner, sec, done=3), code="CODE000000000001")

    response = as_user(getattr(people, who)).get(record_of(people.learner))

    assert response.content.decode().count("/certificates/CODE000000000001.pdf") == files


def test_all_certificates_are_shown_and_the_newest_run_of_a_course(as_user, people, sec):
    making.certify(making.enrol(people.learner, sec, done=3, closed=True), code="OLD0000000000001")
    making.enrol(people.learner, sec, done=1, run_no=2)

    context = as_user(people.hr).get(record_of(people.learner)).context

    assert [(one.enrolment.run_no, one.line.done) for one in context["courses"]] == [(2, 1)]
    assert [version.code for version in context["certificates"]] == ["OLD0000000000001"]


def test_a_revocation_shows_its_ground_and_never_the_reason_for_the_record(as_user, people, sec):
    making.certify(making.enrol(people.learner, sec, done=3))
    Certificate.objects.update(
        revoked_at=timezone.now(),
        revoked_by=people.admin,
        revocation_ground="mistake",
        revocation_reason="wrote to a rival",
    )

    text = as_user(people.hr).get(record_of(people.learner)).content.decode()

    assert ("issued by mistake" in text, "wrote to a rival" in text, "Revoked" in text) == (True, False, True)


@pytest.mark.parametrize("who", ["hr", "director", "admin"])
def test_nobody_reads_answers_of_tests(as_user, people, sec, who):
    quiz = Quiz.objects.create(activity=sec.activities.get(kind="quiz"))
    question = Question.objects.create(pool=QuestionPool.objects.create(code="p"))
    version = QuestionVersion.objects.create(
        question=question, number=1, kind="short", content={"text": "secret question"}, created_at=timezone.now()
    )
    attempt = Attempt.objects.create(
        enrolment=making.enrol(people.learner, sec, done=2), quiz=quiz, number=1, started_at=making.LONG_AGO, pass_mark=70,
        closes_at=timezone.now(), submitted_at=timezone.now(), score="46.37", passed=False,
    )  # fmt: skip
    AttemptQuestion.objects.create(attempt=attempt, slot=1, version=version, answer="secret answer", score=0)
    client = as_user(getattr(people, who))

    for address in ("/hr/", record_of(people.learner)):
        text = client.get(address).content.decode()
        assert [words in text for words in ("secret", "46.37", "46,37")] == [False] * 3


@pytest.mark.parametrize("count", [1, 4])
def test_a_record_costs_a_fixed_number_of_queries(as_user, people, sec, topic, django_assert_num_queries, count):
    for n in range(count):
        course = making.course(f"c{n}")
        making.certify(making.enrol(people.learner, course, done=2))
        session = making.run(making.seminar(f"s{n}", course=course), days=-n - 1).sessions.get()
        making.seat(session.run, people.learner)
        attendance.mark(session=session, person=people.learner, mark="present", by=people.trainer)
    client = as_user(people.hr)

    with django_assert_num_queries(26):
        response = client.get(record_of(people.learner))

    assert len(response.context["courses"]) == count


def test_a_person_without_anything_has_an_empty_record(as_user, people):
    text = as_user(people.hr).get(record_of(people.learner)).content.decode()

    assert [words in text for words in ("No course begun.", "No certificate yet.", "No attendance marked.")] == [
        True
    ] * 3

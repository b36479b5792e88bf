"""One person's record: courses with what is had and needed, hours, certificates. No answers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import formats, timezone, translation

from accounts.models import AuditEntry, User
from certification.models import Certificate, ExternalCertificate
from courses.models import Attempt, AttemptQuestion, Question, QuestionPool, QuestionVersion, Quiz
from seminars import attendance
from seminars.models import Attendance, Session
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


# --- Tests passed, hours by year -----------------------------------------------------------------------------------------------


def attempt_of(run, quiz, number, score, passed, day=1):
    at = datetime(2026, 3, day, 9, tzinfo=UTC)
    return Attempt.objects.create(
        enrolment=run, quiz=quiz, number=number, started_at=at, pass_mark=70, closes_at=at + timedelta(hours=1),
        submitted_at=at + timedelta(minutes=9), score=score, passed=passed,
    )  # fmt: skip


def test_of_each_test_the_first_passed_attempt_is_told_with_its_score(as_user, people, sec):
    """Not the failed one before it, nor the better one after it; nor another person's."""
    quiz = Quiz.objects.create(activity=sec.activities.get(kind="quiz"))
    run = making.enrol(people.learner, sec, done=2)
    attempt_of(run, quiz, 1, "46.37", False)
    attempt_of(run, quiz, 2, "71.5", True, day=2)
    attempt_of(run, quiz, 3, "100", True, day=3)
    attempt_of(making.enrol(people.director, sec), quiz, 1, "88", True)
    smm = making.Course.objects.get(code="smm")
    other = Quiz.objects.create(activity=smm.activities.get(kind="quiz"))
    attempt_of(making.enrol(people.learner, smm), other, 1, "90", True, day=5)

    response = as_user(people.hr).get(record_of(people.learner))

    told = [(one.quiz.activity.course.code, one.number, one.score) for one in response.context["passed"]]
    assert told == [("smm", 1, Decimal("90")), ("sec", 2, Decimal("71.5"))]
    with translation.override("en"):
        day = formats.date_format(date(2026, 3, 2))
    section = response.content.decode().split('id="tests-head"')[1].split("</section>")[0]
    assert section.count("<tr>") == 1 + 2
    assert [words in section for words in ("71.5&nbsp;%", f"<span class=\"soft small\">{day}</span>", "90&nbsp;%", "100&nbsp;%", "46.4&nbsp;%", "88&nbsp;%")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def test_hours_are_summed_by_the_year_of_the_session(as_user, people, topic):
    """In the time of the place: what began on the evening of the last day in UTC was in the new year here."""
    starts = [
        datetime(2025, 5, 5, 5, tzinfo=UTC), datetime(2025, 12, 31, 18, tzinfo=UTC), datetime(2025, 12, 31, 20, tzinfo=UTC),
        datetime(2026, 2, 3, 5, tzinfo=UTC),
    ]  # fmt: skip
    for hours, start in zip(("2", "1.5", "4", "0.5"), starts, strict=True):
        session = making.run(topic, days=-1).sessions.get()
        making.seat(session.run, people.learner)
        attendance.mark(session=session, person=people.learner, mark="present", by=people.trainer)
        Attendance.objects.filter(session=session).update(hours=hours)
        Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(hours=3))

    response = as_user(people.hr).get(record_of(people.learner))

    assert response.context["years"] == [(2026, Decimal("4.5")), (2025, Decimal("3.5"))]
    section = response.content.decode().split("Hours of seminars by year")[1].split("</table>")[0]
    assert '<th scope="row">2026</th><td class="n">4.5</td>' in section
    assert '<th scope="row">2025</th><td class="n">3.5</td>' in section


# --- A position; look-ups -----------------------------------------------------------------------------------------------------


def test_who_has_no_position_is_given_one_from_the_record(as_user, people):
    learner, position = people.learner, people.learner.position
    User.objects.filter(pk=learner.pk).update(position=None)
    learner.employments.all().delete()
    client = as_user(people.hr)
    link = f'href="/hr/people/{learner.pk}/edit/#id_position"'
    assert link in client.get(record_of(learner)).content.decode()
    assert link not in as_user(people.director).get(record_of(learner)).content.decode()

    form = as_user(people.hr).get(f"/hr/people/{learner.pk}/edit/").context["form"]
    response = client.post(f"/hr/people/{learner.pk}/edit/", {
        **{name: form.initial.get(name) or "" for name in form.fields}, "position": position.code, "reason": "",
    })  # fmt: skip

    assert response.status_code == 302
    learner.refresh_from_db()
    assert learner.position == position
    row = learner.employments.get(until=None)
    assert (row.library, row.position) == (learner.library, position)
    text = client.get(record_of(learner)).content.decode()
    assert link not in text and str(position.code or position) and "Kutubxonachi en" in text


def test_who_opened_an_external_certificate_and_its_file_stands_in_the_log(as_user, people):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from certification import external

    row = external.give_in(
        person=people.learner, issuer="IFLA", title="Kurs", issued_on=timezone.localdate(),
        upload=SimpleUploadedFile("kurs.pdf", b"%PDF-1.7"),
    )  # fmt: skip
    row.file.close()
    for who, address in (("hr", f"/hr/external/{row.pk}/"), ("hr", f"/certificates/external/{row.pk}/file/"),
                         ("learner", f"/certificates/external/{row.pk}/file/"), ("hr2", f"/hr/external/{row.pk}/")):  # fmt: skip
        response = as_user(getattr(people, who)).get(address)
        for close in response._resource_closers if response.streaming else ():
            close()

    entries = AuditEntry.objects.filter(deed="record opened").order_by("pk")
    assert [(one.actor, one.person, one.details["what"]) for one in entries] == [
        (people.hr, people.learner, "external certificate"),
        (people.hr, people.learner, "external certificate's file"),
    ]
    assert ExternalCertificate.objects.get().state == "waiting"


def test_who_opened_an_attempt_stands_in_the_log(as_user, people, sec):
    quiz = Quiz.objects.create(activity=sec.activities.get(kind="quiz"))
    attempt = attempt_of(making.enrol(people.learner, sec), quiz, 1, "50", False)
    address = f"/teach/attempts/{attempt.pk}/"
    answers = {
        who: as_user(getattr(people, who)).get(address).status_code for who in ("trainer", "admin", "hr", "trainer2")
    }

    assert answers == {"trainer": 200, "admin": 200, "hr": 404, "trainer2": 404}
    entries = AuditEntry.objects.filter(deed="record opened").order_by("pk")
    assert [(one.actor, one.person, one.details) for one in entries] == [
        (people.trainer, people.learner, {"what": "attempt"}),
        (people.admin, people.learner, {"what": "attempt"}),
    ]

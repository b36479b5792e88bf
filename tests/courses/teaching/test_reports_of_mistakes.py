"""«There is a mistake in this question»: from the own attempt alone, once; a queue for those who write the question."""

from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.utils import timezone

from accounts import notices
from accounts.models import AuditEntry, Notice
from courses import question_reports
from courses.models import Attempt, AttemptQuestion, QuestionPool, QuestionReport
from tests import making as pages
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(sec):
    return QuestionPool.objects.create(code="sec-1", titles=pages.words("Pool"), course=sec)


@pytest.fixture
def version(pool):
    return pages.question(pool).current


@pytest.fixture
def attempt(people, sec, quiz, version):
    return begin(people.learner, sec, quiz, version)


def begin(person, sec, quiz, version, graded=False):
    now = timezone.now()
    made = Attempt.objects.create(
        enrolment=making.enrol(person, sec), quiz=quiz, number=1, started_at=now, closes_at=now + timedelta(hours=1), pass_mark=70,
        **({"submitted_at": now, "score": 0, "passed": False} if graded else {}),
    )  # fmt: skip
    AttemptQuestion.objects.create(
        attempt=made, slot=1, version=version, order=["c1", "c2", "c3"], score=0 if graded else None
    )
    return made


def address(attempt, slot=1):
    return f"/attempts/{attempt.pk}/questions/{slot}/report/"


@pytest.fixture
def report(people, attempt, version):
    return question_reports.report(version=version, by=people.learner, text="Ikkita toʻgʻri javob bor")


# --- The learner ---------------------------------------------------------------------------------------------------------


def test_a_learner_reports_from_an_open_attempt_and_goes_on_with_it(as_user, people, attempt, version):
    client = as_user(people.learner)
    left = client.post(f"/attempts/{attempt.pk}/", {"slot": 1, "answer": "1", "go": "report"})
    assert left["Location"] == address(attempt)
    assert attempt.questions.get().answer == "c2"  # the answer is kept on the way

    page = client.get(address(attempt))
    assert "Which? uz" in page.text
    assert "Because" not in page.text  # nothing of the key
    assert "two uz" not in page.text
    response = client.post(address(attempt), {"text": " Savolda xato "})

    assert response["Location"] == f"/attempts/{attempt.pk}/?q=1"
    row = QuestionReport.objects.get()
    assert (row.version, row.by, row.text, row.state) == (version, people.learner, "Savolda xato", "open")


def test_from_the_result_it_leads_back_to_the_result(as_user, people, sec, quiz, version):
    attempt = begin(people.learner, sec, quiz, version, graded=True)
    client = as_user(people.learner)
    result, link = f"/attempts/{attempt.pk}/result/", "../questions/1/report/"
    assert f'href="{link}"' in client.get(result).text
    assert urljoin(result, link) == address(attempt)

    assert client.post(address(attempt), {"text": "x"})["Location"] == f"/attempts/{attempt.pk}/result/"


def test_once_a_person_and_version(as_user, people, attempt, report):
    client = as_user(people.learner)

    response = client.post(address(attempt), {"text": "Boshqa soʻz"})

    assert response.status_code == 200
    assert response.context["report"] == report
    assert QuestionReport.objects.get().text == "Ikkita toʻgʻri javob bor"
    assert "Ikkita toʻgʻri javob bor" in client.get(address(attempt)).text


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001])
def test_without_words_or_with_too_many_nothing_is_kept(as_user, people, attempt, text):
    assert as_user(people.learner).post(address(attempt), {"text": text}).status_code == 422
    assert not QuestionReport.objects.exists()


def test_another_persons_attempt_and_a_slot_that_is_not_there_are_not_found(as_user, people, attempt):
    for who in (people.hr, people.trainer, people.admin):
        assert as_user(who).get(address(attempt)).status_code == 404
        assert as_user(who).post(address(attempt), {"text": "x"}).status_code == 404
    client = as_user(people.learner)
    for slot in (0, 2, 10**30):
        assert client.post(address(attempt, slot), {"text": "x"}).status_code == 404
    assert as_user(None).post(address(attempt), {"text": "x"}).status_code == 302
    assert not QuestionReport.objects.exists()


# --- The queue -----------------------------------------------------------------------------------------------------------


def test_the_queue_is_of_the_own_courses_the_oldest_first(as_user, people, attempt, version, report, pool):
    foreign = pages.question(QuestionPool.objects.create(code="x", titles={})).current
    question_reports.report(version=foreign, by=people.learner, text="x")
    second = question_reports.report(version=version, by=people.hr, text="y")

    assert list(as_user(people.trainer).get("/teach/reports/").context["page_obj"]) == [report, second]
    assert list(as_user(people.trainer2).get("/teach/reports/").context["page_obj"]) == []
    assert len(as_user(people.editor).get("/teach/reports/").context["page_obj"]) == 3
    response = as_user(people.trainer).get("/teach/reports/")
    assert people.learner.last_name not in response.text.replace(
        people.trainer.last_name, ""
    )  # who said it is nobody's affair


def test_a_trainer_answers_and_the_learner_is_told(as_user, people, attempt, report, version):
    client = as_user(people.trainer)
    response = client.post(f"/teach/reports/{report.pk}/", {"state": "mended", "words": " Rahmat, tuzatildi "})

    assert response["Location"] == "/teach/reports/"
    report.refresh_from_db()
    assert (report.state, report.answer, report.handled_by) == ("mended", "Rahmat, tuzatildi", people.trainer)
    assert list(client.get("/teach/reports/").context["page_obj"]) == []
    assert list(client.get("/teach/reports/?state=answered").context["page_obj"]) == [report]
    entry = AuditEntry.objects.get(deed="report of a mistake answered")
    assert (entry.actor, entry.reason) == (people.trainer, "Rahmat, tuzatildi")
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.details["link"]) == (
        people.learner, "report_answered", address(attempt)
    )  # fmt: skip
    people.learner.email = "l@example.org"
    mail = notices.message(Notice(person=people.learner, kind=notice.kind, details=notice.details))
    assert "Savol: Which? uz" in mail.body
    assert "Rahmat, tuzatildi" in mail.body
    learner = as_user(people.learner)
    assert "Rahmat, tuzatildi" in learner.get(notice.details["link"]).text
    assert f'href="{notice.details["link"]}"' in learner.get("/learning/").text


def test_of_two_trainers_the_first_answers(as_user, people, report):
    question_reports.answer(report=report, state="refused", words="Xato yoʻq", by=people.trainer)
    with pytest.raises(question_reports.AnsweredAlready):
        question_reports.answer(report=report, state="mended", words="x", by=people.admin)
    client = as_user(people.admin)

    client.post(f"/teach/reports/{report.pk}/", {"state": "mended", "words": "x"})

    report.refresh_from_db()
    assert (report.state, report.handled_by, Notice.objects.count()) == ("refused", people.trainer, 1)
    assert [kind for kind, _words in said(client.get(f"/teach/reports/{report.pk}/"))] == ["error"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"state": "open"}, "state"),
        ({"state": ""}, "state"),
        ({"words": " "}, "words"),
        ({"words": "x" * 1001}, "words"),
    ],
)
def test_an_answer_says_what_came_of_it(as_user, people, report, fields, field):
    sent = {"state": "mended", "words": "Tuzatildi"} | fields

    response = as_user(people.trainer).post(f"/teach/reports/{report.pk}/", sent)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    report.refresh_from_db()
    assert (report.state, Notice.objects.count()) == ("open", 0)


@pytest.mark.parametrize(("state", "words"), [("open", "x"), ("mended", " "), ("nonsense", "x")])
def test_the_rule_itself_refuses_them_too(people, report, state, words):
    with pytest.raises(ValueError, match="answer"):
        question_reports.answer(report=report, state=state, words=words, by=people.trainer)


def test_what_a_learner_wrote_is_shown_as_text(as_user, people, attempt, version):
    row = question_reports.report(version=version, by=people.learner, text="<script>alert(1)</script>")
    client = as_user(people.trainer)

    for page in ("/teach/reports/", f"/teach/reports/{row.pk}/"):
        assert "<script>alert" not in client.get(page).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_one_and_for_three(as_user, people, pool, django_assert_num_queries, count):
    for _ in range(count):
        question_reports.report(version=pages.question(pool).current, by=people.learner, text="x")
    client = as_user(people.trainer)

    with django_assert_num_queries(5):
        assert len(client.get("/teach/reports/").context["page_obj"]) == count

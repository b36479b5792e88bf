"""What a learner's way through a quiz costs, as the page's script goes it; and the statement that writes many rows at once."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from courses import attempt_rows, attempts
from courses.models import Attempt, AttemptQuestion, Enrolment
from tests import making

NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def enrolment(base):
    return making.enrol(making.person(), making.course())


@pytest.fixture
def quiz(enrolment):
    return enrolment.course.activities.get(kind="quiz").quiz


def grow(quiz, course, questions, others):
    pool = quiz.draws.get().pool
    for _ in range(questions):
        making.question(pool, "single", making.SINGLE)
    for _ in range(others):
        enrolment = Enrolment.objects.create(learner=making.person(), course=course, began_at=NOW)
        attempts.submit(attempt=attempts.start(enrolment=enrolment, quiz=quiz, now=NOW), now=NOW)


@pytest.mark.parametrize(("questions", "others"), [(0, 0), (40, 0), (0, 12)])
def test_a_journey_costs_the_same_however_large_the_bank_and_however_many_went_before(
    client, enrolment, quiz, django_assert_num_queries, questions, others
):
    grow(quiz, enrolment.course, questions, others)
    client.force_login(enrolment.learner)
    client.get("/attempts/token/")

    with django_assert_num_queries(15):
        start = client.post(f"/quizzes/{quiz.pk}/start/")
    with django_assert_num_queries(4):  # session, user, the attempt, its questions
        page = client.get(start.url).text
    assert page.count("<template data-question>") == 1  # of two
    for slot in (1, 2):
        with django_assert_num_queries(4):  # session, user; the question, the answer
            client.post(f"{start.url}answers/{slot}/", {"answer": "0", "sequence": "7", "ago": "900"})
    with django_assert_num_queries(4):  # where no script is, a page asks whether to finish
        client.get(f"{start.url}finish/")
    Attempt.objects.update(pass_mark=101)  # whatever was drawn
    with django_assert_num_queries(12):  # the handing-in's nine; allowances, attempts, whether one is open
        told = client.post(f"{start.url}finish/", {"at-once": "1"}).text
    assert f'data-here="{start.url}result/"' in told
    with django_assert_num_queries(7):
        assert told.count('class="verdict') == client.get(f"{start.url}result/").text.count('class="verdict') == 2


@pytest.mark.parametrize(
    ("hours", "most", "ways"),
    [
        (0, 0, ["To the test", "To the course"]),
        (24, 0, ["Back to the course"]),
        (0, 1, ["Back to the course"]),
    ],
)
def test_below_a_failed_test_no_button_leads_to_an_attempt_that_cannot_begin(
    client, enrolment, quiz, hours, most, ways
):
    quiz.wait_hours, quiz.attempts = hours, most
    quiz.save()
    attempt = attempts.submit(attempt=attempts.start(enrolment=enrolment, quiz=quiz, now=NOW), now=NOW)
    client.force_login(enrolment.learner)

    page = BeautifulSoup(client.get(f"/attempts/{attempt.pk}/result/?lang=en").content, "html.parser")

    assert [link.text.strip() for link in page.select("header .actions a")] == ways


def test_a_page_with_a_script_is_given_the_questions_as_the_answer_to_start(
    client, enrolment, quiz, django_assert_num_queries
):
    client.force_login(enrolment.learner)

    with django_assert_num_queries(15):  # those of beginning alone: the questions are in hand
        told = client.post(f"/quizzes/{quiz.pk}/start/?a=1", {"at-once": "1"})

    attempt = Attempt.objects.get()
    assert told.status_code == 200
    assert f'data-here="/attempts/{attempt.pk}/"' in told.text
    assert f'action="/attempts/{attempt.pk}/"' in told.text
    assert f'href="/attempts/{attempt.pk}/?lang=ru"' in told.text  # the address of starting answers no GET
    again = client.post(f"/quizzes/{quiz.pk}/start/", {"at-once": "1"})
    assert f'data-here="/attempts/{attempt.pk}/"' in again.text
    assert Attempt.objects.count() == 1
    assert "data-here" not in client.get(f"/attempts/{attempt.pk}/").text


def test_an_answer_by_a_form_costs_six_queries(client, enrolment, quiz, django_assert_num_queries):
    client.force_login(enrolment.learner)
    attempt = client.post(f"/quizzes/{quiz.pk}/start/").url
    form = {"slot": "1", "answer": "0", "seen": "", "sequence": "", "go": "next"}

    with django_assert_num_queries(6):  # session, user, the attempt; the question, the answer, the next one shown
        assert client.post(attempt, form).url == f"{attempt}?q=2&alone=1"
    first, second = AttemptQuestion.objects.order_by("slot")
    assert (first.answer, first.sequence, second.opened_at is None) == (first.order[0], 1, False)
    with django_assert_num_queries(6):  # answered once more: the next number, and the question stays shown since then
        client.post(attempt, form | {"answer": "1"})
    again, still = AttemptQuestion.objects.order_by("slot")
    assert (again.answer, again.sequence, still.opened_at) == (first.order[1], 2, second.opened_at)


def test_answers_that_waited_cost_one_request_and_two_queries_each(client, enrolment, quiz, django_assert_num_queries):
    attempt = attempts.start(enrolment=enrolment, quiz=quiz, now=NOW)
    client.force_login(enrolment.learner)
    data = {"slot": ["1", "2"]} | {f"answer-{n}": "0" for n in (1, 2)} | {f"sequence-{n}": "7" for n in (1, 2)}

    with django_assert_num_queries(6):  # session, user; of each: the question, the answer
        told = client.post(f"/attempts/{attempt.pk}/answers/", data)

    assert [one["status"] for one in told.json()["answers"]] == [200, 200]
    assert [row.answer for row in attempt.questions.order_by("slot")] == [
        row.order[0] for row in attempt.questions.order_by("slot")
    ]


def test_writing_many_rows_is_one_statement_and_touches_the_named_fields_alone(
    enrolment, quiz, django_assert_num_queries
):
    attempt = attempts.start(enrolment=enrolment, quiz=quiz, now=NOW)
    other = attempts.start(enrolment=making.enrol(making.person(), making.course()), quiz=quiz, now=NOW)
    rows = list(attempt.questions.order_by("slot"))
    attempt.questions.update(flagged=True)  # by another request, after they were read
    for n, row in enumerate(rows):
        row.answer, row.sequence = {"a": [n, None, "ʻ"]}, 5 + n
    rows[1].answer = None

    with django_assert_num_queries(1):
        attempt_rows.write(rows, "answer", "sequence")
    with django_assert_num_queries(0):
        attempt_rows.write([], "answer")

    kept = list(attempt.questions.order_by("slot").values_list("answer", "sequence", "flagged"))
    assert kept == [({"a": [0, None, "ʻ"]}, 5, True), (None, 6, True)]
    assert attempt.questions.filter(answer__isnull=True).count() == 1  # NULL, not the word null
    assert set(other.questions.values_list("answer", "sequence")) == {(None, 0)}

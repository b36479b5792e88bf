"""A course whose test asks two questions, and people who took it; for the tests of impact and regrading."""

from datetime import UTC, datetime, timedelta

from courses import attempts, questions
from tests import making

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
RIGHT, OTHER, WRONG = "c2", "c1", "c3"  # by making.SINGLE; keyed() makes OTHER the right one


def keyed(right=OTHER):
    return {**making.SINGLE, "choices": [{**one, "right": one["id"] == right} for one in making.SINGLE["choices"]]}


def two_questions(page):
    """The quiz of the course, and the only two questions that it draws."""
    quiz = making.row(page).activities.get(kind="quiz").quiz
    first, second, *others = quiz.draws.get().pool.questions.order_by("pk")
    for one in others:
        questions.retire(question=one, by=None)
    return quiz, first, second


def begun(quiz, enrolment, now=NOW):
    return attempts.start(enrolment=enrolment, quiz=quiz, now=now)


def answer(attempt, answers, now=NOW):
    """`answers` are {question: id of a choice}."""
    for row in attempt.questions.select_related("version"):
        for question, choice in answers.items():
            if row.version.question_id == question.pk:
                attempts.save_answer(attempt=attempt, slot=row.slot, values=[str(row.order.index(choice))], now=now)


def taken(quiz, enrolment, answers, now=NOW):
    attempt = begun(quiz, enrolment, now)
    answer(attempt, answers, now)
    return making.committed(lambda: attempts.submit(attempt=attempt, now=now))


def enrolled(page, person=None, **fields):
    return making.enrol(person or making.person(**fields), page, now=NOW - timedelta(days=1))


def published(question, content, kind="single", editorial=False):
    """The next version of the question."""
    question.refresh_from_db()
    questions.revise(question=question, kind=kind, content=content, editorial=editorial)
    made = questions.publish(question=question)
    question.refresh_from_db()
    return made

"""A course whose test asks two questions, and people who took it; for the tests of impact and regrading."""

from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.urls import reverse

from certification import award
from courses import attempts, questions, regrading
from courses.models import Attempt, AttemptQuestion
from tests import making
from tests.certification import studying

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


LATER = NOW + timedelta(days=3)


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


FEWER = {**making.SINGLE, "choices": making.SINGLE["choices"][:2]}


def five(course_page, bank):
    quiz, first, second = bank
    made = [taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT}) for _ in range(5)]
    published(first, keyed())
    return made


def page_of(question, *more):
    name = "regraded" if more else "regrade"
    return reverse(f"wagtailsnippets_courses_question:{name}", args=[question.pk, *more])

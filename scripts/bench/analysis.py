"""Item analysis of 100,000 attempts at 10 of 30 questions: CPU time of the process, on a scratch database.

python -m scripts.bench.analysis [ATTEMPTS]    by hand: writing a million answers takes minutes, and `make bench` does without
"""

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

ATTEMPTS = 100_000
QUESTIONS, DRAWN = 30, 10
AT_ONCE = 2_000
BEGAN = datetime(2026, 11, 2, 6, tzinfo=UTC)


def main(attempts=ATTEMPTS):
    from scripts.bench._scratch import make

    make()
    quiz = fill(attempts)
    told = ["| what | CPU s | clock s | queries |", "| --- | ---: | ---: | ---: |"]
    for name, asked in (("first attempts", {}), ("all attempts", {"every": True})):
        cpu, clock, queries = measured(quiz, asked)
        told.append(
            f"| item analysis, {attempts:,} attempts of {DRAWN} questions, {name} | {cpu:.1f} | {clock:.1f} | {queries} |"
        )
    return "\n".join(told)


def measured(quiz, asked):
    """CPU and clock seconds, the least of three, and the number of queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from courses.item_analysis import analyse

    with CaptureQueriesContext(connection) as seen:
        found = analyse(quiz, **asked)
    assert len(found.items) == QUESTIONS and sum(item.sums.n for item in found.items) == found.attempts * DRAWN
    spent = []
    for _ in range(3):
        cpu, clock = time.process_time(), time.perf_counter()
        analyse(quiz, **asked)
        spent.append((time.process_time() - cpu, time.perf_counter() - clock))
    return min(cpu for cpu, _ in spent), min(clock for _, clock in spent), len(seen)


def fill(attempts):
    """A quiz with so many attempts, of as many learners; one question in five has several right answers."""
    from accounts.models import User
    from courses.models import Activity, Attempt, AttemptQuestion, Course, Enrolment, QuestionVersion, Quiz

    dice = random.Random(1)
    course = Course.objects.create(key=uuid4(), code="bench", source="uz", titles={"uz": "Bench"})
    activity = Activity.objects.create(course=course, key=uuid4(), kind="quiz", position=1, titles={"uz": "Test"})
    quiz = Quiz.objects.create(activity=activity)
    versions = questions(course)
    for first in range(0, attempts, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, attempts))
        people = User.objects.bulk_create(
            User(username=f"B-{n}", password="!", first_name="B", last_name="B") for n in numbers
        )
        enrolments = Enrolment.objects.bulk_create(
            Enrolment(learner=one, course=course, began_at=BEGAN) for one in people
        )
        made = [
            Attempt(
                enrolment=one, quiz=quiz, number=1, pass_mark=70, started_at=BEGAN, closes_at=BEGAN + timedelta(days=1),
                submitted_at=BEGAN + timedelta(hours=1), score=Decimal(50), passed=False,
            )
            for one in enrolments
        ]  # fmt: skip
        Attempt.objects.bulk_create(made)
        AttemptQuestion.objects.bulk_create(
            answer(attempt, slot, version, dice)
            for attempt in made
            for slot, version in enumerate(dice.sample(versions, DRAWN), 1)
        )
        print(f"\r{numbers[-1] + 1:,} attempts", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    assert QuestionVersion.objects.count() == QUESTIONS
    return quiz


def questions(course):
    from courses.models import Question, QuestionPool, QuestionVersion

    pool = QuestionPool.objects.create(code="bench", titles={"uz": "Bench"}, course=course)
    made = []
    for number in range(QUESTIONS):
        kind = "multiple" if number % 5 == 0 else "single"
        right = ("a", "b") if kind == "multiple" else ("a",)
        choices = [{"id": key, "text": {"uz": key * 40}, "right": key in right, "why": {}} for key in "abcde"]
        made.append(
            QuestionVersion.objects.create(
                question=Question.objects.create(pool=pool), number=1, kind=kind, created_at=BEGAN, published_at=BEGAN,
                content={"text": {"uz": "Savol " * 30}, "feedback": {}, "choices": choices},
            )
        )  # fmt: skip
        made[-1].question.current = made[-1]
        made[-1].question.save()
    return made


def answer(attempt, slot, version, dice):
    from courses.models import AttemptQuestion

    knows = dice.random() < 0.6
    if version.kind == "multiple":
        given = dice.sample("ab" if knows else "acde", 2)
    else:
        given = "a" if knows else dice.choice("bcde")
    opened = BEGAN + timedelta(seconds=30 * slot)
    saved = opened + timedelta(seconds=int(dice.lognormvariate(3.5, 0.7)))
    return AttemptQuestion(
        attempt=attempt, slot=slot, version=version, answer=given, score=Decimal(int(knows)), sequence=1,
        opened_at=opened, answered_at=saved, saved_at=saved,
    )  # fmt: skip


if __name__ == "__main__":
    print(main(*(int(word.replace(",", "")) for word in sys.argv[1:2])))

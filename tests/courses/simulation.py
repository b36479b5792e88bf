"""Simulated learners: abilities, guessing, and answers by a three-parameter logistic model; written in bulk.

P(right) = c + (1 - c) / (1 + exp(-a (ability - b))) with discrimination a, difficulty b and guessing c
(Birnbaum in Lord & Novick, Statistical Theories of Mental Test Scores, 1968).
"""

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

from accounts.models import User
from courses import kinds
from courses.models import (
    Activity,
    Attempt,
    AttemptQuestion,
    Course,
    Draw,
    Enrolment,
    Question,
    QuestionPool,
    QuestionVersion,
    Quiz,
)
from tests.making import CLOZE

BEGAN = datetime(2026, 11, 2, 6, tzinfo=UTC)
_numbers = count(1)


def words(text):
    return {"uz": text, "ru": f"{text} ru", "en": f"{text} en"}


@dataclass
class Item:
    """One simulated question. `right`: the option that is truly right; `key`: the one that the content says is right."""

    a: float = 1.2
    b: float = 0.0
    options: int = 4
    right: str = "c1"
    key: str = ""
    dead: tuple = ()  # options that nobody believes
    kind: str = "single"
    version: object = None
    guessing: float | None = None

    def content(self, name):
        if self.kind == "numerical":
            return {"text": words(name), "feedback": {}, "answer": "40", "tolerance": "0"}
        if self.kind == "cloze":
            return {**CLOZE, "gaps": [CLOZE["gaps"][0], {"id": "g2", "accept": {"all": [self.key or "uzun*"]}}]}
        keys = (self.key or self.right).split()
        ids = [f"c{n}" for n in range(1, self.options + 1)]
        choices = [{"id": key, "text": words(f"{name} {key}"), "right": key in keys, "why": {}} for key in ids]
        return {"text": words(name), "feedback": {}, "choices": choices}

    def chance(self, ability):
        c = (0 if self.kind == "numerical" else 1 / self.options) if self.guessing is None else self.guessing
        return c + (1 - c) / (1 + math.exp(-self.a * (ability - self.b)))

    def answer(self, ability, dice):
        knows = dice.random() < self.chance(ability)
        if self.kind == "numerical":
            return "40" if knows else dice.choice(["20", "30", "50"])
        if self.kind == "cloze":
            return (
                {"g1": "g1-1", "g2": "uzunroq"} if knows else dice.choice([{"g1": "g1-2"}, {"g1": "g1-2", "g2": "<b>"}])
            )
        wrong = [f"c{n}" for n in range(1, self.options + 1) if f"c{n}" not in (*self.right.split(), *self.dead)]
        if self.kind == "multiple":
            first, *more = self.right.split()
            return [*more, first] if knows else [first, dice.choice(wrong)]
        return self.right if knows else dice.choice(wrong)


@dataclass
class Quizzed:
    quiz: Quiz
    items: list
    rows: list = field(
        default_factory=list
    )  # of every answer: {person, attempt, number, item, version, answer, score, seconds}


def course(code=None, **fields):
    code = code or f"sim{next(_numbers)}"
    return Course.objects.create(key=uuid4(), code=code, source="uz", titles=words(f"Kurs {code}"), **fields)


def quiz(of, items, pool=None, **rules):
    """A quiz of a course with its questions published."""
    number = next(_numbers)
    activity = Activity.objects.create(
        course=of, key=uuid4(), kind="quiz", position=number, titles=words(f"Test {number}"), addresses={"uz": "/uz/"}
    )
    made = Quiz.objects.create(activity=activity, **rules)
    pool = pool or QuestionPool.objects.create(code=f"sim-{number}", titles=words("Pool"), course=of)
    Draw.objects.create(quiz=made, pool=pool, count=max(1, len(items)))
    for n, item in enumerate(items, 1):
        if item.version is None:
            item.version = publish(Question.objects.create(pool=pool, note=f"savol {n}"), item, f"Savol {n}")
    return Quizzed(made, items)


def publish(question, item, name, editorial=False):
    """One more version of a question, as it would be published."""
    version = QuestionVersion.objects.create(
        question=question, number=question.versions.count() + 1, kind=item.kind, content=item.content(name),
        editorial=editorial, created_at=BEGAN, published_at=BEGAN,
    )  # fmt: skip
    question.current = version
    question.save(update_fields=["current"])
    return version


def people(number):
    first = next(_numbers) * 100_000
    made = [User(username=f"S-{first + n}", password="!", first_name="S", last_name="S") for n in range(number)]
    return User.objects.bulk_create(made)


def enrolled(persons, of, run_no=1):
    closed = None if run_no == 1 else BEGAN
    rows = [Enrolment(learner=one, course=of, run_no=run_no, began_at=BEGAN, closed_at=closed) for one in persons]
    return Enrolment.objects.bulk_create(rows)


def take(quizzed, enrolments, *, number=1, seed=1, draw=None, abilities=None, graded=True, shift=0.0):
    """One attempt of each enrolment at all items, or at `draw` of them; returns the attempts."""
    dice = random.Random(seed)
    made, answers = [], []
    for place, enrolment in enumerate(enrolments):
        ability = (abilities[place] if abilities else dice.gauss(0, 1)) + shift
        drawn = dice.sample(quizzed.items, draw) if draw else quizzed.items
        attempt = Attempt(
            enrolment=enrolment, quiz=quizzed.quiz, number=number, pass_mark=70,
            started_at=BEGAN, closes_at=BEGAN + timedelta(hours=9),
        )  # fmt: skip
        rows = [_answer(attempt, slot, item, ability, dice, graded) for slot, item in enumerate(drawn, 1)]
        if graded:
            attempt.score = (100 * sum(row.score for row in rows) / len(rows)).quantize(Decimal("0.01"))
            attempt.passed, attempt.submitted_at = attempt.score >= 70, BEGAN + timedelta(hours=1)
        made.append(attempt)
        answers += rows
    Attempt.objects.bulk_create(made)
    AttemptQuestion.objects.bulk_create(answers)
    quizzed.rows += [
        {
            "person": row.attempt.enrolment.learner_id, "attempt": row.attempt.pk, "number": number,
            "version": row.version_id, "answer": row.answer, "score": float(row.score),
            "seconds": row.answered_at and round((row.answered_at - row.opened_at).total_seconds()),
        }
        for row in answers
        if graded
    ]  # fmt: skip
    return made


def _answer(attempt, slot, item, ability, dice, graded):
    answer = None if dice.random() < 0.02 else item.answer(ability, dice)
    score = kinds.grade(item.kind, item.version.content, answer).quantize(Decimal("0.0001"))
    opened = BEGAN + timedelta(seconds=slot)
    first = opened + timedelta(seconds=int(dice.lognormvariate(3, 0.6)), milliseconds=200)
    return AttemptQuestion(
        attempt=attempt, slot=slot, version=item.version, answer=answer, score=score if graded else None,
        opened_at=opened, answered_at=None if answer is None else first,
        saved_at=first + timedelta(minutes=20),  # looked at once more
    )  # fmt: skip

"""Learners x activities: one cell says how a person stands with a step. A fixed number of queries for any number of either."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import Activity, ActivityCompletion, Attempt, Enrolment, Submission


@dataclass(frozen=True)
class Standing:
    """One way to stand with a step: the mark that is drawn (shape and colour) and the words that say it."""

    mark: str
    words: str


DONE = Standing("done", _("Done"))
BY_HAND = Standing("done", _("Done, given by hand"))
OPEN = Standing("now", _("Attempt open"))
BEGUN = Standing("now", _("Being written"))
RETURNED = Standing("now", _("Returned for rework"))
TO_GRADE = Standing("due", _("Waits for grading"))
FAILED = Standing("bad", pgettext_lazy("a test", "Not passed"))
NOTHING = Standing("todo", _("Not begun"))
STANDINGS = (DONE, BY_HAND, OPEN, BEGUN, RETURNED, TO_GRADE, FAILED, NOTHING)
HOMEWORK = {"draft": BEGUN, "handed_in": TO_GRADE, "returned": RETURNED, "accepted": DONE}


@dataclass(frozen=True)
class Cell:
    activity: Activity
    standing: Standing
    score: Decimal | None = None  # of a quiz: the best attempt, %

    @property
    def is_by_hand(self):
        return self.standing is BY_HAND

    def __str__(self):
        return f"{self.standing.words}, {self.score:.0f} %" if self.score is not None else str(self.standing.words)


@dataclass(frozen=True)
class Line:
    enrolment: Enrolment
    cells: tuple

    @property
    def done(self):
        return sum(cell.standing in (DONE, BY_HAND) for cell in self.cells)


def columns(course):
    """The live steps of a course in their order, with module. One query."""
    return list(course.activities.live().select_related("module").order_by("position", "pk"))


def by_module(activities):
    """[(Module or None, how many steps)] in the order of the columns: the upper row of headings."""
    return [(module, len(list(rows))) for module, rows in groupby(activities, key=lambda one: one.module)]


def lines(enrolments, activities):
    """A Line for each of the enrolments (a list). Three queries."""
    given = ActivityCompletion.objects.filter(enrolment__in=enrolments, activity__in=activities)
    done = {(row[0], row[1]): row[2] for row in given.values_list("enrolment", "activity", "given_by")}
    counts = Attempt.objects.filter(enrolment__in=enrolments).order_by().values_list("enrolment", "quiz")
    counts = counts.annotate(best=Max("score"), open=Count("pk", filter=Q(submitted_at__isnull=True)))
    tests = {(row[0], row[1]): row[2:] for row in counts}
    handed = Submission.objects.filter(enrolment__in=enrolments).order_by("number")
    homework = {(row[0], row[1]): row[2] for row in handed.values_list("enrolment", "assignment", "state")}
    return [
        Line(one, tuple(_cell(activity, (one.pk, activity.pk), done, tests, homework) for activity in activities))
        for one in enrolments
    ]


def _cell(activity, key, done, tests, homework):
    best, is_open = tests.get(key, (None, 0))
    if key in done:
        return Cell(activity, DONE if done[key] is None else BY_HAND, best)
    if is_open:
        return Cell(activity, OPEN, best)
    if best is not None:
        return Cell(activity, FAILED, best)
    return Cell(activity, HOMEWORK.get(homework.get(key), NOTHING))

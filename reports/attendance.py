"""Attendance of seminars in the libraries of one's scope, by library, region, seminar, course or month.

Everything starts from the people in scope: a run counts where one of them had a seat or was marked, and of it they alone.
Only sessions that have begun and were not called off; of a run that was called off on the way, those before. Five queries for any
number of people, runs and libraries.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, TextChoices
from django.db.models.functions import TruncMonth
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Library
from courses.models import Course
from seminars.models import Attendance, Seat, Seminar
from seminars.standing import HERE


class By(TextChoices):
    LIBRARY = "library", gettext_lazy("Library")
    REGION = "region", gettext_lazy("Region")
    SEMINAR = "seminar", gettext_lazy("Seminar")
    COURSE = "course", gettext_lazy("Course")
    MONTH = "month", gettext_lazy("Month")


@dataclass(frozen=True)
class Asked:
    """What is counted, and by what. Days in the time of the place, both included; None: no limit."""

    by: By = By.LIBRARY
    begins: date | None = None
    ends: date | None = None
    course: Course | None = None
    seminar: Seminar | None = None


@dataclass
class Row:
    """A line of the report, or its sum. `places`: people × sessions in which they were expected; `there`: how often they came."""

    label: str = ""
    runs: set = field(default_factory=set)
    seats: int = 0
    places: int = 0
    there: int = 0
    hours: Decimal = Decimal(0)
    people: int = 0  # who came at least once

    @property
    def percent(self):
        """The present share; None where nobody was expected."""
        return round(100 * self.there / self.places) if self.places else None

    def add(self, other):
        self.runs |= other.runs
        for name in ("seats", "places", "there", "hours", "people"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def report(people, asked, now=None):
    """([Row], the Row of them all) for `people` (a queryset)."""
    seats, marks = _seats(people, asked, now or timezone.now()), _marks(people, asked, now or timezone.now())
    rows = defaultdict(Row)
    counted = seats.values("key").annotate(n_seats=Count("pk", distinct=True), n_places=Count("run__sessions"))
    for key, n_seats, n_places in counted.values_list("key", "n_seats", "n_places"):
        rows[key].seats, rows[key].places = n_seats, n_places
    here = Q(mark__in=sorted(HERE))
    summed = marks.values("key").annotate(
        extra=Count("pk", filter=Q(seated=False)), there=Count("pk", filter=here), earned=Sum("hours"),
        came=Count("person", filter=here, distinct=True),
    )  # fmt: skip
    for key, extra, there, earned, came in summed.values_list("key", "extra", "there", "earned", "came"):
        rows[key].places += extra  # who came without a seat was not expected, and is counted as who had one
        rows[key].there, rows[key].hours, rows[key].people = there, earned, came
    for key, run in seats.values_list("key", "of_run").union(marks.values_list("key", "of_run")):
        rows[key].runs.add(run)
    total = Row()
    for row in rows.values():
        total.add(row)
    total.people = marks.filter(here).values("person").distinct().count()  # who came to two seminars is one person
    return _named(rows, asked.by), total


# --- What is counted -------------------------------------------------------------------------------------------------------


def _seats(people, asked, now):
    """A row for each booked seat and session of it."""
    rows = Seat.objects.booked().order_by().filter(_where("run__sessions__", "run__", asked, now), person__in=people)
    return rows.annotate(key=_key(asked.by, "run__", "run__sessions__"), of_run=F("run"))


def _marks(people, asked, now):
    rows = Attendance.objects.order_by().filter(_where("session__", "session__run__", asked, now), person__in=people)
    booked = Seat.objects.booked().filter(run=OuterRef("session__run"), person=OuterRef("person")).order_by()
    rows = rows.annotate(key=_key(asked.by, "session__run__", "session__"), of_run=F("session__run"))
    return rows.annotate(seated=Exists(booked))


def _where(session, run, asked, now):
    """The conditions on sessions and runs, for one filter(): so that they hold for one and the same session."""
    found = {f"{session}cancelled_at": None, f"{session}starts_at__lte": now}
    if asked.begins:
        found[f"{session}starts_at__date__gte"] = asked.begins
    if asked.ends:
        found[f"{session}starts_at__date__lte"] = asked.ends
    if asked.seminar:
        found[f"{run}seminar"] = asked.seminar
    if asked.course:
        found[f"{run}seminar__course"] = asked.course
    was_held = Q(**{f"{run}cancelled_at": None}) | Q(**{f"{session}starts_at__lt": F(f"{run}cancelled_at")})
    return Q(**found) & was_held


def _key(by, run, session):
    if by == By.MONTH:
        return TruncMonth(f"{session}starts_at")
    return F({By.SEMINAR: f"{run}seminar", By.COURSE: f"{run}seminar__course"}.get(by, "person__library"))


# --- What the lines are called -----------------------------------------------------------------------------------------------


def _named(rows, by):
    """The Rows with their names, in the order in which people look for them. One query, by month none."""
    if by == By.MONTH:
        for key, row in rows.items():
            row.label = formats.date_format(timezone.localtime(key), "YEAR_MONTH_FORMAT")
        return [rows[key] for key in sorted(rows)]
    if by in (By.LIBRARY, By.REGION):
        return _by_library(rows) if by == By.LIBRARY else _by_region(rows)
    titles = (Course if by == By.COURSE else Seminar).objects.in_bulk([key for key in rows if key])
    for key, row in rows.items():
        row.label = str(titles[key]) if key else _("Without a course")
    return sorted(rows.values(), key=lambda row: row.label)


def _by_library(rows):
    found = Library.objects.filter(pk__in=rows).order_by("path")
    for library in found:
        rows[library.pk].label = str(library)
    return [rows[library.pk] for library in found]


def _by_region(rows):
    """The libraries of a region together; what lies in none stands under its own name."""
    libraries = {library.path: library for library in Library.objects.order_by("path")}
    found = {}
    for path, library in libraries.items():
        if library.pk in rows:
            above = (libraries[path[:end]] for end in range(Library.steplen, len(path) + 1, Library.steplen))
            region = next((one for one in above if one.level == Library.Level.REGION), library)
            found.setdefault(region, Row(str(region))).add(rows[library.pk])
    return list(found.values())

"""What a page of numbers reads of the totals: those of the places that it shows, and the sums of all below each of them.

As many rows for the nation as for a district. Where the tree of libraries has changed since the sums were counted, they are made anew
from the totals of each library, and before the first sweep from the facts: slower, and never those of another tree.
"""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BigIntegerField, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Library, LibraryChange

from .models import Counting, Total, TotalBelow
from .totals import SUMS, counting

_changes = LibraryChange.objects.order_by("-pk").values("pk")
NEWEST_CHANGE = Coalesce(Subquery(_changes[:1]), 0, output_field=BigIntegerField())  # of the tree, as Counting.tree


@dataclass
class Sums:
    """Numbers of people. Without a course one person may be in several states; with one, in one of them."""

    staff: int = 0
    never: int = 0
    begun: int = 0
    in_progress: int = 0
    completed: int = 0  # without a valid certificate
    certificates: int = 0
    expired: int = 0
    overdue: int = 0

    def add(self, numbers):
        for name, number in zip(SUMS, numbers, strict=True):
            setattr(self, name, getattr(self, name) + number)
        return self

    @property
    def not_begun(self):
        return self.staff - self.begun

    @property
    def done(self):
        """Completed, with or without a certificate. Of one course alone."""
        return self.completed + self.certificates + self.expired


@dataclass
class Picture:
    """What the totals say of a part of the tree: {course's key (None: any): Sums} each."""

    at: object = None  # None: counted just now
    whole: dict = field(default_factory=dict)
    positions: dict = field(default_factory=dict)  # position's key: {course: Sums}
    places: dict = field(default_factory=dict)  # key of a library shown: {None and the course asked for: Sums}

    def of(self, where, course):
        """The Sums of one of the dicts, with the number of staff that stands without a course."""
        found = where.get(course) or Sums()
        everybody = where.get(None) or Sums()
        found.staff, found.never = everybody.staff, everybody.never
        return found


def picture(places, current=None, course=None, position=None):
    """The numbers of `places`: `current` (a Library) and its children, or without one the topmost libraries in scope. Two queries.
    `course` and `position`: their keys; with a position, of its people alone.

    Each place counts with all below it, but `current` as the library itself; together they are the whole.
    """
    counted = Counting.objects.annotate(tree_now=NEWEST_CHANGE).first()
    found = Picture(counted.at if counted else None)
    if not places:
        return found
    if counted and counted.tree == counted.tree_now:
        sql, given = _kept(places, current), []
    else:
        sql, given = _made_anew(places, current, counted)
    for place, of_position, of_course, *numbers in _grouped(sql, given, course, position):
        numbers = [int(number) for number in numbers]
        if place is not None:
            found.places.setdefault(place, {})[of_course] = Sums(*numbers)
        else:
            found.positions.setdefault(of_position, {})[of_course] = Sums(*numbers)
            found.whole.setdefault(of_course, Sums()).add(numbers)
    return found


def _grouped(sql, given, course, position):
    """Rows (place, None, course, *SUMS) of any course and the one asked for, and (None, position, course, *SUMS) of all courses."""
    names = ", ".join(f"SUM({name})" for name in SUMS)
    asked = f"course_id IS NULL OR course_id = {int(course)}" if course else "course_id IS NULL"
    of_position = f"WHERE position_id = {int(position)}" if position else ""
    nothing = "CAST(NULL AS bigint)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH part AS (SELECT * FROM ({sql}) every {of_position})"  # noqa: S608  # nosec B608
            f" SELECT place, {nothing}, course_id, {names} FROM part WHERE {asked} GROUP BY place, course_id"
            f" UNION ALL SELECT {nothing}, position_id, course_id, {names} FROM part GROUP BY position_id, course_id",
            given,
        )
        return cursor.fetchall()


def _kept(places, current):
    """SQL: the rows of these places, and of what is below them."""
    own = [place.pk for place in places]
    below = [pk for pk in own if current is None or pk != current.pk]
    columns = ", ".join(("library_id AS place", "position_id", "course_id", *SUMS))
    asked = [(Total, own), (TotalBelow, below)]
    return " UNION ALL ".join(
        f"SELECT {columns} FROM {model._meta.db_table} WHERE library_id IN ({', '.join(map(str, keys))})"  # noqa: S608  # nosec B608
        for model, keys in asked
        if keys
    )


def _made_anew(places, current, counted):
    """(SQL, its parameters): the same from the totals of each library, by the paths of this moment."""
    rows, given = (Total._meta.db_table, []) if counted else _live()
    tops = [current.path] if current else [place.path for place in places]
    library, keys = Library._meta.db_table, ", ".join(str(place.pk) for place in places)
    length = len(current.path) + Library.steplen if current else "LENGTH(place.path)"
    # The places as rows of their own: told the beginning of a path alone, PostgreSQL expects a group for each library, and sorts.
    names = ", ".join(f"SUM(t.{name}) AS {name}" for name in SUMS)
    where = " OR ".join(["l.path LIKE %s"] * len(tops))
    return (
        f"SELECT place.id AS place, t.position_id, t.course_id, {names} FROM {rows} t JOIN {library} l ON l.id = t.library_id"  # noqa: S608  # nosec B608
        f" JOIN {library} place ON place.id IN ({keys}) AND place.path = SUBSTR(l.path, 1, {length})"
        f" WHERE {where} GROUP BY 1, 2, 3",
        [*given, *(f"{path}%" for path in tops)],
    )


def _live():
    sql, given = counting(timezone.localdate())
    return f"({sql})", given

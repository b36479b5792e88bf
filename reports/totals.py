"""The totals: counted from the facts by the sweep, summed up for a page.

Counting is one statement for the database (both kinds alike), of the whole nation or of the libraries whose facts have changed; only
rows that differ are written. A page of the nation reads `Total`; before the first sweep it counts by the same statement, so that it is
slower and never wrong.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import IntegerField, Value
from django.utils import timezone

from accounts.models import Library, User

from . import changed
from .models import Counting, Total
from .overdue import overdue_by_rule

WHOLE_EVERY = timedelta(hours=1)  # what a partial count did not see is wrong no longer than this

# Compiling costs more than such a statement, and so does sorting on the disk; the other processors are for who waits for a page.
SETTINGS = "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 0"
SUMS = ("staff", "never", "begun", "in_progress", "completed", "certificates", "expired", "overdue")
KEYS = ("library_id", "position_id", "course_id")

# Of each course the newest run: one by one_open_enrolment_a_course, later ones are rare and found first.
RUNS = """
    SELECT u.library_id, u.position_id, e.learner_id, e.course_id,
           CASE WHEN v.id IS NOT NULL AND v.expires_on < %s THEN 3 WHEN v.id IS NOT NULL THEN 2
                WHEN c.id IS NOT NULL THEN 1 ELSE 0 END AS state
    FROM accounts_user u JOIN courses_enrolment e ON e.learner_id = u.id
    LEFT JOIN certification_coursecompletion c ON c.enrolment_id = e.id
    LEFT JOIN certification_certificate k ON k.enrolment_id = e.id AND k.revoked_at IS NULL
    LEFT JOIN certification_certificateversion v ON v.certificate_id = k.id AND v.is_current AND v.sha256 <> ''
    WHERE {staff} AND NOT EXISTS (
        SELECT 1 FROM courses_enrolment later
        WHERE later.run_no > 1 AND later.run_no > e.run_no AND later.learner_id = e.learner_id AND later.course_id = e.course_id
    )
"""
IN_COURSES = """
    SELECT run.library_id, run.position_id, run.course_id, 0 AS staff, 0 AS never, CAST(COUNT(*) AS integer) AS begun,
           CAST(SUM(CASE WHEN run.state = 0 THEN 1 ELSE 0 END) AS integer) AS in_progress,
           CAST(SUM(CASE WHEN run.state = 1 THEN 1 ELSE 0 END) AS integer) AS completed,
           CAST(SUM(CASE WHEN run.state = 2 THEN 1 ELSE 0 END) AS integer) AS certificates,
           CAST(SUM(CASE WHEN run.state = 3 THEN 1 ELSE 0 END) AS integer) AS expired, 0 AS overdue
    FROM run GROUP BY run.library_id, run.position_id, run.course_id
"""
IN_ANY = """
    SELECT u.library_id, u.position_id, CAST(NULL AS bigint), CAST(COUNT(*) AS integer),
           CAST(SUM(CASE WHEN u.last_login IS NULL THEN 1 ELSE 0 END) AS integer), CAST(COUNT(one.learner_id) AS integer),
           CAST(COUNT(one.begun) AS integer), CAST(COUNT(one.done) AS integer), CAST(COUNT(one.certified) AS integer),
           CAST(COUNT(one.expired) AS integer), 0
    FROM accounts_user u LEFT JOIN (
        SELECT learner_id, MAX(CASE WHEN state = 0 THEN 1 END) AS begun, MAX(CASE WHEN state = 1 THEN 1 END) AS done,
               MAX(CASE WHEN state = 2 THEN 1 END) AS certified, MAX(CASE WHEN state = 3 THEN 1 END) AS expired
        FROM run GROUP BY learner_id
    ) one ON one.learner_id = u.id
    WHERE {staff}
    GROUP BY u.library_id, u.position_id
"""
LATE_IN_COURSES = """
    SELECT library_id, position_id, course_id, 0, 0, 0, 0, 0, 0, 0, CAST(COUNT(*) AS integer) FROM late
    GROUP BY library_id, position_id, course_id
"""
LATE_IN_ANY = """
    SELECT library_id, position_id, CAST(NULL AS bigint), 0, 0, 0, 0, 0, 0, 0, CAST(COUNT(DISTINCT id) AS integer) FROM late
    GROUP BY library_id, position_id
"""


def counting(today, libraries=changed.ALL):
    """(SQL, its parameters) that counts from the facts every row of Total, or those of some libraries (their keys)."""
    staff, written = (
        User.objects.filter(library__isnull=False, is_active=True),
        "u.library_id IS NOT NULL AND u.is_active",
    )
    if libraries is not changed.ALL:
        staff, written = staff.filter(library__in=libraries), f"{written} AND u.library_id IN ({_keys(libraries)})"
    tables, parts, given = (
        [f"run AS ({RUNS.format(staff=written)})"],
        [IN_COURSES, IN_ANY.format(staff=written)],
        [today],
    )
    late = [_late(course, people) for course, people in overdue_by_rule(staff, today)]
    if late:
        tables.append(
            f"late (id, library_id, position_id, course_id) AS ({' UNION '.join(sql for sql, _values in late)})"
        )
        parts += [LATE_IN_COURSES, LATE_IN_ANY]
        given += [value for _sql, values in late for value in values]
    names = ", ".join((*KEYS, *(f"SUM({name}) AS {name}" for name in SUMS)))
    return (
        f"WITH {', '.join(tables)} SELECT {names} FROM ({' UNION ALL '.join(parts)}) part GROUP BY {', '.join(KEYS)}",  # noqa: S608
        given,
    )


def _late(course, people):
    about = people.order_by().annotate(about=Value(course, IntegerField()))
    return about.values_list("pk", "library_id", "position_id", "about").query.sql_with_params()


def _keys(libraries):
    return ", ".join(str(int(key)) for key in libraries) or "NULL"


def recount(now=None, whole=False):
    """Count anew what has changed since the last counting, the nation where that is the first of the day or the hour, or where it is
    asked for. Returns how many rows of Total were written or taken away."""
    now, began = now or timezone.now(), time.perf_counter()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _say(SETTINGS)
            _say(
                "SELECT pg_advisory_xact_lock(hashtext('saboq_totals'))"
            )  # two sweeps at once would write a difference twice
        counted = Counting.objects.first()
        seen = changed.moment()  # before anything is read: what is written meanwhile is looked at once more
        libraries = changed.ALL if whole or not _may_be_partial(counted, now) else changed.libraries(counted.seen)
        written = _write(timezone.localdate(now), libraries) if libraries != [] else 0
        spent = int(1000 * (time.perf_counter() - began))
        kept = {"at": now, "seen": seen, "milliseconds": spent}
        if libraries is changed.ALL:
            kept |= {"whole_at": now, "whole_milliseconds": spent}
        Counting.objects.update_or_create(pk=1, defaults=kept)
    return written


def _may_be_partial(counted, now):
    """Not on another day: who becomes overdue, or whose certificate expires, is written nowhere."""
    if counted is None or timezone.localdate(counted.whole_at) != timezone.localdate(now):
        return False
    return timedelta() <= now - counted.whole_at < WHOLE_EVERY


def _write(today, libraries):
    """Make Total say what the facts say, of all libraries or of these. Returns how many rows were written or taken away."""
    table, columns = Total._meta.db_table, ", ".join((*KEYS, *SUMS))
    same = " AND ".join(
        [f"COALESCE(a.{key}, 0) = COALESCE(b.{key}, 0)" for key in KEYS] + [f"a.{name} = b.{name}" for name in SUMS]
    )
    among = "TRUE" if libraries is changed.ALL else f"library_id IN ({_keys(libraries)})"
    kept = f"(SELECT * FROM {table} WHERE {among})"  # noqa: S608
    sql, given = counting(today, libraries)
    _say("DROP TABLE IF EXISTS fresh_totals")
    _say(f"CREATE TEMPORARY TABLE fresh_totals AS {sql}", given)
    stale = f"SELECT a.id FROM {kept} a LEFT JOIN fresh_totals b ON {same} WHERE b.library_id IS NULL"  # noqa: S608
    gone = _say(f"DELETE FROM {table} WHERE id IN ({stale})")  # noqa: S608
    made = _say(
        f"INSERT INTO {table} ({columns}) SELECT {', '.join(f'a.{name}' for name in (*KEYS, *SUMS))} FROM fresh_totals a"  # noqa: S608
        f" LEFT JOIN {kept} b ON {same} WHERE b.id IS NULL"
    )
    _say("DROP TABLE fresh_totals")
    return gone + made


def _say(statement, given=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.rowcount


# --- Summed up for a page ------------------------------------------------------------------------------------------------------


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
    """What the totals say of a part of the tree: {course (None: any): Sums} each."""

    at: object = None  # None: counted just now
    whole: dict = field(default_factory=dict)
    positions: dict = field(default_factory=dict)  # position's key: {course: Sums}
    places: dict = field(default_factory=dict)  # path of a library shown: {course: Sums}

    def of(self, where, course):
        """The Sums of one of the dicts, with the number of staff that stands without a course."""
        found = where.get(course) or Sums()
        everybody = where.get(None) or Sums()
        found.staff, found.never = everybody.staff, everybody.never
        return found


def picture(paths, current, position=None):
    """The numbers of `current` (a Library; None: of all in `paths`, those of the topmost libraries in scope). Two queries.
    With a position, of its people alone.

    `places` are keyed by the path of each child of `current` (or each of `paths`); who works in `current` itself is under its own.
    """
    counted = Counting.objects.first()
    found = Picture(counted.at if counted else None)
    sql, given = (Total._meta.db_table, []) if counted else _live()
    tops = [current.path] if current else paths
    if not tops:
        return found
    where = " OR ".join(["l.path LIKE %s"] * len(tops))
    if position:
        where = f"({where}) AND t.position_id = {int(position.pk)}"
    # The places as rows of their own: told the beginning of a path alone, PostgreSQL expects a group for each library, and sorts.
    if current:
        child = f"c.path LIKE %s AND c.depth <= {current.depth + 1} AND c.path = SUBSTR(l.path, 1, {len(current.path) + Library.steplen})"
    else:
        child = f"c.path IN ({', '.join(['%s'] * len(tops))}) AND c.path = SUBSTR(l.path, 1, LENGTH(c.path))"
    names = ", ".join(f"SUM(t.{name})" for name in SUMS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.path, t.position_id, t.course_id, {names} FROM {sql} t JOIN accounts_library l ON l.id = t.library_id"  # noqa: S608
            f" JOIN accounts_library c ON {child} WHERE {where} GROUP BY 1, 2, 3",
            [*given, *([f"{current.path}%"] if current else tops), *(f"{path}%" for path in tops)],
        )
        for place, position, course, *numbers in cursor.fetchall():
            numbers = [int(number) for number in numbers]
            for group in (found.whole, found.positions.setdefault(position, {}), found.places.setdefault(place, {})):
                group.setdefault(course, Sums()).add(numbers)
    return found


def _live():
    sql, given = counting(timezone.localdate())
    return f"({sql})", given

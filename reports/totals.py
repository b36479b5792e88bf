"""The totals: counted from the facts by the sweep, and summed up for each library of the tree. Pages read them (reports/picture.py).

Counting is one statement for the database (both kinds alike), of the whole nation or of the libraries whose facts have changed; only
rows that differ are written. What has changed in a library is then added to the libraries above it.
"""

import time
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import IntegerField, Max, Value
from django.utils import timezone

from accounts.models import Library, LibraryChange, User

from . import changed
from .models import Counting, Total, TotalBelow
from .overdue import overdue_by_rule

WHOLE_EVERY = timedelta(hours=1)  # what a partial count did not see is wrong no longer than this

# Compiling costs more than such a statement, and so does sorting on the disk; the other processors are for who waits for a page. What is
# counted every five minutes is in memory: told that looking up a row is as cheap as reading on, PostgreSQL looks up the completions of
# the people of a hundred libraries, and does not hash those of the nation.
SETTINGS = (
    "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 0;"
    " SET LOCAL random_page_cost = 1.1"
)
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
    return f"WITH {', '.join(tables)} {_summed(' UNION ALL '.join(parts))}", given


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
        tree = _tree()  # before the tree is read: one that is moved meanwhile is noticed by the page
        seen = changed.moment()  # before anything is read: what is written meanwhile is looked at once more
        libraries = changed.ALL if whole or not _may_be_partial(counted, now) else changed.libraries(counted.seen)
        written = _write(timezone.localdate(now), libraries) if libraries != [] else 0
        spent = int(1000 * (time.perf_counter() - began))
        kept = {"at": now, "seen": seen, "tree": tree, "milliseconds": spent}
        if libraries is changed.ALL:
            kept |= {"whole_at": now, "whole_milliseconds": spent}
        Counting.objects.update_or_create(pk=1, defaults=kept)
    return written


def _tree():
    """The newest deed on the tree of libraries; they are written one after the other (accounts/libraries.py). 0: none yet."""
    return LibraryChange.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _may_be_partial(counted, now):
    """Not on another day: who becomes overdue, or whose certificate expires, is written nowhere."""
    if counted is None or timezone.localdate(counted.whole_at) != timezone.localdate(now):
        return False
    return timedelta() <= now - counted.whole_at < WHOLE_EVERY


def _write(today, libraries):
    """Make Total and TotalBelow say what the facts say, of all libraries or of these. Returns how many rows of Total were written or
    taken away."""
    sql, given = counting(today, libraries)
    among = "TRUE" if libraries is changed.ALL else f"library_id IN ({_keys(libraries)})"
    _make("fresh_totals", sql, given)
    if libraries is changed.ALL:
        _make("fresh_below", _below("fresh_totals"))
        _replace(TotalBelow, "fresh_below")
    else:
        _add_to_those_above(among)
    written = _replace(Total, "fresh_totals", among)
    for name in ("fresh_totals", "fresh_below"):
        _say(f"DROP TABLE {name}")
    return written


def _add_to_those_above(among):
    """What the fresh totals of some libraries have more or less than those kept, added to the libraries above."""
    less, differs = ", ".join(f"-{name}" for name in SUMS), " OR ".join(f"SUM({name}) <> 0" for name in SUMS)
    kept = f"SELECT {', '.join(KEYS)}, {less} FROM {Total._meta.db_table} WHERE {among}"  # noqa: S608  # nosec B608
    _make("differences", _summed(f"SELECT * FROM fresh_totals UNION ALL {kept}", differs))  # noqa: S608  # nosec B608
    _make("below_differences", _below("differences"))
    touched, somebody = "library_id IN (SELECT library_id FROM below_differences)", "SUM(staff + begun + overdue) <> 0"
    was = f"SELECT {', '.join((*KEYS, *SUMS))} FROM {TotalBelow._meta.db_table} WHERE {touched}"  # noqa: S608  # nosec B608
    _make("fresh_below", _summed(f"{was} UNION ALL SELECT * FROM below_differences", somebody))  # noqa: S608  # nosec B608
    _replace(TotalBelow, "fresh_below", touched)
    for name in ("differences", "below_differences"):
        _say(f"DROP TABLE {name}")


def _below(rows):
    """SQL: the sums of `rows` (a table like Total) for each library that stands above theirs."""
    library, names = Library._meta.db_table, ", ".join(f"t.{name}" for name in SUMS)
    # By levels, for the paths to be compared as they stand: so the database hashes them.
    return _summed(
        f"SELECT above.id AS library_id, t.position_id, t.course_id, {names} FROM {rows} t JOIN {library} l ON l.id = t.library_id"  # noqa: S608  # nosec B608
        f" JOIN (SELECT DISTINCT depth FROM {library}) level ON level.depth < l.depth"
        f" JOIN {library} above ON above.path = SUBSTR(l.path, 1, {Library.steplen} * level.depth)"
    )


def _summed(sql, having="TRUE"):
    names = ", ".join((*KEYS, *(f"CAST(SUM({name}) AS integer) AS {name}" for name in SUMS)))
    return f"SELECT {names} FROM ({sql}) part GROUP BY {', '.join(KEYS)} HAVING {having}"  # noqa: S608  # nosec B608


def _make(name, sql, given=None):
    _say(f"DROP TABLE IF EXISTS {name}")
    _say(f"CREATE TEMPORARY TABLE {name} AS {sql}", given)


def _replace(model, fresh, among="TRUE"):
    """Make the rows of `model`, or those `among` them, say what the table `fresh` says; only what differs is written.
    Returns how many rows were written or taken away."""
    table, columns = model._meta.db_table, ", ".join((*KEYS, *SUMS))
    same = " AND ".join(
        [f"COALESCE(a.{key}, 0) = COALESCE(b.{key}, 0)" for key in KEYS] + [f"a.{name} = b.{name}" for name in SUMS]
    )
    kept = f"(SELECT * FROM {table} WHERE {among})"  # noqa: S608  # nosec B608
    stale = f"SELECT a.id FROM {kept} a LEFT JOIN {fresh} b ON {same} WHERE b.library_id IS NULL"  # noqa: S608  # nosec B608
    gone = _say(f"DELETE FROM {table} WHERE id IN ({stale})")  # noqa: S608  # nosec B608
    # Not joined: beside an empty table PostgreSQL would look through what is being written for each row that it writes.
    known = f"SELECT {columns} FROM {table} WHERE {among}"  # noqa: S608  # nosec B608
    return gone + _say(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {fresh} EXCEPT {known}")  # noqa: S608  # nosec B608


def _say(statement, given=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.rowcount

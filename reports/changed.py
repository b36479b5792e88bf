"""Of which libraries the facts have changed since the totals were counted, as the facts themselves say it.

PostgreSQL keeps with every row the transaction that wrote it (xmin), so nobody who writes has to tell, nor can forget to, be it a
form, an import or a statement for a million rows. SQLite keeps nothing of the kind: there everything is counted each time.

Not seen are facts taken away from a library that stays as it is otherwise: rows that are deleted, which the platform never does with
what is counted. Who has left a library is seen by the number of its staff.
"""

from django.db import connection

MOST = 0.2  # of all libraries: above that everything is counted at once, which takes whole tables
ALL = None

SNAPSHOT = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"
AGE = (
    "SELECT age(CAST(CAST(%s %% 4294967296 AS text) AS xid))"  # in transactions; xmin has the lower half of the number
)

# What many libraries hang on: a new day, a withdrawn requirement, a moved library, an archived course.
FOR_MANY = """
    SELECT EXISTS (SELECT 1 FROM reports_requirement WHERE age(xmin) <= %(age)s)
        OR EXISTS (SELECT 1 FROM accounts_library WHERE age(xmin) <= %(age)s)
        OR EXISTS (SELECT 1 FROM courses_course WHERE age(xmin) <= %(age)s)
"""
# Whose record is new, and how many work in the nation.
BY_RECORDS = """
    SELECT COALESCE(ARRAY_AGG(DISTINCT library_id) FILTER (WHERE age(xmin) <= %(age)s), '{}'), COUNT(*) FILTER (WHERE is_active)
    FROM accounts_user WHERE library_id IS NOT NULL
"""
# How many work in these libraries now, how many were counted in them, and in the nation.
IN_THESE = """
    SELECT (SELECT COUNT(*) FROM accounts_user WHERE is_active AND library_id = ANY(%(found)s)),
        (SELECT COALESCE(SUM(staff), 0) FROM reports_total WHERE course_id IS NULL AND library_id = ANY(%(found)s)),
        (SELECT COALESCE(SUM(staff), 0) FROM reports_total WHERE course_id IS NULL)
"""
# Where as many do not work as were counted.
BY_STAFF = """
    SELECT library_id FROM (
        SELECT library_id, COUNT(*) AS staff FROM accounts_user WHERE is_active AND library_id IS NOT NULL GROUP BY library_id
    ) works FULL JOIN (
        SELECT library_id, SUM(staff) AS staff FROM reports_total WHERE course_id IS NULL GROUP BY library_id
    ) counted USING (library_id)
    WHERE COALESCE(works.staff, 0) <> COALESCE(counted.staff, 0)
"""
# Arrays, for the planner to expect few rows and look for them by their keys.
BY_PROGRESS = """
    SELECT DISTINCT library_id FROM accounts_user WHERE library_id IS NOT NULL AND id = ANY(ARRAY(
        SELECT learner_id FROM courses_enrolment WHERE age(xmin) <= %(age)s
        UNION ALL SELECT person_id FROM reports_waiver WHERE age(xmin) <= %(age)s
        UNION ALL SELECT learner_id FROM courses_enrolment WHERE id = ANY(ARRAY(
            SELECT enrolment_id FROM certification_coursecompletion WHERE age(xmin) <= %(age)s
            UNION ALL SELECT enrolment_id FROM certification_certificate WHERE age(xmin) <= %(age)s
            UNION ALL SELECT enrolment_id FROM certification_certificate WHERE id = ANY(ARRAY(
                SELECT certificate_id FROM certification_certificateversion WHERE age(xmin) <= %(age)s
            ))
        ))
    ))
"""


def moment():
    """What is written from now on, or is being written, is later than this number. None where the database does not tell."""
    return _ask(SNAPSHOT)[0][0] if connection.vendor == "postgresql" else None


def libraries(since):
    """The keys of the libraries of which facts were written since a `moment`, sorted; ALL where it is better to count everything.

    Called in a transaction: ages count from it."""
    if connection.vendor != "postgresql" or since is None:
        return ALL
    age = {"age": _ask(AGE, [since])[0][0]}
    if age["age"] < 0 or _ask(FOR_MANY, age)[0][0]:  # a moment to come: of another server, whose data was restored here
        return ALL
    found = _by_people(age) | {key for (key,) in _ask(BY_PROGRESS, age)}
    return ALL if len(found) > MOST * _ask("SELECT COUNT(*) FROM accounts_library")[0][0] else sorted(found)


def _by_people(age):
    """Where somebody's record is new, and where somebody has left.

    Nobody can have come to any other library, as no record there is new; so if in all others together as many work as were counted,
    nobody has left one of them either. Only where fewer do, it is asked of each."""
    ((found, staff),) = _ask(BY_RECORDS, age)
    ((staff_here, counted_here, counted),) = _ask(IN_THESE, {"found": found})
    if staff - staff_here == counted - counted_here:
        return set(found)
    return {*found, *(key for (key,) in _ask(BY_STAFF))}


def _ask(statement, given=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()

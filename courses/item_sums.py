"""What the database adds up for item analysis: sums come to Python, a few rows a question, however many attempts there are.

What was added up is kept in the cache with a mark of what it rests on, and counts only while the mark is the same: a submission, a
regrade, a merging of people make another mark. Wording, languages, publishing and retiring are not kept: they are read at each look.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Max, Min, Sum

from .item_statistics import Sums, Totals
from .models import Attempt, Regrade

CHOOSING = ("single", "multiple", "true_false")  # their answers are counted choice by choice
COMMON = 8  # so many different answers are told of the other kinds
LONGEST = 3600  # seconds on a question; whoever was away longer counts as this
KEPT = 7 * 24 * 3600  # seconds
SHAPE = 1  # of what is kept: another number when Added, Sums or Totals change


@dataclass(frozen=True)
class Added:
    """Of a quiz, by the primary keys of versions."""

    sums: dict  # {version: Sums}
    chosen: dict  # {version: {answer: [how many, their scores, how many have a rest, their rests]}}
    times: dict  # {version: {seconds: how many}}
    totals: Totals


def added_up(quiz, *, every):
    """The Added of a quiz's graded attempts: all, or of each learner the first. Two queries; three to five more where it is not kept."""
    key = f"item-analysis-{SHAPE}-{quiz.activity.key}-{quiz.pk}-{int(every)}-{int(quiz.one_page)}"
    mark = _mark(quiz)  # before the sums: what comes in between makes them stale, never wrongly fresh
    held = cache.get(key)
    if held and held[0] == mark:
        return held[1]
    found = _add_up(quiz, every)
    cache.set(key, (mark, found), KEPT)
    return found


def _mark(quiz):
    """Equal only while the sums are. Attempts stay as they were graded, but for regrades; whose they are changes when people are merged."""
    graded = Attempt.objects.filter(quiz=quiz, submitted_at__isnull=False).aggregate(
        Count("pk"), Sum("pk"), Sum("score"), Max("submitted_at"), Count("enrolment__learner", distinct=True)
    )
    regrades = Regrade.objects.aggregate(
        Count("pk"), Sum("judged")
    )  # few, and of any question: the pool may serve many
    return str((sorted(graded.items()), sorted(regrades.items())))


def _add_up(quiz, every):
    asked = _Asked(quiz, every)
    kinds, sums, chosen = _sums(asked)
    if "multiple" in kinds:
        _count_marks(asked, chosen)
    if kinds.difference(CHOOSING):
        _count_common(asked, chosen)
    times = {} if quiz.one_page else _times(asked)  # on one page all questions are shown at once
    return Added(sums, {version: dict(answers) for version, answers in chosen.items()}, times, _totals(asked))


# «version_id» is the version by whose key it was graded: after a regrade the other one. %(...)s are put in below.
ANSWERS = """
WITH totals AS MATERIALIZED (
    SELECT attempt_id, COUNT(*) AS k, SUM(CAST(score AS double precision)) AS total
    FROM courses_attemptquestion WHERE attempt_id IN ({chosen}) AND score IS NOT NULL
    GROUP BY attempt_id
),
answers AS (
    SELECT version.id AS version_id, version.kind, answer.answer, CAST(answer.score AS double precision) AS x,
        CASE WHEN totals.k > 1 THEN (totals.total - CAST(answer.score AS double precision)) / (totals.k - 1) END AS r
    FROM totals
    JOIN courses_attemptquestion answer ON answer.attempt_id = totals.attempt_id AND answer.score IS NOT NULL
    JOIN courses_questionversion version ON version.id = COALESCE(answer.graded_by_id, answer.version_id)
)
"""
SUMS = """
SELECT version_id, kind, CASE WHEN kind IN ('single', 'true_false') THEN CAST(answer AS text) END AS given,
    COUNT(*), SUM(CASE WHEN answer IS NULL THEN 1 ELSE 0 END), SUM(CASE WHEN x > 0 THEN x ELSE 0 END), SUM(x), SUM(x * x),
    COUNT(r), SUM(CASE WHEN r IS NOT NULL THEN x ELSE 0 END), SUM(CASE WHEN r IS NOT NULL THEN x * x ELSE 0 END),
    COALESCE(SUM(r), 0), COALESCE(SUM(r * r), 0), COALESCE(SUM(x * r), 0)
FROM answers GROUP BY 1, 2, 3
"""
MARKS = """
SELECT version_id, {value}, COUNT(*), SUM(x), COUNT(r), COALESCE(SUM(r), 0)
FROM answers{marks} WHERE kind = 'multiple' GROUP BY 1, 2
"""
MARKS_OF = {
    "sqlite": {"value": "mark.value", "marks": ", json_each(answers.answer) mark"},
    "postgresql": {
        "value": "mark.value",
        # A WHERE is not sure to come first: what is no list must not reach the function.
        "marks": """ CROSS JOIN LATERAL jsonb_array_elements_text(
            CASE WHEN jsonb_typeof(answers.answer) = 'array' THEN answers.answer ELSE '[]' END) mark (value)""",
    },
}
GIVEN = """
SELECT * FROM (
    SELECT given.*, ROW_NUMBER() OVER (PARTITION BY version_id ORDER BY n DESC, given) AS place
    FROM (
        SELECT version_id, CAST(answer AS text) AS given, COUNT(*) AS n, SUM(x), COUNT(r), COALESCE(SUM(r), 0)
        FROM answers WHERE answer IS NOT NULL AND kind NOT IN ('single', 'multiple', 'true_false') GROUP BY 1, 2
    ) given
) ranked WHERE place <= %s
"""
TIMES = """
SELECT COALESCE(answer.graded_by_id, answer.version_id), {seconds}, COUNT(*)
FROM courses_attemptquestion answer
WHERE answer.attempt_id IN ({chosen}) AND answer.answered_at >= answer.opened_at
GROUP BY 1, 2
"""
SECONDS = {
    "sqlite": f"MIN({LONGEST}, CAST(ROUND((julianday(answer.answered_at) - julianday(answer.opened_at)) * 86400) AS integer))",
    "postgresql": f"LEAST({LONGEST}, CAST(ROUND(EXTRACT(EPOCH FROM answer.answered_at - answer.opened_at)) AS integer))",
}
TOTALS = """
SELECT COUNT(*), SUM(k), SUM(k * k), SUM(total), SUM(total * total), SUM(squares), SUM(total / k),
    SUM((total / k) * (total / k)), SUM(total * total / k)
FROM (
    SELECT COUNT(*) AS k, SUM(CAST(score AS double precision)) AS total,
        SUM(CAST(score AS double precision) * CAST(score AS double precision)) AS squares
    FROM courses_attemptquestion WHERE attempt_id IN ({chosen}) AND score IS NOT NULL
    GROUP BY attempt_id
) attempts
"""


class _Asked:
    """Which attempts are counted, and how to ask for them."""

    def __init__(self, quiz, every):
        graded = Attempt.objects.filter(quiz=quiz, submitted_at__isnull=False).order_by()
        if every:
            graded = graded.values("pk")
        else:  # Keys rise in the order in which attempts were begun. NOT EXISTS would be n² in SQLite, which takes another index.
            graded = graded.values("enrolment__learner").annotate(first=Min("pk")).values("first")
        self.chosen, self.values = graded.query.sql_with_params()

    def rows(self, sql, *values, **parts):
        """Ask `sql`, whose {places} are filled with our own words alone; what comes from outside is a parameter."""
        with connection.cursor() as cursor:
            cursor.execute(sql.format(chosen=self.chosen, **parts), [*self.values, *values])
            return cursor.fetchall()


def _sums(asked):
    """The kinds, and Added's sums and chosen."""
    kinds, sums, chosen = set(), defaultdict(Sums), defaultdict(lambda: defaultdict(lambda: [0, 0.0, 0, 0.0]))
    for version, kind, given, *numbers in asked.rows(ANSWERS + SUMS):
        kinds.add(kind)
        row = Sums(*numbers)
        sums[version] += row
        if given is not None and (answer := json.loads(given)) is not None:
            add(chosen[version][_key(answer)], row.n, row.score, row.with_rest, row.rest)
    return kinds, dict(sums), chosen


def _key(answer):
    return answer if isinstance(answer, str) else str(answer).lower()  # True is «true»


def add(there, *more):
    there[:] = [a + b for a, b in zip(there, more, strict=True)]


def _count_marks(asked, chosen):
    for version, mark, *numbers in asked.rows(ANSWERS + MARKS, **MARKS_OF[connection.vendor]):
        add(chosen[version][mark], *numbers)


def _count_common(asked, chosen):
    for version, given, *numbers, _place in asked.rows(ANSWERS + GIVEN, COMMON):
        add(chosen[version][given], *numbers)


def _times(asked):
    """{version: {seconds: how many}}: from when a question was first shown to its first answer, whole seconds, at most LONGEST.

    The database counts how often each number of seconds occurs; the median is taken of that, exactly. Not counted: what was
    left empty, and what was answered before it was known to be shown (a link that came back late).
    """
    times = defaultdict(Counter)
    for version, seconds, count in asked.rows(TIMES, seconds=SECONDS[connection.vendor]):
        times[version][seconds] += count
    return dict(times)


def _totals(asked):
    ((attempts, *sums),) = asked.rows(TOTALS)
    return Totals(attempts, *map(float, sums)) if attempts else Totals()  # PostgreSQL's sums of integers are decimals

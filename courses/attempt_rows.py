"""The queries of a learner's way through a quiz, each built once in a process (docs/decisions/0017-prepared-queries.md).

What they mean stands in courses/attempts.py and courses/views.py; here is only how the rows are asked for and written.
"""

from functools import lru_cache

from django.db import connection
from django.db.models import BooleanField, Case, DateTimeField, DecimalField, F, JSONField, Sum, When
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import In

from accounts.prepared import Given, Prepared, PreparedInsert, PreparedUpdate, PreparedValues

from .models import (
    Allowance,
    Attempt,
    AttemptEvent,
    AttemptQuestion,
    Draw,
    Enrolment,
    Question,
    QuestionVersion,
    Quiz,
)

KINDS = 64  # statements kept of those that depend on how many there are
MOMENT, PERCENT = DateTimeField(), DecimalField(max_digits=5, decimal_places=2)


# --- Beginning ------------------------------------------------------------------------------------------------------------

QUIZ = Prepared(lambda: Quiz.objects.filter(pk=Given("pk"), activity__archived=False).select_related("activity"))
OPEN_ENROLMENT = Prepared(
    lambda: Enrolment.objects.open().filter(learner=Given("learner"), course=Given("course")).select_related("course")
)
LOCKED_ENROLMENT = Prepared(lambda: Enrolment.objects.filter(pk=Given("pk")).select_for_update())
ATTEMPTS = Prepared(lambda: Attempt.objects.filter(enrolment=Given("enrolment"), quiz=Given("quiz")).order_by("number"))
EXTRA = PreparedValues(
    lambda: (
        Allowance.objects.filter(enrolment=Given("enrolment"), quiz=Given("quiz"))
        .order_by()
        .values("quiz")
        .annotate(m=Sum("minutes"), a=Sum("attempts"))
        .values_list("m", "a")
    )
)
DRAWS = Prepared(lambda: Draw.objects.filter(quiz=Given("quiz")))
NEW_ATTEMPT = PreparedInsert(Attempt, returning=True)
NEW_QUESTIONS = PreparedInsert(AttemptQuestion)
NEW_EVENT = PreparedInsert(AttemptEvent)


def candidates(pools):
    """(primary key, pool, current version, level, competence) of each question that may be drawn from these pools. One query."""
    return _candidates(len(pools)).all(**_named(pools))


def versions(keys):
    """{primary key: QuestionVersion} of these. One query."""
    return {row.pk: row for row in _versions(len(keys)).all(**_named(keys))} if keys else {}


@lru_cache(KINDS)
def _candidates(number):
    return PreparedValues(
        lambda: (
            Question.objects.ready()
            .filter(In(F("pool"), _places(number)))  # a relation's own lookup takes no Given
            .order_by()
            .values_list("pk", "pool", "current", "level", "competence")
        )
    )


@lru_cache(KINDS)
def _versions(number):
    return Prepared(lambda: QuestionVersion.objects.filter(pk__in=_places(number)).order_by())


def _places(number):
    return [Given(f"n{n}") for n in range(number)]


def _named(values):
    return {f"n{n}": value for n, value in enumerate(values)}


# --- Showing --------------------------------------------------------------------------------------------------------------


UNSAID = [f"quiz__activity__course__{name}" for name in ("outcomes", "missing", "hours")]


def _own(*with_it):
    def ask():
        rows = Attempt.objects.filter(pk=Given("pk"), enrolment__learner=Given("learner")).select_related(*with_it)
        return rows.defer(*UNSAID) if with_it else rows

    return Prepared(ask)


OWN = _own()
OWN_SHOWN = _own("quiz__activity__course")
OWN_GRADED = _own("enrolment", "quiz__activity__course")
SLOT = ("attempt", "slot", "order", "answer", "sequence", "flagged", "opened_at", "answered_at", "saved_at", "version")
KEY = ("version__kind", "version__content")  # what else a version knows is read and decoded for nobody here
QUESTIONS = Prepared(
    lambda: (
        AttemptQuestion.objects.filter(attempt=Given("attempt"))
        .order_by("slot")
        .select_related("version")
        .only(*SLOT, *KEY)
    )
)
GRADED = Prepared(
    lambda: AttemptQuestion.objects.filter(attempt=Given("attempt"))
    .order_by("slot")
    .select_related("version", "graded_by")
    .only(
        "attempt", "slot", "answer", "score", "version", "graded_by", *KEY, "version__question",
        "graded_by__kind", "graded_by__content",
    )
)  # fmt: skip
STATES = Prepared(
    lambda: (
        AttemptQuestion.objects.filter(attempt=Given("attempt"))
        .order_by("slot")
        .only("slot", "answer", "sequence", "saved_at", "attempt")
    )
)
SHOW = PreparedUpdate(
    lambda: (
        AttemptQuestion.objects.filter(attempt=Given("attempt"), slot=Given("slot"), opened_at=None, score=None),
        {"opened_at": Given("opened_at", MOMENT)},
    )
)
OPEN_OF = PreparedValues(
    lambda: Attempt.objects.open().filter(enrolment__learner=Given("learner")).order_by().values_list("pk")[:1]
)


# --- Keeping an answer ----------------------------------------------------------------------------------------------------


DEADLINE = ("started_at", "submitted_at", "closes_at", "grace_seconds", "device")


GIVEN = ("attempt", "slot", "order", "answer", "sequence", "flagged", "saved_at", "version")


def _seen(**which):
    """One question with its version and when the attempt ends."""
    rows = AttemptQuestion.objects.select_related("attempt", "version")
    rows = rows.only(*GIVEN, *KEY, *(f"attempt__{name}" for name in DEADLINE))
    return rows.filter(attempt__pk=Given("attempt"), slot=Given("slot"), **which)


def _locked(**which):
    """The same under the lock of the attempt alone, which submit takes first too: two locks would cross."""
    return _seen(**which).select_for_update(of=("attempt",))


def _kept(sequence, /, **which):
    """The UPDATE that keeps an answer; when it was first shown and first answered stays."""
    return AttemptQuestion.objects.filter(pk=Given("pk"), **which), {
        "sequence": sequence,
        "answer": Given("answer", JSONField()),
        "saved_at": Given("saved_at", MOMENT),
        "answered_at": Coalesce("answered_at", Given("answered_at", MOMENT)),
        "opened_at": Coalesce("opened_at", Given("opened_at", MOMENT)),
    }


LOCKED_ATTEMPT = Prepared(lambda: Attempt.objects.select_for_update(of=("self",)).filter(pk=Given("pk")))
SEEN, LOCKED = Prepared(_seen), Prepared(_locked)
SEEN_OWN = Prepared(lambda: _seen(attempt__enrolment__learner=Given("learner")))
LOCKED_OWN = Prepared(lambda: _locked(attempt__enrolment__learner=Given("learner")))
# Without a lock: a row that was graded meanwhile, or in which another page wrote, is not written. The condition is on the row
# itself, for PostgreSQL looks at no other once more when it had to wait for the row.
KEEP_AS_SEEN = PreparedUpdate(lambda: _kept(Given("sequence"), sequence=Given("seen"), score=None))
KEEP = PreparedUpdate(lambda: _kept(Given("sequence"), sequence__lt=Given("sequence")))
KEEP_NEXT = PreparedUpdate(lambda: _kept(F("sequence") + 1))


# --- Grading --------------------------------------------------------------------------------------------------------------


LOCKED_QUESTIONS = Prepared(
    lambda: (
        AttemptQuestion.objects.filter(attempt=Given("attempt"))
        .order_by("slot")
        .select_for_update(of=("self",))
        .select_related("version")
        .only(*SLOT, "graded_by", *KEY)
    )
)


def _to_grade(**which):
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("enrolment", "quiz__activity__course")
    return rows.defer(*UNSAID).filter(pk=Given("pk"), **which)


TO_GRADE = Prepared(_to_grade)
OWN_TO_GRADE = Prepared(lambda: _to_grade(enrolment__learner=Given("learner")))
WRITE_RESULT = PreparedUpdate(
    lambda: (
        Attempt.objects.filter(pk=Given("pk")),
        {
            "score": Given("score", PERCENT),
            "passed": Given("passed", BooleanField()),
            "submitted_at": Given("submitted_at", MOMENT),
        },
    )
)


def write(rows, *names):
    """Write these fields of AttemptQuestions that are there. One statement, whatever each row gets."""
    if rows:
        new = {f"{name}{n}": getattr(row, name) for n, row in enumerate(rows) for name in names}
        _writing(len(rows), names).run(**_named([row.pk for row in rows]), **new)


@lru_cache(KINDS)
def _writing(number, names):
    def ask():
        new = {}
        for name in names:
            field = AttemptQuestion._meta.get_field(name)
            cases = (When(pk=Given(f"n{n}"), then=Given(f"{name}{n}", field)) for n in range(number))
            case = Case(*cases, output_field=field)
            new[name] = Cast(case, field) if connection.features.requires_casted_case_in_updates else case
        return AttemptQuestion.objects.filter(pk__in=_places(number)), new

    return PreparedUpdate(ask)

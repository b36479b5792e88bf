"""How a person stands towards a requirement: one pure function, and the same said in SQL for any number of people.

Nothing of it is kept: it follows from the requirement, from when the person came, from completions and exemptions, and from
the day. Everything that asks «who is overdue» asks here.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least, NullIf, Substr, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Library
from accounts.prepared import Given
from certification import validity
from certification.models import CertificateVersion, CourseCompletion

from .days import AddDays, AddMonths
from .models import Requirement, Waiver

FOR_EVER, NEVER = date.max, date(1, 1, 1)
ASKED_AGAIN = 60  # days before a completion ceases to count from which it is asked for anew ...
A_GRAVITY = 10**9  # more than there will be requirements: gravity and requirement are one number, to be ordered by
DEEPEST = 8  # levels of the tree of libraries
ASKED_AGAIN_A_MONTH = 7  # ... of one that counts only for a few months: so many days a month


class Standing(TextChoices):
    """From the mildest to the gravest."""

    WAIVED = "waived", _("Exempt")
    COMPLIANT = "compliant", _("Met")
    DUE = "due", _("Required")
    GRACE = "grace", _("In the days of grace")
    OVERDUE = "overdue", _("Overdue")


GRAVITY = tuple(Standing)
ASKED = (Standing.OVERDUE, Standing.GRACE, Standing.DUE)  # something is to be done


# --- The pure rule -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """What a requirement says of days."""

    due_on: date
    set_on: date
    join_days: int = 60
    grace_days: int = 0
    again_months: int | None = None
    valid_months: int | None = None  # of the course's certificates

    @classmethod
    def of(cls, requirement, set_on):
        names = ("due_on", "join_days", "grace_days", "again_months")
        own = {name: getattr(requirement, name) for name in names}
        return cls(set_on=set_on, valid_months=requirement.course.valid_months, **own)

    @property
    def asked_again(self):
        """Days before a completion ceases to count from which the next is asked for."""
        months = [one for one in (self.again_months, self.valid_months) if one]
        return min([ASKED_AGAIN, *(ASKED_AGAIN_A_MONTH * one for one in months)])


def counts_until(completed_on, again_months=None, expires_on=None):
    """The last day on which a completion counts: so many months after it, and no longer than its certificate is valid."""
    ends = [expires_on or FOR_EVER]
    if again_months:
        ends.append(date.fromisoformat(validity.expiry(completed_on, again_months)))
    return min(ends)


def due_day(rule, *, joined, until):
    """The day by which the course is to be completed (again; not again where it counts for ever).

    Who came after it was set has `join_days` from then."""
    first = rule.due_on
    if joined > rule.set_on:
        first = max(first, joined + timedelta(days=rule.join_days))
    return first if until in (None, FOR_EVER) else max(first, until)


def standing(rule, *, joined, until, waived, today):
    """How somebody stands on `today`.

    `joined`: in this library and position since; `until`: the last day on which a completion counts (None: never completed);
    `waived`: exempt today.
    """
    if waived:
        return Standing.WAIVED
    if until and (until - today).days > rule.asked_again:
        return Standing.COMPLIANT
    late = (today - due_day(rule, joined=joined, until=until)).days
    if late <= 0:
        return Standing.DUE
    return Standing.GRACE if late <= rule.grace_days else Standing.OVERDUE


# --- The same in SQL ---------------------------------------------------------------------------------------------------------
# A row that is judged carries what is asked of whom under the same names, be it a person or a requirement.


def counting():
    """The completions that count: not those whose certificate is revoked. Until when, `_until` says."""
    return CourseCompletion.objects.filter(Q(enrolment__certificate=None) | Q(enrolment__certificate__revoked_at=None))


def _until():
    current = CertificateVersion.objects.current().filter(certificate__enrolment=OuterRef("enrolment"))
    for_ever = Value(FOR_EVER, DateField())
    by_rule = AddMonths(TruncDate("completed_at"), OuterRef("asked_again"))
    by_paper = Subquery(current.order_by().values("expires_on")[:1])
    ends = Least(Coalesce(by_rule, for_ever), Coalesce(by_paper, for_ever))
    own = counting().filter(enrolment__learner=OuterRef("asked_person"), enrolment__course=OuterRef("asked_course"))
    return Subquery(own.annotate(ends=ends).order_by("-ends").values("ends")[:1], DateField())


def _judged(rows, today):
    """`rows` with standing_until, standing_due and standing_gravity (a place in GRAVITY)."""
    waived = Waiver.objects.in_force(today).filter(
        requirement=OuterRef("asked_requirement"), person=OuterRef("asked_person")
    )
    came_later = Greatest("asked_due", AddDays(F("asked_joined"), F("asked_join_days")))
    first = Case(When(asked_set__lt=F("asked_joined"), then=came_later), default=F("asked_due"))
    many = ASKED_AGAIN // ASKED_AGAIN_A_MONTH + 1
    lead = Least(
        Value(ASKED_AGAIN),
        Coalesce(F("asked_again"), Value(many)) * ASKED_AGAIN_A_MONTH,
        Coalesce(F("asked_valid"), Value(many)) * ASKED_AGAIN_A_MONTH,
    )
    now = today if isinstance(today, Given) else Value(today, DateField())
    for_ever = Value(FOR_EVER, DateField())
    place = {state: Value(n) for n, state in enumerate(GRAVITY)}
    return (
        rows.annotate(standing_until=_until())
        .annotate(standing_due=Greatest(first, Coalesce(NullIf("standing_until", for_ever), Value(NEVER, DateField()))))
        .alias(standing_lapses=AddDays(F("standing_due"), F("asked_grace")))
        .annotate(
            standing_gravity=Case(
                When(Exists(waived), then=place[Standing.WAIVED]),
                When(standing_until__gt=AddDays(now, lead), then=place[Standing.COMPLIANT]),
                When(standing_due__gte=now, then=place[Standing.DUE]),
                When(standing_lapses__gte=now, then=place[Standing.GRACE]),
                default=place[Standing.OVERDUE],
                output_field=IntegerField(),
            )
        )
    )


def _asking(rows, person, joined):
    """Requirements, as they ask a person (expressions for the key and for the day of joining)."""
    return rows.alias(
        asked_person=person, asked_joined=joined, asked_course=F("course"), asked_requirement=F("pk"),
        asked_due=F("due_on"), asked_set=TruncDate("set_at"), asked_join_days=F("join_days"),
        asked_grace=F("grace_days"), asked_again=F("again_months"), asked_valid=F("course__valid_months"),
    )  # fmt: skip


def judged_for_one(rows):
    """`rows` of requirements with how a person stands towards them: standing_until, standing_due, standing_gravity.

    A question to be prepared: `person`, `joined` and `today` are given with each call."""
    return _judged(_asking(rows, Given("person"), Given("joined", DateField())), Given("today", DateField()))


def reached(people, *, library, position=None):
    """Those of `people` whom a requirement for `library` and below it (with `position`) asks. Who has left is asked nothing."""
    found = people.filter(is_active=True, library__path__startswith=library.path)
    return found.filter(position=position) if position else found


def judged_by(rule, people, today, *, course, requirement=None):
    """`people` as they stand towards one Rule on `course`; the `requirement` (its key) is there for the exemptions from it."""
    number = IntegerField()
    asking = people.alias(
        asked_person=F("pk"), asked_joined=F("placed_on"), asked_course=Value(course.pk, number),
        asked_requirement=Value(requirement or 0, number), asked_due=Value(rule.due_on, DateField()),
        asked_set=Value(rule.set_on, DateField()), asked_join_days=Value(rule.join_days, number),
        asked_grace=Value(rule.grace_days, number), asked_again=Value(rule.again_months, number),
        asked_valid=Value(rule.valid_months, number),
    )  # fmt: skip
    return _judged(asking, today)


def judged_by_requirement(requirement, people, today):
    asked = reached(people, library=requirement.library, position=requirement.position_id)
    rule = Rule.of(requirement, timezone.localdate(requirement.set_at))
    return judged_by(rule, asked, today, course=requirement.course, requirement=requirement.pk)


def judged(people, today, course=None):
    """`people` with standing_key of what stands gravest of all that is required of each; None where nothing is.

    With a `course`, of that alone. Two requirements of one course: the graver counts. What the key says: `read_key`.
    """
    rows = Requirement.objects.in_force().filter(
        Q(position=None) | Q(position=OuterRef("position")), within(), **({"course": course} if course else {})
    )
    rows = _judged(_asking(rows, OuterRef("pk"), OuterRef("placed_on")), today)
    key = (
        rows.annotate(key=Cast("standing_gravity", BigIntegerField()) * A_GRAVITY + F("pk"))
        .order_by("-key")
        .values("key")
    )
    return people.filter(is_active=True).annotate(standing_key=Subquery(key[:1], BigIntegerField()))


def read_key(key):
    """(Standing, key of the requirement) of a standing_key."""
    return GRAVITY[key // A_GRAVITY], key % A_GRAVITY


def from_gravity(state):
    """The lowest standing_key of a state."""
    return GRAVITY.index(state) * A_GRAVITY


def within():
    """The requirement's library is the person's or lies above it: its path is one of the beginnings of the person's."""
    steps = range(Library.steplen, Library.steplen * (DEEPEST + 1), Library.steplen)
    return Q(library__path__in=[Substr(OuterRef("library__path"), 1, end) for end in steps])


def people_in_state(people, state, today, course=None):
    """Those of `people` (a queryset) who stand so in what is required of them: in `course`, or where they stand gravest."""
    lowest = from_gravity(Standing(state))
    return judged(people, today, course).filter(standing_key__range=(lowest, lowest + A_GRAVITY - 1))


def counts(people, today, course=None, by=("library", "position")):
    """{(library, position, Standing): how many people}, by keys; other fields of a person by `by`. One query for any number."""
    rows = judged(people, today, course).filter(standing_key__isnull=False).order_by()
    found = Counter()
    for *group, key, n in rows.values_list(*by, "standing_key").annotate(n=Count("pk")):
        found[(*group, read_key(key)[0])] += n
    return found


def counts_of(requirements, people, today):
    """{requirement's key: {Standing: how many of `people`}} of a page of requirements, in one query."""
    found = {one.pk: dict.fromkeys(GRAVITY, 0) for one in requirements}
    parts = [
        judged_by_requirement(one, people, today)
        .order_by()
        .annotate(asking=Value(one.pk, IntegerField()))
        .values_list("asking", "standing_gravity")
        .annotate(n=Count("pk"))
        for one in requirements
    ]
    if parts:
        rows = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
        for asking, gravity, n in rows:
            found[asking][GRAVITY[gravity]] = n
    return found


def tally(rows):
    """{Standing: how many} of people that are judged by one rule. One query."""
    found = dict(rows.order_by().values_list("standing_gravity").annotate(n=Count("pk")))
    return {state: found.get(n, 0) for n, state in enumerate(GRAVITY)}


def tally_all(people, today, course=None):
    """{Standing: how many} of all that is required of people, each counted once, where it is gravest. One query."""
    found = counts(people, today, course, by=())
    return {state: found[(state,)] for state in GRAVITY}

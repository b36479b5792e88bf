"""Who is overdue in what is required, for lists and totals of a whole nation.

It says what reports/standings.py says, with another question: not how each person stands, but whom a rule finds too late. So the
database joins whole tables once a rule instead of looking for each person's gravest requirement (docs/bench.md).
"""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Greatest, TruncDate
from django.db.models.lookups import LessThan
from django.utils import timezone

from accounts.models import Library
from certification.models import CertificateVersion
from courses.models import Course

from .days import AddDays, AddMonths
from .models import Requirement, Waiver
from .standings import Rule, counting


def people_overdue(people, course=None, today=None):
    """Those of `people` who are overdue in `course`; without one, in any. One query beside that of the people."""
    today = today or timezone.localdate()
    past = _past(today).filter(**({"course": course} if course else {})).select_related("library", "course")
    alike = defaultdict(list)
    for one in past.annotate(is_waived=_waived(today)):
        rule = Rule.of(one, timezone.localdate(one.set_at))
        alike[one.course_id, rule, one.pk if one.is_waived else None].append(one)
    overdue = Q(pk__in=[])
    for (about, rule, exempting), requirements in alike.items():
        overdue |= _reached(requirements) & _late(rule, about, exempting, today)
    return people.filter(overdue, is_active=True)


def courses_overdue(today=None):
    """The courses in which somebody may be overdue."""
    return Course.objects.filter(pk__in=_past(today).values("course")).order_by("pk")


def _past(today):
    """Nobody is overdue before the day of the requirement."""
    return Requirement.objects.in_force().filter(due_on__lt=today or timezone.localdate()).order_by("pk")


def _waived(today):
    return Exists(Waiver.objects.in_force(today).filter(requirement=OuterRef("pk")))


def _reached(requirements):
    """The condition on a person of being reached by one of these."""
    found = Q(pk__in=[])
    for position in {one.position_id for one in requirements}:
        libraries = Library.objects.below(*(one.library for one in requirements if one.position_id == position))
        found |= Q(library__in=libraries.order_by().values("pk"), **({"position": position} if position else {}))
    return found


def _late(rule, course, exempting, today):
    """The condition on a person of being later than the days of grace, and of having completed nothing that counted up to them.

    `course`: its key; `exempting`: the key of the requirement, if somebody is exempt from it."""
    last = today - timedelta(days=rule.grace_days)  # a day that is due on it, or counts up to it, is in the grace
    due = Value(rule.due_on, DateField())
    came_later = Greatest(due, AddDays(F("placed_on"), Value(rule.join_days)))
    first = Case(When(placed_on__gt=rule.set_on, then=came_later), default=due, output_field=DateField())
    lapsed = CertificateVersion.objects.current().filter(
        certificate__enrolment=OuterRef("enrolment"), expires_on__lt=last
    )
    counts = counting().filter(~Exists(lapsed), enrolment__learner=OuterRef("pk"), enrolment__course=course)
    if rule.again_months:
        ends = AddMonths(TruncDate("completed_at"), Value(rule.again_months))
        counts = counts.alias(ends=ends).filter(ends__gte=last)
    found = Q(LessThan(first, Value(last, DateField()))) & ~Q(Exists(counts))
    if exempting:
        exempt = Waiver.objects.in_force(today).filter(requirement=exempting)
        found &= ~Q(pk__in=exempt.values("person"))
    return found

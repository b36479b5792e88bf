"""Who is overdue in what is required, for lists and totals of a whole nation.

It says what reports/standings.py says, with another question: not how each person stands, but whom a rule finds too late. All days are
reckoned beforehand, once a rule, so the database compares columns with constants and joins whole tables, instead of looking for each
person's gravest requirement (docs/bench.md).
"""

import calendar
from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Library
from certification.models import CertificateVersion

from .models import Requirement, Waiver
from .standings import Rule, counting


def people_overdue(people, course=None, today=None):
    """Those of `people` who are overdue in `course`; without one, in any. One query beside that of the people."""
    overdue = Q(pk__in=[])
    for _course, condition in _conditions(today or timezone.localdate(), course):
        overdue |= condition
    return people.filter(overdue, is_active=True)


def overdue_by_rule(people, today):
    """[(course's key, those of `people` whom one rule finds overdue)]. Several may find the same person."""
    return [(course, people.filter(condition, is_active=True)) for course, condition in _conditions(today)]


def _conditions(today, course=None):
    """[(course's key, the condition on a person of being overdue by one rule)]; requirements that say the same are one rule."""
    past = Requirement.objects.in_force().filter(due_on__lt=today).order_by("pk")  # nobody is overdue before its day
    past = past.filter(**({"course": course} if course else {})).select_related("library", "course")
    alike = defaultdict(list)
    for one in past.annotate(is_waived=_waived(today)):
        rule = Rule.of(one, timezone.localdate(one.set_at))
        alike[one.course_id, rule, one.pk if one.is_waived else None].append(one)
    return [
        (about, _reached(requirements) & _late(rule, about, exempting, today))
        for (about, rule, exempting), requirements in alike.items()
        if rule.due_on < _last(rule, today)
    ]


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
    last = _last(rule, today)
    lapsed = CertificateVersion.objects.current().filter(
        certificate__enrolment=OuterRef("enrolment"), expires_on__lt=last
    )
    counts = counting().filter(~Exists(lapsed), enrolment__learner=OuterRef("pk"), enrolment__course=course)
    if rule.again_months:
        counts = counts.filter(completed_at__gte=_midnight(counted_from(last, rule.again_months)))
    joined_in_time = Q(placed_on__lte=rule.set_on) | Q(placed_on__lt=last - timedelta(days=rule.join_days))
    found = joined_in_time & ~Q(Exists(counts))
    if exempting:
        exempt = Waiver.objects.in_force(today).filter(requirement=exempting)
        found &= ~Q(pk__in=exempt.values("person"))
    return found


def _last(rule, today):
    """What is due on this day, or counts up to it, is in the days of grace today; what was due before is overdue."""
    return today - timedelta(days=rule.grace_days)


def counted_from(day, months):
    """The earliest day on which to have completed something that still counts on `day`, if it counts for so many months."""
    year, month = divmod(12 * day.year + day.month - 1 - months, 12)
    if day.day <= calendar.monthrange(year, month + 1)[1]:
        return date(year, month + 1, day.day)
    return date(year + (month == 11), (month + 1) % 12 + 1, 1)  # what is completed on that month's last day ends before


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time()))

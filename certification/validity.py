"""How long a certificate is valid, and whether its course still is what was completed. Pure, but for the steps of a course."""

import calendar
import datetime
import hashlib
from collections import defaultdict

from courses.models import Activity

RENEWAL_BEFORE = 180  # days before the last valid day from which a new run may be begun


def expiry(issued_on, months):
    """The last valid day as an ISO date: so many calendar months after the issue. None for a course without such a rule.

    A day that the month lacks becomes its last: 31 August and 6 months make 28 February.
    """
    if not months:
        return None
    years, month = divmod(issued_on.month - 1 + months, 12)
    year, month = issued_on.year + years, month + 1
    day = min(issued_on.day, calendar.monthrange(year, month)[1])
    return datetime.date(year, month, day).isoformat()


def is_expired(expires_on, today):
    """`expires_on` is a date, an ISO date or None; the certificate is valid through that day."""
    if isinstance(expires_on, str):
        expires_on = datetime.date.fromisoformat(expires_on)
    return expires_on is not None and today > expires_on


def syllabus_prints(courses):
    """{course's primary key: a fingerprint of the steps by which people are judged}. Titles and order are no part of it. One query."""
    keys = defaultdict(list)
    steps = Activity.objects.live().filter(course__in=courses)
    steps = steps.exclude(kind=Activity.Kind.ASSIGNMENT, course__homework_counts=False).order_by()
    for course, key in steps.values_list("course", "key"):
        keys[course].append(str(key))
    return {course.pk: _print(keys[course.pk]) for course in courses}


def syllabus_print(course):
    return syllabus_prints([course])[course.pk]


def _print(keys):
    return hashlib.sha256(" ".join(sorted(keys)).encode()).hexdigest()[:16]

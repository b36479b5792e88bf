"""Who is overdue in what is required (reports/standings.py), for lists and totals of many people."""

from django.db.models import Q
from django.utils import timezone

from accounts.models import Library
from courses.models import Course

from . import standings
from .models import Requirement


def people_overdue(people, course=None, today=None):
    """Those of `people` who are overdue in `course`; without one, in any. One query beside that of the people.

    Whom no requirement of a day that is past reaches is not judged at all: nobody is overdue before it."""
    today = today or timezone.localdate()
    past = _past(today).filter(**({"course": course} if course else {})).select_related("library")
    reached = _reached([(one.library, one.position_id) for one in past])
    return standings.people_in_state(people.filter(reached), standings.Standing.OVERDUE, today, course)


def courses_overdue(today=None):
    """The courses in which somebody may be overdue."""
    return Course.objects.filter(pk__in=_past(today).values("course")).order_by("pk")


def _past(today):
    return Requirement.objects.in_force().filter(due_on__lt=today or timezone.localdate()).order_by("pk")


def _reached(requirements):
    """The condition on a person of being reached by one of [(Library, position's key or None)]."""
    found = Q(pk__in=[])
    for position in {position for _library, position in requirements}:
        libraries = Library.objects.below(*(library for library, one in requirements if one == position))
        found |= Q(library__in=libraries.order_by().values("pk"), **({"position": position} if position else {}))
    return found

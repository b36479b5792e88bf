"""Who is overdue: a requirement in force reaches the person, its day is past, and the course was never completed."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Library
from certification.models import CourseCompletion
from courses.models import Course

from .models import Requirement


def people_overdue(people, course=None, today=None):
    """Those of `people` who are overdue in `course`; without one, in any. One query beside that of the people."""
    reach = {}
    for one in _past(today).select_related("library"):
        reach.setdefault(one.course_id, []).append((one.library, one.position_id))
    chosen = [course.pk] if course else list(reach)
    overdue = Q(pk__in=[])
    for key in chosen:
        completed = CourseCompletion.objects.filter(enrolment__learner=OuterRef("pk"), enrolment__course=key)
        overdue |= _reached(reach.get(key, ())) & ~Q(Exists(completed))
    return people.filter(overdue)


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

"""Beginning a course."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit

from .models import Enrolment
from .signals import ring


class CourseNotOpen(Exception):
    """The course's syllabus is not whole, or it is archived: nobody new begins it."""


def begin(*, learner, course, by=None, now=None):
    """The learner's open enrolment in the course, made if there is none. Raises CourseNotOpen."""
    if found := Enrolment.objects.open().filter(learner=learner, course=course).first():
        return found
    if course.archived or not course.is_whole:
        raise CourseNotOpen(course)
    earlier = Enrolment.objects.filter(learner=learner, course=course).count()
    try:
        with transaction.atomic():
            made = Enrolment.objects.create(
                learner=learner, course=course, run_no=earlier + 1, began_at=now or timezone.now(), enrolled_by=by
            )
            audit.record(
                actor=by or learner, deed="enrolled", subject=f"enrolment {made.pk}", about=learner, course=course.pk,
                run=made.run_no,
            )  # fmt: skip
            ring(learner=learner.pk, course=course.pk)
            return made
    except IntegrityError:  # pressed twice: the other press made it
        return Enrolment.objects.open().get(learner=learner, course=course)


def begin_anew(*, enrolment, by=None, now=None):
    """Close this run and begin the next, which starts empty. Returns the open Enrolment; asked twice, the same.

    Who is allowed to, a room above decides: what was completed in the run stays. Raises CourseNotOpen.
    """
    now = now or timezone.now()
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update(no_key=True, of=("self",)).get(pk=enrolment.pk)
        if enrolment.closed_at is None:
            enrolment.closed_at = now
            enrolment.save(update_fields=["closed_at"])
            audit.record(
                actor=by, deed="enrolment closed", subject=f"enrolment {enrolment.pk}", about=enrolment.learner_id
            )
        return begin(learner=enrolment.learner, course=enrolment.course, by=by, now=now)

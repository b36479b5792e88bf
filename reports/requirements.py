"""What is required of people: HR sets it for a part of the library tree; My learning says what it means for one person."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Library
from certification.models import CourseCompletion
from courses.models import Course

from .models import Requirement


class AlreadyRequired(Exception):
    """The same course is required of the same people already; args[0] is that Requirement."""


class Standing(TextChoices):
    DONE = "done", _("Completed")
    DUE = "due", _("Required")
    OVERDUE = "overdue", _("Overdue")


@dataclass(frozen=True)
class Required:
    """A course that is required of a person, by the earliest day that any requirement names."""

    course: Course
    due_on: date
    standing: Standing
    days: int  # until `due_on`; negative afterwards


def require(*, library, course, due_on, by, position=None, now=None):
    """Require `course` of everybody in `library` and below it (with `position`, if given). Raises AlreadyRequired."""
    now = now or timezone.now()
    try:
        with transaction.atomic():
            made = Requirement.objects.create(
                library=library, position=position, course=course, due_on=due_on, set_at=now, set_by=by
            )
            audit.record(
                actor=by, deed="course required", subject=made, course=course.code, library=library.code,
                position=position and position.code, due_on=due_on.isoformat(),
            )  # fmt: skip
            return made
    except IntegrityError:
        there = Requirement.objects.filter(withdrawn_at=None, library=library, position=position, course=course)
        raise AlreadyRequired(there.get()) from None


def withdraw(*, requirement, by, now=None):
    """End a requirement; what was withdrawn before stays as it is. Returns the Requirement."""
    with transaction.atomic():
        requirement = Requirement.objects.select_for_update(of=("self",)).get(pk=requirement.pk)
        if requirement.withdrawn_at is None:
            requirement.withdrawn_at, requirement.withdrawn_by = now or timezone.now(), by
            requirement.save()
            audit.record(actor=by, deed="requirement withdrawn", subject=requirement)
    return requirement


def of(person, today=None):
    """What is required of this User: a list of Required, the most urgent first, what is completed last. Two queries."""
    today = today or timezone.localdate()
    library = Library.objects.filter(pk=person.library_id).first()
    valid = CourseCompletion.objects.valid(today)  # what has expired has to be renewed
    completed = valid.filter(enrolment__learner=person, enrolment__course=OuterRef("course"))
    rows = (
        Requirement.objects.in_force()
        .reaching(library=library, position=person.position_id)
        .annotate(completed=Exists(completed))
        .select_related("course")
        .order_by("due_on", "pk")
    )
    earliest = {}
    for row in rows:
        earliest.setdefault(row.course_id, row)
    found = [_required(row, today) for row in earliest.values()]
    return sorted(found, key=lambda one: one.standing == Standing.DONE)


def _required(row, today):
    if row.completed:
        standing = Standing.DONE
    else:
        standing = Standing.OVERDUE if row.due_on < today else Standing.DUE
    return Required(row.course, row.due_on, standing, (row.due_on - today).days)


def visible_from(libraries):
    """The requirements that concern these libraries (all of a reader's scope): set in them, or above them for all of them."""
    above = {library.path[:end] for library in libraries for end in range(0, len(library.path) + 1, Library.steplen)}
    return (
        Requirement.objects.in_force().filter(library__path__in=above).select_related("library", "position", "course")
    )

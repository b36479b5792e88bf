"""What is required of people: HR sets it for a part of the library tree; My learning says what it means for one person."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.db import IntegrityError, transaction
from django.db.models import CharField, Exists, OuterRef, Q
from django.utils import timezone

from accounts import audit, libraries
from accounts.models import Library, User
from accounts.prepared import Given, Prepared
from courses import enrolments
from courses.enrolments import CourseNotOpen
from courses.models import Course, Enrolment

from . import standings, waivers
from .models import Requirement, Waiver
from .standings import ASKED, GRAVITY, Rule, Standing

CHANGEABLE = ("due_on", "join_days", "grace_days", "again_months", "enrols")
A_BATCH = 500


class AlreadyRequired(Exception):
    """The same course is required of the same people already; args[0] is that Requirement."""


class NotAsked(Exception):
    """The course is not to be completed (again) by this person now."""


@dataclass(frozen=True)
class Required:
    """A course that is required of a person: of several requirements the one towards which the person stands gravest."""

    course: Course
    due_on: date
    standing: Standing
    days: int  # until `due_on`; negative afterwards
    lapses_on: date  # the last day of grace
    is_renewal: bool = False  # completed before, to be completed again
    is_running: bool = False  # a run of the course is under way


# --- Deeds on a requirement --------------------------------------------------------------------------------------------------


def require(*, library, course, due_on, by, position=None, now=None, **rules):
    """Require `course` of everybody in `library` and below it (with `position`, if given). `rules`: others of CHANGEABLE.

    Raises AlreadyRequired, CourseNotOpen."""
    now = now or timezone.now()
    if course.archived or not course.is_whole:
        raise CourseNotOpen(course)
    try:
        with transaction.atomic():
            made = Requirement.objects.create(
                library=library, position=position, course=course, due_on=due_on, set_at=now, set_by=by, **rules
            )
            audit.record(
                actor=by, deed="course required", subject=made, course=course.code, library=library.code,
                position=position and position.code, due_on=due_on.isoformat(), **rules,
            )  # fmt: skip
    except IntegrityError:
        there = Requirement.objects.filter(withdrawn_at=None, library=library, position=position, course=course)
        raise AlreadyRequired(there.get()) from None
    enrol(requirement=made, now=now, most=A_BATCH)
    return made


def change(*, requirement, by, **rules):
    """Change what differs of CHANGEABLE; the log keeps what was before. Returns the names of what changed."""
    with transaction.atomic():
        requirement = Requirement.objects.select_for_update(of=("self",)).get(pk=requirement.pk, withdrawn_at=None)
        before = {name: getattr(requirement, name) for name in rules if getattr(requirement, name) != rules[name]}
        for name in before:
            setattr(requirement, name, rules[name])
        if before:
            requirement.save(update_fields=list(before))
            after = {name: rules[name] for name in before}
            audit.record(
                actor=by, deed="requirement changed", subject=requirement, before=_plain(before), after=_plain(after)
            )
    enrol(requirement=requirement, now=timezone.now(), most=A_BATCH)
    return list(before)


def _plain(values):
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def withdraw(*, requirement, by, now=None):
    """End a requirement; what was withdrawn before stays as it is. Returns the Requirement."""
    with transaction.atomic():
        requirement = Requirement.objects.select_for_update(of=("self",)).get(pk=requirement.pk)
        if requirement.withdrawn_at is None:
            requirement.withdrawn_at, requirement.withdrawn_by = now or timezone.now(), by
            requirement.save()
            audit.record(actor=by, deed="requirement withdrawn", subject=requirement)
    return requirement


@libraries.on_merge("reports.Requirement.library")
def requirements_follow(library, into, by):
    """What is required there already goes by the requirement there; ours of the same course and position ends."""
    for row in Requirement.objects.filter(library=library).order_by("pk"):
        same = Requirement.objects.filter(
            library=into, position=row.position_id, course=row.course_id, withdrawn_at=None
        )
        if row.withdrawn_at is None and (there := same.first()):
            _exemptions_follow(row, there, by)
            withdraw(requirement=row, by=by)
    Requirement.objects.filter(library=library).update(library=into)


def _exemptions_follow(requirement, there, by):
    """Who is exempt today or later is exempt from what takes its place too; of two for the same time the one there holds."""
    open_ones = Waiver.objects.standing().filter(
        Q(ends=None) | Q(ends__gte=timezone.localdate()), requirement=requirement
    )
    for one in open_ones.select_related("person").order_by("pk"):
        with suppress(waivers.AlreadyExempt):
            waivers.waive(
                requirement=there, person=one.person, reason=one.reason, by=by, begins=one.begins, ends=one.ends
            )


# --- Enrolling ---------------------------------------------------------------------------------------------------------------


def enrol(*, requirement, now, most=None):
    """Enrol whom the requirement asks and who has never been in the course, if it says so. Returns how many.

    Safe in two processes at once: an enrolment is one by constraint. Whoever joins later is found by the sweep."""
    if not requirement.enrols or requirement.withdrawn_at or requirement.course.archived or requirement.course.missing:
        return 0
    today, done = timezone.localdate(now), 0
    exempt = Waiver.objects.in_force(today).filter(requirement=requirement, person=OuterRef("pk"))
    been = Enrolment.objects.filter(course=requirement.course_id, learner=OuterRef("pk"))
    asked = standings.reached(User.objects, library=requirement.library, position=requirement.position_id)
    asked = asked.filter(~Exists(exempt), ~Exists(been)).order_by("pk").values_list("pk", flat=True)
    while (most is None or done < most) and (batch := list(asked[:A_BATCH])):
        with transaction.atomic():
            Enrolment.objects.bulk_create(
                [
                    Enrolment(
                        learner_id=pk, course_id=requirement.course_id, began_at=now, enrolled_by=requirement.set_by
                    )
                    for pk in batch
                ],
                ignore_conflicts=True,
            )
            audit.record(actor=requirement.set_by, deed="enrolled by a requirement", subject=requirement, people=batch)
        done += len(batch)
    return done


def enrol_due(now=None):
    """Enrol all who are asked by a requirement that enrols. Returns how many."""
    now = now or timezone.now()
    rows = Requirement.objects.in_force().filter(enrols=True).select_related("library", "course", "set_by")
    return sum(enrol(requirement=row, now=now) for row in rows)


def begin_again(*, person, course, now=None):
    """Begin a course once more that is to be completed again. Returns the open Enrolment. Raises NotAsked, CourseNotOpen."""
    now = now or timezone.now()
    asked = {one.course.pk: one for one in of(person, timezone.localdate(now))}.get(course.pk)
    if asked is None or asked.standing not in ASKED:
        raise NotAsked(course)
    last = Enrolment.objects.open().filter(learner=person, course=course, completion__isnull=False).first()
    if last is None:
        return enrolments.begin(learner=person, course=course, now=now)
    with transaction.atomic():
        made = enrolments.begin_anew(enrolment=last, by=person, now=now)
        audit.record(actor=person, deed="required course begun again", subject=f"person {person.pk}", enrolment=made.pk)
    return made


LIBRARY = Prepared(lambda: Library.objects.filter(pk=Given("pk")).order_by())


@cache
def _of_one(depth):
    """What is required of a person in a library so deep in the tree, with the standings; the gravest first. Prepared: each who opens
    My learning asks it, and to write it took a third of that page."""

    def ask():
        open_runs = Enrolment.objects.open().filter(learner=Given("person"), course=OuterRef("course"), completion=None)
        rows = Requirement.objects.in_force().set_at(
            [Given(f"path{number}", CharField()) for number in range(depth)], Given("position")
        )
        rows = standings.judged_for_one(rows.annotate(is_running=Exists(open_runs))).select_related("course")
        return rows.order_by("-standing_gravity", "standing_due", "pk")

    return Prepared(ask)


# --- Questions ---------------------------------------------------------------------------------------------------------------


def of(person, today=None):
    """What is required of this User: a list of Required, the most urgent first, what is met last. Two queries."""
    if not person.is_active:  # who has left is asked for nothing
        return []
    today = today or timezone.localdate()
    gravest = {}
    for row in reaching(person, today):
        gravest.setdefault(row.course_id, row)
    found = [_required(row, today) for row in gravest.values()]
    return sorted(found, key=lambda one: one.standing not in ASKED)


def reaching(person, today):
    """The requirements in force that reach this User, each with how the person stands; the gravest first. Two queries."""
    library = LIBRARY.first(pk=person.library_id) if person.library_id else None
    if library is None:
        return []
    way = {f"path{number}": path for number, path in enumerate(library.way)}
    given = {"person": person.pk, "joined": person.placed_on, "position": person.position_id, "today": today}
    return _of_one(len(way)).all(**given, **way)


def _required(row, today):
    due, state = row.standing_due, GRAVITY[row.standing_gravity]
    lapses = due if state not in ASKED else due + timedelta(days=row.grace_days)
    renewal = row.standing_until is not None and state in ASKED
    return Required(row.course, due, state, (due - today).days, lapses, renewal, row.is_running)


def visible_from(libraries):
    """The requirements that concern these libraries (all of a reader's scope): set in them, or above them for all of them."""
    above = {library.path[:end] for library in libraries for end in range(0, len(library.path) + 1, Library.steplen)}
    return (
        Requirement.objects.in_force().filter(library__path__in=above).select_related("library", "position", "course")
    )


def impact(*, people, library, position, course, today, requirement=None, **rules):
    """{Standing: how many of `people`} were the requirement so: what HR sees before it is set or changed. One query."""
    set_on = timezone.localdate(requirement.set_at) if requirement else today
    rules.pop("enrols", None)
    rule = Rule(set_on=set_on, valid_months=course.valid_months, **rules)
    asked = standings.reached(people, library=library, position=position)
    number = requirement.pk if requirement else None
    return standings.tally(standings.judged_by(rule, asked, today, course=course, requirement=number))

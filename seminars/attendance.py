"""Hours: who earned how many, and how many a course plans. Academic hours of 45 minutes."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.prepared import Given, PreparedValues
from courses.models import Enrolment
from courses.signals import ring

from .models import Attendance, AttendanceEntry, Seat, Seminar, WalkIn
from .standing import conflict, heads, standing

How = AttendanceEntry.How


@dataclass(frozen=True)
class Hours:
    earned: Decimal
    planned: Decimal
    excused: Decimal = Decimal(0)  # missed with reason and not made up: they count nowhere, and are told apart

    def needed(self, share):
        """The hours that `share` per cent of the planned ones are, in tenths of an hour, rounded up."""
        return (self.planned * share / 100).quantize(Decimal("0.1"), rounding=ROUND_CEILING)


def hours_of(enrolments, now=None):
    """{enrolment's primary key: Hours} earned in the course's seminars in the time of the enrolment. Two queries for any number.

    Of each seminar no more hours count than it plans, whatever the runs in which they were earned: so a session that was missed is
    made up in any other run of the seminar.
    """
    planned = defaultdict(dict)  # course -> {seminar: hours}
    courses = {enrolment.course_id for enrolment in enrolments}
    for row in Seminar.objects.filter(course__in=courses, archived=False).values_list("course", "pk", "planned_hours"):
        planned[row[0]][row[1]] = row[2]
    marks = defaultdict(list)  # person -> [(seminar, when, hours earned, hours excused)]
    people = {enrolment.learner_id for enrolment in enrolments}
    seminars = [seminar for by_course in planned.values() for seminar in by_course]
    rows = Attendance.objects.filter(
        Q(hours__gt=0) | Q(mark=Attendance.Mark.EXCUSED), person__in=people, session__run__seminar__in=seminars,
        session__starts_at__lte=now or timezone.now(),  # who came early is marked before the beginning
    )  # fmt: skip
    columns = "person", "session__run__seminar", "session__ends_at", "hours", "mark", "session__hours"
    for person, seminar, when, hours, mark_, whole in rows.values_list(*columns):
        marks[person].append((seminar, when, hours, whole if mark_ == Attendance.Mark.EXCUSED else Decimal(0)))
    return {
        one.pk: _count(one.began_at, one.closed_at, planned[one.course_id], marks[one.learner_id]) for one in enrolments
    }


def hours_in(began_at, planned, marks, now):
    """The Hours of an open enrolment begun then. `planned`: {seminar: hours} of its course; `marks`: the rows of MARKS of the learner."""
    counted = [
        (seminar, ends_at, hours, whole if mark_ == Attendance.Mark.EXCUSED else Decimal(0))
        for seminar, starts_at, ends_at, hours, mark_, whole in marks
        if (hours > 0 or mark_ == Attendance.Mark.EXCUSED) and starts_at <= now  # as in hours_of
    ]
    return _count(began_at, None, planned, counted)


MARKS = PreparedValues(
    lambda: Attendance.objects.filter(
        person=Given("person"), session__run__seminar__course=Given("course"), session__run__seminar__archived=False
    ).values_list("session__run__seminar", "session__starts_at", "session__ends_at", "hours", "mark", "session__hours")
)


def _count(began_at, closed_at, planned, marks):
    earned, excused = defaultdict(Decimal), defaultdict(Decimal)
    for seminar, when, hours, missed in marks:
        in_time = when >= began_at and (closed_at is None or when <= closed_at)
        if seminar in planned and in_time:
            earned[seminar] += hours
            excused[seminar] += missed
    counted = {seminar: min(hours, planned[seminar]) for seminar, hours in earned.items()}
    return Hours(
        earned=sum(counted.values(), Decimal(0)),
        planned=sum(planned.values(), Decimal(0)),
        excused=sum((min(hours, planned[one] - counted[one]) for one, hours in excused.items()), Decimal(0)),
    )


class NotOnTheRoster(Exception):
    """The person has neither a booked seat in this run nor was let in."""


class NotMarkable(Exception):
    """`reason`: not_begun, called_off, or over (for a check-in)."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class AlteredMark(Exception):
    """A mark of this key is known, and says something else."""


EARNS = {Attendance.Mark.PRESENT: 1, Attendance.Mark.LATE: 1, Attendance.Mark.LEFT_EARLY: Decimal("0.5")}


def mark(*, session, person, mark, by, now=None, how=How.SCREEN, reason="", key=None, at=None, knew=None, device=""):
    """Write what the trainer saw. Earlier marks are kept; which of them stands says standing.py. Returns the Attendance.

    With a `key` (a UUID made where the mark was made) it may be repeated. `at` is when it was made, else now; `knew` the keys of
    the entries that the maker had seen, else all that are there. Raises NotOnTheRoster, NotMarkable, AlteredMark.
    """
    mark, now = Attendance.Mark(mark), now or timezone.now()
    if session.is_called_off:
        raise NotMarkable("called_off")
    if now < session.starts_at:
        raise NotMarkable("not_begun")
    with transaction.atomic():
        lock_place(session, person)
        entries = list(AttendanceEntry.objects.filter(session=session, person=person))
        row = Attendance.objects.filter(session=session, person=person).first()
        if key is None and row and row.mark == mark and not conflict(entries):
            return row
        if key is not None and is_known(key, session, person, mark):
            return row
        entry = AttendanceEntry(
            key=key or uuid4(), session=session, person=person, mark=mark, how=how, by=by, at=min(at or now, now),
            received_at=now, reason=reason, device=device,
            knew=[str(one.key) for one in heads(entries)] if knew is None else knew,
        )  # fmt: skip
        return enter(entry, entries, row)


def is_known(key, session, person, mark):
    """Whether this very mark has come before. Raises AlteredMark if another one has come under its key."""
    known = AttendanceEntry.objects.filter(key=key).first()
    if known and (known.session_id, known.person_id, known.mark) != (session.pk, person.pk, mark):
        raise AlteredMark(key)
    return known is not None


def lock_place(session, person):
    """Lock the person's seat, or what stands for it: of two who mark one person one waits. Raises NotOnTheRoster.

    Who was let in has none, nor has who gave the seat back after a mark, which may still be corrected.
    """
    for rows in (
        Seat.objects.booked().filter(run=session.run_id, person=person),
        WalkIn.objects.filter(session=session, person=person, let_in=True),
        Attendance.objects.filter(session=session, person=person),
    ):
        if rows.select_for_update().first():
            return
    raise NotOnTheRoster(person)


def enter(entry, entries, row):
    """Save the entry beside the `entries` that are there, and let the person's `row` of Attendance (or None) say what stands now.

    Called with the person's place locked.
    """
    entry.save(force_insert=True)
    stands = standing([*entries, entry])
    before, earned = (row.mark, row.hours) if row else ("", Decimal(0))
    session = entry.session
    row = row or Attendance(session=session, person=entry.person)
    row.mark, row.marked_by, row.marked_at = stands.mark, stands.by, stands.at
    row.hours = (session.hours * EARNS.get(stands.mark, 0)).quantize(Decimal("0.1"))
    row.save()
    if not entry.by_oneself:
        audit.record(
            actor=entry.by, deed="attendance marked", subject=f"session {session.pk}", reason=entry.reason,
            person=entry.person_id, mark=entry.mark, before=before, how=entry.how,
        )  # fmt: skip
    course = session.run.seminar.course_id
    if course and (row.hours != earned or not before):
        if Enrolment.objects.open().filter(learner=entry.person_id, course=course).exists():
            ring(learner=entry.person_id, course=course)
    return row

"""A trainer's report of a run: who was there, how each mark came about, hours, what was corrected. Seven queries for any size."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import User

from .models import Attendance, AttendanceEntry, Seat, SeminarRun, Session, WalkIn
from .standing import HERE, standing

Mark, How = Attendance.Mark, AttendanceEntry.How


@dataclass(frozen=True)
class Cell:
    """How a person stands in a session: `mark` "" for none yet; `entry` is the AttendanceEntry that counts."""

    session: Session
    mark: str = ""
    hours: Decimal = Decimal(0)
    entry: AttendanceEntry | None = None

    @property
    def label(self):
        return Mark(self.mark).label if self.mark else ""

    @property
    def is_there(self):
        return self.mark in HERE

    @property
    def made_by(self):
        """Who marked somebody else; None for who marked oneself."""
        return None if self.entry is None or self.entry.by_oneself else self.entry.by


@dataclass(frozen=True)
class Line:
    """A person of the run. `came_by`: seat, walk_in, or gave_back (marked once, and the seat was given back since)."""

    person: User
    cells: list
    came_by: str
    excused: Decimal  # hours missed with reason

    @property
    def hours(self):
        return sum((cell.hours for cell in self.cells), Decimal(0))

    @property
    def was_there(self):
        return any(cell.is_there for cell in self.cells)


@dataclass(frozen=True)
class Correction:
    """A mark that took the place of another."""

    session: Session
    person: User
    before: str
    after: str
    by: User
    at: datetime
    how: str
    reason: str

    @property
    def before_label(self):
        return Mark(self.before).label

    @property
    def after_label(self):
        return Mark(self.after).label


@dataclass
class Report:
    run: SeminarRun
    sessions: list  # those that take place
    lines: list
    booked: int
    waiting: int
    cancelled: int
    begun: int = 0  # sessions
    corrections: list = field(default_factory=list)
    ways: list = field(default_factory=list)  # [(words, how many marks came about so)]

    @property
    def planned(self):
        """Academic hours of a person who misses nothing."""
        return sum((session.hours for session in self.sessions), Decimal(0))

    @property
    def hours(self):
        return sum((line.hours for line in self.lines), Decimal(0))

    @property
    def came(self):
        return sum(line.was_there for line in self.lines)

    @property
    def walk_ins(self):
        return sum(line.came_by == "walk_in" for line in self.lines)

    @property
    def percent(self):
        """Of the places in the sessions that have begun, those in which somebody was; None where none has begun."""
        places = self.begun * len(self.lines)
        there = sum(cell.is_there for line in self.lines for cell in line.cells)
        return round(100 * there / places) if places else None


def report(run, now=None):
    """The Report of a run, which comes with its seminar and course."""
    now = now or timezone.now()
    held = run.sessions.filter(cancelled_at=None)
    held = held.filter(starts_at__lt=run.cancelled_at) if run.cancelled_at else held  # called off on the way
    sessions = list(held.order_by("starts_at", "pk"))
    with_post = "person__library", "person__position"
    seats = list(Seat.objects.filter(run=run).select_related(*with_post))
    states = Counter(seat.state for seat in seats)
    booked = {seat.person_id: seat.person for seat in seats if seat.state == Seat.State.BOOKED}
    let_in = {
        row.person_id: row.person
        for row in WalkIn.objects.filter(session__run=run, let_in=True).select_related(*with_post)
    }
    rows = {
        (row.person_id, row.session_id): row
        for row in Attendance.objects.filter(session__in=sessions).select_related(*with_post)
    }
    entries = defaultdict(list)
    for entry in AttendanceEntry.objects.filter(session__in=sessions).select_related("by", "person"):
        entries[entry.person_id, entry.session_id].append(entry)
    everybody = {pk: row.person for (pk, _session), row in rows.items()} | let_in | booked
    found = Report(
        run=run, sessions=sessions, lines=[], booked=states[Seat.State.BOOKED], waiting=states[Seat.State.WAITING],
        cancelled=states[Seat.State.CANCELLED], begun=sum(session.starts_at <= now for session in sessions),
    )  # fmt: skip
    for pk, person in sorted(everybody.items(), key=lambda pair: (pair[1].folded, pair[0])):
        came_by = "seat" if pk in booked else "walk_in" if pk in let_in else "gave_back"
        cells = [_cell(one, rows.get((pk, one.pk)), entries[pk, one.pk]) for one in sessions]
        missed = (cell.session.hours for cell in cells if cell.mark == Mark.EXCUSED)
        found.lines.append(Line(person, cells, came_by, sum(missed, Decimal(0))))
    found.corrections = _corrections(sessions, entries)
    ways = Counter(cell.entry.how for line in found.lines for cell in line.cells if cell.entry)
    found.ways = [(How(how).label, n) for how, n in sorted(ways.items(), key=lambda pair: (-pair[1], pair[0]))]
    return found


def _cell(session, row, entries):
    return Cell(session, row.mark, row.hours, standing(entries)) if row else Cell(session)


def _corrections(sessions, entries):
    """Every Correction, in the order of time."""
    named = {session.pk: session for session in sessions}
    found = []
    for (_person, session), made in entries.items():
        for n, entry in enumerate(made[1:], 1):
            before = standing(made[:n]).mark
            if not entry.by_oneself and entry.mark != before:
                found.append(
                    Correction(
                        session=named[session], person=entry.person, before=before, after=entry.mark, by=entry.by,
                        at=entry.at, how=entry.get_how_display(), reason=entry.reason,
                    )
                )  # fmt: skip
    return sorted(found, key=lambda one: (one.at, one.person.folded))

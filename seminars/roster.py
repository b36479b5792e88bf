"""The roster of a session: who is expected, and what was marked. All marks of one form are saved together or not at all."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User

from . import attendance, checkin_signs
from .models import Attendance, AttendanceEntry, Seat, WalkIn
from .standing import conflict, heads


@dataclass(frozen=True)
class Place:
    """Somebody on the roster. `mark` is one of Attendance.Mark, or "" for none yet; entries in the order of time."""

    person: User
    mark: str
    expected: bool = True  # has a booked seat or was let in; else marked once, and the seat was given back since
    walk_in: bool = False
    entries: list = field(default_factory=list)
    signs: list = field(default_factory=list)

    @property
    def heads(self):
        return heads(self.entries)

    @property
    def conflict(self):
        """Entries that disagree and do not know of each other."""
        return conflict(self.entries)

    @property
    def check_in(self):
        return next((entry for entry in self.entries if entry.by_oneself), None)


def places(session):
    """A Place for everybody with a booked seat, let in, or marked, by name. Four queries."""
    people = "person__library", "person__position"
    seated = {
        seat.person_id: seat.person for seat in Seat.objects.booked().filter(run=session.run_id).select_related(*people)
    }
    let_in = {
        row.person_id: row.person for row in WalkIn.objects.filter(session=session, let_in=True).select_related(*people)
    }
    rows = {row.person_id: row for row in Attendance.objects.filter(session=session).select_related(*people)}
    entries = defaultdict(list)
    for entry in AttendanceEntry.objects.filter(session=session).select_related("by"):
        entries[entry.person_id].append(entry)
    signs = checkin_signs.signs([entry for of_one in entries.values() for entry in of_one])
    everybody = {pk: row.person for pk, row in rows.items()} | let_in | seated
    found = [
        Place(
            person=person, mark=rows[pk].mark if pk in rows else "", expected=pk in seated or pk in let_in,
            walk_in=pk in let_in and pk not in seated, entries=entries[pk], signs=signs.get(pk, []),
        )
        for pk, person in everybody.items()
    ]  # fmt: skip
    return sorted(found, key=lambda place: (place.person.folded, place.person.pk))


def save(*, session, marks, by, now=None, how=AttendanceEntry.How.SCREEN, reason=""):
    """Write {person: mark}. Returns how many. Raises attendance.NotMarkable or NotOnTheRoster, and then writes none."""
    with transaction.atomic():
        for person, mark in sorted(marks.items(), key=lambda pair: pair[0].pk):  # one order of locks for everybody
            attendance.mark(session=session, person=person, mark=mark, by=by, now=now, how=how, reason=reason)
    return len(marks)

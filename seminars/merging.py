"""What becomes of this room's rows when two records of a person are merged (accounts/merging.py)."""

from accounts.merging import follows, follows_once, rules, stays

from . import booking
from .models import Attendance, AttendanceEntry, Seat

BETTER = {Seat.State.BOOKED: 2, Seat.State.WAITING: 1, Seat.State.CANCELLED: 0}


def seats(journal, relation):
    """Two seats in a run are one: the better of the two. The other is given back, and the next who waits has it."""
    mine = {seat.run_id: seat for seat in Seat.objects.filter(person=journal.kept)}
    moving = []
    for seat in journal.rows(Seat, "person").select_related("run"):
        there = mine.get(seat.run_id)
        if there is None:
            moving.append(seat)
            continue
        journal.leave(Seat, "person", [seat])
        if BETTER[seat.state] > BETTER[there.state]:
            state, since = seat.state, seat.since
            journal.change(seat, state=Seat.State.CANCELLED)
            journal.change(there, state=state, since=since, sequence=there.sequence + 1)
        elif seat.state != Seat.State.CANCELLED:
            # Not in the journal: the seat may be somebody else's when the merge is undone.
            Seat.objects.filter(pk=seat.pk).update(state=Seat.State.CANCELLED, sequence=seat.sequence + 1)
            booking.fill(run=seat.run)
    journal.move(Seat, "person", rows=moving)


def attendance(journal, relation):
    """Marked twice in one session: the mark with more hours stands, once. Hours are never added up."""
    mine = {row.session_id: row for row in Attendance.objects.filter(person=journal.kept)}
    moving = []
    for row in journal.rows(Attendance, "person"):
        there = mine.get(row.session_id)
        if there is None:
            moving.append(row)
            continue
        journal.leave(Attendance, "person", [row])
        if row.hours > there.hours:
            journal.change(there, mark=row.mark, hours=row.hours, marked_by=row.marked_by, marked_at=row.marked_at)
    journal.move(Attendance, "person", rows=moving)


def entries(journal, relation):
    """Every mark that was ever made. A code marks only oneself: both columns go in one step."""
    own = journal.rows(AttendanceEntry, "person").filter(how__in=AttendanceEntry.BY_ONESELF)
    checked_in = AttendanceEntry.objects.filter(person=journal.kept, how__in=AttendanceEntry.BY_ONESELF)
    taken = set(checked_in.values_list("session", flat=True))
    journal.leave(AttendanceEntry, "person", [row for row in own if row.session_id in taken])
    journal.move(AttendanceEntry, "person", rows=[row for row in own if row.session_id not in taken], also=["by"])
    others = journal.rows(AttendanceEntry, "person").exclude(how__in=AttendanceEntry.BY_ONESELF)
    journal.move(AttendanceEntry, "person", rows=others)


def made(journal, relation):
    """The marks that the person made of others, as a trainer."""
    rows = journal.rows(AttendanceEntry, "by").exclude(how__in=AttendanceEntry.BY_ONESELF)
    journal.move(AttendanceEntry, "by", rows=rows)


rules("seminars", {
    "Attendance.marked_by": follows,
    "Attendance.person": attendance,
    "AttendanceEntry.by": made,
    "AttendanceEntry.person": entries,
    "CalendarFeed.person": stays,  # the address was given to the record closed, and opens nothing any more
    "FeedbackGiven.person": follows_once("feedback"),
    "Seat.booked_by": follows,
    "Seat.person": seats,
    "Seminar.made_by": follows,
    "SeminarRun_trainers.user": follows_once("seminarrun"),
    "StrayMark.by": follows_once("key", "why"),
    "WalkIn.decided_by": follows,
    "WalkIn.person": follows_once("session"),
})  # fmt: skip

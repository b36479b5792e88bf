"""Check-in: a person with a seat marks oneself by the code or PIN on the trainer's screen; who has none asks to be let in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry, User

from . import attendance, checkin_codes
from .models import Attendance, AttendanceEntry, Seat, Session, WalkIn
from .standing import heads

EARLY = timedelta(hours=1)  # the code may be scanned so long before the beginning: the place is kept
ON_TIME = timedelta(minutes=15)  # after the beginning; who scans later is late
MOST_WRONG = 10  # PINs of one person in an hour
REFUSED = "check-in PIN refused"
_KEYS = UUID("7f2f1a53-6a3e-4b0c-9d0e-5d7f3f6f6f1e")  # check-ins have keys made of session and person: one each


@dataclass(frozen=True)
class Scan:
    """A code that a person has seen: how, when the screen showed it, when it was scanned or typed, on which device."""

    how: str  # AttendanceEntry.How: code or pin
    shown_at: datetime
    scanned_at: datetime
    device: str = ""
    network: str = ""


class WrongPin(Exception):
    """`reason`: wrong, or too_many (ask again in an hour, or the trainer)."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def refuse_outside(session, at):
    """Raises NotMarkable: called_off, not_begun (much too early) or over."""
    if session.is_called_off:
        raise attendance.NotMarkable("called_off")
    if at < session.starts_at - EARLY:
        raise attendance.NotMarkable("not_begun")
    if at > session.ends_at:
        raise attendance.NotMarkable("over")


def check_in(*, session, person, scan, now=None):
    """Mark the person, as of the moment of the scan. Safe to repeat. Returns the Attendance, or a WalkIn for who has no seat.

    Raises NotMarkable. A trainer's mark that is there already stays; the check-in is kept beside it.
    """
    now = now or timezone.now()
    refuse_outside(session, scan.scanned_at)
    with transaction.atomic():
        try:
            attendance.lock_place(session, person)
        except attendance.NotOnTheRoster:
            return _ask_to_be_let_in(session, person, scan)
        entries = list(AttendanceEntry.objects.filter(session=session, person=person))
        row = Attendance.objects.filter(session=session, person=person).first()
        if any(entry.by_oneself for entry in entries):
            return row
        late = scan.scanned_at > session.starts_at + ON_TIME
        entry = AttendanceEntry(
            key=uuid5(_KEYS, f"{session.pk}:{person.pk}"), session=session, person=person, how=scan.how, by=person,
            mark=Attendance.Mark.LATE if late else Attendance.Mark.PRESENT, at=scan.scanned_at, received_at=now,
            device=scan.device, network=scan.network, shown_at=scan.shown_at, confirmed_at=now,
        )  # fmt: skip
        return attendance.enter(entry, entries, row)


def _ask_to_be_let_in(session, person, scan):
    fields = {
        "asked_at": scan.scanned_at, "device": scan.device, "network": scan.network, "shown_at": scan.shown_at,
    }  # fmt: skip
    return WalkIn.objects.get_or_create(session=session, person=person, defaults=fields)[0]


def decide(*, walk_in, let_in, by, now=None):
    """Let somebody in, who then stands on the roster as present or late, or turn away. May be decided anew. Raises NotMarkable."""
    now = now or timezone.now()
    with transaction.atomic():
        row = WalkIn.objects.select_for_update().get(pk=walk_in.pk)
        session = walk_in.session
        if session.is_called_off:
            raise attendance.NotMarkable("called_off")
        if row.let_in == let_in:
            return row
        row.let_in, row.decided_at, row.decided_by = let_in, now, by
        row.save()
        deed = "walk-in let in" if let_in else "walk-in turned away"
        audit.record(actor=by, deed=deed, subject=f"session {session.pk}", person=row.person_id)
        if let_in:
            _mark_let_in(row, session, by, now)
    return row


def _mark_let_in(row, session, by, now):
    """Before the beginning too: the person is there, and hours count from the beginning on."""
    entries = list(AttendanceEntry.objects.filter(session=session, person=row.person))
    stands = Attendance.objects.filter(session=session, person=row.person).first()
    late = row.asked_at > session.starts_at + ON_TIME
    entry = AttendanceEntry(
        key=uuid5(_KEYS, f"{session.pk}:{row.person_id}:{now.isoformat()}"), session=session, person=row.person,
        how=AttendanceEntry.How.WALK_IN, by=by, mark=Attendance.Mark.LATE if late else Attendance.Mark.PRESENT,
        at=min(row.asked_at, now), received_at=now, device=row.device, network=row.network, shown_at=row.shown_at,
        knew=[str(one.key) for one in heads(entries)],
    )  # fmt: skip
    attendance.enter(entry, entries, stands)


# --- PIN ---------------------------------------------------------------------------------------------------------------


def read_pin(*, person, typed, now=None):
    """(Session, Shown) of the PIN, spaces or not. Sessions where the person is expected come first. Raises WrongPin; wrong ones
    are logged, and counted by the log."""
    now = now or timezone.now()
    pin = "".join(sign for sign in typed if not sign.isspace())
    if not pin:
        raise WrongPin("wrong")  # nothing was tried
    with transaction.atomic():  # ends before anything is raised: the log keeps the try
        User.objects.select_for_update(no_key=True).get(pk=person.pk)  # a hundred tries at once are counted one by one
        found, reason = None, "wrong"
        if wrong_tries(person, now) >= MOST_WRONG:
            reason = "too_many"
        else:
            if pin.isascii() and pin.isdigit():
                found = checkin_codes.session_of_pin(pin, _open_to(person, now), now)
            if found is None:
                audit.record(actor=person, deed=REFUSED, subject=f"person {person.pk}")
    if found is None:
        raise WrongPin(reason)
    return Session.objects.select_related("run__seminar").get(pk=found.session), found


def wrong_tries(person, now):
    """Of the last hour."""
    return AuditEntry.objects.filter(actor=person, deed=REFUSED, at__gt=now - timedelta(hours=1)).count()


def _open_to(person, now):
    """Sessions whose code may stand on a screen now, those with the person's seat first."""
    open_now = Session.objects.filter(starts_at__lte=now + EARLY, ends_at__gte=now, run__cancelled_at=None)
    expected = Q(run__seats__person=person, run__seats__state=Seat.State.BOOKED) | Q(
        walk_ins__person=person, walk_ins__let_in=True
    )
    first = list(open_now.filter(expected).distinct().order_by("starts_at", "pk").values_list("pk", flat=True))
    others = open_now.exclude(pk__in=first).order_by("starts_at", "pk").values_list("pk", flat=True)
    return [*first, *others]

"""Changing what is planned: those who hold seats are told, calendars get a higher SEQUENCE, seats that were added are given out."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit

from . import booking, telling
from .models import Seat, SeminarRun, Session

RELIED_ON = ("place", "room", "address", "travel", "online", "link", "link_minutes")


class CannotMove(Exception):
    """`reason`: past (the new time is over), marked (attendance is marked) or called_off."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def call_off(*, run, by, now=None):
    """Cancel a run and tell everybody who has a seat or waits for one. Safe to repeat: the first time stays."""
    now = now or timezone.now()
    with transaction.atomic():
        run = booking.lock(run)
        if run.cancelled_at:
            return
        SeminarRun.objects.filter(pk=run.pk).update(cancelled_at=now)
        _changed_in_calendars(Session.objects.filter(run=run))
        audit.record(actor=by, deed="seminar run called off", subject=f"run {run.pk}")
        telling.tell_run("run_called_off", run, now)


def plan_of(run):
    """What people rely on: when and where. Two plans are compared to see whether they must be told.

    Call it before anything is assigned to the run: {"where": {...}, "sessions": {key: (begins, ends)}}.
    """
    sessions = Session.objects.filter(run=run.pk, cancelled_at=None).values_list("pk", "starts_at", "ends_at")
    where = {name: getattr(run, name) for name in RELIED_ON}
    return {"where": where, "sessions": {pk: (begins, ends) for pk, begins, ends in sessions}}


def changed(*, run, before, by, now=None):
    """After a run was saved: give out added seats, and tell those with seats when the time or the place is another.

    Returns whether they were told.
    """
    now = now or timezone.now()
    with transaction.atomic():
        run = booking.lock(run)
        after = plan_of(run)
        booking.promote(run, now)
        if not before["sessions"] or before == after:
            return False
        moved = [pk for pk, times in after["sessions"].items() if before["sessions"].get(pk, times) != times]
        Session.objects.filter(pk__in=moved).update(reminded_at=None)
        concerned = after["sessions"] if before["where"] != after["where"] else moved
        _changed_in_calendars(Session.objects.filter(pk__in=concerned))
        audit.record(actor=by, deed="seminar run moved", subject=f"run {run.pk}")
        _tell_moved(run, before, after, now)
        return True


def _tell_moved(run, before, after, now):
    """Say of which sessions the time is another; where it is the place alone, the next one and how many more there are."""
    others = [pk for pk, times in after["sessions"].items() if before["sessions"].get(pk) != times]
    sessions = list(Session.objects.filter(pk__in=others, ends_at__gt=now).order_by("starts_at", "pk"))
    was = before["sessions"].get(sessions[0].pk, [None])[0] if sessions else None
    named = {"sessions": others} if before["where"] == after["where"] else {}  # else all go to calendars anew
    telling.tell_moved(run, sessions, was, now, **named)


# --- Sessions, one or all that follow ------------------------------------------------------------------------------------


def following(session):
    """The session and those of its run that come after it and take place."""
    return list(
        Session.objects.filter(run=session.run_id, cancelled_at=None, starts_at__gte=session.starts_at)
        .order_by("starts_at", "pk")
        .prefetch_related("attendance")
    )


def move_sessions(*, sessions, begins, ends, hours, by, now=None):
    """Move the first of `sessions` to `begins`–`ends`; the others by the same time. A length or hours that the first did not
    have before are given to the others too.

    People are told once. Raises CannotMove, and then moves none.
    """
    now = now or timezone.now()
    first = sessions[0]
    shift, length = begins - first.starts_at, ends - begins
    is_longer, counts_otherwise = length != first.ends_at - first.starts_at, hours != first.hours
    with transaction.atomic():
        run = booking.lock(sessions[0].run)
        before = plan_of(run)
        for session in sessions:
            _refuse(session, run)
            lasted = session.ends_at - session.starts_at
            session.starts_at += shift
            if shift and session.starts_at <= now:
                raise CannotMove("past")
            session.ends_at = session.starts_at + (length if is_longer else lasted)
            session.hours = hours if counts_otherwise else session.hours
        Session.objects.bulk_update(sessions, ["starts_at", "ends_at", "hours"])
        changed(run=run, before=before, by=by, now=now)


def call_off_sessions(*, sessions, by, now=None):
    """Call sessions of one run off and tell those who have seats, once. Raises CannotMove where attendance is marked.

    A run of which none is left is called off itself.
    """
    now = now or timezone.now()
    with transaction.atomic():
        run = booking.lock(sessions[0].run)
        for session in sessions:
            _refuse(session, run)
        keys = [session.pk for session in sessions]
        if not Session.objects.held().filter(run=run).exclude(pk__in=keys).exists():
            call_off(run=run, by=by, now=now)
            return
        rows = Session.objects.filter(pk__in=keys)
        rows.update(cancelled_at=now)
        _changed_in_calendars(rows)
        audit.record(actor=by, deed="sessions called off", subject=f"run {run.pk}", sessions=keys)
        seats = list(Seat.objects.held().filter(run=run).select_related("person"))
        first = sessions[0]
        first.run = run
        subject = f"session {first.pk} {now:%Y%m%d%H%M%S%f}"
        telling.tell_session("session_called_off", first, seats, subject, sessions=keys, more=len(keys) - 1)


def _refuse(session, run):
    if run.cancelled_at or session.cancelled_at:
        raise CannotMove("called_off")
    if session.attendance.all():
        raise CannotMove("marked")


def _changed_in_calendars(sessions):
    sessions.update(sequence=F("sequence") + 1)

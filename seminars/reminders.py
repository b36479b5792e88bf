"""The day before: everybody with a seat is reminded of the session, once. A session that is moved is reminded of again."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from . import booking, telling
from .models import Seat, SeminarRun, Session

BEFORE = timedelta(hours=24)


def remind(now=None):
    """Remind of the sessions that begin within BEFORE. Returns of how many. Who booked within BEFORE knows it from that mail."""
    now = now or timezone.now()
    due = Session.objects.held().filter(reminded_at=None, starts_at__gt=now, starts_at__lte=now + BEFORE)
    sessions = list(due.select_related("run__seminar"))
    for session in sessions:
        seats = Seat.objects.booked().filter(run=session.run_id, since__lte=session.starts_at - BEFORE)
        subject = (
            f"session {session.pk} {session.starts_at:%Y%m%d%H%M}"  # told once, whatever happens before the next line
        )
        telling.tell_session("session_reminder", session, list(seats.select_related("person")), subject)
        Session.objects.filter(pk=session.pk, starts_at=session.starts_at).update(reminded_at=now)
    return len(sessions)


def fill_free_seats(now=None):
    """Give out seats that became free without anybody doing so, as when the process died in between. Returns of how many runs."""
    now = now or timezone.now()
    to_come = Session.objects.to_come(now).values("run")
    waiting = Seat.objects.waiting().values("run")
    runs = SeminarRun.objects.filter(Q(pk__in=to_come) & Q(pk__in=waiting)).order_by("pk")
    due = [run for run in runs if booking.free_seats(run)]
    for run in due:
        booking.fill(run=run, now=now)
    return len(due)

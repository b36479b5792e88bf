"""The event that goes with a mail: what stands now, so that a calendar never learns something that is over already.

METHOD is REQUEST for what takes place and CANCEL for what does not: clients find the event by its UID. Each session is a file of
its own: an invitation is about one UID (RFC 5546, 3.2.2 and 3.2.5), and of several clients take the first alone.
"""

from django.utils import timezone

from . import ics
from .models import Seat, Session

KINDS = (
    "seat_booked", "seat_promoted", "seat_cancelled", "run_moved", "run_called_off", "session_called_off",
    "session_reminder",
)  # fmt: skip


def attach(notice):
    """[(name, bytes, media type)] for the mail of a notice about a run; the language that is active is the reader's."""
    run, named = notice.details.get("run"), notice.details.get("sessions")
    seat = Seat.objects.filter(run=run, person=notice.person).first()
    if seat is None or seat.state == Seat.State.WAITING:
        return []  # nothing stands in a calendar until the seat is the person's
    sessions = Session.objects.filter(run=run).select_related("run__seminar").order_by("starts_at", "pk")
    if named:
        sessions = sessions.filter(pk__in=named)
    return [_file(session, seat, notice.person) for session in sessions.filter(ends_at__gt=timezone.now())]


def _file(session, seat, person):
    event = ics.event(session, seat=seat, person=person)
    method = "CANCEL" if event["status"] == "CANCELLED" else "REQUEST"
    content = ics.calendar([event], method=method).decode()
    return (
        f"seminar-{timezone.localtime(session.starts_at):%Y-%m-%d-%H%M}.ics",
        content,
        f"text/calendar; method={method}",
    )

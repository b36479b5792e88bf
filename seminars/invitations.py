"""The event that goes with a mail: what stands now, so that a calendar never learns something that is over already.

METHOD is REQUEST for what takes place and CANCEL for what does not (RFC 5546, 3.2): clients find the event by its UID.
"""

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
    standing, gone = [], []
    for session in sessions:
        event = ics.event(session, seat=seat, person=notice.person)
        (gone if event["status"] == "CANCELLED" else standing).append(event)
    files = []
    for events, method, name in ((standing, "REQUEST", "seminar.ics"), (gone, "CANCEL", "seminar-cancelled.ics")):
        if events:
            content = ics.calendar(events, method=method).decode()
            files.append((name, content, f"text/calendar; method={method}"))
    return files

"""Sessions as iCalendar (RFC 5545, 5546). Times are UTC: every client shows them in its own zone, and none has to know ours.

UID is the session's for ever; SEQUENCE is the session's changes and the seat's together, so it rises with every event of either.
The on-line link is never in a calendar, which others may see: the page of the seminar shows it when it is time.
"""

from datetime import UTC, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from accounts.text import in_language

from .models import Seat

REFRESH = timedelta(hours=1)


def event(session, *, seat=None, person=None, now=None):
    """A VEVENT in the language that is active. `session` with run and seminar fetched; `seat` is the reader's.

    With `person` the event is an invitation to them (ORGANIZER, ATTENDEE).
    """
    run = session.run
    found = Event()
    found.add("uid", str(session.uid))
    found.add("sequence", session.sequence + (seat.sequence if seat else 0))
    found.add("dtstamp", now or timezone.now())
    found.add("dtstart", session.starts_at.astimezone(UTC))
    found.add("dtend", session.ends_at.astimezone(UTC))
    title, status = in_language(run.seminar.titles), _status(session, seat)
    is_off = status == "CANCELLED"  # said in the title too: some clients show an event whatever its status
    found.add("summary", f"{_('Cancelled')}: {title}" if is_off else title)
    found.add("status", status)
    if is_off:
        found.add("transp", "TRANSPARENT")
    if place := where(run):
        found.add("location", place)
    page = f"{settings.BASE_URL}/seminars/{run.seminar_id}/"
    found.add("url", page)
    found.add("description", _description(run, seat, page))
    if person is not None:
        found["organizer"] = _address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], settings.SITE_NAME)
        attendee = _address(person.email, str(person))
        attendee.params |= {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE", "ROLE": "REQ-PARTICIPANT"}
        found.add("attendee", attendee)
    return found


def calendar(events, *, method="PUBLISH", name=""):
    """The bytes of a file. `name`: what a client calls a calendar that is subscribed to."""
    found = Calendar()
    found.add("version", "2.0")
    found.add("prodid", f"-//{settings.SITE_NAME}//seminars//")
    found.add("calscale", "GREGORIAN")
    found.add("method", method)
    if name:
        found.add("x-wr-calname", name)
        found.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
        found.add("x-published-ttl", "PT1H")
    for one in events:
        found.add_component(one)
    return found.to_ical()


def where(run):
    """Place, room and address in one line; «On-line» before them where the run is held so."""
    parts = [_("On-line") if run.online else "", in_language(run.place), run.room, run.address]
    return ", ".join(part for part in parts if part)


def _status(session, seat):
    if session.is_called_off or (seat and seat.state == Seat.State.CANCELLED):
        return "CANCELLED"
    return "TENTATIVE" if seat and seat.state == Seat.State.WAITING else "CONFIRMED"


def _description(run, seat, page):
    lines = [in_language(run.seminar.results)]
    if seat and seat.state == Seat.State.WAITING:
        lines.append(_("You are on the waiting list: the seat is not yours yet."))
    lines.append(in_language(run.travel))
    if run.online:
        words = _("The link to join is shown on the page of the seminar %(n)s minutes before the beginning.")
        lines.append(words % {"n": run.link_minutes})
    return "\n".join([*(line for line in lines if line), page])


def _address(email, name):
    found = vCalAddress(f"mailto:{email}")
    found.params["CN"] = name
    return found

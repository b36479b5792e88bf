"""What people are told about seminars: one notice a person and event, mailed in their language, with the event for their calendar.

The words stand in templates/notices/; the file for the calendar is made when the mail is sent (seminars/invitations.py).
"""

from accounts.notices import tell_all

from .models import Session


def tell_seats(kind, seats, now):
    """Tell the holders of `seats` (a list of one run, with their people) of something that has just happened to them."""
    if seats:
        run = seats[0].run
        _tell(kind, seats, f"run {run.pk} {now:%Y%m%d%H%M%S%f}", details(run, now=now))


def tell_run(kind, run, now, **more):
    """Tell everybody who has a seat in the run or waits for one."""
    seats = list(run.seats.held().select_related("person"))
    _tell(kind, seats, f"run {run.pk} {now:%Y%m%d%H%M%S%f}", details(run, now=now) | more)


def tell_session(kind, session, seats, subject, **more):
    """Tell the holders of `seats` about one session."""
    _tell(kind, seats, subject, details(session.run, [session]) | {"sessions": [session.pk]} | more)


def details(run, sessions=None, now=None):
    """What the letters say: topic, when (the next session, and how many more there are), where."""
    if sessions is None:
        sessions = list(Session.objects.filter(run=run, cancelled_at=None).order_by("starts_at", "pk"))
        sessions = [one for one in sessions if now is None or one.ends_at > now] or sessions
    first = sessions[0] if sessions else None
    return {
        "title": run.seminar.titles, "seminar": run.seminar_id, "run": run.pk,
        "when": first.starts_at.isoformat() if first else "", "ends": first.ends_at.isoformat() if first else "",
        "more": max(0, len(sessions) - 1), "place": run.place, "room": run.room, "address": run.address,
        "travel": run.travel, "online": run.online, "link_minutes": run.link_minutes,
    }  # fmt: skip


def _tell(kind, seats, subject, details):
    tell_all(people=[seat.person for seat in seats], kind=kind, subject=subject, mail=True, **details)

"""What people are told about seminars: one notice a person and event, mailed in their language, with the event for their calendar.

The words stand in templates/notices/; the file for the calendar is made when the mail is sent (seminars/invitations.py).
"""

from datetime import timedelta

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


def tell_moved(run, moved, was, now, **more):
    """Tell them that `moved` are at another time, the first of which was to begin at `was` (None: it is new); [] where it is
    the place alone."""
    said = _when(moved) | {"was": was.isoformat() if was else ""} if moved else {}
    tell_run("run_moved", run, now, **said, **more)


def tell_session(kind, session, seats, subject, **more):
    """Tell the holders of `seats` about one session."""
    _tell(kind, seats, subject, details(session.run, [session]) | {"sessions": [session.pk]} | more)


def details(run, sessions=None, now=None):
    """What the letters say: topic, when (the next session, and how many more there are), where, until when one may cancel.

    `now` goes with all sessions of the run, and is left out with some of them.
    """
    cancel_until = None
    if sessions is None:
        planned = list(Session.objects.filter(run=run, cancelled_at=None).order_by("starts_at", "pk"))
        sessions = [one for one in planned if one.ends_at > now] or planned
        cancel_until = planned and planned[0].starts_at - timedelta(hours=run.cancel_hours)
    return _when(sessions) | {
        "title": run.seminar.titles, "seminar": run.seminar_id, "run": run.pk, "link": f"/seminars/{run.seminar_id}/",
        "cancel_until": cancel_until.isoformat() if cancel_until and cancel_until > now else "",
        "place": run.place, "room": run.room, "address": run.address, "travel": run.travel, "online": run.online,
        "link_minutes": run.link_minutes,
    }  # fmt: skip


def _when(sessions):
    return {
        "when": sessions[0].starts_at.isoformat() if sessions else "",
        "more": max(0, len(sessions) - 1),
    }


def _tell(kind, seats, subject, details):
    tell_all(people=[seat.person for seat in seats], kind=kind, subject=subject, mail=True, **details)

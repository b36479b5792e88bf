"""Marks from a device that was without network: taken in one by one, each with its answer. What finds no place is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.models import User

from . import attendance
from .models import Attendance, AttendanceEntry, Seat, SeminarRun, Session, StrayMark, WalkIn
from .roster import places

MOST = 200  # marks in one message
Why = StrayMark.Why


class Unreadable(ValueError):
    """What came is not a message of our page."""


@dataclass(frozen=True)
class Sent:
    """One mark as the device sent it; `at` by the server's clock."""

    key: UUID
    session: int
    person: int
    mark: str
    at: datetime
    knew: list
    session_words: str
    person_words: str


def read(told, now):
    """(device, [Sent]) of a message. The device says when it sends: so much as its clock is wrong, its marks are put right.

    Raises Unreadable.
    """
    try:
        wrong_by = now - _moment(told["sent_at"])
        marks = [_read_mark(one, wrong_by, now) for one in told["marks"]]
        device = _plain(told["device"], 40)
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as fault:
        raise Unreadable(str(fault)) from None
    if len(marks) > MOST:
        raise Unreadable("too many")
    return device, marks


def _plain(words, most):
    return str(words).replace("\0", "")[:most]  # PostgreSQL keeps no such sign


def _moment(milliseconds):
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _read_mark(one, wrong_by, now):
    numbers = one["session"], one["person"]
    if not all(isinstance(number, int) and 0 < number < 2**63 for number in numbers):
        raise ValueError("numbers")
    return Sent(
        key=UUID(str(one["key"])), session=numbers[0], person=numbers[1], mark=Attendance.Mark(one["mark"]).value,
        at=min(_moment(one["at"]) + wrong_by, now), knew=[str(UUID(str(key))) for key in one["knew"]][:50],
        session_words=_plain(one.get("session_words", ""), 200), person_words=_plain(one.get("person_words", ""), 200),
    )  # fmt: skip


def take_in(*, sent, by, device, now):
    """[(key, answer)]: «kept», «wait» (the session has not begun: ask again later), or a StrayMark.Why.

    Sent any number of times in any order, the result is the same. Each mark is a transaction of its own: a bad one holds up none.
    """
    sessions = Session.objects.filter(run__in=SeminarRun.objects.taught_by(by)).select_related("run__seminar")
    found = {session.pk: session for session in sessions.filter(pk__in={one.session for one in sent})}
    people = User.objects.in_bulk({one.person for one in sent})
    return [
        (one.key, _take_in_one(one, found.get(one.session), people.get(one.person), by, device, now)) for one in sent
    ]


def _take_in_one(one, session, person, by, device, now):
    why = _place(one, session, person, by, device, now)
    if why in Why.values:
        StrayMark.objects.get_or_create(
            key=one.key, by=by, why=why,
            defaults={
                "session_number": one.session, "person_number": one.person, "session_words": one.session_words,
                "person_words": one.person_words or _name(person, by), "mark": one.mark, "at": one.at, "received_at": now, "knew": one.knew,
                "device": device,
            },
        )  # fmt: skip
    return why


def _name(person, by):
    """After OLD the device has forgotten the name. It is told of those who have or had a place with this trainer alone."""
    held = person and Seat.objects.filter(person=person, run__in=SeminarRun.objects.taught_by(by)).exists()
    return person.official_name[:200] if held else ""


def _place(one, session, person, by, device, now):
    if session is None:
        return Why.GONE.value
    if person is None:
        return Why.NO_SEAT.value
    try:
        attendance.mark(
            session=session, person=person, mark=one.mark, by=by, now=now, how=AttendanceEntry.How.OFFLINE,
            key=one.key, at=one.at, knew=one.knew, device=device,
        )  # fmt: skip
    except attendance.NotMarkable as no:
        return "wait" if no.reason == "not_begun" else Why.CALLED_OFF.value
    except attendance.NotOnTheRoster:
        return Why.NO_SEAT.value
    except attendance.AlteredMark:
        return Why.ALTERED.value
    return "kept"


def place_after_all(*, stray, by, now):
    """Try once more, at the trainer's wish. Who gave the seat back is let in. Returns «kept», «wait» or the StrayMark.Why."""
    session = Session.objects.filter(pk=stray.session_number, run__in=SeminarRun.objects.taught_by(by)).first()
    person = User.objects.filter(pk=stray.person_number).first()
    with transaction.atomic():
        if session and person and Seat.objects.filter(run=session.run_id, person=person).exists():
            decided = {"asked_at": stray.at, "let_in": True, "decided_at": now, "decided_by": by}
            WalkIn.objects.get_or_create(session=session, person=person, defaults=decided)
        answer = _place(stray, session, person, by, stray.device, now)
        if answer == "kept":
            StrayMark.objects.filter(pk=stray.pk).update(settled_at=now, placed=True)
            audit.record(actor=by, deed="stray mark placed", subject=f"session {session.pk}", mark=str(stray.key))
        else:
            transaction.set_rollback(True)
    return answer


def set_aside(*, stray, by, now):
    """The trainer has seen it and wants it nowhere. The row stays."""
    with transaction.atomic():
        StrayMark.objects.filter(pk=stray.pk, settled_at=None).update(settled_at=now)
        audit.record(actor=by, deed="stray mark set aside", subject=f"stray mark {stray.pk}", mark=str(stray.key))


def download(session, person, words, now):
    """What a device takes along, as plain JSON: who is expected and what is known of the marks. No more of a person than that."""
    return {
        "person": person.pk,
        "now": now.isoformat(),
        "session": session.pk,
        "words": words,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "called_off": session.is_called_off,
        "places": [
            {
                "person": place.person.pk,
                "name": place.person.official_name,
                "login": place.person.username,
                "library": str(place.person.library or ""),
                "mark": place.mark,
                "knew": [str(entry.key) for entry in place.heads],
                "conflict": [f"{Attendance.Mark(one.mark).label}: {one.by.official_name}" for one in place.conflict],
            }
            for place in places(session)
        ],
    }


OLD = timedelta(hours=48)  # after which a device throws the names away

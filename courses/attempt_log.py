"""What happened in an attempt, for the trainer. No key press, no picture, no address in clear: this is no proctoring.

A question says itself when it was first shown and when the answer that stands was given (AttemptQuestion.opened_at, saved_at).
An event is written of an answer that another one replaced, and only where a minute lay between them: showing a question and saving
a first answer cost no statement more.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.roles import has_role

from .attempt_rows import NEW_EVENT
from .models import Attempt, AttemptEvent

Kind = AttemptEvent.Kind
APART = timedelta(minutes=1)
MOST = 100  # events of one kind in an attempt that somebody else can cause at will: a flood fills no table
COMINGS = (Kind.LEFT, Kind.RESUMED)
# Why something was refused, as the log keeps it.
REASONS = {
    "handed_in": _("the attempt was handed in already"),
    "late": _("the time was over"),
    "unreadable": _("no answer to this question"),
    "not_drawn": _("a question that was not drawn"),
    "repeated": _("one question several times"),
    "older": _("older than the answer that stands"),
    "foreign": _("by another person"),
}


def device_of(request):
    """16 hex digits that stand for network address and browser: they tell that either changed, not what it was."""
    said = (request.META.get(name, "") for name in ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_USER_AGENT"))
    return _device(*said, settings.ALLAUTH_TRUSTED_PROXY_COUNT)


@lru_cache(10_000)
def _device(remote, forwarded, browser, _proxies):
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    address = get_adapter().get_client_ip(request)  # knows TRUSTED_PROXY_COUNT
    return salted_hmac("courses.attempt_log", f"{address}\n{browser}").hexdigest()[:16]


def note(attempt, kind, now, slot=None, **details):
    """Write one event of an attempt (or its primary key)."""
    pk = getattr(attempt, "pk", attempt)
    told = {name: value for name, value in details.items() if value}
    event = AttemptEvent(attempt_id=pk, kind=kind, at=now, slot=slot, details=told)
    NEW_EVENT.run(event)
    return event


def is_other_device(attempt, device):
    """Whether it is known to be another than the attempt was at."""
    return bool(device and attempt.device) and device != attempt.device


def note_device(attempt, device, now):
    """Say that the attempt goes on from another address or browser. `attempt` is locked. Costs nothing while it is the same."""
    if not is_other_device(attempt, device):
        return
    attempt.device = device
    attempt.save(update_fields=["device"])
    if attempt.events.filter(kind=Kind.ADDRESS).count() < MOST:  # two phones in turn
        note(attempt, Kind.ADDRESS, now, device=device)


def replaced(row, answer, now):
    """The unsaved event of the answer in `row` that `answer` replaces, or None where it needs none."""
    if row.saved_at is None or row.answer == answer or now - row.saved_at < APART:
        return None
    details = {} if row.answer is not None else {"emptied": True}
    return AttemptEvent(attempt_id=row.attempt_id, kind=Kind.ANSWERED, at=row.saved_at, slot=row.slot, details=details)


def refuse(*, attempt, reason, person=None, slot=None, now):
    """Keep that something was refused: `reason` of REASONS; by another than the learner it is «foreign». None where no attempt is.

    Two queries. Called outside of the transaction that was given up.
    """
    known = Q(events__kind=Kind.REFUSED)
    pk = getattr(attempt, "pk", attempt)
    row = (
        Attempt.objects.filter(pk=pk).annotate(n=Count("events", filter=known)).values("pk", "n", "enrolment__learner")
    )
    if not (found := row.first()) or found["n"] >= MOST:
        return None
    details = {"reason": reason}
    if person is not None and found["enrolment__learner"] != person.pk:
        details = {"reason": "foreign", "person": person.pk}
    kept = slot if slot is not None and 0 < slot < 2**15 else None
    return note(found["pk"], Kind.REFUSED, now, kept, **details)


def come_and_go(*, attempt, kind, now):
    """Keep that the page was left or seen again, as the browser says. Nothing of an attempt that is handed in."""
    if kind not in COMINGS:
        raise ValueError(kind)
    if attempt.submitted_at is None and attempt.events.filter(kind=kind).count() < MOST:
        note(attempt, kind, now)


# --- Reading it -----------------------------------------------------------------------------------------------------------


def readable_by(user):
    """The attempts whose log `user` may read: those in the courses that the trainer teaches; administrators all."""
    attempts = Attempt.objects.select_related("enrolment__learner__library", "quiz__activity__course")
    if has_role(user, Role.ADMINISTRATOR):
        return attempts
    if not has_role(user, Role.TRAINER):
        return attempts.none()
    return attempts.filter(quiz__activity__course__trainers__person=user)


@dataclass(frozen=True)
class Line:
    at: object
    words: str
    slot: int | None = None
    told: str = ""
    device: str = ""  # A, B...: the first, the second address or browser seen


def moment(ago, now):
    """When something was that a page says was so many milliseconds ago; None where it does not say. Its clock may be wrong."""
    known = ago and ago.isdecimal() and len(ago) < 12
    return now - timedelta(milliseconds=int(ago)) if known else None


def lines(attempt):
    """The log in the order of time: the events, the questions shown and the answers that stand. Two queries."""
    letters, told = {}, []
    for event in attempt.events.order_by("at", "pk"):
        device = event.details.get("device")
        if device:
            letters.setdefault(device, chr(ord("A") + len(letters)) if len(letters) < 26 else f"{len(letters) + 1}")
        emptied = event.kind == Kind.ANSWERED and event.details.get("emptied")
        told.append(
            Line(
                at=event.at,
                words=_("answer taken back") if emptied else event.get_kind_display(),
                slot=event.slot,
                told=REASONS.get(event.details.get("reason"), ""),
                device=letters.get(device, ""),
            )
        )
    for row in attempt.questions.order_by("slot"):
        if row.opened_at not in (None, attempt.started_at):  # the start shows the first one, or all
            told.append(Line(at=row.opened_at, words=Kind.OPENED.label, slot=row.slot))
        if row.saved_at:
            words = Kind.ANSWERED.label if row.answer is not None else _("answer taken back")
            told.append(Line(at=row.saved_at, words=words, slot=row.slot))
    return sorted(told, key=lambda line: line.at)

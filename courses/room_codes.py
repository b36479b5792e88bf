"""Room codes of invigilated quizzes: shown in the room by the trainer, typed by those who sit there, of no use once they lapse."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry, User

from .models import RoomCode

DIGITS = 6
MINUTES = (30, 60, 90, 120, 180, 240)  # how long a code may hold
MOST_WRONG = 10  # tries of one person in an hour, over all quizzes: a code of a million is not guessed
REFUSED = "room code refused"


class WrongCode(Exception):
    """The code opens nothing just now: `reason` is wrong or too_many (ask again in an hour)."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def holding(quiz, now):
    """The codes of the quiz that open it at this moment: each trainer has one of the own room."""
    return RoomCode.objects.filter(quiz=quiz, holds_from__lte=now, holds_until__gt=now)


def make(*, quiz, by, minutes, now=None):
    """A new code that holds for so many minutes from now; the maker's earlier one lapses. Returns the RoomCode."""
    now = now or timezone.now()
    if minutes not in MINUTES:
        raise ValueError(minutes)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # pressed twice: one after the other
        _lapse(quiz, by, now)
        taken = set(holding(quiz, now).values_list("code", flat=True))
        code = next(code for code in iter(_new_code, None) if code not in taken)
        made = RoomCode.objects.create(
            quiz=quiz, code=code, holds_from=now, holds_until=now + timedelta(minutes=minutes), made_by=by
        )
        audit.record(actor=by, deed="room code made", subject=f"quiz {quiz.pk}", room_code=made.pk, minutes=minutes)
    return made


def end(*, quiz, by, now=None):
    """Let the own code lapse before its time. Attempts that were begun with it go on."""
    now = now or timezone.now()
    with transaction.atomic():
        for code in _lapse(quiz, by, now):
            audit.record(actor=by, deed="room code ended", subject=f"quiz {quiz.pk}", room_code=code.pk)


def _lapse(quiz, by, now):
    own = list(holding(quiz, now).filter(made_by=by).select_for_update())
    for code in own:
        code.holds_until = max(now, code.holds_from + timedelta(microseconds=1))  # it held for a time
        code.save(update_fields=["holds_until"])
    return own


def _new_code():
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def check(*, quiz, person, typed, now):
    """The RoomCode that was typed, with spaces or without. Raises WrongCode; wrong ones are logged, and counted by the log."""
    code = "".join(sign for sign in typed if not sign.isspace())
    if not code:
        raise WrongCode("wrong")  # nothing was tried
    with transaction.atomic():  # ends before anything is raised: the log keeps the try
        User.objects.select_for_update(no_key=True).get(pk=person.pk)  # a hundred tries at once are counted one by one
        if wrong_tries(person, now) >= MOST_WRONG:
            found, reason = None, "too_many"
        else:
            is_code = code.isascii() and code.isdigit()
            found, reason = holding(quiz, now).filter(code=code).first() if is_code else None, "wrong"
            if found is None:
                audit.record(actor=person, deed=REFUSED, subject=f"quiz {quiz.pk}")
    if found is None:
        raise WrongCode(reason)
    return found


def wrong_tries(person, now):
    """Of the last hour."""
    return AuditEntry.objects.filter(actor=person, deed=REFUSED, at__gt=now - timedelta(hours=1)).count()

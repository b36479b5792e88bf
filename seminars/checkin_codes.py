"""Codes and PINs of a session's check-in: signed, never stored, another one every 30 seconds.

They are made and verified by the server's clock alone; the trainer's screen only shows what it was given. A code holds for a while
after it was shown, as a camera and a weak link need it, and one step ahead, should two servers' clocks differ.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.crypto import constant_time_compare, salted_hmac

STEP = 30  # seconds
HOLDS = 3  # steps after the one in which it was shown: up to two minutes
AHEAD = 1
DIGITS = 6
SALT = "seminars.checkin"


class BadCode(Exception):
    """`reason`: expired (it was ours), or altered."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Shown:
    """A code as it was read: of which session, and when the screen showed it first."""

    session: int
    at: datetime


def step_of(moment):
    return int(moment.timestamp()) // STEP


def began(step):
    return datetime.fromtimestamp(step * STEP, UTC)


def seconds_left(moment):
    """Until the screen shows the next one: 1 to 30."""
    return STEP - int(moment.timestamp()) % STEP


def code(session, moment):
    """What the QR code carries, such as 12-59812345-5nq2m7xk4p6d3w2a: session, step, 80 bits of HMAC-SHA-256."""
    step = step_of(moment)
    return f"{session}-{step}-{_signature(session, step)}"


def read(text, now):
    """Returns Shown. Raises BadCode for what is not a code of ours, or no longer holds."""
    try:
        session, step, signature = text.split("-")
        session, step = int(session), int(step)
    except ValueError:
        raise BadCode("altered") from None
    if not constant_time_compare(signature.lower(), _signature(session, step)):
        raise BadCode("altered")
    if not holds(step, now):
        raise BadCode("expired")
    return Shown(session, began(step))


def holds(step, now):
    return -AHEAD <= step_of(now) - step <= HOLDS


def pin(session, moment):
    """Six digits, by the truncation of RFC 4226 over HMAC-SHA-256."""
    return _pin(session, step_of(moment))


def session_of_pin(typed, sessions, now):
    """Shown for the first of `sessions` (primary keys, in order) whose PIN this is or was a moment ago; None for none."""
    for session in sessions:
        for step in range(step_of(now) + AHEAD, step_of(now) - HOLDS - 1, -1):
            if constant_time_compare(typed, _pin(session, step)):
                return Shown(session, began(step))
    return None


def _digest(kind, session, step):
    return salted_hmac(f"{SALT}.{kind}", f"{session}:{step}", algorithm="sha256").digest()


def _signature(session, step):
    return base64.b32encode(_digest("code", session, step)[:10]).decode().lower()


def _pin(session, step):
    digest = _digest("pin", session, step)
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"

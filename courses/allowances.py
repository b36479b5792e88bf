"""What one person is given beyond the rules of a quiz: extra time, extra attempts. Kept for ever, with the reason, and logged."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit

from .attempt_rows import EXTRA
from .models import Allowance, Attempt, Enrolment

MOST_MINUTES = 24 * 60
MOST_ATTEMPTS = 20


class CannotGive(ValueError):
    """Nothing was given: `reason` is nothing, too_much, no_reason, oneself, foreign (another course's quiz) or closed (the enrolment)."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Extra:
    """The sum of what a person was given for a quiz."""

    minutes: int = 0
    attempts: int = 0


def of(*, enrolment, quiz):
    """The Extra of an enrolment for a quiz. One query."""
    minutes, attempts = EXTRA.first(enrolment=getattr(enrolment, "pk", enrolment), quiz=quiz.pk) or (0, 0)
    return Extra(minutes=minutes, attempts=attempts)


def give(*, enrolment, quiz, minutes=0, attempts=0, reason, by, now=None):
    """Give extra minutes for every attempt, extra attempts, or both. An open attempt has its extra minutes at once.

    The quiz's own closing time stays the last moment. Who may give is the caller's to say. Returns the Allowance. Raises CannotGive.
    """
    now = now or timezone.now()
    reason = reason.strip()
    if minutes < 0 or attempts < 0 or not (minutes or attempts):
        raise CannotGive("nothing")
    if minutes > MOST_MINUTES or attempts > MOST_ATTEMPTS:
        raise CannotGive("too_much")
    if not reason:
        raise CannotGive("no_reason")
    if enrolment.learner_id == by.pk:
        raise CannotGive("oneself")
    if quiz.activity.course_id != enrolment.course_id:
        raise CannotGive("foreign")
    with transaction.atomic():
        # As attempts.start does: an attempt begun at this moment has the extra time by one of the two. Without the key:
        # a submit that holds the attempt writes its completion, which refers to the enrolment.
        if Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk).closed_at:
            raise CannotGive("closed")
        given = Allowance.objects.create(
            enrolment=enrolment, quiz=quiz, minutes=minutes, attempts=attempts, reason=reason, given_at=now, given_by=by
        )
        extended = _extend(enrolment, quiz, minutes, now) if minutes else None
        audit.record(
            actor=by, deed="allowance given", subject=f"enrolment {enrolment.pk}", about=enrolment.learner_id,
            reason=reason, quiz=quiz.pk,
            minutes=minutes, attempts=attempts, attempt=extended and extended.pk,
            closes_at=extended and extended.closes_at.isoformat(),
        )  # fmt: skip
    return given


def _extend(enrolment, quiz, minutes, now):
    """The open attempt with its new deadline, or None. What ran out of time already is graded as it is."""
    attempt = Attempt.objects.open().select_for_update().filter(enrolment=enrolment, quiz=quiz).first()
    if attempt is None or attempt.is_over(now):
        return None
    later = attempt.closes_at + timedelta(minutes=minutes)
    if quiz.closes_at:
        later = max(attempt.closes_at, min(later, quiz.closes_at))
    if later == attempt.closes_at:
        return None
    attempt.closes_at = later
    attempt.save(update_fields=["closes_at"])
    return attempt

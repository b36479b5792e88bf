"""Seats: booked, waiting, cancelled. Never more booked than there are seats: every deed locks the run first."""

from datetime import timedelta

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from courses.models import Enrolment

from . import telling
from .models import Seat, SeminarRun, Session


class NotBookable(Exception):
    """`reason`: cancelled, begun, not_for_you, or too_late (to cancel)."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Outcome(TextChoices):
    """What became of a person in a booking for many."""

    BOOKED = "booked", _("Seat booked")
    WAITING = "waiting", _("On the waiting list")
    ALREADY = "already", _("Was on the list already")
    NOT_FOR_THEM = "not_for_them", _("This date is not meant for this person")


def lock(run):
    """The run as it is now, locked until the transaction ends: everybody who changes its seats waits here."""
    return SeminarRun.objects.select_for_update(of=("self",)).select_related("seminar", "for_library").get(pk=run.pk)


def begins_at(run):
    """When the first session that takes place begins; None where there is none."""
    return Session.objects.held().filter(run=run).order_by("starts_at").values_list("starts_at", flat=True).first()


def free_seats(run):
    return max(0, run.capacity - run.seats.booked().count())


def entitled(run, people):
    """The keys of those of `people` (a list of User) for whom the run is meant: its subtree, its course. At most two queries."""
    keys = {person.pk for person in people}
    if run.for_library_id:
        keys &= set(User.objects.below(run.for_library).filter(pk__in=keys).values_list("pk", flat=True))
    if run.for_course_id:
        learners = Enrolment.objects.open().filter(course=run.for_course_id, learner__in=keys)
        keys &= set(learners.values_list("learner", flat=True))
    return keys


def _refuse_closed(run, now):
    begins = begins_at(run)
    if run.cancelled_at or (begins is None and Session.objects.filter(run=run).exists()):
        raise NotBookable("cancelled")
    if begins is None or begins <= now:
        raise NotBookable("begun")


def book(*, run, person, now=None):
    """A seat in the run, or a place on its waiting list. Safe to repeat. Raises NotBookable."""
    now = now or timezone.now()
    with transaction.atomic():
        run = lock(run)
        _refuse_closed(run, now)
        seat = Seat.objects.filter(run=run, person=person).first() or Seat(run=run, person=person)
        if seat.pk and seat.state != Seat.State.CANCELLED:
            return seat
        if not entitled(run, [person]):
            raise NotBookable("not_for_you")
        promote(run, now)  # who waits comes before who comes
        _give([seat], Seat.State.BOOKED if free_seats(run) else Seat.State.WAITING, now)
        return seat


def book_many(*, run, people, by, now=None):
    """Book for others, in the order of `people`. {person: Outcome}; nobody is dropped. Raises NotBookable.

    A fixed number of queries for any number of people.
    """
    now, people = now or timezone.now(), list(dict.fromkeys(people))
    with transaction.atomic():
        run = lock(run)
        _refuse_closed(run, now)
        meant, rows = entitled(run, people), {seat.person_id: seat for seat in run.seats.filter(person__in=people)}
        outcomes, coming = {}, []
        for person in people:
            seat = rows.get(person.pk) or Seat(run=run, person=person)
            if seat.pk and seat.state != Seat.State.CANCELLED:
                outcomes[person] = Outcome.ALREADY
            elif person.pk not in meant:
                outcomes[person] = Outcome.NOT_FOR_THEM
            else:
                seat.person, outcomes[person] = person, None
                coming.append(seat)
        promote(run, now)
        free = free_seats(run)
        for seats, state in ((coming[:free], Seat.State.BOOKED), (coming[free:], Seat.State.WAITING)):
            _give(seats, state, now, by)
            outcomes |= {seat.person: Outcome(state) for seat in seats}
        if coming:
            people = [seat.person_id for seat in coming]
            audit.record_each(actor=by, deed="seat booked for another", subject=f"run {run.pk}", people=people)
        return outcomes


def cancel(*, run, person, now=None, by=None):
    """Give the seat back; the first who waits gets it. `by`: a trainer or HR, who may do so for others at any time.

    Returns the seat, None if there was none. Raises NotBookable when it is too late for the person.
    """
    now = now or timezone.now()
    with transaction.atomic():
        run = lock(run)
        seat = Seat.objects.held().filter(run=run, person=person).select_related("person").first()
        if seat is None:
            return None
        begins = begins_at(run)
        last = begins and begins - timedelta(hours=run.cancel_hours)
        if by is None and seat.state == Seat.State.BOOKED and last and now > last:
            raise NotBookable("too_late")
        seat.run = run
        seat.state, seat.since, seat.sequence = Seat.State.CANCELLED, now, seat.sequence + 1
        seat.save()
        if by is not None:
            audit.record(actor=by, deed="seat cancelled for another", subject=f"run {run.pk}", person=person.pk)
        telling.tell_seats("seat_cancelled", [seat], now)
        promote(run, now)
        return seat


def fill(*, run, now=None):
    """Give the seats that have become free, as when the run got more of them, to those who wait."""
    with transaction.atomic():
        promote(lock(run), now or timezone.now())


def promote(run, now):
    """Fill free seats from the waiting list, in its order, as long as a session is to come. Called with the run locked."""
    if Session.objects.to_come(now).filter(run=run).exists() and (free := free_seats(run)):
        _give(list(run.seats.waiting().select_related("person")[:free]), Seat.State.BOOKED, now, kind="seat_promoted")


def _give(seats, state, now, by=None, kind=""):
    """Write seats of one run, new ones and kept ones, and tell their people. Three queries at most."""
    new, kept = [seat for seat in seats if not seat.pk], [seat for seat in seats if seat.pk]
    for seat in seats:
        seat.state, seat.since = state, now
        seat.sequence += 1 if seat.pk else 0
        seat.booked_by = seat.booked_by if kind else by
    Seat.objects.bulk_create(new)
    Seat.objects.bulk_update(kept, ["state", "since", "sequence", "booked_by"])
    telling.tell_seats(kind or f"seat_{state}", seats, now)

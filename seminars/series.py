"""Runs and sessions that repeat: made in one go, changed for one or for all that follow."""

import calendar
import uuid
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import booking, planning
from .models import SeminarRun, Session

MOST = 60  # times: more than a year of weeks is planned anew
COPIED = (
    "place", "room", "address", "travel", "library_id", "language", "online", "link", "link_minutes", "for_library_id",
    "for_course_id", "capacity", "cancel_hours",
)  # fmt: skip


class Every(TextChoices):
    NEVER = "", _("does not repeat")
    WEEK = "week", _("every week")
    FORTNIGHT = "fortnight", _("every two weeks")
    MONTH = "month", _("every month, on the same date")
    WEEKDAY = "weekday", _("every month, on the same weekday (such as the second Saturday)")


class TooFewSeats(Exception):
    """`runs`: [(run, booked)], of which the new capacity is below what is booked."""

    def __init__(self, runs):
        super().__init__(runs)
        self.runs = runs


def repeated(moment, every, n):
    """`moment` n repetitions later, at the same hour of the place (TIME_ZONE).

    A date that a month lacks becomes its last day; of a fifth weekday that it lacks, the last one.
    """
    local = timezone.localtime(moment)
    if every in (Every.WEEK, Every.FORTNIGHT):
        day = local.date() + timedelta(weeks=n * (2 if every == Every.FORTNIGHT else 1))
    else:
        year, month = divmod(local.year * 12 + local.month - 1 + n, 12)
        first, days = calendar.monthrange(year, month + 1)  # the weekday of the 1st, how many days
        number = min(local.day, days)
        if every == Every.WEEKDAY:
            number = 1 + (local.weekday() - first) % 7 + 7 * ((local.day - 1) // 7)
            number -= 7 if number > days else 0
        day = date(year, month + 1, number)
    return timezone.make_aware(datetime.combine(day, local.time()))


def repeat_sessions(*, run, every, times):
    """Further sessions of the run: each of those it has, `times` in all. Returns the new ones."""
    return _copy_sessions(list(Session.objects.filter(run=run).order_by("starts_at")), run, every, range(1, times))


@transaction.atomic
def repeat_runs(*, run, every, times):
    """Further runs like this one, with seats of their own, `times` in all. Returns the new ones."""
    series, sessions = uuid.uuid4(), list(Session.objects.filter(run=run).order_by("starts_at"))
    SeminarRun.objects.filter(pk=run.pk).update(series=series)
    trainers, made = list(run.trainers.all()), []
    for n in range(1, times):
        other = SeminarRun(seminar_id=run.seminar_id, series=series, **{name: getattr(run, name) for name in COPIED})
        other.save()
        other.trainers.set(trainers)
        _copy_sessions(sessions, other, every, [n])
        made.append(other)
    return made


def _copy_sessions(sessions, run, every, numbers):
    new = []
    for n in numbers:
        for session in sessions:
            begins = repeated(session.starts_at, every, n)
            ends = begins + (session.ends_at - session.starts_at)
            new.append(Session(run=run, starts_at=begins, ends_at=ends, hours=session.hours))
    return Session.objects.bulk_create(new)


def following(run, *, begins):
    """The runs of the series that begin after `begins` and are not called off, in their order."""
    if run.series is None or begins is None:
        return SeminarRun.objects.none()
    runs = SeminarRun.objects.filter(series=run.series, cancelled_at=None).exclude(pk=run.pk)
    return runs.annotate(begins=Min("sessions__starts_at")).filter(begins__gt=begins).order_by("begins", "pk")


@transaction.atomic
def change_following(*, run, before, begins, by, now=None):
    """Give the runs that follow what was changed in `run`: place and rules, and its sessions' times by as much as they moved.

    `before`: planning.plan_of(run) with "rules": rules_of(run) from before it was saved; `begins`: when it began then.
    Sessions that were added or taken out stay a matter of the one run. Raises TooFewSeats, planning.CannotMove, and then
    changes none. Returns the runs.
    """
    now, after = now or timezone.now(), rules_of(run)
    changes = {name: value for name, value in after["fields"].items() if before["rules"]["fields"][name] != value}
    runs = list(following(run, begins=begins))
    _refuse_too_few_seats(runs, changes.get("capacity"))
    shifts = _shifts(before["sessions"], planning.plan_of(run)["sessions"])
    for other in runs:
        plan = planning.plan_of(other)
        for name, value in changes.items():
            setattr(other, name, value)
        if before["rules"]["trainers"] != after["trainers"]:
            other.trainers.set(after["trainers"])
        other.save()
        _shift(other, shifts, now)
        planning.changed(run=other, before=plan, by=by, now=now)
    return runs


def rules_of(run):
    """What a run hands on to those that follow: {"fields": {name: value}, "trainers": keys in order}."""
    trainers = sorted(person.pk for person in run.trainers.all()) if run.pk else []
    return {"fields": {name: getattr(run, name) for name in COPIED}, "trainers": trainers}


def call_off_following(*, run, begins, by, now=None):
    """Call off the runs that follow. Returns how many."""
    runs = list(following(run, begins=begins))
    for other in runs:
        planning.call_off(run=other, by=by, now=now)
    return len(runs)


def _refuse_too_few_seats(runs, capacity):
    if capacity is None:
        return
    booked = [(run, booking.lock(run).seats.booked().count()) for run in runs]
    if short := [(run, n) for run, n in booked if n > capacity]:
        raise TooFewSeats(short)


def _shifts(before, after):
    """{number of a session in the run: (by how much its beginning moved, its new length)} of those that changed."""
    kept = sorted((times[0], pk) for pk, times in before.items())
    return {
        n: (after[pk][0] - begins, after[pk][1] - after[pk][0])
        for n, (begins, pk) in enumerate(kept)
        if pk in after and after[pk] != before[pk]
    }


def _shift(run, shifts, now):
    sessions = list(Session.objects.filter(run=run, cancelled_at=None).order_by("starts_at", "pk"))
    moved = [(session, *shifts[n]) for n, session in enumerate(sessions) if n in shifts]
    for session, by, length in moved:
        session.starts_at += by
        session.ends_at = session.starts_at + length
        if session.starts_at <= now:
            raise planning.CannotMove("past")
    Session.objects.bulk_update([session for session, *_ in moved], ["starts_at", "ends_at"])

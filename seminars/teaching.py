"""The runs of a trainer with their numbers. Two queries for any number of runs."""

from django.db.models import Count, F, Max, Min, Prefetch, Q
from django.utils import timezone

from .models import Seat, SeminarRun, Session


def runs_of(user, *, past=False, now=None):
    """The runs that `user` holds with n_booked, n_waiting and their sessions with n_marked; to come, or over with `past`.

    Those to come begin with the next one, those over with the last; a run without sessions is still to come.
    """
    now = now or timezone.now()
    runs = SeminarRun.objects.taught_by(user).annotate(
        n_booked=Count("seats", filter=Q(seats__state=Seat.State.BOOKED), distinct=True),
        n_waiting=Count("seats", filter=Q(seats__state=Seat.State.WAITING), distinct=True),
        begins=Min("sessions__starts_at"),
        ends=Max("sessions__ends_at"),
    )
    if past:
        runs = runs.filter(ends__lte=now).order_by("-ends", "pk")
    else:
        runs = runs.filter(Q(ends__gt=now) | Q(ends=None)).order_by(F("begins").asc(nulls_first=True), "pk")
    sessions = Session.objects.annotate(n_marked=Count("attendance")).order_by("starts_at")
    return runs.select_related("seminar").prefetch_related(Prefetch("sessions", sessions))

"""Who has left gives back the seats in what is still to come."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.signals import person_left

from . import booking
from .models import Seat


@receiver(person_left)
def give_seats_back(sender, person, by, **kwargs):
    now = timezone.now()
    to_come = Seat.objects.held().filter(person=person, run__sessions__ends_at__gt=now).select_related("run")
    for seat in to_come.distinct():
        booking.cancel(run=seat.run, person=person, by=by, now=now)

"""A person's private calendar address. It can be changed: the old one then opens nothing.

The address is key.signature; the database holds the key alone, so that a copy of it opens nobody's calendar.
"""

import secrets
from datetime import timedelta

from django.core import signing
from django.utils import timezone

from .models import CalendarFeed, Seat, Session

SIGNER = signing.Signer(salt="seminars.feeds", sep=".")
KEPT = timedelta(days=90)  # how long what is over stays in the calendar


def address_of(person):
    """The secret part of the address of a person's calendar; "" where there is none yet."""
    feed = CalendarFeed.objects.filter(person=person).first()
    return SIGNER.sign(feed.key) if feed else ""


def change(*, person, now=None):
    """A new address; the old one, if there was one, opens nothing any more."""
    defaults = {"key": secrets.token_urlsafe(20), "made_at": now or timezone.now()}
    feed, _ = CalendarFeed.objects.update_or_create(person=person, defaults=defaults)
    return SIGNER.sign(feed.key)


def owner(secret):
    """The person whose calendar this is, None for any other text and for accounts that are closed."""
    try:
        key = SIGNER.unsign(secret)
    except signing.BadSignature:
        return None
    feed = CalendarFeed.objects.filter(key=key, person__is_active=True).select_related("person").first()
    return feed and feed.person


def sessions_of(person, now=None):
    """[(session, the person's seat)] of all seats, cancelled ones too: clients cross them out. Two queries."""
    since = (now or timezone.now()) - KEPT
    seats = {seat.run_id: seat for seat in Seat.objects.filter(person=person, run__sessions__ends_at__gt=since)}
    sessions = Session.objects.filter(run__in=seats, ends_at__gt=since).select_related("run__seminar")
    return [(session, seats[session.run_id]) for session in sessions.order_by("starts_at", "pk")]

"""Moments as a credential tells them: xsd:dateTimeStamp in UTC, whole seconds."""

import datetime

from django.utils import timezone


def utc(moment):
    return f"{moment.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"


def end_of(day):
    """The last second of an ISO date in the issuer's time zone."""
    last = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(23, 59, 59))
    return utc(timezone.make_aware(last))

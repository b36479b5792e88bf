"""Certificates whose last valid day is near: the holder is told once, weeks before, while there is time to take the course again."""

import logging
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Notice
from courses.models import Enrolment

from . import telling
from .models import CertificateVersion

log = logging.getLogger(__name__)
REMIND_BEFORE = 56  # days: a course of some weeks can still be finished
A_ROUND = 500


def near(today):
    """Certificates in force that expire within REMIND_BEFORE days, and of whose course the holder has no newer one."""
    newer = Enrolment.objects.filter(
        learner=OuterRef("certificate__enrolment__learner"),
        course=OuterRef("certificate__enrolment__course"),
        run_no__gt=OuterRef("certificate__enrolment__run_no"),
        certificate__isnull=False,
    )
    last = today + timedelta(days=REMIND_BEFORE)
    return CertificateVersion.objects.in_force(today).filter(~Exists(newer), expires_on__lte=last)


def remind(now):
    """Tell the holders of `near` who have not been told. Returns how many. A fault in one leaves the others their turn."""
    told = 0
    rows = near(timezone.localdate(now)).select_related("certificate__enrolment__learner")
    for version in rows.filter(~Exists(_told())).order_by("expires_on", "pk")[:A_ROUND]:
        try:
            telling.of_expiry(version)
            told += 1
        except Exception:
            log.exception("the holder of certificate %s is not told of its expiry", version.code)
    return told


def _told():
    """The notice of its expiry, once for a number: a correction does not change the day."""
    return Notice.objects.filter(
        person=OuterRef("certificate__enrolment__learner"),
        kind=telling.EXPIRING,
        subject=telling.named("certificate ", "certificate__number"),
    )

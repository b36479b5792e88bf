"""Telling other organisations' programs what happened: found in the rows, signed, sent until it is acknowledged.

Signed as Standard Webhooks says (standardwebhooks.com): HMAC-SHA256 of «id.seconds.body» with the secret of the webhook. A program
that gets a message twice knows it by its id.
"""

import base64
import hashlib
import hmac
import json
import logging
from datetime import timedelta

from django.db.models import CharField, Exists, F, OuterRef
from django.db.models.functions import Cast
from django.utils import timezone

from accounts import outgoing
from accounts.models import User
from certification.models import Certificate, CertificateVersion, CourseCompletion
from reports.models import Delivery, Webhook

from . import clients, shapes

log = logging.getLogger(__name__)
Event = Delivery.Event
AT_ONCE = 200  # messages made for an address, and sent in all, in one round of the sweep
PATIENCE = 10  # seconds for an answer
CLAIM_LAPSES = timedelta(minutes=5)  # a process that died while sending
PAUSES = [
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440, 1440)
]  # between tries: five days


# --- What has happened ----------------------------------------------------------------------------------------------------


def note(now):
    """Make the messages of what has happened since each webhook was made. Returns how many."""
    hooks = Webhook.objects.filter(withdrawn_at=None).select_related("client__library")
    return sum(_note(hook, now) for hook in hooks)


def _note(hook, now):
    learners = clients.people_of(hook.client)
    made = [
        *_completions(hook, learners),
        *_versions(hook, learners, now),
        *_revocations(hook, learners, now),
        *_restorations(hook, now),
    ]
    rows = [
        Delivery(webhook=hook, event=event, subject=subject, payload=payload, made_at=now, next_try_at=now)
        for event, subject, payload in made
    ]
    return len(Delivery.objects.bulk_create(rows, ignore_conflicts=True))  # two sweeps at once make it once


def _untold(rows, hook, events, subject):
    told = Delivery.objects.filter(webhook=hook, event__in=events, subject=OuterRef("subject"))
    return rows.annotate(subject=Cast(subject, CharField())).filter(~Exists(told)).order_by("pk")[:AT_ONCE]


def _completions(hook, learners):
    rows = CourseCompletion.objects.filter(enrolment__learner__in=learners, completed_at__gte=hook.made_at)
    rows = rows.select_related("enrolment__learner", "enrolment__course")
    for row in _untold(rows, hook, [Event.COMPLETED], "pk"):
        yield Event.COMPLETED, row.subject, shapes.completion(row).model_dump(mode="json")


def _certificates(learners):
    rows = CertificateVersion.objects.stored().filter(certificate__enrolment__learner__in=learners)
    return rows.select_related("certificate__enrolment__learner", "certificate__enrolment__course")


def _told(row, now):
    return shapes.certificate(row, timezone.localdate(now)).model_dump(mode="json")


def _versions(hook, learners, now):
    rows = _certificates(learners).filter(issued_at__gte=hook.made_at)
    for row in _untold(rows, hook, [Event.ISSUED, Event.CORRECTED], "code"):
        yield Event.ISSUED if row.number == 1 else Event.CORRECTED, row.code, _told(row, now)


def _revocations(hook, learners, now):
    """A certificate may be revoked more than once: the moment is part of what is told."""
    rows = _certificates(learners).filter(is_current=True, certificate__revoked_at__gte=hook.made_at)
    told = set(Delivery.objects.filter(webhook=hook, event=Event.REVOKED).values_list("subject", flat=True))
    for row in rows.order_by("pk"):
        subject = f"{row.certificate.number} {row.certificate.revoked_at.isoformat()}"
        if subject not in told:
            yield Event.REVOKED, subject, _told(row, now)


def _restorations(hook, now):
    """What was told as revoked and is not any more."""
    restored = Delivery.objects.filter(webhook=hook, event=Event.RESTORED).values("subject")
    for one in Delivery.objects.filter(webhook=hook, event=Event.REVOKED).exclude(subject__in=restored):
        number, _space, moment = one.subject.partition(" ")
        certificate = Certificate.objects.get(number=number)
        if certificate.revoked_at is None or certificate.revoked_at.isoformat() != moment:
            row = _certificates(User.objects.all()).get(certificate=certificate, is_current=True)
            yield Event.RESTORED, one.subject, _told(row, now)


# --- Sending --------------------------------------------------------------------------------------------------------------


def deliver(now):
    """Send what is due; an address that does not answer is left alone for this round. Returns how many were acknowledged."""
    due = Delivery.objects.filter(
        delivered_at=None, given_up_at=None, next_try_at__lte=now, webhook__withdrawn_at=None
    ).select_related("webhook")
    silent, done = set(), 0
    with outgoing.session() as session:
        for row in due.order_by("next_try_at", "pk")[:AT_ONCE]:
            if row.webhook_id in silent:
                continue
            if not _claim(row, now):
                continue
            if _send(session, row, now):
                done += 1
            else:
                silent.add(row.webhook_id)
    return done


def _claim(row, now):
    """No other process sends it in the meantime."""
    mine = Delivery.objects.filter(pk=row.pk, tries=row.tries, delivered_at=None, given_up_at=None)
    if not mine.update(tries=F("tries") + 1, next_try_at=now + CLAIM_LAPSES):
        return False
    row.tries += 1
    return True


def _send(session, row, now):
    body = json.dumps(
        {"type": row.event, "timestamp": row.made_at.isoformat(), "data": row.payload},
        ensure_ascii=False, separators=(",", ":"),
    ).encode()  # fmt: skip
    name, seconds = f"msg_{row.pk}", str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json", "User-Agent": "Saboq", "webhook-id": name, "webhook-timestamp": seconds,
        "webhook-signature": signature(row.webhook.secret, name, seconds, body),
    }  # fmt: skip
    try:
        # Where it leads to is not asked: that could be anywhere.
        answer = session.post(
            row.webhook.address, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False, stream=True
        )
        status = answer.status_code
        answer.close()  # what it says is not read
    except (outgoing.requests.RequestException, OSError) as fault:
        log.warning("webhook %s: %s", row.webhook_id, type(fault).__name__)
        status = None
    if status is not None and 200 <= status < 300:
        Delivery.objects.filter(pk=row.pk).update(delivered_at=now, status=status, next_try_at=None)
        return True
    if row.tries > len(PAUSES) or status == 410:  # «gone»: nobody is there any more
        Delivery.objects.filter(pk=row.pk).update(given_up_at=now, status=status, next_try_at=None)
    else:
        Delivery.objects.filter(pk=row.pk).update(status=status, next_try_at=now + PAUSES[row.tries - 1])
    return False


def signature(secret, name, seconds, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{name}.{seconds}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()


def again(*, delivery, now=None):
    """Send once more what was given up, with all tries before it. A delivered message stays so, and one that was emptied
    (reports/privacy.py) says nothing any more."""
    now = now or timezone.now()
    rows = Delivery.objects.filter(pk=delivery.pk, delivered_at=None).exclude(payload={})
    rows.update(given_up_at=None, tries=0, next_try_at=now)


def run(now):
    """For the sweep: find what has happened, tell it."""
    return note(now) + deliver(now)

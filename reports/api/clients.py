"""Organisations and their tokens: made, recognised, withdrawn; addresses that are told."""

import base64
import hashlib
import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit, outgoing
from accounts.models import Library, User
from reports.models import ApiClient, Webhook

PREFIX = "sbq_"  # so that a token left somewhere is known for what it is
LENGTH = 32  # random bytes


class AlreadyTold(Exception):
    """This address of the organisation is told already."""


def make(*, organisation, library, by, expires_on=None, now=None):
    """Returns (ApiClient, its token): the token is shown once and kept nowhere."""
    token = PREFIX + secrets.token_urlsafe(LENGTH)
    with transaction.atomic():
        made = ApiClient.objects.create(
            organisation=organisation, library=library, token_hash=hashed(token), made_at=now or timezone.now(),
            made_by=by, expires_on=expires_on,
        )  # fmt: skip
        audit.record(
            actor=by, deed="api token made", subject=f"api client {made.pk}", library=library.code,
            expires_on=expires_on and expires_on.isoformat(),
        )  # fmt: skip
    return made, token


def hashed(token):
    return hashlib.sha256(token.encode()).hexdigest()


def of_token(token, today=None):
    """The ApiClient whose token this is, while it is in force; else None. Notes once a day that it was used."""
    today = today or timezone.localdate()
    found = ApiClient.objects.in_force(today).select_related("library").filter(token_hash=hashed(token)).first()
    if found and found.last_used_on != today:
        ApiClient.objects.filter(pk=found.pk).update(last_used_on=today)
    return found


def people_of(client):
    """The people whom an organisation is told of, in lists and by webhooks: by their main workplace."""
    return User.objects.filter(library__in=Library.objects.below(client.library))


def withdraw(*, client, by, now=None):
    """Its token opens nothing from now on, and its addresses are told nothing more. Safe to repeat."""
    now = now or timezone.now()
    with transaction.atomic():
        if ApiClient.objects.filter(pk=client.pk, withdrawn_at=None).update(withdrawn_at=now, withdrawn_by=by):
            client.webhooks.filter(withdrawn_at=None).update(withdrawn_at=now)
            audit.record(actor=by, deed="api token withdrawn", subject=f"api client {client.pk}")


def tell(*, client, address, by, now=None):
    """From now on this address is told what happens. Returns the Webhook with its secret.

    Raises outgoing.NotAllowed for an address that may not be called, AlreadyTold."""
    outgoing.refuse(address)
    try:
        with transaction.atomic():
            made = Webhook.objects.create(
                client=client, address=address, secret=new_secret(), made_at=now or timezone.now()
            )
            audit.record(actor=by, deed="webhook made", subject=f"api client {client.pk}", webhook=made.pk)
    except IntegrityError:
        raise AlreadyTold from None
    return made


def new_secret():
    """As Standard Webhooks writes it (standardwebhooks.com, specification)."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def tell_no_more(*, webhook, by, now=None):
    with transaction.atomic():
        if Webhook.objects.filter(pk=webhook.pk, withdrawn_at=None).update(withdrawn_at=now or timezone.now()):
            audit.record(
                actor=by, deed="webhook withdrawn", subject=f"api client {webhook.client_id}", webhook=webhook.pk
            )


ABOUT_A_YEAR = timedelta(days=365)  # what the form proposes for a token

"""Issuers whose badges are checked by machine: entered by administrators, each change in the log. Nobody is asked over the network."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit

from ..models import TrustedIssuer
from . import public_keys


def keep(*, issuer, by):
    """Save a TrustedIssuer, new or changed; what stood before stays in the log. Raises ValidationError for keys that are none."""
    try:
        public_keys.read(issuer.public_keys)
    except ValueError as fault:
        raise ValidationError({"public_keys": why(fault)}) from None
    with transaction.atomic():
        before = TrustedIssuer.objects.select_for_update().filter(pk=issuer.pk).values().first() if issuer.pk else None
        issuer.save()
        changed = {
            field.attname: str(before[field.attname] or "")
            for field in TrustedIssuer._meta.concrete_fields
            if before and before[field.attname] != getattr(issuer, field.attname)
        }
        audit.record(
            actor=by, deed="badge issuer changed" if before else "badge issuer entered", subject=f"badge issuer {issuer.pk}",
            identifier=issuer.identifier, before=changed,
        )  # fmt: skip
    return issuer


def why(fault):
    """What is wrong with keys, for who has pasted them."""
    if str(fault) == "private":
        return _("This is a private key: it must be with its issuer alone. Enter the public one.")
    return _("No public key can be read from this: %(fault)s") % {"fault": fault}


def known():
    """All of them as badge_child.py wants them. One query."""
    rows = TrustedIssuer.objects.values("pk", "identifier", "public_keys")
    return [{"pk": row["pk"], "id": row["identifier"], "keys": row["public_keys"]} for row in rows]

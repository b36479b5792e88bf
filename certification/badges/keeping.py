"""The badge of a version: signed when the holder wants it, and kept; from then on the same bytes, through any upgrade."""

import json
import logging

from .. import keys
from ..models import Badge, CertificateVersion
from . import credential, issuer, proof, times

log = logging.getLogger(__name__)


def keep(*, certificate):
    """Sign and keep the badges of all stored versions of a Certificate that have none. May run any number of times.

    Without a key nothing is kept, which the log tells: the share page answers, and the badge once there is a key.
    """
    for version in CertificateVersion.objects.stored().filter(certificate=certificate).select_related("badge"):
        try:
            made = badge_of(version=version)
        except keys.NoKeys as fault:
            log.error("no badge of certificate %s: %s", version.code, fault)
            return
        if made._state.adding:
            Badge.objects.update_or_create(version=version, defaults={"key": made.key, "credential": made.credential})


def badge_of(*, version):
    """The Badge of a stored CertificateVersion: as it was kept, else signed now and not saved. Raises keys.NoKeys.

    A badge whose key is no longer among ours (withdrawn, because it was stolen) is signed anew by the present one.
    """
    kept = getattr(version, "badge", None)
    if kept and kept.key in [issuer.name_of(public) for public in keys.badge_publics()]:
        return kept
    return sign(version)


def sign(version):
    """A Badge not saved yet. For the same version and key, the same bytes."""
    first = CertificateVersion.objects.filter(certificate=version.certificate_id).order_by("number").first()
    said = credential.credential(version.payload, place=version.pk, awarded_at=first.issued_at)
    key = keys.badge()
    signed = proof.signed(said, key=key, address=credential.base(version.payload), created=times.utc(version.issued_at))
    return Badge(
        version=version,
        key=issuer.name_of(key.public_key()),
        credential=json.dumps(signed, ensure_ascii=False, indent=1),
    )

"""The badge of a version: signed once, when it is first asked for, and kept; from then on the same bytes, through any upgrade."""

import json

from django.db import IntegrityError, transaction

from .. import keys
from ..models import Badge, CertificateVersion
from . import credential, issuer, proof, times


def badge_of(*, version):
    """The Badge of a stored CertificateVersion. Of two processes at once, the first one's is kept. Raises keys.NoKeys.

    A badge whose key is no longer among ours (withdrawn, because it was stolen) is signed anew by the present one.
    """
    kept = getattr(version, "badge", None)
    if kept and kept.key in [issuer.name_of(public) for public in keys.badge_publics()]:
        return kept
    made = sign(version)
    if kept:
        Badge.objects.filter(version=version, key=kept.key).update(key=made.key, credential=made.credential)
        return Badge.objects.get(version=version)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return Badge.objects.get(version=version)
    return made


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

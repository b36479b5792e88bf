"""In which certificates are revoked: a list of bits, one for each version of a certificate, itself a signed credential.

https://www.w3.org/TR/vc-bitstring-status-list/ . The place of a version is its primary key, which it keeps for ever.
A bit stands for revoked, and for replaced by a newer version. Expiry is no bit: the credential says it itself.
"""

import base64
import gzip
import hashlib

from django.core.cache import cache
from django.db.models import Max, Min, Q

from .. import keys
from ..models import CertificateVersion
from . import issuer, proof, times

BITS = 131_072  # the least that the standard allows, so that a place tells little of whom somebody asks for
PURPOSE = "revocation"


def entry(address, place):
    """`credentialStatus` of the version with this primary key."""
    which, index = divmod(place, BITS)
    where = url(address, which)
    return {
        "id": f"{where}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": PURPOSE,
        "statusListIndex": str(index),
        "statusListCredential": where,
    }


def url(address, which):
    return f"{address}/badges/status/{which}.json"


def credential(address, which):
    """The signed list number `which` as a dict, or None where no version has its place in it. Raises keys.NoKeys. Two queries.

    Signed anew only when a bit or the key has changed: else it comes from the cache.
    """
    rows = CertificateVersion.objects.filter(pk__gte=which * BITS, pk__lt=(which + 1) * BITS)
    began = rows.aggregate(first=Min("issued_at"), last=Max("pk"))
    if began["last"] is None:
        return None
    out = rows.filter(Q(is_current=False) | Q(certificate__revoked_at__isnull=False))
    places = sorted(out.values_list("pk", flat=True))
    state = repr((address, which, began["first"], places, issuer.name_of(keys.badge().public_key())))
    kept = f"badge-status-{hashlib.sha256(state.encode()).hexdigest()}"
    found = cache.get(kept)
    if found is None:
        found = signed(address, which, places=places, since=times.utc(began["first"]))
        cache.set(kept, found, 24 * 3600)
    return found


def signed(address, which, *, places, since):
    """The list with these places set, valid since a time as a credential tells it. Raises keys.NoKeys."""
    where = url(address, which)
    said = {
        "@context": [proof.VC],
        "id": where,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did(address),
        "validFrom": since,
        "credentialSubject": {
            "id": f"{where}#list",
            "type": "BitstringStatusList",
            "statusPurpose": PURPOSE,
            "encodedList": packed(place % BITS for place in places),
        },
    }
    return proof.signed(said, key=keys.badge(), address=address, created=since)


def packed(places):
    """A bit string in which these bits are set, the first one leftmost; packed by gzip, in multibase base64url."""
    bits = bytearray(BITS // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), 9, mtime=0)).decode().rstrip("=")

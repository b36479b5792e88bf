"""The proof on a credential: Data Integrity with the cryptosuite eddsa-rdfc-2022 (https://www.w3.org/TR/vc-di-eddsa/).

Document and proof options are each made canonical (RDFC-1.0) and hashed; the two digests together are signed by Ed25519.
The same document, options and key give the same signature.
"""

import hashlib

from . import issuer
from .base58 import encode
from .canonical import OPEN_BADGES, VC, UnknownContext, canonical, load  # noqa: F401  (names relied upon)


def signed(document, *, key, address, created):
    """The document with its proof, as a list of one. `key` is an Ed25519 private key, `created` a time as the proof tells it."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": created,
        "verificationMethod": issuer.method(address, issuer.name_of(key.public_key())),
        "proofPurpose": "assertionMethod",
    }
    return document | {"proof": [options | {"proofValue": "z" + encode(key.sign(to_sign(document, options)))}]}


def to_sign(document, options):
    """The 64 bytes that are signed."""
    parts = ({"@context": document["@context"]} | options, document)
    return b"".join(hashlib.sha256(canonical(part).encode()).digest() for part in parts)

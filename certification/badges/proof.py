"""The proof on a credential: Data Integrity with the cryptosuite eddsa-rdfc-2022 (https://www.w3.org/TR/vc-di-eddsa/).

Document and proof options are each made canonical (RDFC-1.0) and hashed; the two digests together are signed by Ed25519.
The same document, options and key give the same signature.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from . import issuer
from .base58 import encode

VC, OPEN_BADGES = "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_FILES = {VC: "credentials-v2.json", OPEN_BADGES: "open-badges-3.0.3.json"}


class UnknownContext(Exception):
    """A document names a JSON-LD context that is not among ours: nothing is fetched."""


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


def canonical(document):
    """The N-Quads of a JSON-LD document. Raises UnknownContext, pyld's JsonLdError."""
    from pyld import jsonld  # 0.1 s and requests: only who signs pays

    return jsonld.normalize(
        document, {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
    )


def load(url, options=None):
    """The loader of pyld: our two files, and nothing from elsewhere."""
    if url not in _FILES:
        raise UnknownContext(url)
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": _read(url)}


@cache
def _read(url):
    return json.loads((Path(__file__).with_name("contexts") / _FILES[url]).read_text(encoding="utf-8"))

"""Who signs badges: a did:web, whose document lists the present key and every key that served before.

https://w3c-ccg.github.io/did-method-web/ ; keys as Multikey (https://www.w3.org/TR/cid-1.0/#Multikey)
"""

from urllib.parse import quote, urlsplit

from .. import keys
from .base58 import encode

_ED25519 = b"\xed\x01"  # multicodec ed25519-pub, as a varint


def did(address):
    """did:web:saboq.example of https://saboq.example; a port is escaped, a path follows after colons."""
    parts = urlsplit(address)
    return ":".join(["did:web", quote(parts.netloc, safe=""), *filter(None, parts.path.split("/"))])


def name_of(public):
    """A public key in multibase, z6Mk…: what it is called in the document."""
    return "z" + encode(_ED25519 + public.public_bytes_raw())


def method(address, key_name):
    """The address of a key, as a proof names it."""
    return f"{did(address)}#{key_name}"


def document(address):
    """The DID document as a dict. An old key goes on asserting: what it signed stays valid. Raises keys.NoKeys."""
    own = did(address)
    names = [name_of(public) for public in keys.badge_publics()]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": own,
        "verificationMethod": [
            {"id": f"{own}#{name}", "type": "Multikey", "controller": own, "publicKeyMultibase": name} for name in names
        ],
        "assertionMethod": [f"{own}#{name}" for name in names],
    }

"""Public keys as people paste them: multibase (z6Mk…), JWK, a set of JWKs, a DID document. Knows neither Django nor the database."""

import base64
import json

from .base58 import decode

ED25519 = b"\xed\x01"  # multicodec ed25519-pub, as a varint
LEAST_RSA, MOST_RSA = 2048, 8192  # bits
MOST = 50  # keys of an issuer


def read(text):
    """{name in multibase or "": key of cryptography, ...} as a list of (names, key). Raises ValueError with what is wrong."""
    text = text.strip()
    if text.startswith("{"):
        try:
            found = _of_json(json.loads(text))
        except (RecursionError, json.JSONDecodeError) as fault:
            raise ValueError(f"JSON: {fault}") from None
    else:
        found = [_multibase(line.strip()) for line in text.splitlines() if line.strip()]
    if not 0 < len(found) <= MOST:
        raise ValueError("no key" if not found else "too many keys")
    return found


def _of_json(said):
    if isinstance(said.get("keys"), list):
        return [_jwk(one) for one in said["keys"]]
    if isinstance(said.get("verificationMethod"), list):
        return [_method(one) for one in said["verificationMethod"]]
    return [_jwk(said)]


def _method(said):
    """One key of a DID document."""
    if not isinstance(said, dict):
        raise ValueError("verificationMethod")
    name = str(said.get("id", ""))
    names, key = _jwk(said["publicKeyJwk"]) if "publicKeyJwk" in said else _multibase(said.get("publicKeyMultibase"))
    return names | {name}, key


def _multibase(text):
    from cryptography.hazmat.primitives.asymmetric import ed25519

    try:
        raw = decode(text[1:]) if text[:1] == "z" else b""
    except (ValueError, TypeError):
        raw = b""
    if raw[:2] != ED25519 or len(raw) != 34:
        raise ValueError(f"{str(text)[:60]}: z6Mk…")
    return {text}, ed25519.Ed25519PublicKey.from_public_bytes(raw[2:])


def _jwk(said):
    """({its kid}, key). Ed25519 and RSA: what badges are signed with."""
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    if not isinstance(said, dict):
        raise ValueError("JWK")
    if {"d", "p", "q", "k"} & said.keys():
        raise ValueError("private")
    try:
        if (said.get("kty"), said.get("crv")) == ("OKP", "Ed25519"):
            key = ed25519.Ed25519PublicKey.from_public_bytes(from_base64(said["x"]))
        elif said.get("kty") == "RSA":
            n, e = (int.from_bytes(from_base64(said[part]), "big") for part in "ne")
            if not LEAST_RSA <= n.bit_length() <= MOST_RSA:
                raise ValueError(f"RSA {n.bit_length()}")
            key = rsa.RSAPublicNumbers(e, n).public_key()
        else:
            raise ValueError(f"JWK {said.get('kty')} {said.get('crv', '')}")
    except (KeyError, TypeError) as fault:
        raise ValueError(f"JWK: {fault}") from None
    return {str(said["kid"])} if said.get("kid") else set(), key


def from_base64(text):
    """base64url without its padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

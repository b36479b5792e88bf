"""Judges of badges: two verifiers from npm, run by node, and a few lines that know nothing of our code but the standard."""

import base64
import gzip
import hashlib
import json
import subprocess
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from pyld import jsonld

from scripts import machine
from tests.conftest import lacking

CONTEXTS = Path(__file__).parents[2] / "certification" / "badges" / "contexts"
SCRIPT = Path(__file__).parent / "badge_verifiers" / "verify.mjs"
# asked for by verifier-core, beside its judgement; none of the packages brings it
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
SIGNS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def npm(documents, badges):
    """Returns (addresses asked for, {badge: {verifier: what it says}}). One start of node for all."""
    command, folder = machine.badge_verifiers() or lacking("node and npm, which run the verifiers of badges")
    command = [*command, SCRIPT.read_text()]
    given = json.dumps({"documents": documents, "badges": badges})
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    return said["asked"], said["said"]


def unbase58(text):
    number = 0
    for sign in text:
        number = number * 58 + SIGNS.index(sign)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def is_genuine(credential, did_document):
    """Whether the proof holds: eddsa-rdfc-2022 by pyld and cryptography."""
    (proof,) = credential["proof"]
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    document = {name: value for name, value in credential.items() if name != "proof"}
    digests = b"".join(_digest(part) for part in ({"@context": credential["@context"]} | options, document))
    assert proof["verificationMethod"] in did_document["assertionMethod"]
    (method,) = [one for one in did_document["verificationMethod"] if one["id"] == proof["verificationMethod"]]
    key = unbase58(method["publicKeyMultibase"][1:])
    assert (key[:2], len(key), method["publicKeyMultibase"][0], proof["proofValue"][0]) == (b"\xed\x01", 34, "z", "z")
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key[2:]).verify(unbase58(proof["proofValue"][1:]), digests)
    except InvalidSignature:
        return False
    return True


def _digest(document):
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    return hashlib.sha256(jsonld.normalize(document, options).encode()).digest()


def _load(url, options):
    name = {"https://www.w3.org/ns/credentials/v2": "credentials-v2.json"}.get(url, "open-badges-3.0.3.json")
    return {"contextUrl": None, "documentUrl": url, "document": json.loads((CONTEXTS / name).read_text())}


def places(status_list):
    """The places whose bit is set, of at least 131,072."""
    packed = status_list["credentialSubject"]["encodedList"]
    assert packed[0] == "u"
    bits = gzip.decompress(base64.urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4)))
    assert len(bits) * 8 >= 131_072
    return {n * 8 + bit for n, byte in enumerate(bits) if byte for bit in range(8) if byte & 0x80 >> bit}

"""Reads a stranger's badge in a process of its own, which has little memory, little time and nothing to write to.

    python -I badge_child.py < (a line of JSON: [{"pk", "id", "keys"}, ...], the trusted issuers; then the file)

Prints JSON, one of
    {"fault": "broken" | "too_much"}                      no file that may be kept
    {"why": ..., "issuer": id}                            not checked: the words for each `why` stand in uploaded.py
    {"right": bool, "trusted": pk, "issuer": id, "signed_at": time or "", "said": {...}}     checked; what the badge says

Run by certification/badges/uploaded.py and by nobody else. Nothing is fetched. What the badge says is told only of what was signed.
"""

import hashlib
import json
import re
import resource
import sys
import zlib
from pathlib import Path

MEMORY = 512 * 1024 * 1024  # bytes of address space
SECONDS = 10  # of CPU
MOST_CREDENTIAL = 1024 * 1024  # bytes of a credential
MOST_SVG = 5 * 1024 * 1024
MOST_VALUES, DEEPEST = 5_000, 40  # of a credential
MOST_CHUNKS = 20_000
LONGEST = 300  # characters of what is told on
PNG = b"\x89PNG\r\n\x1a\n"
OB3 = "https://purl.imsglobal.org/ob/v3p0"
JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")


class TooMuch(Exception):
    """Larger or deeper than any badge."""


class Unchecked(Exception):
    """It may be what it will: this cannot be checked here. args: why, the issuer that it names."""


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(issuers, data):
    text = credential_in(data)
    if len(text) > MOST_CREDENTIAL:
        raise TooMuch
    text = text.decode("utf-8").strip()
    if JWT.fullmatch(text):
        return check_jwt(issuers, text)
    document = json.loads(text, parse_constant=_refuse)
    measure(document)
    if not isinstance(document, dict):
        raise ValueError("a credential is an object")
    return check_proof(issuers, document)


def _refuse(word):
    raise ValueError(word)


def measure(document):
    """Raises TooMuch for what is deeper or has more values than a badge. Without recursion."""
    count, waiting = 0, [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if count > MOST_VALUES or depth > DEEPEST:
            raise TooMuch
        if isinstance(value, dict | list):
            waiting += [(one, depth + 1) for one in (value.values() if isinstance(value, dict) else value)]


# --- Where the credential is -------------------------------------------------------------------------------------------------


def credential_in(data):
    if data.startswith(PNG):
        return in_png(data)
    if data.lstrip().startswith(b"<"):
        return in_svg(data)
    return data.removeprefix(b"\xef\xbb\xbf")


def in_png(data):
    """https://www.imsglobal.org/spec/ob/v3p0/#png : an iTXt chunk. Every chunk has to lie within the file."""
    at, count, found, old = len(PNG), 0, None, False
    while at < len(data):
        count += 1
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body, at = data[at + 4 : at + 8], data[at + 8 : at + 8 + length], at + 12 + length
        if at > len(data) or count > MOST_CHUNKS:
            raise ValueError("a chunk ends beyond the file")
        if kind == b"iTXt" and body.startswith(b"openbadgecredential\0"):
            if found is not None:
                raise ValueError("two credentials")
            found = _of_itxt(body)
        old = old or (kind in (b"iTXt", b"tEXt") and body.startswith(b"openbadges\0"))
        if kind == b"IEND":
            break
    if found is None:
        raise Unchecked("old" if old else "none")
    return found


def _of_itxt(body):
    _keyword, _, rest = body.partition(b"\0")
    packed, rest = rest[0], rest[2:]
    _language, _, rest = rest.partition(b"\0")
    _translated, _, text = rest.partition(b"\0")
    if not packed:
        return text
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(text, MOST_CREDENTIAL)
    if unpacker.unconsumed_tail:
        raise TooMuch
    return text


def in_svg(data):
    """An element of Open Badges 3.0: the text in it, or the JWT in its attribute. Entities and document types are refused."""
    from defusedxml.ElementTree import fromstring

    if len(data) > MOST_SVG:
        raise TooMuch
    root = fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        raise ValueError("not an SVG")
    found = root.findall(f".//{{{OB3}}}credential")
    if len(found) > 1:
        raise ValueError("two credentials")
    if not found:
        raise Unchecked("old" if root.find(".//{http://openbadges.org}assertion") is not None else "none")
    return (found[0].get("verify") or found[0].text or "").encode()


# --- Data Integrity: eddsa-rdfc-2022 ------------------------------------------------------------------------------------------


def check_proof(issuers, document):
    """https://www.w3.org/TR/vc-di-eddsa/#eddsa-rdfc-2022 , by the keys that were entered for the issuer that the badge names."""
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from pyld import jsonld

    from certification.badges import canonical

    contexts, named = document.get("@context"), issuer_of(document)
    if isinstance(contexts, list) and contexts[:1] != [canonical.VC]:
        raise Unchecked("old" if "https://w3id.org/openbadges/v2" in str(contexts) else "context", named)
    if contexts == "https://w3id.org/openbadges/v2":
        raise Unchecked("old", named)
    trusted = find(issuers, named)
    if contexts not in ([canonical.VC], [canonical.VC, canonical.OPEN_BADGES]):
        raise Unchecked("context", named)
    proofs = document.get("proof")
    proofs = [one for one in (proofs if isinstance(proofs, list) else [proofs]) if isinstance(one, dict)]
    proofs = [one for one in proofs if one.get("cryptosuite") == "eddsa-rdfc-2022"]
    if not proofs:
        raise Unchecked("proof", named)
    proof, bare = proofs[0], {name: value for name, value in document.items() if name != "proof"}
    if proof.get("type") != "DataIntegrityProof" or proof.get("proofPurpose") != "assertionMethod":
        raise Unchecked("proof", named)
    keys = [(names, key) for names, key in trusted["keys"] if isinstance(key, ed25519.Ed25519PublicKey)]
    keys = chosen(keys, str(proof.get("verificationMethod", "")), named)
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    parts = ({**options, "@context": contexts}, bare)
    signed = b"".join(hashlib.sha256(canonical.canonical(part).encode()).digest() for part in parts)
    right = any(holds(key, _signature(proof.get("proofValue")), signed) for key in keys)
    # told is the compact form: what no context knows was not signed and is not in it; what was hidden under other keys is
    said = jsonld.compact(bare, contexts, {"documentLoader": canonical.load})
    return answer(right, trusted, named, proof.get("created") or said.get("validFrom"), said)


def _signature(text):
    from certification.badges import base58

    try:
        return base58.decode(text[1:]) if isinstance(text, str) and text.startswith("z") else b""
    except ValueError:
        return b""


def holds(key, signature, signed):
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, signed)
        return True
    except InvalidSignature:
        return False


def chosen(keys, method, named):
    """The keys by one of which it must be signed: the one that it names, where that can be told from the name; else all."""
    fragment = method.rpartition("#")[2]
    own = [key for names, key in keys if names & {method, fragment}]
    if own:
        return own
    if fragment.startswith("z6Mk") or not keys:  # a key called by itself, which nobody has entered
        raise Unchecked("key", named)
    return [key for _names, key in keys]


# --- VC-JWT -------------------------------------------------------------------------------------------------------------------


def check_jwt(issuers, text):
    """A credential secured by JOSE: https://www.imsglobal.org/spec/ob/v3p0/#json-web-token-proof . RS256 and EdDSA; the algorithm is
    that of the key, whatever the header says.
    """
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    from certification.badges.public_keys import from_base64

    head, body, signature = text.split(".")
    header, claims = (json.loads(from_base64(part), parse_constant=_refuse) for part in (head, body))
    measure(header), measure(claims)
    document = claims.get("vc", claims)
    named = issuer_of(document) or claims.get("iss", "")
    trusted = find(issuers, named)
    if claims.get("iss", named) != named or "crit" in header:
        raise Unchecked("proof", named)
    kind = {"RS256": rsa.RSAPublicKey, "EdDSA": ed25519.Ed25519PublicKey}.get(header.get("alg"))
    if kind is None:
        raise Unchecked("proof", named)
    keys = [(names, key) for names, key in trusted["keys"] if isinstance(key, kind)]
    keys = chosen(keys, str(header.get("kid", "")), named)
    signed, signature = f"{head}.{body}".encode(), from_base64(signature)
    right = any((_rs256 if kind is rsa.RSAPublicKey else holds)(key, signature, signed) for key in keys)
    return answer(right, trusted, named, document.get("validFrom"), document)


def _rs256(key, signature, signed):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        key.verify(signature, signed, PKCS1v15(), SHA256())
        return True
    except InvalidSignature:
        return False


# --- What is told ---------------------------------------------------------------------------------------------------------------


def issuer_of(document):
    issuer = document.get("issuer")
    return text_of(issuer.get("id") if isinstance(issuer, dict) else issuer)


def find(issuers, named):
    """The trusted issuer of this id, its keys read."""
    from certification.badges import public_keys

    for one in issuers:
        if named and one["id"] == named:
            return one | {"keys": public_keys.read(one["keys"])}
    raise Unchecked("issuer", named)


def answer(right, trusted, named, signed_at, document):
    said = said_by(document) if right else {}
    return {"right": right, "trusted": trusted["pk"], "issuer": named, "signed_at": text_of(signed_at), "said": said}


def said_by(document):
    subject = first(document.get("credentialSubject"))
    achievement, who = first(subject.get("achievement")), subject.get("identifier")
    who = [one for one in (who if isinstance(who, list) else [who]) if isinstance(one, dict)][:5]
    issuer = first(document.get("issuer"))
    return {
        "title": text_of(achievement.get("name")) or text_of(document.get("name")),
        "issuer": text_of(issuer.get("name")),
        "from": text_of(document.get("validFrom"))[:10],
        "until": text_of(document.get("validUntil"))[:10],
        "holders": [text_of(one.get("identityHash")) for one in who if one.get("hashed") in (False, None)],
        "hashes": [
            [text_of(one.get("identityHash")), text_of(one.get("salt"))] for one in who if one.get("hashed") is True
        ],
    }


def first(value):
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, dict) else {}


def text_of(value):
    """A short text, also where it is told in a language or as a typed value."""
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, dict):
        value = value.get("@value", "")
    return value[:LONGEST] if isinstance(value, str) else ""


def main():
    limit()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # -I leaves our own folder out
    try:
        line, _, data = sys.stdin.buffer.read().partition(b"\n")
        told = look(json.loads(line), data)
    except Unchecked as no:
        told = {"why": no.args[0], "issuer": no.args[1] if len(no.args) > 1 else ""}
    except (TooMuch, MemoryError, RecursionError):
        told = {"fault": "too_much"}
    except Exception:  # a broken file has as many ways to be broken as there are files
        told = {"fault": "broken"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()

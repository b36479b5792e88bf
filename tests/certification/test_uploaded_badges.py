"""Badges of other issuers: checked offline by keys that an administrator entered; hostile files are refused."""

import base64
import binascii
import hashlib
import json
import struct
import time
import zlib
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import AuditEntry, Notice, Role, RoleGrant
from accounts.roles import grant
from certification import external
from certification.badges import credential, issuer, picture, proof, public_keys, trusted, uploaded
from certification.models import ExternalCertificate, TrustedIssuer
from courses.homework_files import BadFile
from tests import making
from tests.kept import kept
from tests.seminars import making as rooms

from .samples import make_payload, scribble
from .studying import ISSUED

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
RSA = rsa.generate_private_key(65537, 2048)
ADDRESS, DID = "https://saboq.example", "did:web:saboq.example"
PAYLOAD = make_payload("en", holder="Karimova Nigora", demo=False)
RIGHT, WRONG, UNCHECKED = "right", "wrong", "unchecked"


def multibase(key=KEY):
    return issuer.name_of(key.public_key())


def signed(change=lambda said: said, key=KEY, created="2026-11-22T07:03:00Z"):
    said = change(credential.credential(PAYLOAD, place=417, awarded_at=ISSUED))
    return proof.signed(said, key=key, address=ADDRESS, created=created)


def text(document):
    return json.dumps(document, ensure_ascii=False)


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(claims, sign, **header):
    head = base64url(text(header).encode()) + "." + base64url(text(claims).encode())
    return f"{head}.{base64url(sign(head.encode()))}".encode()


def jwk(key=RSA, **more):
    numbers = key.public_key().public_numbers()
    n, e = (number.to_bytes((number.bit_length() + 7) // 8, "big") for number in (numbers.n, numbers.e))
    return {"kty": "RSA", "n": base64url(n), "e": base64url(e)} | more


def by_rsa(signed):
    return RSA.sign(signed, PKCS1v15(), SHA256())


def enter(by=None, **fields):
    fields = {"name": "Boshqa tashkilot", "identifier": DID, "public_keys": multibase()} | fields
    return trusted.keep(issuer=TrustedIssuer(**fields), by=by or making.person())


@kept
def entered(bedrock):
    return enter()


BAKED = {
    "json": lambda document: text(document).encode(),
    "png": lambda document: picture.png(PAYLOAD, text(document)),
    "svg": lambda document: picture.svg(PAYLOAD, text(document)),
}


# --- Right, wrong, not checked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BAKED)
def test_a_badge_signed_by_the_keys_entered_is_right_and_says_what_was_signed(entered, kind):
    state, found = uploaded.check(BAKED[kind](signed()))

    assert (state, found["issuer"]) == (RIGHT, "Boshqa tashkilot")
    assert found["said"] == {
        "title": "Cybersecurity and protection of reader data", "issuer": "National programme", "from": "2026-11-22",
        "until": "", "holders": ["Karimova Nigora"], "hashes": [],
    }  # fmt: skip


@pytest.mark.parametrize("kind", BAKED)
def test_an_altered_badge_or_one_signed_by_somebody_else_is_wrong_and_says_nothing(entered, kind):
    altered = signed()
    altered["credentialSubject"]["identifier"][0]["identityHash"] = "Boshqa Odam"
    forged = signed(key=OTHER)
    forged["proof"][0]["verificationMethod"] = f"{DID}#key-1"
    unsigned = signed()
    unsigned["proof"][0]["proofValue"] = "z" + "1" * 88

    for document in (altered, forged, unsigned):
        assert uploaded.check(BAKED[kind](document)) == (WRONG, {"issuer": "Boshqa tashkilot", "said": {}})


def renamed(context):
    """The same signed statements under contexts of the forger's own, who shows another title."""
    document = signed()
    document["@context"] = [*document["@context"], context]
    return document


@pytest.mark.parametrize(("document", "why"), [
    (lambda: signed() | {"issuer": "did:web:elsewhere.example"}, "issuer"),
    (lambda: signed(key=OTHER), "key"),
    (lambda: {name: value for name, value in signed().items() if name != "proof"}, "proof"),
    (lambda: renamed({"title": "https://schema.org/name"}), "context"),
    (lambda: renamed("https://elsewhere.example/context"), "context"),
    (lambda: {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "issuer": DID}, "old"),
    (lambda: signed() | {"@context": "https://www.w3.org/ns/credentials/v2"}, "context"),
], ids=["issuer", "key", "no proof", "inline context", "foreign context", "open badges 2", "context as text"])  # fmt: skip
def test_what_cannot_be_checked_says_why(entered, document, why):
    state, found = uploaded.check(text(document()).encode())

    assert (state, found["why"]) == (UNCHECKED, why)
    assert why in uploaded.WHY


def test_words_that_were_not_signed_are_not_told(entered):
    """What no context knows falls out of the canonical form: anybody may write it into a signed badge."""
    document = signed()
    document["credentialSubject"]["identifier"][0]["secretName"] = "Boshqa Odam"
    document["xname"] = "Boshqa kurs"

    state, found = uploaded.check(text(document).encode())

    assert state == RIGHT
    assert "Boshqa" not in text(found["said"])


def test_a_picture_without_a_badge_is_a_picture(entered):
    assert uploaded.check(scribble().read()) == (UNCHECKED, {"why": "none", "named": ""})


def test_trust_has_its_time(db):
    enter(trusted_from=date(2026, 11, 22), trusted_until=date(2026, 11, 22))
    assert uploaded.check(text(signed()).encode())[0] == RIGHT
    for moment in ("2026-11-21T23:00:00Z", "2026-11-23T01:00:00Z"):
        state, found = uploaded.check(text(signed(created=moment)).encode())
        assert (state, found["why"]) == (UNCHECKED, "time")


def test_nobody_is_asked_over_the_network(entered):
    """The child has no name to ask: an issuer that is not entered is not looked up, however much its address invites."""
    document = signed() | {"issuer": "http://127.0.0.1:1/did.json"}
    began = time.monotonic()

    assert uploaded.check(text(document).encode())[1]["why"] == "issuer"
    assert time.monotonic() - began < 10
    source = uploaded.CHILD.read_text()
    assert not {"urllib", "requests", "socket", "http.client"} & set(source.replace(".", " ").split())


def test_a_hashed_holder_is_compared_with_the_person(entered, db):
    hashed = "sha256$" + hashlib.sha256(b"nigora@example.orgtuz").hexdigest()
    who = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": hashed,
        "salt": "tuz",
        "identityType": "emailAddress",
    }

    def change(said):
        said["credentialSubject"]["identifier"] = [who]
        return said

    found = uploaded.check(text(signed(change)).encode())[1]
    assert uploaded.names(making.person(email="nigora@example.org"), found) is True
    assert uploaded.names(making.person(), found) is False
    assert uploaded.names(making.person(), {"said": {"hashes": []}}) is None


# --- JWT ------------------------------------------------------------------------------------------------------------------------


def test_a_badge_as_a_jwt_is_checked_by_the_algorithm_of_its_key(db):
    said = credential.credential(PAYLOAD, place=417, awarded_at=ISSUED)
    enter(public_keys=text({"keys": [jwk(kid="one")]}))

    state, found = uploaded.check(jwt(said | {"iss": DID}, by_rsa, alg="RS256", kid="one"))
    assert (state, found["said"]["holders"]) == (RIGHT, ["Karimova Nigora"])

    head, _body, tail = jwt(said, by_rsa, alg="RS256").decode().split(".")
    altered = base64url(text(said | {"name": "Boshqa kurs"}).encode())
    assert uploaded.check(f"{head}.{altered}.{tail}".encode())[0] == WRONG
    public = RSA.public_key().public_numbers().n.to_bytes(256, "big")
    for alg, sign in (
        ("none", lambda signed: b"x"),
        ("HS256", lambda signed: hashlib.sha256(public + signed).digest()),
    ):
        assert uploaded.check(jwt(said, sign, alg=alg))[1]["why"] == "proof"


# --- Hostile files ----------------------------------------------------------------------------------------------------------------


def chunk(kind, body, length=None):
    size = struct.pack(">I", len(body) if length is None else length)
    return size + kind + body + struct.pack(">I", binascii.crc32(kind + body))


def png(*chunks):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0" * 13) + b"".join(chunks) + chunk(b"IEND", b"")


def itxt(body, packed=False):
    return chunk(b"iTXt", b"openbadgecredential\0" + bytes([packed, 0]) + b"\0\0" + body)


def svg(inside, head=""):
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0">{inside}</svg>'.encode()


LAUGHS = '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def poison():
    """Blank nodes that all look alike: to tell them apart takes time without end."""
    nodes = [f"_:b{n}" for n in range(12)]
    same = [{"id": one, "type": ["Evidence"], "name": "x", "related": nodes} for one in nodes]
    return signed() | {"evidence": same, "relatedResource": [{"id": n, "digestSRI": m} for n in nodes for m in nodes]}


HOSTILE = {
    "a chunk larger than the file": lambda: png(chunk(b"iTXt", b"openbadgecredential\0", 2**31 - 1)),
    "a chunk that unpacks to 200 MB": lambda: png(itxt(zlib.compress(b" " * 200_000_000), packed=True)),
    "two credentials": lambda: png(itxt(b"{}"), itxt(b"{}")),
    "broken packing": lambda: png(itxt(b"not zlib", packed=True)),
    "deep JSON": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep lists": lambda: b'{"a":' + b"[" * 60 + b"]" * 60 + b"}",
    "many values": lambda: text({"a": list(range(100_000))}).encode(),
    "large JSON": lambda: b'{"a":"' + b"x" * 2_000_000 + b'"}',
    "a number of a million digits": lambda: b'{"a":' + b"9" * 900_000 + b"}",
    "no JSON": lambda: b"{nothing",
    "entities": lambda: svg("&b;", LAUGHS),
    "an entity from outside": lambda: svg("<o:credential>&x;</o:credential>", OUTSIDE),
    "deep SVG": lambda: svg("<g>" * 200_000),
    "no SVG": lambda: b"<?xml version='1.0'?><html/>",
}  # fmt: skip


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_and_nothing_is_kept(entered, make):
    upload = SimpleUploadedFile("nishon.json", make())

    with pytest.raises(BadFile):
        external.give_in(person=making.person(), upload=upload, issuer="x", title="x", issued_on=date(2026, 1, 1))

    assert not ExternalCertificate.objects.exists()


def test_a_graph_that_takes_for_ever_ends_at_the_limit(entered):
    began = time.monotonic()
    try:
        state, _found = uploaded.check(text(poison()).encode())
    except BadFile:
        state = "refused"
    assert state in (WRONG, "refused")
    assert time.monotonic() - began < uploaded.SECONDS + 10


# --- Keys ---------------------------------------------------------------------------------------------------------------------------


def test_keys_are_read_as_people_paste_them():
    raw = base64url(KEY.public_key().public_bytes_raw())
    okp = {"kty": "OKP", "crv": "Ed25519", "x": raw, "kid": "one"}
    document = {"verificationMethod": [{"id": f"{DID}#one", "publicKeyMultibase": multibase()}]}

    assert [names for names, _key in public_keys.read(f"{multibase()}\n\n{multibase(OTHER)}\n")] == [
        {multibase()}, {multibase(OTHER)},
    ]  # fmt: skip
    assert public_keys.read(text(okp))[0][0] == {"one"}
    assert public_keys.read(text(document))[0][0] == {multibase(), f"{DID}#one"}
    for pasted in (multibase(), text(okp), text({"keys": [okp]}), text(document)):
        assert public_keys.read(pasted)[0][1].public_bytes_raw() == KEY.public_key().public_bytes_raw()


@pytest.mark.parametrize("pasted", [
    "", "z6Mk", "zzz", "hello", "{", "{}", '{"keys": []}', '{"keys": [1]}', '{"kty": "EC", "crv": "P-256", "x": "", "y": ""}',
    '{"kty": "OKP", "crv": "Ed25519", "x": "AA"}', '{"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}',
    '{"kty": "RSA", "n": "AQAB", "e": "AQAB"}', "z" + "1" * 5000,
])  # fmt: skip
def test_what_is_no_public_key_is_refused(pasted, db):
    with pytest.raises(ValidationError):
        enter(public_keys=pasted)
    assert not TrustedIssuer.objects.exists()


# --- The screens ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(client, base):
    person = making.person("admin")
    grant(person=person, role=Role.ADMINISTRATOR)
    client.force_login(person)
    return person


def test_an_administrator_enters_and_changes_an_issuer_and_the_log_says_so(client, administrator):
    form = {"name": "Nashr", "identifier": DID, "public_keys": multibase(), "trusted_from": "", "trusted_until": ""}
    assert client.post("/cms/badge-issuers/add/", form | {"public_keys": "hello"}).status_code == 200
    assert not TrustedIssuer.objects.exists()
    assert client.post("/cms/badge-issuers/add/", form).status_code == 302
    made = TrustedIssuer.objects.get()
    changed = form | {"public_keys": multibase(OTHER), "trusted_from": "2026-01-02", "trusted_until": "2026-01-01"}
    assert client.post(f"/cms/badge-issuers/edit/{made.pk}/", changed).status_code == 200  # ends before it begins
    assert client.post(f"/cms/badge-issuers/edit/{made.pk}/", changed | {"trusted_until": ""}).status_code == 302

    entries = AuditEntry.objects.filter(subject=f"badge issuer {made.pk}").order_by("pk")
    assert [(one.actor, one.deed) for one in entries] == [
        (administrator, "badge issuer entered"), (administrator, "badge issuer changed"),
    ]  # fmt: skip
    assert entries[1].details["before"] == {"public_keys": multibase(), "trusted_from": ""}
    assert "Nashr" in client.get("/cms/badge-issuers/").content.decode()


@pytest.fixture
def nation(db):
    country = rooms.library("UZ", level="nation")
    here = rooms.library("TSH", country, "region")
    hr = making.person("hr", library=here, language="en")
    grant(person=hr, role=Role.HR, library=here)
    learner = making.person("learner", library=rooms.library("TSH-01", here), language="en")
    return hr, learner


def give(client, learner, data, name="nishon.json"):
    client.force_login(learner)
    said = {"issuer": "Boshqa", "title": "Kurs", "issued_on": "2026-11-22"}
    response = client.post("/certificates/external/new/?lang=en", said | {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 302
    return ExternalCertificate.objects.latest("pk")


def words(response):
    page = BeautifulSoup(response.content, "html.parser")
    return " ".join(page.main.get_text(" ").split())


def test_the_holder_and_hr_see_what_the_machine_found_and_hr_is_told_of_a_wrong_signature(client, nation):
    hr, learner = nation
    enter(by=hr)
    altered = signed()
    altered["name"] = "Boshqa kurs"
    right, wrong = give(client, learner, text(signed()).encode()), give(client, learner, text(altered).encode())
    unchecked = give(client, learner, scribble().read(), "rasm.png")

    mine = words(client.get("/certificates/?lang=en"))
    assert mine.count("Checked by machine: the signature is right") == 1
    assert mine.count("Checked by machine: the signature is wrong") == 1
    assert mine.count("Not checked by machine") == 1
    client.force_login(hr)
    queue = words(client.get("/hr/external/?lang=en"))
    assert [queue.count(state) for state in ("Signature right", "Signature wrong", "Not checked")] == [1, 1, 1]
    told = words(client.get(f"/hr/external/{right.pk}/?lang=en"))
    assert "“Boshqa tashkilot” has signed this badge" in told
    assert "For whom, as the badge says Karimova Nigora" in told
    assert "its signature does not fit" in words(client.get(f"/hr/external/{wrong.pk}/?lang=en"))
    assert "There is no badge in the file." in words(client.get(f"/hr/external/{unchecked.pk}/?lang=en"))
    notice = Notice.objects.get(kind="external_badge_wrong")
    assert (notice.person, notice.subject) == (hr, f"external {wrong.pk}")
    assert "The signature of a badge that was given in is wrong" in words(client.get("/learning/?lang=en"))
    for row in (right, wrong, unchecked):
        row.file.storage.delete(row.file.name)


def test_a_deputy_whose_days_are_over_is_told_of_no_signature(client, nation):
    hr, learner = nation
    enter(by=hr)
    altered, today = signed() | {"name": "Boshqa kurs"}, timezone.localdate()
    over, now = making.person("over"), making.person("now")
    for deputy, ends in ((over, -1), (now, 0)):
        RoleGrant.objects.create(
            person=deputy, role=Role.HR, library=learner.library, deputy_for=hr,
            begins_on=today - timedelta(days=9), ends_on=today + timedelta(days=ends),
        )  # fmt: skip

    row = give(client, learner, text(altered).encode())

    told = Notice.objects.filter(kind="external_badge_wrong").values_list("person", flat=True)
    assert set(told) == {hr.pk, now.pk}
    row.file.storage.delete(row.file.name)


def test_once_the_issuer_is_entered_hr_has_it_checked_again(client, nation):
    hr, learner = nation
    row = give(client, learner, text(signed()).encode())
    assert (row.machine, row.found["why"]) == ("unchecked", "issuer")
    enter(by=hr)
    client.force_login(hr)

    assert client.post(f"/hr/external/{row.pk}/?lang=en", {"check": "1"}).status_code == 302

    row.refresh_from_db()
    assert (row.machine, row.found["issuer"]) == ("right", "Boshqa tashkilot")
    assert AuditEntry.objects.get(deed="external badge checked").actor == hr
    client.force_login(learner)
    response = client.get(f"/certificates/external/{row.pk}/file/")
    assert b"".join(response.streaming_content) == text(signed()).encode()
    assert response.headers["Content-Disposition"] == 'attachment; filename="nishon.json"'
    for close in response._resource_closers:
        close()
    row.file.storage.delete(row.file.name)

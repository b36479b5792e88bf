"""A certificate as an Open Badge: signed once, verified by others, revoked with it; nothing is fetched."""

import copy
import hashlib
import json
import re
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from django.core.cache import cache
from django.core.management import call_command
from pyld import jsonld

from certification import award, keys, life
from certification.badges import credential, issuer, keeping, proof, status, times
from certification.models import Badge, Certificate
from tests import making

from . import badge_judges, studying
from .samples import JUDGED, make_payload
from .studying import ISSUED

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ADDRESS = "https://saboq.example"
PAYLOAD = make_payload(digcomp=["1.3", "4.1"], expires_on="2029-11-22")


def signed(payload=PAYLOAD, place=417):
    said = credential.credential(payload, place=place, awarded_at=ISSUED)
    return proof.signed(said, key=KEY, address=ADDRESS, created="2026-11-22T07:03:00Z")


def document_of(*publics):
    """What issuer.document says, written out by hand."""
    names = [f"did:web:saboq.example#{issuer.name_of(public)}" for public in publics]
    return {
        "verificationMethod": [{"id": name, "publicKeyMultibase": name.split("#")[1]} for name in names],
        "assertionMethod": names,
    }


@pytest.fixture
def signing(tmp_path, settings):
    """Keys of their own, and the address at which documents are."""
    keys.make(tmp_path / "signing")
    settings.SIGNING_DIR, settings.VERIFY_BASE_URL = str(tmp_path / "signing"), ADDRESS
    cache.clear()
    return tmp_path / "signing"


@pytest.fixture
def badge(signing, version):
    """The version of a holder who wants the badge."""
    life.share(certificate=version.certificate, on=True)
    return version


# --- What it says --------------------------------------------------------------------------------------------------------


def test_a_badge_says_what_the_certificate_says():
    said = credential.credential(PAYLOAD, place=417, awarded_at=ISSUED)
    subject = said["credentialSubject"]
    achievement = subject["achievement"]

    assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert (said["id"], said["issuer"]["id"]) == (f"{ADDRESS}/badges/7KQ4M9XRT2HK.json", "did:web:saboq.example")
    assert (said["issuer"]["name"], subject["licenseNumber"]) == ("Milliy dastur", "SBQ-2026-000417")
    assert (said["validFrom"], said["validUntil"]) == (
        "2026-11-22T07:03:00Z",
        "2029-11-22T18:59:59Z",
    )  # Tashkent's midnight
    assert subject["identifier"][0]["identityHash"] == PAYLOAD["holder"]
    assert subject["narrative"] == "Oʻqish davri: 2026-yil 7-sentabr – 16-noyabr."
    assert achievement["name"] == "Kiberxavfsizlik asoslari va kitobxon maʼlumotlarini himoya qilish"
    assert "Hajmi: 36 akademik soat." in achievement["description"]
    assert "malakani tasdiqlamaydi" in achievement["description"]  # the payload is a demonstration's
    assert achievement["criteria"]["narrative"] == "Modullar: Hisoblar va parollar · Kitobxon maʼlumotlari."
    assert said["evidence"][0]["id"] == "https://saboq.example/verify/7KQ4M9XRT2HK/"
    assert said["credentialStatus"] == {
        "id": f"{ADDRESS}/badges/status/0.json#417",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "417",
        "statusListCredential": f"{ADDRESS}/badges/status/0.json",
    }
    assert [(one["targetCode"], one["targetName"], one["targetFramework"]) for one in achievement["alignment"]] == [
        ("1.3", "1.3 Axborotni boshqarish", "DigComp 3.0"), ("4.1", "4.1 Qurilmalarni himoya qilish", "DigComp 3.0"),
    ]  # fmt: skip


def test_the_competences_are_those_of_the_course_when_it_was_completed(course_page):
    course = making.row(course_page)
    for module, codes in zip(course.modules.order_by("position"), (["4.1", "5.1"], ["1.3", "4.1"]), strict=True):
        course.modules.filter(pk=module.pk).update(competences=codes)
    enrolment = studying.finish(course_page)
    course.modules.update(competences=[])

    version = award.issue(completion=enrolment.completion.pk, now=ISSUED)

    assert version.payload["digcomp"] == ["1.3", "4.1", "5.1"]


def test_without_an_expiry_competences_and_modules_these_words_are_absent():
    said = credential.credential(make_payload("en", demo=False), place=1, awarded_at=ISSUED)

    assert "validUntil" not in said
    assert "alignment" not in said["credentialSubject"]["achievement"]
    told = "Course completed: Cybersecurity and protection of reader data. Volume: 36 academic hours."
    assert said["credentialSubject"]["achievement"]["criteria"] == {"narrative": told}
    assert said["credentialSubject"]["achievement"]["description"] == told


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://saboq.example", "did:web:saboq.example"),
        ("http://localhost:8000", "did:web:localhost%3A8000"),
        ("https://a.example/b/c", "did:web:a.example:b:c"),
    ],
)
def test_the_issuer_is_named_after_the_address_of_verification(address, did):
    assert issuer.did(address) == did


def test_a_key_is_named_by_itself():
    """The public key of 32 zeros as a seed, in multibase: RFC 8032's arithmetic, and the prefix of every Ed25519 key."""
    public = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()

    assert issuer.name_of(public) == "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"


# --- The proof -----------------------------------------------------------------------------------------------------------


def test_the_contexts_are_the_published_ones():
    """The first digest is in the W3C's recommendation (VC Data Model 2.0, B.1)."""
    assert {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in badge_judges.CONTEXTS.glob("*.json")
    } == {
        "credentials-v2.json": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        "open-badges-3.0.3.json": "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    }


@pytest.mark.parametrize("sample", JUDGED)
def test_a_badge_of_any_words_is_genuine_and_the_same_each_time(sample):
    payload = JUDGED[sample]
    address = credential.base(payload)
    said = credential.credential(payload, place=1, awarded_at=ISSUED)
    made = [proof.signed(said, key=KEY, address=address, created="2026-11-22T07:03:00Z") for _ in range(2)]
    name = issuer.name_of(KEY.public_key())
    document = {
        "verificationMethod": [{"id": issuer.method(address, name), "publicKeyMultibase": name}],
        "assertionMethod": [issuer.method(address, name)],
    }

    assert made[0] == made[1]
    assert badge_judges.is_genuine(made[0], document)


def leaves(value, path=()):
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))
    else:
        yield path, value


def test_no_word_can_be_changed_unseen():
    """Nor is there a term that the contexts do not know: it would be left out of what is signed."""
    good, document = signed(), document_of(KEY.public_key())
    unseen = []
    for path, value in leaves(good):
        if path[0] == "@context" or path[-1] in ("proofValue", "verificationMethod"):
            continue
        altered = copy.deepcopy(good)
        place = altered
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = (
            (not value)
            if isinstance(value, bool)
            else re.sub(r"\w(?=\W*$)", lambda sign: "7" if sign[0] != "7" else "8", value)
        )
        if badge_judges.is_genuine(altered, document):
            unseen.append(path)

    assert unseen == []
    assert len(list(leaves(good))) > 50


def test_the_proof_is_a_list_of_one():
    (only,) = signed()["proof"]

    assert list(only) == ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"]
    assert (only["type"], only["cryptosuite"], only["proofPurpose"]) == (
        "DataIntegrityProof",
        "eddsa-rdfc-2022",
        "assertionMethod",
    )


def test_no_context_is_fetched():
    with pytest.raises(jsonld.JsonLdError) as told:
        proof.canonical({"@context": "https://elsewhere.example/context", "id": "urn:x"})

    fault = told.value
    while fault.__cause__:
        fault = fault.__cause__
    assert repr(fault) == "UnknownContext('https://elsewhere.example/context')"


# --- Kept, and served ----------------------------------------------------------------------------------------------------


def test_a_badge_is_signed_once_and_is_the_same_bytes_ever_after(badge, client, django_assert_num_queries):
    address = f"/badges/{badge.code}.json"
    first = client.get(address)
    call_command("make_signing_keys", keys.folder(), "--rotate", verbosity=0)
    with django_assert_num_queries(1):
        again = client.get(address)

    assert (first.status_code, first["Content-Type"]) == (200, "application/ld+json")
    assert first.content == again.content
    assert again["ETag"] == first["ETag"]
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert (first["Access-Control-Allow-Origin"], first["Cache-Control"]) == ("*", "public, max-age=60")
    said = json.loads(first.content)
    document = client.get("/.well-known/did.json").json()
    assert badge_judges.is_genuine(said, document)
    assert said["proof"][0]["created"] == "2026-11-22T07:03:00Z" == said["validFrom"]
    assert len(document["assertionMethod"]) == 2
    assert (
        said["proof"][0]["verificationMethod"] == document["assertionMethod"][1]
    )  # the old key, after the present one


def test_two_signings_of_a_version_give_the_same_bytes(badge):
    assert keeping.sign(badge).credential == keeping.sign(badge).credential
    assert Badge.objects.get().credential == keeping.sign(badge).credential


def test_when_a_stolen_key_is_withdrawn_badges_are_signed_anew(badge, signing):
    before = Badge.objects.get()
    call_command("make_signing_keys", signing, "--rotate", verbosity=0)
    (old,) = (signing / "old").glob("badge-*.pem")
    old.unlink()

    served = keeping.badge_of(version=badge)
    keeping.keep(certificate=badge.certificate)

    after = Badge.objects.get()
    assert (after.key, after.credential) == (served.key, served.credential)
    assert after.key == issuer.name_of(keys.badge().public_key()) != before.key
    said = json.loads(after.credential)
    assert badge_judges.is_genuine(said, issuer.document(ADDRESS))
    assert {**said, "proof": None} == {**json.loads(before.credential), "proof": None}


def test_the_badge_answers_while_the_holder_wants_it_the_register_always(badge, client):
    life.share(certificate=badge.certificate, on=False)
    assert client.get(f"/badges/{badge.code}.json").status_code == 404
    assert client.get(f"/verify/{badge.code}/").status_code == 200

    life.share(certificate=badge.certificate, on=True)
    assert client.get(f"/badges/{badge.code}.json").status_code == 200


def test_a_code_that_is_none_has_no_badge(db, client):
    answer = client.get("/badges/nonsense.json")

    assert (answer.status_code, answer.json(), answer["Cache-Control"]) == (404, {"error": "not here"}, "no-store")


def test_without_a_key_there_is_no_badge_and_the_register_answers(signing, version, client, caplog):
    (signing / "badge-key.pem").unlink()
    life.share(certificate=version.certificate, on=True)

    assert [client.get(address).status_code for address in (
        f"/badges/{version.code}.json", "/badges/status/0.json", "/.well-known/did.json", f"/share/{version.code}/",
    )] == [404, 404, 404, 200]  # fmt: skip
    assert {record.message.split(" (")[0] for record in caplog.records if record.levelname == "ERROR"} == {
        f"no badge of certificate {version.code}: SIGNING_DIR: {signing}/badge-key.pem cannot be read: [Errno 2] No such file "
        f"or directory: '{signing}/badge-key.pem'"
    }


# --- Revocation ----------------------------------------------------------------------------------------------------------


def test_a_bit_is_set_while_the_certificate_is_revoked(badge, client, django_assert_num_queries):
    hr = making.person("hr")
    lists, states = [], []
    life.revoke(certificate=badge.certificate, by=hr, ground=Certificate.Ground.MISTAKE, reason="Xato", now=ISSUED)
    lists.append(client.get("/badges/status/0.json"))
    with django_assert_num_queries(2):
        client.get("/badges/status/0.json")
    life.restore(certificate=badge.certificate, by=hr, reason="Xato emas")
    lists.append(client.get("/badges/status/0.json"))
    for answer in lists:
        said = answer.json()
        assert badge_judges.is_genuine(said, issuer.document(ADDRESS))
        states.append(badge.pk in badge_judges.places(said))

    assert states == [True, False]
    said = lists[0].json()
    assert (
        said["id"] == json.loads(keeping.badge_of(version=badge).credential)["credentialStatus"]["statusListCredential"]
    )
    assert said["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert client.get("/badges/status/1.json").status_code == 404


def test_a_corrected_certificate_has_a_badge_of_its_own_and_the_old_ones_bit_is_set(badge):
    before = json.loads(keeping.badge_of(version=badge).credential)
    later = datetime(2026, 12, 1, tzinfo=UTC)
    made = award.correct(
        certificate=badge.certificate,
        holder="Toʻlqinboyeva Gulchehra",
        by=making.person("hr"),
        reason="Xato",
        now=later,
    )

    after = json.loads(made.badge.credential)  # of a certificate that is shared, with its file

    assert badge_judges.places(status.credential(ADDRESS, 0)) == {badge.pk}
    assert after["validFrom"] == before["validFrom"]
    assert after["proof"][0]["created"] == "2026-12-01T00:00:00Z"
    assert after["credentialSubject"]["achievement"]["id"] == before["credentialSubject"]["achievement"]["id"]
    assert after["credentialSubject"]["identifier"][0]["identityHash"] == "Toʻlqinboyeva Gulchehra"


@pytest.mark.parametrize("places", [[], [0], [7, 8, 131_071], range(0, 131_072, 997)])
def test_bits_are_counted_from_the_left(places):
    assert badge_judges.places({"credentialSubject": {"encodedList": status.packed(places)}}) == set(places)


def test_the_list_is_signed_again_only_when_it_has_changed(signing, version, client, monkeypatch):
    first = client.get("/badges/status/0.json")
    monkeypatch.setattr(jsonld, "normalize", None)

    assert client.get("/badges/status/0.json").content == first.content
    assert client.get("/badges/status/0.json", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_places_beyond_the_first_list_are_in_the_next():
    entry = status.entry(ADDRESS, 131_072 * 3 + 5)

    assert (entry["statusListCredential"], entry["statusListIndex"]) == (f"{ADDRESS}/badges/status/3.json", "5")


# --- Judges from outside -------------------------------------------------------------------------------------------------


def test_the_verifiers_are_installed_from_a_list_that_names_no_host():
    """Each with its digest; and no package runs a program of its own while it is installed."""
    here = badge_judges.SCRIPT.parent
    packages = json.loads((here / "package-lock.json").read_text())["packages"]
    packages.pop("")

    assert len(packages) > 100
    assert {key for package in packages.values() for key in package} & {"resolved"} == set()
    assert {package["integrity"].split("-")[0] for package in packages.values()} == {"sha512"}
    assert "ignore-scripts=true" in (here / ".npmrc").read_text()


BEGAN, ENDED = datetime(2020, 11, 22, 7, 3, tzinfo=UTC), "2021-11-22"  # whatever this machine takes today for


def test_verifiers_from_npm_accept_good_badges_and_refuse_tampered_revoked_and_expired_ones(
    signing, course_page, client
):
    """@digitalcredentials/verifier-core and digitalbazaar's vc; what they ask for is what we serve, and nothing else."""
    served = {}

    def issued():
        version = studying.graduate(course_page, now=BEGAN)
        life.share(certificate=version.certificate, on=True)
        return version

    def get(path):
        answer = client.get(path)
        served[ADDRESS + path] = [answer["Content-Type"], answer.text]
        return answer.json()

    def made(payload=PAYLOAD | {"expires_on": None}, key=None):
        said = credential.credential(payload, place=0, awarded_at=BEGAN)
        return proof.signed(said, key=key or keys.badge(), address=ADDRESS, created=times.utc(BEGAN))

    before, revoked = issued(), issued()
    call_command("make_signing_keys", signing, "--rotate", verbosity=0)
    after = issued()
    life.revoke(certificate=revoked.certificate, by=making.person("hr"), ground=Certificate.Ground.RULES, reason="x")
    get("/badges/status/0.json"), get("/.well-known/did.json")
    wanted = set(served)
    good = {name: made(JUDGED[name]) for name in ("ru", "en", "html", "one letter")} | {"with competences": made()}
    good |= {name: get(f"/badges/{one.code}.json") for name, one in (("before", before), ("after", after))}
    bad = {
        "tampered": good["after"] | {"name": "Oliy matematika"},
        "of somebody else": made(key=KEY),
        "revoked": get(f"/badges/{revoked.code}.json"),
        "expired": made(PAYLOAD | {"expires_on": ENDED}),
    }

    asked, said = badge_judges.npm(served, good | bad)

    assert {name: said[name] for name in good} == {
        name: {"digitalbazaar": "verified", "verifier-core": "verified"} for name in good
    }
    assert set(asked) - {badge_judges.SCHEMA} == wanted
    wrong = {
        "tampered": ("Error: Invalid signature.", "invalid_signature: "),
        "of somebody else": ("no such key", "invalid_signature: "),
        "revoked": ("revoked", "revocation_status: false"),
        "expired": (f'is after "validUntil" ({ENDED}T18:59:59Z)', "expiration: false"),
    }
    for name, (one, other) in wrong.items():
        assert one in said[name]["digitalbazaar"], said[name]
        assert other in said[name]["verifier-core"], said[name]

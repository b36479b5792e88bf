"""The public register: the status first, every printed word, in three languages and for machines; guessing is slowed down."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache

from accounts.models import Library, Role
from accounts.roles import grant
from certification import award, codes, files, forms, misses, register, register_page, wording
from certification.models import Certificate, CertificateVersion
from tests import making

from . import studying
from .studying import HOLDER, ISSUED


def finished(body):
    """The well-formed code that begins with these 11 signs."""
    return next(body + sign for sign in codes.ALPHABET if codes.is_well_formed(body + sign))


UNKNOWN = finished("23456789ABC")
MISTYPED = UNKNOWN[:-1] + next(sign for sign in codes.ALPHABET if not codes.is_well_formed(UNKNOWN[:-1] + sign))


@pytest.fixture
def reader(client):
    """Opens an address; the answer has its parsed `.page`."""

    def open_page(address, **headers):
        response = client.get(address, headers=headers)
        response.page = BeautifulSoup(response.content, "html.parser")
        return response

    return open_page


def status_line(response):
    return response.page.select_one(".proof h1").get_text(strip=True)


def proof(response):
    return " ".join(response.page.select_one(".proof").get_text(" ", strip=True).split())


def facts_on(response):
    rows = response.page.select("dl.facts > div")
    return [(row.dt.get_text(strip=True), " ".join(row.dd.get_text(" ", strip=True).split())) for row in rows]


def replace(version, holder="Toʻlqinboyeva Gulchehra Abdugʻoffor qizi", now=ISSUED + timedelta(days=2)):
    """A corrected version takes the place of the first, as the rule for corrections will write it."""
    CertificateVersion.objects.filter(certificate=version.certificate).update(is_current=False)
    code = codes.new_code()
    made = CertificateVersion.objects.create(
        certificate=version.certificate, number=version.number + 1, code=code, issued_at=now,
        payload=version.payload | {"holder": holder, "code": code},
    )  # fmt: skip
    return files.store(version=made)


def revoke(version, ground="rules", now=datetime(2026, 11, 30, 19, 30, tzinfo=UTC)):
    award.revoke(
        certificate=version.certificate,
        by=making.person("hr"),
        ground=ground,
        reason="Ichki sabab: 17-bayonnoma",
        now=now,
    )


# --- The form ------------------------------------------------------------------------------------------------------------


def test_the_form_explains_where_the_code_stands(reader):
    response = reader("/verify/?lang=en")

    assert response.status_code == 200
    assert response.page.h1.get_text() == "Verify a certificate"
    field = response.page.select_one("input[name=code]")
    assert "lower right" in response.page.find(id=field["aria-describedby"]).get_text()
    assert not response.page.select(".error, .notice--bad")
    assert "X-Robots-Tag" not in response.headers


@pytest.mark.parametrize("typed", [
    "7KQ4M9XRT2HK", "7KQ4-M9XR-T2HK", " 7kq4 m9xr t2hk ", "7KQ4–M9XR–T2HK", "7.KQ4M9XRT2.HK", "7КQ4М9ХRТ2НК",
    "https://saboq.example/verify/7KQ4M9XRT2HK/", "saboq.example/verify/7kq4-m9xr-t2hk?lang=ru",
])  # fmt: skip
def test_a_code_typed_in_any_way_leads_to_its_page(client, typed):
    code = "7KQ4M9XRT2HK"
    assert codes.is_well_formed(code)

    response = client.get("/verify/", {"code": typed})

    assert (response.status_code, response.headers["Location"]) == (302, f"/verify/{code}/")


def test_the_language_asked_for_goes_along(client):
    assert client.get("/verify/", {"code": UNKNOWN, "lang": "ru"}).headers["Location"] == f"/verify/{UNKNOWN}/?lang=ru"


@pytest.mark.parametrize(("typed", "fault"), [
    ("", "Type the code that stands on the certificate."),
    ("   ", "Type the code that stands on the certificate."),
    (UNKNOWN[:-1], "A code has 12 characters. Typed here: 11."),
    (UNKNOWN + "2", "A code has 12 characters. Typed here: 13."),
    ("0" + UNKNOWN[1:11] + "!", "These characters never occur in a code: ! 0. Look at the paper once more."),
    (MISTYPED, "The check character does not match. Copy the code again."),
    ("SBQ-2026-000417", "This is the number of the certificate. The code stands at its lower right, under the QR code."),
    ("X" * 301, "This is too long for a code. Type only the 12 characters."),
    ("<script>alert(1)</script>", "A code has 12 characters. Typed here: 25."),
])  # fmt: skip
def test_bad_input_is_named_and_kept(client, typed, fault):
    response = client.get("/verify/", {"code": typed, "lang": "en"})
    page = BeautifulSoup(response.content, "html.parser")

    assert response.status_code == 200
    assert [error.get_text(strip=True) for error in page.select(".field-row .error")] == [fault]
    assert [link.get_text(strip=True) for link in page.select(".notice--bad a")] == [f"Verification code: {fault}"]
    assert page.select_one("input[name=code]").get("value", "") == typed
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_posting_is_refused(client):
    for address in ("/verify/", f"/verify/{UNKNOWN}/", f"/verify/{UNKNOWN}.json"):
        assert client.post(address).status_code == 405


# --- The status ----------------------------------------------------------------------------------------------------------


def test_valid(reader, version, monkeypatch):
    checked = datetime(2026, 12, 1, 7, 3, tzinfo=UTC)
    monkeypatch.setattr("certification.register_page.timezone.now", lambda: checked)

    response = reader(f"/verify/{version.code}/?lang=en")

    assert response.status_code == 200
    assert response.page.main.select_one("section")["class"] == ["proof", "proof--ok"]
    assert (
        proof(response) == "Valid This certificate is in our register and is in force. Checked: 1 December 2026, 12:03"
    )
    assert [h2.get_text() for h2 in response.page.select("main h2")] == ["Compare with the paper"]
    assert version.sha256 in response.page.select_one("main details").get_text()


def test_revoked_says_when_and_on_what_ground_and_nothing_internal(reader, version):
    revoke(version, "rules")

    response = reader(f"/verify/{version.code}/?lang=en")

    assert response.status_code == 200
    assert response.page.main.select_one("section")["class"] == ["proof", "proof--bad"]
    assert status_line(response) == "Revoked"
    assert "Not in force since 1 December 2026 Reason: the rules of the course were broken" in proof(response)
    assert "Do not accept it as proof of qualification." in proof(response)
    assert "bayonnoma" not in response.content.decode()
    assert ("Holder", HOLDER) in facts_on(response)
    assert "Valid" not in response.page.main.get_text()


def test_superseded_leads_to_the_newest_version_and_says_what_this_one_said(reader, version):
    second = replace(version)
    third = replace(second, holder="Toʻlqinboyeva Gulchehra", now=ISSUED + timedelta(days=9))

    for old, replaced in ((version, "24 November 2026"), (second, "1 December 2026")):
        response = reader(f"/verify/{old.code}/?lang=en")
        assert response.status_code == 200
        assert response.page.main.select_one("section")["class"] == ["proof", "proof--old"]
        assert status_line(response) == "Replaced by a newer version"
        assert f"Replaced on: {replaced} " in proof(response)
        assert response.page.select_one(".proof a")["href"] == f"/verify/{third.code}/"
        assert ("Holder", old.payload["holder"]) in facts_on(response)
    assert status_line(reader(f"/verify/{third.code}/?lang=en")) == "Valid"


def test_a_correction_without_a_file_yet_leaves_no_link(reader, version):
    second = replace(version)
    CertificateVersion.objects.filter(pk=second.pk).update(sha256="", pdf="")

    response = reader(f"/verify/{version.code}/?lang=en")

    assert status_line(response) == "Replaced by a newer version"
    assert response.page.select(".proof a") == []
    assert reader(f"/verify/{second.code}/").status_code == 404


def test_every_version_of_a_revoked_certificate_is_revoked(reader, version):
    second = replace(version)
    revoke(version)

    assert [status_line(reader(f"/verify/{one.code}/?lang=en")) for one in (version, second)] == ["Revoked", "Revoked"]


def test_unknown_is_told_from_mistyped(reader, version):
    unknown, mistyped = reader(f"/verify/{UNKNOWN}/?lang=en"), reader(f"/verify/{MISTYPED}/?lang=en")

    assert (unknown.status_code, mistyped.status_code) == (404, 404)
    for response in (unknown, mistyped):
        assert response.page.main.select_one("section")["class"] == ["proof", "proof--none"]
        assert not response.page.select("dl.facts")
    assert status_line(unknown) == "No such certificate"
    assert "we have not issued it" in proof(unknown)
    assert status_line(mistyped) == "The code is mistyped"
    assert "The check character does not match. Copy the code again." in proof(mistyped)
    assert unknown.page.select_one("input[name=code]")["value"] == codes.pretty(UNKNOWN)
    assert mistyped.page.select_one("input[name=code]")["value"] == MISTYPED


@pytest.mark.parametrize(
    "odd", ["абв", "0", "%00", "<b>", "x" * 3000, "%F0%9F%98%80", "SBQ-2026-000001", "file.pdf", "﷽" * 50]
)
def test_odd_addresses_are_mistyped_codes(reader, db, odd):
    response = reader(f"/verify/{odd}/?lang=en")

    assert response.status_code == 404
    assert status_line(response) == "The code is mistyped"


@pytest.mark.parametrize("odd", ["a/b", "..", "%2F", "%00", "x" * 3000, "%ED%A0%80", "²" * 5000, "{{7*7}}", "%s"])
@pytest.mark.parametrize("form", ["/verify/{}/", "/verify/{}.json", "/verify/{}.json?lang=%00", "/certificates/{}.pdf"])
def test_nothing_that_is_typed_breaks_an_address(client, db, form, odd):
    client.force_login(making.person())

    assert client.get(form.format(odd)).status_code == 404


def test_another_spelling_of_a_code_leads_to_its_one_address(client, version):
    typed = codes.pretty(version.code).lower()

    assert client.get(f"/verify/{typed}/").headers["Location"] == f"/verify/{version.code}/"
    assert client.get(f"/verify/{typed}/?lang=ru").headers["Location"] == f"/verify/{version.code}/?lang=ru"


# --- Every printed word in three languages -------------------------------------------------------------------------------


@pytest.fixture
def worded(version):
    """A certificate in Russian with every fact that can be printed."""
    version.payload |= {"language": "ru", "order": {"number": "12-i", "date": "2026-11-20"}}
    for language, post in (("uz", "Dastur rahbari"), ("ru", "Руководитель программы"), ("en", "Head of programme")):
        version.payload["words"][language] |= {
            "course": {"uz": "Kiberxavfsizlik", "ru": "Кибербезопасность", "en": "Cybersecurity"}[language],
            "signatories": [{"name": "R. X. Sattorova", "post": post}],
        }
    CertificateVersion.objects.filter(pk=version.pk).update(payload=version.payload)
    return version


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_every_printed_fact_stands_on_the_page_in_the_readers_language(reader, worded, language):
    response = reader(f"/verify/{worded.code}/?lang={language}")

    printed = wording.facts(worded.payload, language)
    assert facts_on(response) == [(fact.label, fact.value) for fact in printed if fact.key != "demo"]
    assert [fact.key for fact in printed] == [
        "issuer", "holder", "course", "hours", "period", "order", "issued_on", "modules", "number", "legal_basis", "signatory",
        "code", "verify_url", "demo",
    ]  # fmt: skip
    (demo,) = [fact for fact in printed if fact.key == "demo"]
    assert response.page.select_one(".notice--due").get_text(" ", strip=True) == f"{demo.label}. {demo.value}"
    assert response.page.html["lang"] == response.page.select_one("dl.facts")["lang"] == language
    assert facts_on(response)[1][1] == HOLDER


def test_the_words_in_english(reader, worded):
    assert facts_on(reader(f"/verify/{worded.code}/?lang=en")) == [
        ("Issued by", "National programme for the digital competence of library staff"),
        ("Holder", HOLDER),
        ("Course completed", "Cybersecurity"),
        ("Volume", "36 academic hours"),
        ("Period of study", "7 September – 22 November 2026"),
        ("Order", "No. 12-i of 20 November 2026"),
        ("Issued on", "22 November 2026"),
        ("Modules", "Modul 1 · Modul 2"),
        ("Certificate number", "SBQ-2026-000001"),
        ("Legal basis", worded.payload["words"]["en"]["legal_basis"]),
        ("Head of programme", "R. X. Sattorova"),
        ("Verification code", codes.pretty(worded.code)),
        ("Address for verification", "localhost:8000/verify"),
    ]


def test_the_page_says_in_which_language_the_paper_is_and_switches(reader, worded):
    page = reader(f"/verify/{worded.code}/?lang=en").page

    assert "Language of the paper: Русский." in page.main.get_text()
    assert [(link["href"], link.get_text()) for link in page.select("main nav a")] == [
        ("?lang=uz", "Oʻzbekcha"),
        ("?lang=ru", "Русский"),
    ]
    assert [here.get_text() for here in page.select("main nav [aria-current]")] == ["English"]
    assert "If any word differs from the paper, the paper was altered." in page.main.get_text()


def test_without_a_wish_the_page_is_in_uzbek(reader, worded):
    assert reader(f"/verify/{worded.code}/").page.html["lang"] == "uz"


def test_a_language_that_the_certificate_has_no_words_in_gives_those_of_the_paper(reader, client, worded):
    del worded.payload["words"]["en"]
    CertificateVersion.objects.filter(pk=worded.pk).update(payload=worded.payload)

    page = reader(f"/verify/{worded.code}/?lang=en").page

    assert page.select_one("dl.facts")["lang"] == "ru"
    assert [link["href"] for link in page.select("main nav a")] == ["?lang=uz"]
    assert [here.get_text() for here in page.select("main nav [aria-current]")] == ["Русский"]
    assert client.get(f"/verify/{worded.code}.json?lang=en").json()["words_in"] == "ru"


def test_a_certificate_that_is_no_specimen_does_not_say_so(reader, version):
    CertificateVersion.objects.filter(pk=version.pk).update(payload=version.payload | {"demo": False})

    assert not reader(f"/verify/{version.code}/").page.select(".notice--due")


def test_what_people_typed_is_shown_as_text(reader, version):
    CertificateVersion.objects.filter(pk=version.pk).update(
        payload=version.payload | {"holder": "<script>alert(1)</script>"}
    )

    response = reader(f"/verify/{version.code}/")

    assert ("Sertifikat egasi", "<script>alert(1)</script>") in facts_on(response)
    assert not response.page.select("dl script")


# --- For machines --------------------------------------------------------------------------------------------------------


def test_json_of_a_valid_certificate(client, worded, monkeypatch):
    monkeypatch.setattr("certification.register.timezone.now", lambda: datetime(2026, 12, 1, 7, 3, 5, 123, tzinfo=UTC))

    response = client.get(f"/verify/{worded.code}.json")

    assert response.status_code == 200
    assert response.json() == {
        "status": "valid",
        "code": worded.code,
        "checked_at": "2026-12-01T07:03:05+00:00",
        "number": "SBQ-2026-000001",
        "version": 1,
        "holder": HOLDER,
        "course": "Кибербезопасность",
        "course_code": "SEC",
        "hours": 36,
        "period": {"from": "2026-09-07", "to": "2026-11-22"},
        "issued_on": "2026-11-22",
        "expires_on": None,
        "order": {"number": "12-i", "date": "2026-11-20"},
        "modules": ["Modul 1", "Modul 2"],
        "issuer": "Национальная программа повышения цифровой квалификации сотрудников библиотек",
        "legal_basis": worded.payload["words"]["ru"]["legal_basis"],
        "signatories": [{"name": "R. X. Sattorova", "post": "Руководитель программы"}],
        "demo": True,
        "verify_url": f"http://localhost:8000/verify/{worded.code}/",
        "language": "ru",
        "words_in": "ru",
        "sha256": worded.sha256,
        "revoked_on": None,
        "revocation_ground": None,
        "superseded_on": None,
        "superseded_by": None,
    }
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Language"] == "ru"


def test_json_in_another_language(client, worded):
    said = client.get(f"/verify/{worded.code}.json?lang=uz").json()

    assert (said["course"], said["language"], said["words_in"]) == ("Kiberxavfsizlik", "ru", "uz")
    assert client.get(f"/verify/{worded.code}.json?lang=xx").json()["words_in"] == "ru"


def test_json_of_a_revoked_and_of_a_superseded_certificate(client, version):
    second = replace(version)
    said = client.get(f"/verify/{version.code}.json").json()
    assert (said["status"], said["superseded_on"], said["superseded_by"]) == ("superseded", "2026-11-24", second.code)

    revoke(version, "mistake")
    response = client.get(f"/verify/{second.code}.json")
    said = response.json()
    assert (said["status"], said["revoked_on"], said["revocation_ground"]) == ("revoked", "2026-12-01", "mistake")
    assert said["superseded_by"] is None
    assert "bayonnoma" not in response.content.decode()


@pytest.mark.parametrize(("code", "status"), [(UNKNOWN, "unknown"), (MISTYPED, "mistyped"), ("nonsense", "mistyped")])
def test_json_of_no_certificate(client, db, code, status):
    response = client.get(f"/verify/{code}.json")

    said = response.json()
    assert (response.status_code, sorted(said)) == (404, ["checked_at", "code", "status"])
    assert (said["status"], said["code"]) == (status, codes.normalise(code))


def test_json_reads_a_code_in_any_spelling(client, version):
    assert client.get(f"/verify/{codes.pretty(version.code).lower()}.json").json()["status"] == "valid"


# --- Headers, queries, drawing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["/", ".json"])
def test_an_answer_is_shown_to_nobody_unchecked_and_listed_nowhere(client, version, ending):
    client_of_a_person = type(client)()
    client_of_a_person.force_login(making.person())
    for code in (version.code, UNKNOWN, MISTYPED):
        for browser in (client, client_of_a_person):
            response = browser.get(f"/verify/{code}{ending}")
            asked_again = code == version.code and browser is client
            assert response.headers["Cache-Control"].split(", ")[0] == ("public" if asked_again else "no-store")
            assert response.headers["X-Robots-Tag"] == "noindex"
            assert response.headers.get("Access-Control-Allow-Origin") == ("*" if ending == ".json" else None)


@pytest.mark.parametrize("ending", ["/", ".json"])
def test_a_copy_is_asked_for_again_at_the_price_of_one_query_until_something_changes(
    client, version, ending, minute, django_assert_num_queries
):
    address = f"/verify/{version.code}{ending}"
    first = client.get(address)
    again = {"if-none-match": first.headers["ETag"]}

    assert first.headers["Cache-Control"] == "public, no-cache"
    with django_assert_num_queries(1):
        assert client.get(address, headers=again).status_code == 304
    assert client.get(f"{address}?lang=ru", headers=again).status_code == 200
    person = type(client)()
    person.force_login(making.person())
    assert person.get(address, headers=again).status_code == 200
    revoke(version)
    assert client.get(address, headers=again).status_code == 200
    with django_assert_num_queries(1):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("versions", [1, 3])
@pytest.mark.parametrize("ending", ["/", ".json"])
def test_queries(client, version, ending, versions, django_assert_num_queries):
    for _ in range(versions - 1):
        version = replace(version)
    address = f"/verify/{version.code}{ending}"

    with django_assert_num_queries(1):
        assert client.get(address).status_code == 200
    with django_assert_num_queries(1):
        register.find(UNKNOWN)
    with django_assert_num_queries(0):
        register.find(MISTYPED)

    reader = making.person()
    grant(person=reader, role=Role.HR, library=Library.add_root(code="UZ", titles={"uz": "Oʻzbekiston"}))
    client.force_login(reader)
    with django_assert_num_queries(3):  # session, user, versions
        assert client.get(address).status_code == 200


def test_queries_of_the_form(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/verify/")
    client.force_login(making.person())
    with django_assert_num_queries(3):  # session, user, roles for the menu
        client.get("/verify/")


def test_nobody_makes_the_site_draw(client, version, monkeypatch):
    def draw(payload):
        raise AssertionError("drawn on a request without an account")

    monkeypatch.setattr("certification.drawing.draw", draw)
    version.pdf.storage.delete(version.pdf.name)

    assert client.get(f"/verify/{version.code}/").status_code == 200
    assert client.get(f"/verify/{version.code}.json").status_code == 200


def test_checking_writes_nothing(client, version):
    before = CertificateVersion.objects.values().get()

    client.get(f"/verify/{version.code}/")

    assert CertificateVersion.objects.values().get() == before


# --- Guessing ------------------------------------------------------------------------------------------------------------


def guesses(client, count, ending="/", **headers):
    bodies = (f"23456{number:06}".replace("0", "A").replace("1", "B") for number in range(count))
    return [client.get(f"/verify/{finished(body)}{ending}", **headers).status_code for body in bodies]


def test_so_many_unknown_codes_a_minute_and_no_more(client, reader, version, minute, monkeypatch):
    assert guesses(client, misses.MOST) == [404] * 60

    response = client.get(f"/verify/{UNKNOWN}/?lang=ru")
    assert response.status_code == 429
    assert f'href="/verify/{UNKNOWN}/?lang=ru"' in response.content.decode()  # once more, in the same language
    assert response.headers["Retry-After"] == "60"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert client.get(f"/verify/{version.code}/").status_code == 200  # the others in the library are not locked out
    monkeypatch.setattr(misses, "FLOOD", 60)  # else a guesser would just go on until a hit
    assert client.get(f"/verify/{version.code}/").status_code == 429
    machine = client.get(f"/verify/{version.code}.json")
    assert (machine.status_code, machine.headers["Access-Control-Allow-Origin"]) == (429, "*")
    assert machine.json() == {"error": "too many unknown codes: wait a minute"}
    assert reader(f"/verify/{MISTYPED}/").status_code == 404  # tells nothing, costs nothing

    minute.now += 60
    assert reader(f"/verify/{version.code}/").status_code == 200


def test_pages_and_json_are_counted_together(client, db, minute):
    guesses(client, 30)
    guesses(client, 30, ending=".json")

    assert client.get(f"/verify/{UNKNOWN}/").status_code == 429


def test_known_and_mistyped_codes_are_not_counted(client, version, minute):
    for code in (version.code, MISTYPED):
        assert {client.get(f"/verify/{code}/").status_code for _ in range(61)} == {200 if code == version.code else 404}

    assert client.get(f"/verify/{UNKNOWN}/").status_code == 404


def test_a_signed_in_person_is_counted_alone(client, db, minute):
    guesses(client, 60)
    client.force_login(making.person())

    assert client.get(f"/verify/{UNKNOWN}/").status_code == 404


def test_another_address_is_counted_by_itself(client, db, minute, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    guesses(client, 60, headers={"x-forwarded-for": "10.0.0.1, 203.0.113.7"})

    def status(address):
        return client.get(f"/verify/{UNKNOWN}/", headers={"x-forwarded-for": address}).status_code

    assert status("203.0.113.7") == 429
    assert status("203.0.113.8, 203.0.113.7") == 429  # what the client itself says does not count
    assert status("203.0.113.8") == 404


def test_a_whole_ipv6_network_is_one_address(client, db, minute):
    guesses(client, 60, REMOTE_ADDR="2001:db8:1:2::1")

    assert client.get(f"/verify/{UNKNOWN}/", REMOTE_ADDR="2001:db8:1:2:ffff::9").status_code == 429
    assert client.get(f"/verify/{UNKNOWN}/", REMOTE_ADDR="2001:db8:1:3::1").status_code == 404


@pytest.mark.parametrize("address", ["", "unix:", "not an address"])
def test_a_server_that_tells_no_address_still_answers(client, version, address):
    assert client.get(f"/verify/{version.code}/", REMOTE_ADDR=address).status_code == 200


def test_without_a_cache_each_process_counts_for_itself_and_certificates_are_answered(
    client, version, settings, unused_port, minute
):
    settings.CACHES = {
        "default": {"BACKEND": "config.cache.ForgivingRedisCache", "LOCATION": f"redis://127.0.0.1:{unused_port}/0"}
    }
    assert guesses(client, 62) == [404] * 60 + [429] * 2
    assert client.get(f"/verify/{version.code}/").status_code == 200


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        yield door.getsockname()[1]  # bound and not listening: every connection is refused


# --- The rules by themselves ---------------------------------------------------------------------------------------------


def test_find_tells_five_things_apart(version):
    second = replace(version)
    found = [register.find(code).status for code in (second.code, version.code, UNKNOWN, MISTYPED)]
    revoke(version)

    assert [*found, register.find(second.code).status] == ["valid", "superseded", "unknown", "mistyped", "revoked"]


def test_read_code_finds_it_in_an_address():
    assert forms.read_code("http://localhost:8000/verify/7KQ4M9XRT2HK.json") == "7KQ4M9XRT2HK"


def test_the_count_may_lapse_between_two_steps(rf, monkeypatch):
    monkeypatch.setattr(cache, "add", lambda *a, **k: True)  # gone before it is raised

    misses.note(rf.get("/"))

    assert misses.count(rf.get("/")) == 0


# --- The page is drawn for nobody ------------------------------------------------------------------------------------------


def test_certificates_in_turns_never_mix_and_what_is_kept_names_nobody(reader, client, version):
    first, second = version, replace(version)
    other = studying.enrol(making.course(modules=1, lessons=1), studying.learner("Boshqayeva Salima"))
    studying.do(other)
    award.consider(learner=other.learner_id, course=other.course_id)
    third = award.issue(completion=other.completion.pk)

    for _round in range(2):
        for one in (second, third):
            response = reader(f"/verify/{one.code}/?lang=en")
            assert facts_on(response) == [
                (fact.label, fact.value) for fact in wording.facts(one.payload, "en") if fact.key != "demo"
            ]
            assert one.sha256 in response.text and status_line(response) == "Valid"
        assert status_line(reader(f"/verify/{first.code}/?lang=en")) == "Replaced by a newer version"
    said = b"".join(text for page in register_page._kept.values() for text in page.texts).decode()
    for one in (first, second, third):
        secrets = one.code, one.sha256, one.payload["holder"], one.payload["number"], codes.pretty(one.code)
        assert [secret for secret in secrets if secret in said] == []


def test_no_words_of_an_address_stand_in_the_page_of_the_next_reader(client, version):
    address = f"/verify/{version.code}/"
    for own in ("?lang=zararli&lang=ru", "?lang=ru&lang=zararli", "?x=zararli"):
        client.get(address + own)

    assert [
        query for query in ("", "?lang=ru", "?lang=zararli&lang=en") if "zararli" in client.get(address + query).text
    ] == [
        "?lang=zararli&lang=en"  # the own
    ]
    assert len(register_page._kept) == 2


def test_a_signed_in_reader_is_named_to_nobody_else(reader, client, version):
    client.force_login(making.person(last_name="Kimdirova"))
    assert "Kimdirova" in reader(f"/verify/{version.code}/").text
    client.logout()
    response = reader(f"/verify/{version.code}/")
    assert "Kimdirova" not in response.text and "csrfmiddlewaretoken" not in response.text
    assert not {"csrftoken", "sessionid"} & set(response.cookies)
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("public, no-cache", "noindex")


def test_a_revocation_and_a_restoration_show_at_the_next_request(reader, version):
    address = f"/verify/{version.code}/?lang=en"
    said = [status_line(reader(address)), status_line(reader(address))]
    revoke(version)
    said.append(status_line(reader(address)))
    Certificate.objects.filter(pk=version.certificate_id).update(
        revoked_at=None, revoked_by=None, revocation_ground="", revocation_reason=""
    )
    said.append(status_line(reader(address)))
    assert said == ["Valid", "Valid", "Revoked", "Valid"]


def test_packed_it_says_the_same(client, version):
    address = f"/verify/{version.code}/"
    packed = client.get(address, headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.content) == client.get(address).content
    assert {name.strip() for name in packed["Vary"].split(",")} == {"Accept-Encoding", "Cookie"}

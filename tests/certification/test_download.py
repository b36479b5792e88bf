"""The file goes to its holder and to HR of the holder's libraries, byte for byte as it was issued; to others it does not exist."""

import hashlib

import pytest

from accounts.models import Library, Role
from accounts.roles import grant
from certification import award, codes, layout
from certification.models import CertificateVersion
from tests import making

from . import studying


@pytest.fixture
def libraries(base):
    nation = Library.add_root(code="UZ", level="nation", titles={"uz": "Dastur"})
    made = {"nation": nation}
    for region in ("TSH", "SAM"):
        made[region] = Library.objects.get(pk=nation.pk).add_child(code=region, level="region", titles={"uz": region})
        made[f"{region}-01"] = Library.objects.get(pk=made[region].pk).add_child(
            code=f"{region}-01", titles={"uz": region}
        )
    return {name: Library.objects.get(pk=library.pk) for name, library in made.items()}


@pytest.fixture
def version(course_page, libraries):
    return studying.graduate(course_page, studying.learner(library=libraries["TSH-01"]))


def stored(version):
    with version.pdf.storage.open(version.pdf.name) as file:
        return file.read()


def holder(version):
    return version.certificate.enrolment.learner


def get(client, person, version, **extra):
    client.force_login(person)
    return client.get(f"/certificates/{version.code}.pdf", **extra)


def test_the_holder_gets_the_stored_bytes(client, version):
    response = get(client, holder(version), version)

    assert response.status_code == 200
    assert response.content == stored(version)
    assert hashlib.sha256(response.content).hexdigest() == version.sha256
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="SBQ-2026-000001-uz.pdf"'
    assert response.headers["Content-Length"] == str(len(response.content))
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_packing_for_the_way_leaves_the_file_alone(client, version):
    response = get(client, holder(version), version, headers={"accept-encoding": "gzip"})

    assert response.content == stored(version)
    assert response.headers["Content-Length"] == str(len(response.content))


def test_the_code_may_be_written_as_on_paper(client, version):
    client.force_login(holder(version))

    assert client.get(f"/certificates/{codes.pretty(version.code).lower()}.pdf").content == stored(version)


@pytest.mark.parametrize(("role", "library", "status"), [
    (Role.HR, "TSH-01", 200), (Role.HR, "TSH", 200), (Role.HR, "nation", 200), (Role.ADMINISTRATOR, None, 200),
    (Role.HR, "SAM", 404), (Role.HR, "SAM-01", 404), (Role.DIRECTOR, "TSH-01", 404), (Role.DIRECTOR, "nation", 404),
    (Role.TRAINER, None, 404), (Role.EDITOR, None, 404), (None, None, 404),
])  # fmt: skip
def test_who_else_may_have_it(client, version, libraries, role, library, status):
    person = making.person(library=libraries["TSH-01"])
    if role:
        grant(person=person, role=role, library=library and libraries[library])

    response = get(client, person, version)

    assert response.status_code == status
    assert (response.content == stored(version)) == (status == 200)


def test_hr_of_no_library_sees_nobody_without_one(client, course_page, libraries):
    """A person without a library is in nobody's scope."""
    version = studying.graduate(course_page, studying.learner(library=None))
    hr = making.person(library=None)
    grant(person=hr, role=Role.HR, library=libraries["nation"])

    assert get(client, hr, version).status_code == 404


def test_without_an_account_one_is_asked_to_sign_in(client, version):
    for code in (version.code, "222222222222"):  # the same for both: nothing is told
        response = client.get(f"/certificates/{code}.pdf")
        assert (response.status_code, response.headers["Location"]) == (
            302,
            f"/accounts/login/?next=/certificates/{code}.pdf",
        )


@pytest.mark.parametrize("code", ["222222222222", "nonsense", "0", "%00"])
def test_no_such_file(client, version, code):
    client.force_login(holder(version))

    assert client.get(f"/certificates/{code}.pdf").status_code == 404


def test_a_reserved_certificate_has_no_file_yet(client, version):
    CertificateVersion.objects.update(sha256="", pdf="")

    assert get(client, holder(version), version).status_code == 404


def test_a_revoked_certificate_is_still_the_holders(client, version):
    award.revoke(certificate=version.certificate, by=making.person("hr"), ground="mistake", reason="Xato")

    assert get(client, holder(version), version).status_code == 200


def test_posting_is_refused(client, version):
    client.force_login(holder(version))

    assert client.post(f"/certificates/{version.code}.pdf").status_code == 405


def test_a_lost_file_is_drawn_again_if_that_gives_the_same_bytes(client, version):
    pdf = stored(version)
    version.pdf.storage.delete(version.pdf.name)

    assert get(client, holder(version), version).content == pdf
    assert stored(version) == pdf


def test_a_file_lost_for_good_is_said_so_and_never_replaced(client, version, monkeypatch, caplog):
    version.pdf.storage.delete(version.pdf.name)
    monkeypatch.setattr(layout, "INK", "#000000")  # a later release draws otherwise

    response = get(client, holder(version), version)

    assert response.status_code == 503
    assert response.headers["Content-Type"].startswith("text/html")
    assert f"/verify/{version.code}/" in response.content.decode()
    assert b"%PDF" not in response.content
    assert f"certificate {version.code}: the file is lost" in caplog.text
    assert not version.pdf.storage.exists(version.pdf.name)


def test_queries(client, version, django_assert_num_queries):
    client.force_login(holder(version))
    with django_assert_num_queries(3):  # session, user, the own version
        client.get(f"/certificates/{version.code}.pdf")

"""Certificates of others: given in by their holder, approved or sent back by HR of the scope, never told as ours."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts import notices
from accounts.models import AuditEntry, Notice, User
from certification import external
from certification.models import ExternalCertificate
from reports import people as progress
from tests import making

PDF = b"%PDF-1.7 a certificate"
SAID = {"issuer": "Boshqa tashkilot", "title": "Maʼlumotlar bazasi", "issued_on": "2024-05-01"}


def file(content=PDF, name="sertifikat.pdf"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def given(people):
    said = SAID | {"issued_on": date(2024, 5, 1)}
    row = making.committed(lambda: external.give_in(person=people.learner, upload=file(), **said))
    yield row
    row.file.storage.delete(row.file.name)


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


# --- Given in ----------------------------------------------------------------------------------------------------------------


def test_a_holder_gives_one_in_and_reads_it_back_byte_for_byte(as_user, people):
    client = as_user(people.learner)
    assert (
        client.post("/certificates/external/new/", SAID | {"issuer": " Boshqa  o'quv", "file": file()}).status_code
        == 302
    )

    row = ExternalCertificate.objects.get()
    assert (row.person, row.state, row.issuer) == (people.learner, "waiting", "Boshqa oʻquv")
    assert (row.file_name, row.file_kind, row.file.name.endswith(".pdf")) == ("sertifikat.pdf", "pdf", False)
    response = client.get(f"/certificates/external/{row.pk}/file/")
    assert b"".join(response.streaming_content) == PDF
    for close in response._resource_closers:  # the file; response.close() would end the request's database too
        close()
    assert response.headers["Content-Disposition"] == 'attachment; filename="sertifikat.pdf"'
    row.file.storage.delete(row.file.name)


@pytest.mark.parametrize(("said", "fault"), [
    ({}, "Add the file or a link: HR has to see the certificate."),
    ({"link": "javascript:alert(1)"}, "Enter a valid URL."),
    ({"link": "ftp://example.org/x"}, "Enter a valid URL."),
    ({"link": "https://example.org/", "issued_on": "2999-01-01"}, "This day cannot be right."),
    ({"link": "https://example.org/", "expires_on": "2024-04-30"}, "The period ends before it begins."),
    ({"file": ("x.pdf", b"")}, "The submitted file is empty."),
    ({"file": ("x.pdf", b"<html><script>")}, "it is not a PDF"),
    ({"file": ("x.txt", b"plain words")}, "it is neither a PDF nor a PNG or JPEG picture."),
    ({"file": ("x.pdf", b"%PDF-1.7" + b"0" * (10 * 1024 * 1024))}, "it is larger than 10 MB."),
])  # fmt: skip
def test_bad_input_is_named_and_nothing_is_kept(as_user, people, said, fault):
    if "file" in said:
        said = said | {"file": file(said["file"][1], said["file"][0])}

    response = as_user(people.learner).post("/certificates/external/new/?lang=en", SAID | said)

    assert response.status_code == 422
    assert fault in page_of(response).main.get_text()
    assert not ExternalCertificate.objects.exists()


def test_a_row_that_cannot_be_kept_leaves_no_file(people, monkeypatch):
    deleted = []
    storage = ExternalCertificate._meta.get_field("file").storage
    monkeypatch.setattr(type(storage), "delete", lambda self, name: deleted.append(name))
    with pytest.raises(Exception, match="external_certificate"), connection.cursor():
        external.give_in(
            person=people.learner,
            upload=file(),
            issuer="x",
            title="x",
            issued_on=date(2024, 5, 1),
            expires_on=date(2024, 4, 1),
        )
    assert len(deleted) == 1


def test_what_is_not_approved_can_be_removed_with_its_file(as_user, people, given):
    client, address = as_user(people.learner), f"/certificates/external/{given.pk}/remove/"
    external.decide(external=given, by=people.hr, approve=True, reason="Koʻrildi")
    client.post(address)
    assert ExternalCertificate.objects.filter(pk=given.pk).exists()

    external.decide(external=given, by=people.hr, approve=False, reason="Xato tasdiqlangan")
    assert as_user(people.hr).post(address).status_code == 404
    client = as_user(people.learner)
    making.committed(lambda: client.post(address))
    assert not ExternalCertificate.objects.exists()
    assert not given.file.storage.exists(given.file.name)


# --- Decided -----------------------------------------------------------------------------------------------------------------


def test_hr_of_the_scope_approves_with_a_reason_and_the_holder_is_told(as_user, people, given):
    User.objects.filter(pk=people.learner.pk).update(email="oquvchi@example.org")
    client, address = as_user(people.hr), f"/hr/external/{given.pk}/?lang=en"
    assert [cell.get_text() for cell in page_of(client.get("/hr/external/")).select("tbody th a")] == [
        people.learner.official_name
    ]
    assert (
        "Not checked by machine" in page_of(client.get(address)).select_one("[aria-labelledby=machine-head]").get_text()
    )
    assert client.post(address, {"approve": "1", "reason": " "}).status_code == 422
    assert client.post(address, {"approve": "1", "reason": "Sahifasida koʻrildi"}).status_code == 302

    given.refresh_from_db()
    assert (given.state, given.decided_by, given.reason) == ("approved", people.hr, "Sahifasida koʻrildi")
    assert AuditEntry.objects.get(deed="external certificate approved").reason == "Sahifasida koʻrildi"
    notice = Notice.objects.get(kind="external_approved")
    assert notices.deliver_one(notice.pk)
    assert "Sahifasida koʻrildi" in mail.outbox[-1].body
    assert (
        given.title
        in page_of(client.get(f"/hr/people/{people.learner.pk}/"))
        .select_one("[aria-labelledby=external-head]")
        .get_text()
    )


def test_what_is_sent_back_says_why_and_stands_in_no_report(as_user, people, given):
    as_user(people.hr).post(f"/hr/external/{given.pk}/", {"return": "1", "reason": "Oʻqib boʻlmaydi"})

    assert progress.record(people.learner, people.hr)["external"] == []
    page = page_of(as_user(people.learner).get("/certificates/?lang=en"))
    assert "Oʻqib boʻlmaydi" in page.select_one("[aria-labelledby=external-head] article").get_text()


def test_others_neither_see_nor_decide_it_and_nobody_decides_the_own(as_user, people, given):
    for stranger in (people.hr2, people.director, people.trainer, people.editor, people.learner):
        assert as_user(stranger).get(f"/hr/external/{given.pk}/").status_code == 404
        assert as_user(stranger).post(f"/hr/external/{given.pk}/", {"approve": 1, "reason": "x"}).status_code == 404
    for stranger in (people.hr2, people.director, people.trainer):
        assert as_user(stranger).get(f"/certificates/external/{given.pk}/file/").status_code == 404
    own = external.give_in(
        person=people.hr, issuer="x", title="x", issued_on=date(2024, 5, 1), link="https://example.org/"
    )
    assert as_user(people.hr).post(f"/hr/external/{own.pk}/", {"approve": 1, "reason": "x"}).status_code == 404
    assert as_user(people.admin).post(f"/hr/external/{own.pk}/", {"approve": 1, "reason": "x"}).status_code == 302


def test_a_decision_needs_its_reason_and_nobody_gives_in_for_ever(people, given, monkeypatch):
    with pytest.raises(ValueError, match="reason"):
        external.decide(external=given, by=people.hr, approve=True, reason="")
    monkeypatch.setattr(external, "MOST", 1)
    with pytest.raises(external.TooMany):
        external.give_in(
            person=people.learner, issuer="x", title="x", issued_on=date(2024, 5, 1), link="https://example.org/"
        )

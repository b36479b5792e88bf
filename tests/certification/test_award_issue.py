"""The certificate: what is frozen stays, the file is the one that was issued, a revocation is seen and has a reason."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry, Notice
from certification import award, codes, drawing, files, layout
from certification.models import Certificate, CertificateVersion, CourseCompletion, NumberSeries
from courses.models import Course
from tests import making

from . import studying
from .studying import HOLDER, ISSUED


def stored(version):
    with version.pdf.storage.open(version.pdf.name) as file:
        return file.read()


def row_of(version):
    return CertificateVersion.objects.values().get(pk=version.pk)


# --- Issue ---------------------------------------------------------------------------------------------------------------


def test_the_payload_says_every_printed_word(course_page, settings):
    settings.VERIFY_BASE_URL = "https://saboq.example"
    settings.ISSUER_NAME = {"uz": "Milliy dastur", "ru": "Программа", "en": "Programme"}
    settings.LEGAL_BASIS = {"uz": "PQ-4354", "ru": "ПП-4354"}
    settings.SIGNATORIES = [{"name": "R. Sattorova", "post": {"uz": "Rahbar", "ru": "Руководитель"}}]
    Course.objects.update(titles={"uz": "Xavfsizlik", "ru": "Безопасность"}, hours="36.5")

    version = studying.graduate(course_page, studying.learner(language="ru"))

    signed = [{"name": "R. Sattorova", "post": "Rahbar", "scan": ""}]
    assert codes.is_well_formed(version.code)
    assert version.payload == {
        "schema": 1,
        "number": "SBQ-2026-000001",
        "code": version.code,
        "language": "ru",
        "holder": HOLDER,
        "verify_url": f"https://saboq.example/verify/{version.code}/",
        "issued_on": "2026-11-22",
        "expires_on": None,
        "hours": 36.5,
        "period": {"from": "2026-09-07", "to": "2026-11-22"},
        "order": None,
        "course_code": "SEC",
        "digcomp": [],
        "demo": True,
        "design": {"border": "girih", "accent": "#1e3f94", "logo": ""},
        "words": {
            "uz": {"issuer": "Milliy dastur", "course": "Xavfsizlik", "outcome": "Natija", "modules": ["Modul 1", "Modul 2"],
                   "legal_basis": "PQ-4354", "subtitle": "", "signatories": signed},
            "ru": {"issuer": "Программа", "course": "Безопасность", "outcome": "Natija", "modules": ["Modul 1", "Modul 2"],
                   "legal_basis": "ПП-4354", "subtitle": "",
                   "signatories": [{"name": "R. Sattorova", "post": "Руководитель", "scan": ""}]},
            "en": {"issuer": "Programme", "course": "Xavfsizlik", "outcome": "Natija", "modules": ["Modul 1", "Modul 2"],
                   "legal_basis": "PQ-4354", "subtitle": "", "signatories": signed},
        },
    }  # fmt: skip


def test_the_file_is_the_drawing_of_the_payload_and_has_its_hash(version):
    assert stored(version).startswith(drawing.draw(version.payload))
    assert version.sha256 == hashlib.sha256(stored(version)).hexdigest()
    assert (version.issued_at, version.is_current, version.number) == (ISSUED, True, 1)


def test_the_holder_is_told_once_and_gets_one_mail(version, mailoutbox):
    award.issue(completion=CourseCompletion.objects.get().pk)
    award.heal()
    call_command("sweep", verbosity=0)
    call_command("sweep", verbosity=0)

    (notice,) = Notice.objects.all()
    assert (notice.kind, notice.subject) == ("certificate_issued", "certificate SBQ-2026-000001")
    assert notice.details == {
        "course": {"uz": "Kurs SEC", "ru": "Kurs SEC", "en": "Kurs SEC"}, "hours": 36, "number": "SBQ-2026-000001", "code": version.code,
    }  # fmt: skip
    (mail,) = mailoutbox
    assert mail.to == [version.certificate.enrolment.learner.email]
    assert f"/verify/{version.code}/" in mail.body


@pytest.mark.parametrize("earlier", [1, 3])
def test_to_issue_takes_so_many_statements(course_page, django_assert_num_queries, earlier):
    for _ in range(earlier):
        studying.graduate(course_page)
    completion = studying.finish(course_page).completion

    with django_assert_num_queries(17):  # of them six begin and end the three transactions: number, file, notice
        version = award.issue(completion=completion.pk, now=ISSUED)

    assert version.payload["number"] == f"SBQ-2026-00000{earlier + 1}"


def test_what_is_returned_is_what_the_rows_say(course_page):
    Course.objects.update(valid_months=36)

    version = studying.graduate(course_page)

    kept = CertificateVersion.objects.get()
    told = {field.attname: getattr(version, field.attname) for field in CertificateVersion._meta.concrete_fields}
    assert told == {name: getattr(kept, name) for name in told}
    assert (version.certificate, kept.expires_on) == (kept.certificate, date(2029, 11, 22))
    assert version.certificate._state.adding is False


def test_what_is_stored_is_not_drawn_again(version, monkeypatch):
    monkeypatch.setattr(drawing, "draw", dies)

    assert award.issue(completion=CourseCompletion.objects.get().pk).sha256 == version.sha256
    award.heal()


def test_one_without_an_address_is_told_in_my_learning_alone(course_page, mailoutbox):
    version = studying.graduate(course_page, studying.learner(email=None))
    call_command("sweep", verbosity=0)

    assert Notice.objects.get().details["code"] == version.code
    assert mailoutbox == []


def test_the_issue_is_written_to_the_log_once(version):
    award.issue(completion=CourseCompletion.objects.get().pk)

    (entry,) = AuditEntry.objects.filter(deed="certificate issued")
    assert (entry.actor, entry.subject) == (None, "certificate SBQ-2026-000001")
    assert entry.details == {"enrolment": version.certificate.enrolment_id}


def test_without_a_confirmed_name_nothing_is_issued(course_page):
    enrolment = studying.finish(course_page, studying.learner(holder=None))

    assert award.issue(completion=enrolment.completion.pk) is None
    assert not Certificate.objects.exists()
    assert not NumberSeries.objects.exists()


def test_a_language_that_was_switched_off_since_is_replaced_by_the_first(course_page, settings):
    settings.LANGUAGES = [("uz", "Oʻzbekcha"), ("ru", "Русский")]

    version = studying.graduate(course_page, studying.learner(language="en"))

    assert version.payload["language"] == "uz"
    assert sorted(version.payload["words"]) == ["ru", "uz"]


# --- Numbers -------------------------------------------------------------------------------------------------------------


def test_numbers_count_within_the_year_of_the_issuer(course_page):
    new_year_in_tashkent = datetime(2026, 12, 31, 19, 30, tzinfo=UTC)

    versions = [studying.graduate(course_page, now=now) for now in (ISSUED, ISSUED, new_year_in_tashkent)]

    assert [version.payload["number"] for version in versions] == [
        "SBQ-2026-000001",
        "SBQ-2026-000002",
        "SBQ-2027-000001",
    ]
    assert versions[2].payload["issued_on"] == "2027-01-01"


def test_the_number_of_a_revoked_certificate_is_not_given_again(course_page):
    first = studying.graduate(course_page)
    award.revoke(certificate=first.certificate, by=first.certificate.enrolment.learner, ground="mistake", reason="Xato")

    assert studying.graduate(course_page).payload["number"] == "SBQ-2026-000002"


def test_a_number_rolled_back_with_its_transaction_never_meets_one_that_was_issued(course_page):
    with transaction.atomic():
        savepoint = transaction.savepoint()
        taken = [award.next_number(2026), award.next_number(2026)]
        transaction.savepoint_rollback(savepoint)
    assert taken == ["SBQ-2026-000001", "SBQ-2026-000002"]

    versions = [studying.graduate(course_page) for _ in range(3)]

    numbers = [version.payload["number"] for version in versions]
    assert numbers == ["SBQ-2026-000001", "SBQ-2026-000002", "SBQ-2026-000003"]
    assert NumberSeries.objects.get().last == 3


# --- Frozen --------------------------------------------------------------------------------------------------------------


def text_of(client, version, language):
    page = BeautifulSoup(client.get(f"/verify/{version.code}/?lang={language}").content, "html.parser").main
    for moment in page.select(".proof .small"):
        moment.decompose()  # when it was checked
    return page.get_text(" ", strip=True)


def test_nothing_that_happens_later_changes_a_certificate(course_page, client, settings):
    version = studying.graduate(course_page)
    person = version.certificate.enrolment.learner
    before = row_of(version), stored(version), [text_of(client, version, lang) for lang in ("uz", "ru", "en")]

    person.last_name, person.certificate_name, person.language = "Boshqayeva", "Boshqayeva Gulchehra", "en"
    person.certificate_name_confirmed_at = timezone.now()
    person.save()
    course_page.title = "Boshqa nom"
    course_page.hours = 72
    making.publish(course_page)
    module = course_page.get_children().first().specific
    module.title = "Boshqa modul"
    making.publish(module)
    settings.ISSUER_NAME = {"uz": "Boshqa"}
    settings.LEGAL_BASIS = {"uz": "Boshqa"}
    settings.VERIFY_BASE_URL = "https://boshqa.example"
    call_command("purge_revisions", verbosity=0)
    course_page.refresh_from_db()
    making.committed(course_page.delete)
    assert Course.objects.get().archived
    Certificate.objects.get().save()  # any later save: the date stays (D3)
    for model in (CertificateVersion, CourseCompletion):
        model.objects.get().save()
    award.consider(learner=person.pk, course=Course.objects.get().pk)
    again = award.issue(completion=CourseCompletion.objects.get().pk, now=ISSUED + timedelta(days=400))
    award.heal(ISSUED + timedelta(days=400))

    assert again.pk == version.pk
    assert (row_of(version), stored(version), [text_of(client, version, lang) for lang in ("uz", "ru", "en")]) == before
    assert before[1].startswith(drawing.draw(version.payload))
    assert Certificate.objects.count() == CertificateVersion.objects.count() == 1


def test_a_person_a_course_and_an_enrolment_with_a_certificate_cannot_be_deleted(version):
    enrolment = version.certificate.enrolment
    for row in (enrolment.learner, enrolment.course, enrolment, version.certificate):
        with pytest.raises(IntegrityError), transaction.atomic():  # ProtectedError is one
            row.delete()


# --- Crashes -------------------------------------------------------------------------------------------------------------


def test_a_crash_between_reserving_and_storing_is_healed_with_the_same_code(
    course_page, client, monkeypatch, mailoutbox
):
    enrolment = studying.finish(course_page)
    with monkeypatch.context() as patched:
        patched.setattr(drawing, "draw", dies)
        with pytest.raises(MemoryError):
            award.issue(completion=enrolment.completion.pk, now=ISSUED)
    reserved = CertificateVersion.objects.get()
    assert (reserved.sha256, reserved.pdf.name) == ("", "")
    assert client.get(f"/verify/{reserved.code}/").status_code == 404
    assert not Notice.objects.exists()

    assert award.heal(ISSUED + timedelta(days=3)) == {"considered": 0, "issued": 1}

    healed = CertificateVersion.objects.get()
    assert (healed.code, healed.payload, healed.issued_at) == (reserved.code, reserved.payload, ISSUED)
    assert healed.sha256 == hashlib.sha256(stored(healed)).hexdigest()
    assert client.get(f"/verify/{reserved.code}/").status_code == 200
    call_command("sweep", verbosity=0)
    assert len(mailoutbox) == Notice.objects.count() == 1


def dies(payload):
    raise MemoryError


def test_a_crash_between_storing_and_telling_is_healed(version):
    Notice.objects.all().delete()

    assert award.heal() == {"considered": 0, "issued": 0}

    assert Notice.objects.get().details["code"] == version.code


def test_a_certificate_revoked_before_its_holder_was_told_is_not_announced(version):
    Notice.objects.all().delete()
    award.revoke(
        certificate=version.certificate, by=version.certificate.enrolment.learner, ground="mistake", reason="Xato"
    )

    award.heal()
    award.issue(completion=CourseCompletion.objects.get().pk)

    assert [notice.kind for notice in Notice.objects.all()] == ["certificate_revoked"]


def test_what_fails_is_tried_again_with_pauses_for_as_long_as_it_takes(course_page, monkeypatch, caplog):
    enrolment = studying.finish(course_page)
    now, tried = ISSUED, []
    with monkeypatch.context() as patched:
        patched.setattr(drawing, "draw", dies)
        for _ in range(3600):
            now += timedelta(seconds=20)  # the pace of the sweep
            before = CourseCompletion.objects.values_list("tries", flat=True).get()
            award.heal(now)
            if CourseCompletion.objects.values_list("tries", flat=True).get() > before:
                tried.append(now)
            if len(tried) == 16:
                break

    minutes = [round((later - sooner).total_seconds() / 60, 1) for sooner, later in pairwise(tried)]
    assert minutes == [0.3] * 6 + [1.3] * 6 + [15.3] * 3  # the first at every round
    assert f"issue failed for {{'completion': {enrolment.completion.pk}" in caplog.text
    CourseCompletion.objects.update(tries=500)
    assert award.heal(now + timedelta(minutes=16))["issued"] == 1


def test_a_row_that_fails_for_years_is_counted_no_further_than_its_column_holds(course_page, monkeypatch):
    """PostgreSQL refuses the next number, and with it the sweep would stop for everybody."""
    completion = studying.finish(course_page).completion
    CourseCompletion.objects.update(tries=award.MOST_COUNTED)
    monkeypatch.setattr(drawing, "draw", dies)

    assert award.heal(ISSUED)["issued"] == 0

    completion.refresh_from_db()
    assert (completion.tries, completion.tried_at) == (award.MOST_COUNTED, ISSUED)
    assert award.MOST_COUNTED < 2**15


def test_a_row_that_kills_its_worker_leaves_the_queue_after_so_many_tries(course_page, monkeypatch):
    completion = studying.finish(course_page).completion
    with monkeypatch.context() as patched:
        patched.setattr(drawing, "draw", dies)
        for _ in range(award.MOST_TRIES + 5):
            assert award.issue_soon(completion=completion.pk, now=ISSUED) is None
    completion.refresh_from_db()
    assert completion.tries == award.MOST_TRIES == 20

    assert award.issue_soon(completion=completion.pk, now=ISSUED) is None  # it would work now: only the sweep tries
    assert award.heal(ISSUED + timedelta(minutes=16))["issued"] == 1
    assert award.issue_soon(completion=completion.pk).sha256


# --- The file ------------------------------------------------------------------------------------------------------------


def test_a_lost_file_is_restored_with_the_same_bytes(version, caplog):
    pdf, before = stored(version), row_of(version)
    version.pdf.storage.delete(version.pdf.name)

    assert files.file_of(version=version) == pdf

    assert stored(version) == pdf
    assert row_of(version) == before
    assert f"certificate {version.code}: the lost file was restored" in caplog.text
    assert (
        AuditEntry.objects.filter(deed="certificate file restored", subject="certificate SBQ-2026-000001").count() == 1
    )


def test_a_damaged_file_is_never_given_and_stays_to_be_looked_at(version, caplog):
    pdf, damaged = stored(version), version.pdf.name
    version.pdf.storage.delete(damaged)
    version.pdf.storage.save(damaged, ContentFile(pdf.replace(b"%PDF", b"%PDG")))

    assert files.file_of(version=version) == pdf

    assert "is not the one that was issued" in caplog.text
    after = CertificateVersion.objects.get()
    assert after.pdf.name != damaged
    assert stored(after) == pdf
    assert version.pdf.storage.exists(damaged)


def test_a_lost_file_whose_drawing_gives_other_bytes_is_not_replaced(version, monkeypatch, caplog):
    version.pdf.storage.delete(version.pdf.name)
    monkeypatch.setattr(layout, "INK", "#000000")  # a later release draws otherwise

    with pytest.raises(files.FileLost):
        files.file_of(version=version)

    assert not version.pdf.storage.exists(version.pdf.name)
    assert "drawing it gives other bytes" in caplog.text


def test_the_loser_of_two_drawings_leaves_no_file_behind(version):
    late = CertificateVersion.objects.get()
    late.sha256, late.pdf = "", ""  # as a process saw it that is slower
    _folders, before = version.pdf.storage.listdir("certificates/2026")

    files.store(version=late)

    assert (late.pdf.name, late.sha256) == (version.pdf.name, version.sha256)
    _folders, after = version.pdf.storage.listdir("certificates/2026")
    assert after == before


# --- Revocation ----------------------------------------------------------------------------------------------------------


def test_a_revocation_is_dated_signed_grounded_and_logged(version):
    hr = making.person("hr")

    certificate = award.revoke(
        certificate=version.certificate, by=hr, ground="rules", reason=" Test birga yechilgan ", now=ISSUED
    )

    assert (certificate.revoked_at, certificate.revoked_by, certificate.revocation_ground) == (ISSUED, hr, "rules")
    assert certificate.revocation_reason == "Test birga yechilgan"
    entry = AuditEntry.objects.get(deed="certificate revoked")
    assert (entry.actor, entry.subject, entry.details) == (hr, "certificate SBQ-2026-000001", {"ground": "rules"})


def test_a_second_revocation_changes_nothing(version):
    one, other = making.person("hr"), making.person("hr")
    award.revoke(certificate=version.certificate, by=one, ground="rules", reason="Birinchi", now=ISSUED)

    award.revoke(certificate=version.certificate, by=other, ground="holder", reason="Ikkinchi")

    certificate = Certificate.objects.get()
    assert (certificate.revoked_at, certificate.revoked_by, certificate.revocation_reason) == (ISSUED, one, "Birinchi")
    assert AuditEntry.objects.filter(deed="certificate revoked").count() == 1


@pytest.mark.parametrize(("ground", "reason"), [("rules", ""), ("rules", "  \n"), ("", "Sabab"), ("whim", "Sabab")])
def test_a_revocation_without_ground_or_reason_is_refused(version, ground, reason):
    with pytest.raises(ValueError):
        award.revoke(certificate=version.certificate, by=making.person("hr"), ground=ground, reason=reason)

    assert Certificate.objects.get().revoked_at is None


def test_a_long_reason_is_kept_whole(version):
    reason = "Uzun sabab. " * 100

    award.revoke(certificate=version.certificate, by=making.person("hr"), ground="decision", reason=reason)

    assert Certificate.objects.get().revocation_reason == reason.strip()

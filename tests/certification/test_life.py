"""What happens to a certificate after its issue: corrected, revoked, in force again, expired, renewed. Nothing printed changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail

from accounts import notices
from accounts.models import AuditEntry, Notice, User
from certification import award, codes, drawing, expiring, files, life, register, validity
from certification.models import CertificateVersion, CourseCompletion
from courses.models import Course, Enrolment
from tests import making
from tests.kept import kept

from . import studying
from .studying import HOLDER, ISSUED

RIGHT = "Toʻlqinboyeva Gulchehra Abdugʻoffor qizi"
LATER = ISSUED + timedelta(days=9)


@kept
def hr(bedrock):
    return making.person("hr")


def in_english(version):
    User.objects.filter(pk=version.certificate.enrolment.learner_id).update(language="en")


def correct(version, by, holder=RIGHT, reason="Pasport boʻyicha", now=LATER):
    return award.correct(certificate=version.certificate, holder=holder, by=by, reason=reason, now=now)


def log(deed):
    return AuditEntry.objects.filter(deed=deed).values_list("actor", "subject", "reason")


# --- Corrected -------------------------------------------------------------------------------------------------------------


def test_a_corrected_name_is_a_new_version_with_its_own_code_and_file_and_nothing_else_differs(version, hr):
    before, made = version.payload, correct(version, hr)

    assert codes.is_well_formed(made.code)
    assert made.code != version.code
    assert made.payload == before | {
        "holder": RIGHT, "code": made.code, "verify_url": f"http://localhost:8000/verify/{made.code}/",
    }  # fmt: skip
    assert (made.number, made.is_current, made.issued_at) == (2, True, LATER)
    assert (made.corrected_by, made.correction_reason) == (hr, "Pasport boʻyicha")
    assert RIGHT in drawing_text(made)
    version.refresh_from_db()
    assert (version.payload, version.is_current) == (before, False)
    assert HOLDER in drawing_text(version)


def drawing_text(version):
    from io import BytesIO

    from pypdf import PdfReader

    return PdfReader(BytesIO(files.file_of(version=version))).pages[0].extract_text()


def test_the_old_code_answers_superseded_by_the_new_one(version, hr):
    made = correct(version, hr)
    newest = correct(version, hr, holder=HOLDER)

    for code, current in ((version.code, newest), (made.code, newest)):
        finding = register.find(code)
        assert (finding.status, finding.current) == ("superseded", current)
    assert register.find(newest.code).status == "valid"
    assert register.answer(register.find(version.code))["superseded_by"] == newest.code


def test_a_correction_is_logged_and_the_holder_is_told_by_notice_and_mail(version, hr):
    in_english(version)
    made = making.committed(lambda: correct(version, hr))

    number = version.payload["number"]
    assert list(log("certificate corrected")) == [(hr.pk, f"certificate {number}", "Pasport boʻyicha")]
    notice = Notice.objects.get(kind="certificate_corrected")
    assert (notice.person, notice.subject) == (version.certificate.enrolment.learner, f"certificate {number} version 2")
    assert notices.deliver_one(notice.pk)
    assert made.code in mail.outbox[-1].body
    assert mail.outbox[-1].subject == "Your certificate has been corrected: Kurs SEC"


def test_a_correction_that_changes_nothing_or_cannot_be_printed_is_refused(version, hr):
    with pytest.raises(life.NotPossible, match="same"):
        correct(version, hr, holder=HOLDER)
    with pytest.raises(drawing.MissingGlyph):
        correct(version, hr, holder="木下")
    with pytest.raises(ValueError, match="reason"):
        correct(version, hr, reason=" ")
    revoke(version, hr)
    with pytest.raises(life.NotPossible, match="revoked"):
        correct(version, hr)
    assert CertificateVersion.objects.count() == 1


def test_a_storage_that_fails_leaves_the_correction_for_the_sweep(version, hr, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(files, "store", dies)
        made = correct(version, hr)

    assert (made.sha256, register.find(version.code).status) == ("", "superseded")
    assert not Notice.objects.filter(kind="certificate_corrected").exists()
    assert award.heal(LATER)["issued"] == 1
    made.refresh_from_db()
    assert register.find(made.code).status == "valid"
    assert Notice.objects.filter(kind="certificate_corrected").count() == 1


def dies(*, version):
    raise OSError("no room")


def test_a_crash_between_storing_and_telling_is_healed(version, hr):
    correct(version, hr)
    Notice.objects.all().delete()

    award.heal(LATER)

    assert [notice.kind for notice in Notice.objects.all()] == ["certificate_corrected"]


# --- Revoked, and in force again -------------------------------------------------------------------------------------------


def revoke(version, by, ground="rules", now=LATER):
    return award.revoke(certificate=version.certificate, by=by, ground=ground, reason="17-bayonnoma", now=now)


def test_a_revocation_answers_with_its_date_and_ground_and_the_holder_is_told(version, hr):
    in_english(version)
    making.committed(lambda: revoke(version, hr))

    said = register.answer(register.find(version.code))
    assert (said["status"], said["revoked_on"], said["revocation_ground"]) == ("revoked", "2026-12-01", "rules")
    notice = Notice.objects.get(kind="certificate_revoked")
    assert notices.deliver_one(notice.pk)
    assert "the rules of the course were broken" in mail.outbox[-1].body
    assert "17-bayonnoma" not in mail.outbox[-1].body


def test_a_revocation_taken_back_is_in_force_again_and_stays_in_the_log(version, hr):
    revoke(version, hr)

    award.restore(certificate=version.certificate, by=hr, reason="Bayonnoma bekor qilindi")

    assert register.find(version.code).status == "valid"
    entry = AuditEntry.objects.get(deed="certificate restored")
    assert (entry.actor, entry.reason) == (hr, "Bayonnoma bekor qilindi")
    assert (entry.details["ground"], entry.details["fields"]) == ("rules", ["revocation_reason"])
    assert "17-bayonnoma" not in str(entry.details)  # the entry of the revocation has it, where it can be erased
    assert entry.details["revoked_at"] == LATER.isoformat()
    revoke(version, hr)  # and again: told once more
    assert Notice.objects.filter(kind="certificate_revoked").count() == 2
    assert Notice.objects.filter(kind="certificate_restored").count() == 1


def test_what_stands_cannot_be_restored_and_nothing_is_done_without_a_reason(version, hr):
    with pytest.raises(life.NotPossible, match="standing"):
        award.restore(certificate=version.certificate, by=hr, reason="x")
    with pytest.raises(ValueError, match="reason"):
        award.restore(certificate=version.certificate, by=hr, reason=" ")
    with pytest.raises(ValueError, match="Ground"):
        revoke(version, hr, ground="whim")


# --- Expired, renewed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("issued", "months", "last"), [
    (date(2026, 11, 22), 36, "2029-11-22"), (date(2026, 8, 31), 6, "2027-02-28"), (date(2027, 8, 31), 6, "2028-02-29"),
    (date(2026, 12, 1), 1, "2027-01-01"), (date(2026, 12, 31), 12, "2027-12-31"), (date(2026, 11, 22), None, None),
])  # fmt: skip
def test_the_last_valid_day(issued, months, last):
    assert validity.expiry(issued, months) == last


def three_years(course_page, person=None, now=ISSUED):
    Course.objects.filter(key=course_page.translation_key).update(valid_months=36)
    return studying.graduate(course_page, person, now=now)


def test_the_rule_of_the_course_is_frozen_at_issue_and_printed(course_page):
    version = three_years(course_page)
    Course.objects.update(valid_months=1)

    version.refresh_from_db()
    assert (version.expires_on, version.payload["expires_on"]) == (date(2029, 11, 22), "2029-11-22")
    assert "2029-yil 22-noyabr" in drawing_text(version)
    assert register.find(version.code, date(2029, 11, 22)).status == "valid"
    finding = register.find(version.code, date(2029, 11, 23))
    assert (finding.status, register.answer(finding)["expires_on"]) == ("expired", "2029-11-22")


def test_trainers_set_the_rule_where_they_edit_the_course(bedrock):
    assert making.row(making.course(code="VAL", valid_months=24)).valid_months == 24


def test_revoked_and_superseded_go_before_expired(course_page, hr):
    version, late = three_years(course_page), date(2040, 1, 1)
    made = correct(version, hr)
    assert made.expires_on == date(2029, 11, 22)

    assert [register.find(one.code, late).status for one in (version, made)] == ["superseded", "expired"]
    revoke(version, hr)
    assert [register.find(one.code, late).status for one in (version, made)] == ["revoked", "revoked"]


def test_a_renewal_is_a_new_run_with_a_new_number_and_the_old_certificate_stays_valid_until_its_date(course_page):
    version = three_years(course_page)
    person, soon = version.certificate.enrolment.learner, datetime(2029, 9, 1, 6, tzinfo=UTC)

    run = award.renew(certificate=version.certificate, by=person, now=soon)
    assert award.renew(certificate=version.certificate, by=person, now=soon + timedelta(days=1)) == run
    assert (run.run_no, run.closed_at, run.completions.count()) == (2, None, 0)
    studying.do(run)
    award.consider(learner=person.pk, course=run.course_id, now=soon)
    renewed = award.issue(completion=run.completion.pk, now=soon)

    assert renewed.payload["number"] == "SBQ-2029-000001"
    assert renewed.expires_on == date(2032, 9, 1)
    assert [register.find(one.code, date(2029, 10, 1)).status for one in (version, renewed)] == ["valid", "valid"]
    assert [register.find(one.code, date(2030, 10, 1)).status for one in (version, renewed)] == ["expired", "valid"]
    with pytest.raises(life.NotPossible, match="not_last"):
        award.renew(certificate=version.certificate, by=person, now=soon)


def test_a_renewal_waits_for_its_time_and_needs_a_date(course_page, version):
    person = version.certificate.enrolment.learner
    with pytest.raises(life.NotPossible, match="no_expiry"):
        award.renew(certificate=version.certificate, by=person, now=LATER)
    dated = three_years(course_page)
    with pytest.raises(life.NotPossible, match="early"):
        award.renew(certificate=dated.certificate, by=dated.certificate.enrolment.learner, now=LATER)
    assert not Enrolment.objects.exclude(closed_at=None).exists()


def expiring_on(page, day):
    version = studying.graduate(page)
    CertificateVersion.objects.filter(pk=version.pk).update(expires_on=day)
    version.refresh_from_db()
    return version


def test_the_holder_is_reminded_of_the_expiry_once_some_weeks_before_and_told_how_to_renew(course_page, hr):
    version = expiring_on(course_page, date(2027, 11, 22))
    in_english(version)
    day = datetime(2027, 9, 26, 7, tzinfo=UTC)  # 57 days before
    assert expiring.remind(day) == 0

    assert expiring.remind(day + timedelta(days=1)) == 1
    correct(version, hr)
    assert expiring.remind(day + timedelta(days=2)) == 0

    notice = Notice.objects.get(kind="certificate_expiring")
    assert notice.subject == f"certificate {version.payload['number']}"
    assert notices.deliver_one(notice.pk)
    assert mail.outbox[-1].subject == "Your certificate expires on 22 November 2027: Kurs SEC"
    assert "press “Begin the renewal” and take the course once more" in mail.outbox[-1].body
    assert "/certificates/" in mail.outbox[-1].body


def test_nobody_is_reminded_of_what_is_past_revoked_or_renewed(course_page, hr):
    version, day = expiring_on(course_page, date(2027, 11, 22)), datetime(2027, 11, 1, 7, tzinfo=UTC)
    assert expiring.remind(datetime(2027, 11, 23, 7, tzinfo=UTC)) == 0
    revoke(version, hr)
    assert expiring.remind(day) == 0
    award.restore(certificate=version.certificate, by=hr, reason="xato")

    run = award.renew(certificate=version.certificate, by=version.certificate.enrolment.learner, now=day)
    assert list(expiring.near(day.date())) == [version]  # begun is not finished
    studying.do(run, now=day)
    award.consider(learner=run.learner_id, course=run.course_id, now=day)
    award.issue(completion=run.completion.pk, now=day)
    assert expiring.remind(day) == 0


def test_a_completion_counts_while_its_certificate_is_valid(course_page, hr):
    version, last = expiring_on(course_page, date(2027, 11, 22)), date(2027, 11, 22)
    counted = CourseCompletion.objects.valid

    assert counted(last).exists()
    assert not counted(last + timedelta(days=1)).exists()
    revoke(version, hr)
    assert not counted(last).exists()
    CertificateVersion.objects.update(pdf="", sha256="")  # not issued to the world yet
    assert counted(last + timedelta(days=1)).exists()


# --- What the public is told -----------------------------------------------------------------------------------------------


def test_an_expired_certificate_says_until_when_it_was_valid(client, course_page, monkeypatch):
    version = three_years(course_page)
    monkeypatch.setattr(register.timezone, "localdate", lambda *moment: date(2029, 11, 23))

    page = BeautifulSoup(client.get(f"/verify/{version.code}/?lang=en").content, "html.parser")
    proof = " ".join(page.select_one(".proof").get_text(" ", strip=True).split())
    assert proof.startswith("Expired It was valid until 22 November 2029 It is genuine")
    assert "not the qualified electronic signature" in page.get_text()
    assert client.get(f"/verify/{version.code}.json").json()["status"] == "expired"


def test_a_replaced_certificate_names_its_successor(client, version, hr):
    made = correct(version, hr)

    page = BeautifulSoup(client.get(f"/verify/{version.code}/?lang=en").content, "html.parser")
    assert page.select_one(".proof .code").get_text() == codes.pretty(made.code)
    assert page.select_one(".proof a.btn")["href"] == f"/verify/{made.code}/"

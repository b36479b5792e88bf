"""HR's register of certificates: who is in it, the deeds on one, the list «to look at», files for the shelf."""

import io
import zipfile
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.models import AuditEntry
from certification import award, files, looking
from certification.models import Certificate, CertificateVersion, Look
from courses import regrading
from courses.models import Activity, Course
from reports import certificates, transcript
from tests import making
from tests.certification import studying
from tests.certification.studying import ISSUED
from tests.courses import regrades
from tests.kept import kept
from tests.seminars import making as rooms

FULL = {"certificate_name": "=Namunayeva Nigora", "certificate_name_confirmed_at": ISSUED}


@kept
def graduates(people, libraries):
    """Two of `hr`'s region, one of the other: [CertificateVersion]."""
    page = making.course(modules=1, lessons=1, quiz=False, code="SEC2")
    here = [making.person(f"g{n}", library=libraries.district, **FULL) for n in (1, 2)]
    other = making.person("g3", library=libraries.other, **FULL)
    return [studying.graduate(page, person, ISSUED + timedelta(days=n)) for n, person in enumerate([*here, other])]


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


def numbers_on(response):
    return [cell.get_text(strip=True) for cell in page_of(response).select("table.rows tbody th")]


# --- The register ----------------------------------------------------------------------------------------------------------


def test_hr_sees_the_certificates_of_the_own_libraries_alone(as_user, people, graduates):
    one, two, other = [version.certificate.number for version in graduates]

    assert numbers_on(as_user(people.hr).get("/hr/certificates/")) == [two, one]
    assert numbers_on(as_user(people.hr2).get("/hr/certificates/")) == [other]
    assert numbers_on(as_user(people.admin).get("/hr/certificates/")) == [other, two, one]
    for stranger in (people.learner, people.trainer, people.editor, people.director):
        assert as_user(stranger).get("/hr/certificates/").status_code == 404


def test_the_register_is_asked_by_period_state_and_name(as_user, people, graduates):
    one, two, _other = [version.certificate for version in graduates]
    award.revoke(certificate=one, by=people.hr, ground="mistake", reason="Xato")
    award.correct(
        certificate=two, holder="Boshqa Ism", by=people.hr, reason="Pasport"
    )  # made today, issued in November 2026
    client = as_user(people.hr)

    def asked(query):
        return numbers_on(client.get(f"/hr/certificates/?{query}"))

    assert asked("begins=2026-11-23&ends=2026-11-23") == [two.number]
    assert asked("begins=2026-11-24") == []
    assert asked("state=revoked") == [one.number]
    assert asked("state=valid") == [two.number]
    assert asked(f"q={one.number}") == [one.number]
    assert asked("q=G2") == [two.number]
    CertificateVersion.objects.filter(certificate=two).update(expires_on="2026-11-24")
    assert asked("state=expired") == [two.number]
    assert client.get("/hr/certificates/?begins=2026-11-24&ends=2026-11-23").status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_costs_the_same_for_any_number(as_user, people, graduates, count, django_assert_num_queries):
    client = as_user(people.admin)
    client.get("/hr/certificates/")
    with django_assert_num_queries(
        9
    ):  # session, user, roles, libraries and their depth, courses, count, rows, to look at
        client.get(f"/hr/certificates/?begins={(ISSUED + timedelta(days=3 - count)).date()}")


def test_a_register_in_which_nothing_is_found_says_so(as_user, people):
    text = as_user(people.hr).get("/hr/certificates/?q=nobody&lang=en").content.decode()

    assert ("No certificate is found." in text, "<table" in text) == (True, False)


def test_the_spreadsheet_and_the_paper_hold_every_certificate_and_no_formula(as_user, people, graduates):
    award.revoke(certificate=graduates[0].certificate, by=people.hr, ground="rules", reason="Ichki sabab", now=ISSUED)
    client = as_user(people.hr)

    rows = list(
        load_workbook(io.BytesIO(client.post("/hr/lists/certificates.xlsx?lang=en").getvalue())).active.iter_rows()
    )
    assert [cell.value for cell in rows[0]][:3] == ["Certificate number", "Holder", "Login"]
    told = {row[0].value: [cell.value for cell in row] for row in rows[1:]}
    line = told[graduates[0].certificate.number]
    assert line[4:6] + line[8:11] == ["Kurs SEC2", 36, "Revoked", "22.11.2026", "the rules of the course were broken"]
    assert (rows[1][1].data_type, rows[1][1].quotePrefix) == ("s", True)
    text = PdfReader(io.BytesIO(client.get("/hr/certificates.pdf?lang=en").content)).pages[0].extract_text()
    assert all(version.certificate.number in text for version in graduates[:2])
    assert graduates[2].certificate.number not in text
    assert "Ichki sabab" not in text


def test_all_files_come_as_one_archive_and_the_log_says_who_took_them(as_user, people, graduates):
    response = as_user(people.hr).post("/hr/certificates.zip?state=valid&lang=en")

    packed = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert sorted(packed.namelist()) == sorted(version.filename for version in graduates[:2])
    for version in graduates[:2]:
        assert packed.read(version.filename) == files.file_of(version=version)
    entry = AuditEntry.objects.get(deed="certificates downloaded")
    assert (entry.actor, entry.details) == (people.hr, {"files": 2, "asked": {"state": "valid"}})


def test_a_lost_file_is_named_in_the_archive_and_keeps_back_no_other(people, graduates, monkeypatch):
    def file_of(*, version):
        if version.pk == graduates[1].pk:
            raise files.FileLost(version)
        return b"%PDF"

    monkeypatch.setattr(files, "file_of", file_of)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(certificates.archive(certificates.issued(people.hr)))))
    assert packed.namelist() == [graduates[0].filename, "LOST.txt"]
    assert packed.read("LOST.txt").decode() == graduates[1].filename


def test_what_is_too_much_for_one_file_is_said(as_user, people, graduates, monkeypatch):
    monkeypatch.setattr("reports.certificate_views.MOST_FILES", 1)

    response = as_user(people.hr).post("/hr/certificates.zip?lang=en")
    assert response.status_code == 422
    assert "These are more than 1" in page_of(response).select_one(".notice--due").get_text()


# --- The deeds -------------------------------------------------------------------------------------------------------------


def test_hr_corrects_revokes_and_puts_in_force_again(as_user, people, graduates):
    version, client = graduates[0], as_user(people.hr)
    address = f"/hr/certificates/{version.certificate.number}/?lang=en"

    def do(**values):
        return client.post(address, values).status_code

    assert do(deed="correct", holder="Namunayeva Nigora Ali qizi", reason="Pasport") == 302
    assert do(deed="revoke", ground="holder", reason="Ariza") == 302
    assert [state.get_text(strip=True) for state in page_of(client.get(address)).select("h1 + .state")] == ["Revoked"]
    assert do(deed="correct", holder="Yana", reason="x") == 404  # not offered for what is revoked
    assert do(deed="restore", reason="Ariza qaytarildi") == 302

    made = CertificateVersion.objects.get(certificate=version.certificate, is_current=True)
    assert (made.payload["holder"], made.corrected_by) == ("Namunayeva Nigora Ali qizi", people.hr)
    page = page_of(client.get(address))
    assert [one.b.get_text() for one in page.select("[aria-labelledby=log-head] li")] == [
        "Certificate put in force again", "Certificate revoked", "Certificate corrected", "Certificate issued",
    ]  # fmt: skip
    assert [one.h3.get_text() for one in page.select("[aria-labelledby=versions-head] article")] == [
        "Version 2",
        "Version 1",
    ]


@pytest.mark.parametrize(("values", "fault"), [
    ({"deed": "revoke", "ground": "holder", "reason": " "}, "This field is required."),
    ({"deed": "correct", "holder": "=Namunayeva Nigora", "reason": "x"}, "Remove: ="),
    ({"deed": "correct", "holder": "Namunayeva <b>", "reason": "x"}, "Remove: < >"),
    ({"deed": "correct", "holder": "N" * 121, "reason": "x"}, "121"),
])  # fmt: skip
def test_what_is_typed_wrongly_changes_nothing_and_is_named(as_user, people, graduates, values, fault):
    response = as_user(people.hr).post(f"/hr/certificates/{graduates[0].certificate.number}/?lang=en", values)

    assert response.status_code == 422
    assert fault in page_of(response).select_one("details[open]").get_text()
    assert CertificateVersion.objects.count() == 3
    assert not Certificate.objects.exclude(revoked_at=None).exists()


def test_a_certificate_of_another_region_is_not_there(as_user, people, graduates):
    address = f"/hr/certificates/{graduates[2].certificate.number}/"
    for stranger in (people.hr, people.director, people.learner, people.trainer):
        assert as_user(stranger).get(address).status_code == 404
        assert as_user(stranger).post(address, {"deed": "revoke", "ground": "rules", "reason": "x"}).status_code == 404


# --- To look at --------------------------------------------------------------------------------------------------------------


def test_a_regrade_that_would_fail_a_holder_puts_the_certificate_on_the_list_and_takes_nothing(
    as_user, people, libraries
):
    page = making.course(code="RGR")
    quiz, first, second = regrades.two_questions(page)
    enrolment = regrades.enrolled(page, library=libraries.district, **FULL)
    studying.do(enrolment, without=[Activity.Kind.QUIZ])
    regrades.taken(quiz, enrolment, {first: regrades.RIGHT, second: regrades.RIGHT})
    award.consider(learner=enrolment.learner_id, course=enrolment.course_id, now=ISSUED)
    version = award.issue(completion=enrolment.completion.pk, now=ISSUED)
    by = regrades.published(first, regrades.keyed())
    regrading.apply(question=first, version=by, by=people.editor, reason="Kalit xato")

    assert [looking.find(), looking.find()] == [1, 0]
    response = as_user(people.hr).get("/hr/certificates/to-look-at/?lang=en")
    assert [link.get_text() for link in page_of(response).select("main li a.tap")] == [version.certificate.number]
    assert page_of(as_user(people.hr2).get("/hr/certificates/to-look-at/")).select("main li a.tap") == []
    assert certificates.state_of(version) == "valid"


def test_changed_steps_put_valid_certificates_on_the_list_until_they_are_as_before(graduates, people):
    course = graduates[0].certificate.enrolment.course
    award.revoke(certificate=graduates[0].certificate, by=people.hr, ground="mistake", reason="x")
    assert looking.find() == 0
    steps = Activity.objects.filter(course=course)
    added = Activity.objects.create(
        course=course, module=steps[0].module, key="7" * 32, kind="lesson", position=9, titles=making.words("Yangi")
    )

    assert [looking.find(), looking.find()] == [2, 0]
    Course.objects.filter(pk=course.pk).update(missing=[{"what": "no_code"}])
    Activity.objects.filter(pk=added.pk).update(archived=True)
    assert (looking.find(), Look.objects.count()) == (0, 2)  # a course that is being changed is no news
    Course.objects.filter(pk=course.pk).update(missing=[])
    assert (looking.find(), Look.objects.count()) == (0, 0)


def test_who_has_looked_says_what_was_decided_for_the_own_libraries(as_user, people, graduates):
    now = timezone.now()
    Look.objects.bulk_create(
        [Look(certificate=one.certificate, cause="syllabus", about="x", made_at=now) for one in graduates]
    )
    course = graduates[0].certificate.enrolment.course_id
    client, address = as_user(people.hr), "/hr/certificates/to-look-at/"

    assert client.post(address, {"cause": "syllabus", "course": course, "note": " "}).status_code == 422
    assert (
        client.post(
            address, {"look": Look.objects.get(certificate=graduates[2].certificate).pk, "note": "x"}
        ).status_code
        == 404
    )
    assert client.post(address, {"cause": "syllabus", "course": course, "note": "Kuchda qoladi"}).status_code == 302

    assert list(Look.objects.order_by("pk").values_list("seen_by", "note")) == [
        (people.hr.pk, "Kuchda qoladi"), (people.hr.pk, "Kuchda qoladi"), (None, ""),
    ]  # fmt: skip
    looked = (
        AuditEntry.objects.filter(deed="certificate looked at")
        .order_by("pk")
        .values_list("subject", "person", "reason")
    )
    assert list(looked) == [
        (f"certificate {one.certificate.number}", one.certificate.enrolment.learner_id, "Kuchda qoladi")
        for one in graduates[:2]
    ]
    assert client.post(address, {"cause": "syllabus", "course": course, "note": "x"}).status_code == 404


# --- The transcript ----------------------------------------------------------------------------------------------------------


def test_the_transcript_holds_grades_seminars_and_hours_by_year_and_names_external_ones_apart(
    people, libraries, graduates
):
    person = graduates[0].certificate.enrolment.learner
    own = rooms.seminar("own-1", course=graduates[0].certificate.enrolment.course)
    free = rooms.seminar("free-1", course=None)
    for seminar, hours in ((own, 4), (free, 6)):
        studying.attend(person, seminar, hours, when=ISSUED.replace(year=2025))
    person.external_certificates.create(
        issuer="Boshqa tashkilot", title="Kurs", issued_on="2024-05-01", link="https://example.org/c/1", given_at=ISSUED,
        state="approved", decided_at=ISSUED, decided_by=people.hr, reason="Koʻrildi",
    )  # fmt: skip
    person.external_certificates.create(
        issuer="Sirli", title="Kutayotgan", issued_on="2024-05-01", link="https://example.org/c/2", given_at=ISSUED
    )

    found = transcript.of(person)
    assert [(year, int(courses), int(seminars)) for year, courses, seminars in found.years] == [
        (2025, 0, 6),
        (2026, 36, 0),
    ]
    assert [int(row["hours"]) for row in found.seminars] == [4, 6]
    text = "\n".join(part.extract_text() for part in PdfReader(io.BytesIO(transcript.file_of(person))).pages)
    assert graduates[0].certificate.number in text
    assert "Boshqa tashkilot" in text
    assert "Sirli" not in text


def test_the_transcript_is_the_persons_own_and_hrs_in_scope(as_user, people, graduates):
    person = graduates[0].certificate.enrolment.learner
    address = f"/hr/people/{person.pk}/transcript.pdf"

    assert as_user(person).get("/certificates/transcript.pdf").content.startswith(b"%PDF")
    assert [as_user(one).get(address).status_code for one in (people.hr, people.hr2, people.director, people.learner, person)] == [
        200, 404, 404, 404, 404,
    ]  # fmt: skip


def test_the_grade_is_the_final_test_else_the_mean_of_the_module_tests():
    assert transcript.grade_of([(1, 80), (1, 90), (None, 70)]) == 70
    assert transcript.grade_of([(1, 80), (2, 91)]) == 86
    assert transcript.grade_of([]) is None

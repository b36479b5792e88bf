"""What is held of people: every table is known, a person takes it all along, and who has left is named nowhere but in the register."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from accounts import audit, jobs, notices, personal, sealing
from accounts.models import AuditEntry, Job, Notice, User
from certification import award
from certification.models import CertificateVersion
from cms import privacy, sweeping
from courses import attempts
from courses.models import AttemptQuestion, Submission, SubmissionFile
from seminars import attendance
from seminars.models import AttendanceEntry
from tests import making
from tests.certification import studying
from tests.kept import kept
from tests.seminars import making as rooms

pytestmark = pytest.mark.django_db
SECRET = "Sirliyeva"


@kept
def nation(bedrock):
    """A person with something in most tables, and a neighbour with the same."""
    library = rooms.library("TSH-01", rooms.library("TSH", level="region"))
    who = {
        "hr": making.person("hr", library=library),
        "left": making.person("left", last_name=SECRET, library=library, certificate_name=f"{SECRET} Left", certificate_name_confirmed_at=timezone.now()),
        "stays": making.person("stays", library=library, certificate_name="Qoluvchi", certificate_name_confirmed_at=timezone.now()),
    }  # fmt: skip
    page = making.course(code="ONE")
    for name in ("left", "stays"):
        fill(who[name], page, who["hr"])
    return who


def fill(person, page, trainer):
    now, course = timezone.now(), making.row(page)
    enrolment = studying.enrol(page, person)
    studying.do(enrolment)
    award.consider(learner=person.pk, course=course.pk, now=now)
    award.issue(completion=enrolment.completion.pk, now=now)
    test = course.activities.live().get(kind="quiz")
    attempt = attempts.start(enrolment=enrolment, quiz=test.quiz, now=now)
    row = attempt.questions.first()
    row.version = making.question(row.version.question.pool, kind="short_answer", content=SHORT).current
    row.answer = f"my name is {SECRET}"
    row.save()
    topic = rooms.seminar(f"one-{person.pk}")
    session = rooms.run(topic, days=-1, trainer=trainer).sessions.get()
    rooms.seat(session.run, person)
    attendance.mark(session=session, person=person, mark="present", by=trainer, reason=f"{SECRET} came", device="phone")
    notices.tell(person=person, kind="name_wanted", subject="x", course=making.words("x"))
    audit.record(
        actor=trainer,
        deed="person changed",
        subject=f"person {person.pk}",
        reason=f"{SECRET} asked",
        personal={"email": ("a", "b")},
    )


SHORT = {"text": making.words("Who?"), "feedback": making.words("."), "accept": {"all": ["x"]}}


# --- Every table --------------------------------------------------------------------------------------------------------


def references():
    """«app.Model.field» of every column that refers to a person, and every generic reference, over all installed apps."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        for field in model._meta.private_fields:
            if isinstance(field, GenericForeignKey) and field.model is model:
                yield f"{model._meta.label}.{field.name}"
        for field in model._meta.local_fields:
            if field.is_relation and issubclass(field.related_model, User):
                yield f"{model._meta.label}.{field.name}"


def covered():
    return {f"{held.model}.{held.person}" for held in privacy.HELD} | set(privacy.NAMED)


def test_every_table_that_refers_to_a_person_is_covered_or_named_with_a_reason():
    found = set(references())

    assert {
        "courses.Enrolment.learner",
        "account.EmailAddress.user",
        "wagtailcore.Page.owner",
        "taggit.TaggedItem.content_object",
    } <= found
    assert found - covered() == set()
    assert set(privacy.NAMED) - found == set()  # nothing is named that is no more
    assert all(privacy.NAMED.values())


def about_a_person():
    """Tables whose rows are about one person, whole: those held by a way that ends in a person who did not merely work on them."""
    return {held.model for held in privacy.HELD} - {
        "accounts.User",
        "wagtailcore.Revision",
        "wagtaildocs.Document",
        "wagtailimages.Image",
    }


HANGS_ON_WORK = {  # refer to a row that somebody worked on, and say nothing about that person
    "courses.Enrolment.cohort", "courses.Announcement.cohort", "certification.ExternalCertificate",
}  # fmt: skip


def test_what_hangs_on_a_persons_rows_is_covered_too():
    """Attempts hang on enrolments, files on submissions, versions on certificates."""
    held = about_a_person()
    hanging = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.is_relation and field.related_model and field.related_model._meta.label in held - {"courses.Cohort", "seminars.SeminarRun_trainers"}
    }  # fmt: skip
    assert {"courses.Attempt", "courses.SubmissionFile", "certification.Seal"} <= hanging
    assert hanging - held == {"accounts.AuditLink"}  # the place of an entry in the chain: keys alone


def test_what_is_not_erased_or_not_taken_along_says_why():
    assert [
        held.model for held in privacy.HELD if not held.why and (held.erase == personal.KEPT or not held.fields)
    ] == []


FORBIDDEN = re.compile(r"pinfl|jshshir|passport|pasport|serial_no|birth|tin$|inn$")


def test_no_table_has_a_place_for_pinfl_or_passport():
    columns = {
        f"{m._meta.label}.{f.name}" for m in apps.get_models(include_auto_created=True) for f in m._meta.get_fields()
    }

    assert FORBIDDEN.search("jshshir") and FORBIDDEN.search("passport_number")
    assert {column for column in columns if FORBIDDEN.search(column.lower())} == set()
    assert len(columns) > 500


DEVICES = re.compile(r"(^|_)(ip|address|device|network|agent|browser)(_|$)")
NO_DEVICE = {  # where a seminar is; an e-mail; where an organisation is told
    "seminars.SeminarRun.address", "account.EmailConfirmation.email_address", "reports.Webhook.address",
}  # fmt: skip


def test_every_address_and_device_is_in_the_table_of_retention():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if DEVICES.search(field.name) or isinstance(field, models.GenericIPAddressField)
    }
    assert found - NO_DEVICE == {
        "courses.Attempt.device", "seminars.AttendanceEntry.device", "seminars.AttendanceEntry.network",
        "usersessions.UserSession.ip", "usersessions.UserSession.user_agent", "seminars.WalkIn.device", "seminars.WalkIn.network", "seminars.StrayMark.device",
    }  # fmt: skip


# --- Taking along -------------------------------------------------------------------------------------------------------


def unpacked(person):
    out = io.BytesIO()
    privacy.pack(person.pk, out)
    archive = zipfile.ZipFile(out)
    return json.loads(archive.read("data.json")), archive


def test_a_person_takes_everything_along_and_nothing_of_another(nation):
    told, archive = unpacked(nation["left"])
    tables = told["tables"]

    assert tables["accounts.User (pk)"][0]["last_name"] == SECRET
    assert tables["courses.AttemptQuestion (attempt__enrolment__learner)"][0]["answer"] == f"my name is {SECRET}"
    assert {key.split(" ")[0] for key in tables} >= {
        "accounts.Notice", "accounts.AuditEntry", "courses.Enrolment", "courses.Attempt", "seminars.Seat", "seminars.Attendance",
        "seminars.AttendanceEntry", "certification.Certificate", "certification.CertificateVersion",
    }  # fmt: skip
    assert "Qoluvchi" not in json.dumps(told, ensure_ascii=False)
    version = CertificateVersion.objects.get(certificate__enrolment__learner=nation["left"])
    (pdf,) = [name for name in archive.namelist() if name.endswith(".pdf")]
    assert archive.read(pdf) == version.pdf.read()
    version.pdf.close()
    assert told["lost_files"] == []


def test_files_that_the_person_had_made_of_others_are_not_taken_along_and_go_when_the_person_is_erased(
    nation, django_capture_on_commit_callbacks
):
    """Lists of a staff that is somebody else's by now, and sheets of one-time codes."""
    left = nation["left"]
    job = Job.objects.create(
        kind="list export", state="done", made_by=left, made_at=timezone.now(), finished_at=timezone.now(),
        made_name="xodimlar.csv",
    )  # fmt: skip
    jobs.keep_file(job, b"Qoluvchi", "xodimlar.csv")

    told, archive = unpacked(left)

    assert [name for name in archive.namelist() if "accounts.Job" in name] == []
    assert [row["made_name"] for row in told["tables"]["accounts.Job (made_by)"]] == ["xodimlar.csv"]
    User.objects.filter(pk=left.pk).update(is_active=False)
    left.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        privacy.depersonalise(person=left, by=nation["hr"], reason="x")
    assert not job.made.storage.exists(job.made.name)


def test_the_names_of_files_lead_nowhere_else(nation):
    enrolment = nation["left"].enrolments.get()
    put_homework(enrolment, name="../../etc/..passwd oʻ.pdf")

    _told, archive = unpacked(nation["left"])

    (name,) = [name for name in archive.namelist() if "SubmissionFile" in name]
    assert re.fullmatch(r"files/courses\.SubmissionFile/\d+-passwd_oʻ\.pdf", name)


def put_homework(enrolment, name="ish.pdf"):
    from courses.models import Activity, Assignment

    step = Activity.objects.create(
        course=enrolment.course, key="00000000-0000-4000-8000-000000000001", kind="assignment", position=9
    )
    sent = Submission.objects.create(
        enrolment=enrolment, assignment=Assignment.objects.create(activity=step), number=1, state="handed_in",
        changed_at=timezone.now(), handed_in_at=timezone.now(), text=f"<p>{SECRET}</p>",
    )  # fmt: skip
    file = SubmissionFile(submission=sent, name=name, kind="pdf", size=8, sha256="0" * 64)
    file.file.save("x", ContentFile(b"%PDF-1.7"))
    file.file.close()
    return file


def archive_in(response):
    held = io.BytesIO(b"".join(response.streaming_content))
    for close in response._resource_closers:  # response.close() would end the test's database too
        close()
    return zipfile.ZipFile(held)


def test_the_download_asks_for_the_password_again_and_stands_in_the_log(client, nation):
    left = nation["left"]
    client.force_login(left)
    assert client.get("/accounts/data/").headers["Location"].startswith("/accounts/reauthenticate/")
    assert client.get("/accounts/data/files/1/").headers["Location"].startswith("/accounts/reauthenticate/")

    client.post("/accounts/reauthenticate/?next=/accounts/data/", {"password": "uzun-parol-ibora"})
    response = client.post("/accounts/data/")

    assert response.headers["Content-Type"] == "application/zip"
    archive = archive_in(response)
    assert json.loads(archive.read("data.json"))["person"] == left.pk
    assert AuditEntry.objects.filter(deed="data downloaded", actor=left, person=left).count() == 1


def test_large_files_are_packed_by_a_job(client, nation, monkeypatch):
    left = nation["left"]
    monkeypatch.setattr(privacy, "AT_ONCE", 10)
    client.force_login(left)
    client.post("/accounts/reauthenticate/?next=/accounts/data/", {"password": "uzun-parol-ibora"})
    for _twice in range(2):
        assert client.post("/accounts/data/").headers["Location"] == "/accounts/data/"
    job = Job.objects.get(kind=privacy.JOB)
    assert client.get(f"/accounts/data/files/{job.pk}/").status_code == 404

    assert jobs.run_one(job.pk)

    response = client.get(f"/accounts/data/files/{job.pk}/")
    assert "data.json" in archive_in(response).namelist()
    client.force_login(nation["stays"])
    client.post("/accounts/reauthenticate/", {"password": "uzun-parol-ibora"})
    assert client.get(f"/accounts/data/files/{job.pk}/").status_code == 404


# --- Depersonalising ----------------------------------------------------------------------------------------------------


def whole_database(but=()):
    """Everything that any table says, as text."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label not in but and not model._meta.proxy and model._meta.managed:
            for row in model._base_manager.values():
                yield model._meta.label, repr(row)


def test_who_has_left_is_named_nowhere_but_in_the_register(client, nation, django_capture_on_commit_callbacks):
    left = nation["left"]
    client.force_login(left)
    client.session.save()
    file = put_homework(left.enrolments.get())
    sealing.seal_all()
    User.objects.filter(pk=left.pk).update(is_active=False)
    login, email = left.username, left.email

    with django_capture_on_commit_callbacks(execute=True):
        privacy.depersonalise(person=left, by=nation["hr"], reason="asked by letter")

    named = {label for label, text in whole_database() if SECRET in text or login in text or email in text}
    assert named - {"courses.AttemptQuestion", "certification.CertificateVersion", "certification.Badge", "seminars.AttendanceEntry",
                    "accounts.AuditEntry"} == set()  # fmt: skip
    others = [text for _label, text in whole_database(but={"certification.CertificateVersion"}) if SECRET in text]
    assert all(
        f"my name is {SECRET}" in text or f"{SECRET} came" in text or f"{SECRET} asked" in text for text in others
    )
    assert len(others) == 4  # what the neighbour has typed, and what was said of the neighbour
    assert not file.file.storage.exists(file.file.name)
    assert [s for s in Session.objects.all() if s.get_decoded().get("_auth_user_id") == str(left.pk)] == []
    left.refresh_from_db()
    assert (left.username, left.email, str(left), left.folded, left.has_usable_password()) == (
        f"left-{left.pk}", None, f"left-{left.pk}", f"left {left.pk}", False,
    )  # fmt: skip
    assert sealing.verify().fault == ""


def test_certificates_go_on_being_verified_and_attempts_being_counted(client, nation):
    left = nation["left"]
    User.objects.filter(pk=left.pk).update(is_active=False)
    version = CertificateVersion.objects.get(certificate__enrolment__learner=left)

    privacy.depersonalise(person=left, by=nation["hr"], reason="asked by letter")

    said = client.get(f"/verify/{version.code}.json").json()
    assert (said["status"], said["holder"]) == ("valid", f"{SECRET} Left")
    assert left.enrolments.get().attempts.count() == nation["stays"].enrolments.get().attempts.count() > 0
    answers = AttemptQuestion.objects.filter(attempt__enrolment__learner=left, version__kind="short_answer")
    assert set(answers.values_list("answer", flat=True)) == {"…"}
    entry = AuditEntry.objects.get(deed="person depersonalised")
    assert (entry.actor, entry.person, entry.reason, entry.details) == (nation["hr"], left, "asked by letter", {})


def test_only_who_has_left_and_never_oneself_and_never_without_a_reason(nation):
    for person, by, reason, fault in (
        ("left", "hr", "x", privacy.StillHere), ("hr", "hr", "x", privacy.StillHere), ("left", "hr", " ", ValueError),
    ):  # fmt: skip
        with pytest.raises(fault):
            privacy.depersonalise(person=nation[person], by=nation[by], reason=reason)
    assert not AuditEntry.objects.filter(deed="person depersonalised").exists()


# --- How long -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "stays"), [(89, True), (91, False)])
def test_addresses_and_devices_go_after_ninety_days(nation, days, stays):
    then = timezone.now() - timedelta(days=days)
    enrolment = nation["stays"].enrolments.get()
    enrolment.attempts.update(device="0123456789abcdef", submitted_at=then, score=0, passed=False)
    event = enrolment.attempts.first().events.create(at=then, kind="address", details={"device": "0123456789abcdef"})
    AttendanceEntry.objects.update(at=then, device="phone", network="192.0.2.0/24")

    sweeping.sweep(parts=(sweeping.retention,))

    event.refresh_from_db()
    left = {*enrolment.attempts.values_list("device", flat=True), *event.details.values()}
    marks = set(AttendanceEntry.objects.values_list("device", "network"))
    assert (left, marks) == (({"0123456789abcdef"}, {("phone", "192.0.2.0/24")}) if stays else ({""}, {("", "")}))


def test_notices_sessions_and_names_of_files_go_in_their_time(nation):
    now = timezone.now()
    old = notices.tell(person=nation["stays"], kind="name_wanted", subject="old")
    Notice.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=731))
    Session.objects.create(session_key="old", session_data="x", expire_date=now - timedelta(minutes=1))
    job = Job.objects.create(
        kind="x", state="done", made_at=now, finished_at=now - timedelta(days=91), given_name="Aliyeva.xlsx"
    )

    assert sweeping.sweep(parts=(sweeping.retention,))["retention"] == 3

    assert not (Notice.objects.filter(pk=old.pk).exists() or Session.objects.filter(pk="old").exists())
    assert Notice.objects.filter(person=nation["stays"]).exists()
    job.refresh_from_db()
    assert job.given_name == ""


def test_the_page_of_operations_has_the_table_of_retention():
    from django.conf import settings

    page = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    for rule in privacy.RETENTION:
        assert f"| {rule.what} | {rule.days} | {rule.why} |" in page


def test_the_sweep_seals_the_log(nation):
    assert sweeping.sweep(parts=(sweeping.seals_of_the_log,))["seals_of_the_log"] == AuditEntry.objects.count() > 5
    assert sealing.verify().waiting == 0

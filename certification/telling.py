"""What the holder of a certificate is told, once each: issued, corrected, revoked, in force again, near its end. One mail each."""

from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, Value, When
from django.db.models.functions import Cast, Concat

from accounts import jobs
from accounts.models import Notice
from accounts.notices import tell

from .models import CertificateVersion

ISSUED, CORRECTED, REVOKED, RESTORED, EXPIRING = (
    "certificate_issued", "certificate_corrected", "certificate_revoked", "certificate_restored", "certificate_expiring",
)  # fmt: skip


def of_version(person, version):
    """That there is a new file: the first, or one with corrected words."""
    number = version.payload["number"]
    if version.number == 1:
        kind, subject = ISSUED, f"certificate {number}"
    else:
        kind, subject = CORRECTED, f"certificate {number} version {version.number}"
    return _tell(person, kind, subject, version)


def of_deed(kind, version, entry, **details):
    """That it was revoked, or is in force again. `entry` is the deed's AuditEntry: each time is told."""
    person = version.certificate.enrolment.learner
    return _tell(person, kind, f"certificate {version.payload['number']} {entry.pk}", version, **details)


def of_expiry(version):
    """That its last valid day is near, and how it is renewed."""
    person, number = version.certificate.enrolment.learner, version.payload["number"]
    return _tell(person, EXPIRING, f"certificate {number}", version, until=version.expires_on.isoformat())


def _tell(person, kind, subject, version, **details):
    notice = tell(
        person=person, kind=kind, subject=subject, mail=True,
        course={language: words["course"] for language, words in version.payload["words"].items()},
        hours=version.payload["hours"], number=version.payload["number"], code=version.code, **details,
    )  # fmt: skip
    mail_soon(notice)
    return notice


def mail_soon(notice):
    if notice.mail_wanted and not notice.mailed_at:
        from .tasks import mail as task

        transaction.on_commit(lambda: jobs.send(task, notice.pk))


def untold():
    """Current versions with a file whose holder has no notice of them: a crash between storing and telling."""
    of_it = Concat(Value("certificate "), "certificate__number")
    subject = Case(
        When(number=1, then=of_it),
        default=Concat(of_it, Value(" version "), Cast("number", CharField())),
        output_field=CharField(),
    )
    told = Notice.objects.filter(
        person=OuterRef("certificate__enrolment__learner"), kind__in=[ISSUED, CORRECTED], subject=OuterRef("told_as")
    )
    rows = CertificateVersion.objects.stored().filter(is_current=True, certificate__revoked_at=None)
    return rows.annotate(told_as=subject).filter(~Exists(told))


def named(words, column):
    """The subject of a notice about the row whose key stands in an outer query's `column`."""
    return Concat(Value(words), Cast(OuterRef(column), CharField()))

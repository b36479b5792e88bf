"""The register of issued certificates in one's scope: by period, course, library, state. Each certificate as it stands today."""

import io
import zipfile
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, TextChoices
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from certification import files, register
from certification.codes import pretty
from certification.models import CertificateVersion

A_CHUNK = 200  # rows, or files, that are in memory at a time


class State(TextChoices):
    VALID = register.VALID, gettext_lazy("Valid")
    EXPIRED = register.EXPIRED, gettext_lazy("Expired")
    REVOKED = register.REVOKED, gettext_lazy("Revoked")


@dataclass(frozen=True)
class Asked:
    """What is listed; days of issue in the time of the place, both included. None and "": no limit."""

    begins: date | None = None
    ends: date | None = None
    course: object = None
    library: object = None
    state: str = ""
    words: str = ""  # of a name, login, course or number; or a code


def issued(user, asked=Asked(), today=None):
    """CertificateVersion rows as they stand, newest issue first, of the certificates that `user` keeps."""
    today = today or timezone.localdate()
    rows = CertificateVersion.objects.current().kept_by(user)
    first = {"certificate__versions__number": 1}  # the day of issue: a corrected version was made later
    if asked.begins:
        first["certificate__versions__issued_at__date__gte"] = asked.begins
    if asked.ends:
        first["certificate__versions__issued_at__date__lte"] = asked.ends
    rows = rows.filter(**first).annotate(first_issued=F("certificate__versions__issued_at"))
    if asked.course:
        rows = rows.filter(certificate__enrolment__course=asked.course)
    if asked.library:
        rows = rows.filter(certificate__enrolment__learner__in=User.objects.below(asked.library))
    if asked.words:
        rows = rows.matching(asked.words)
    if asked.state:
        rows = _in_state(rows, asked.state, today)
    rows = rows.select_related("certificate__enrolment__learner__library", "certificate__enrolment__course")
    return rows.order_by("-first_issued", "-pk")


def _in_state(rows, state, today):
    if state == State.REVOKED:
        return rows.exclude(certificate__revoked_at=None)
    standing = rows.filter(certificate__revoked_at=None)
    if state == State.EXPIRED:
        return standing.filter(expires_on__lt=today)
    return standing.filter(Q(expires_on=None) | Q(expires_on__gte=today))


def state_of(version, today=None):
    """The State of a current version (with its certificate)."""
    if version.certificate.revoked_at:
        return State.REVOKED
    expired = version.expires_on is not None and version.expires_on < (today or timezone.localdate())
    return State.EXPIRED if expired else State.VALID


# --- As a spreadsheet -------------------------------------------------------------------------------------------------------


def heads():
    return [
        _("Certificate number"), _("Holder"), _("Login"), _("Library"), _("Course"), _("Academic hours"), _("Issued on"),
        _("Valid until"), _("State"), _("Revoked on"), _("Ground"), _("Verification code"), _("Version"),
    ]  # fmt: skip


def cells(version):
    """Texts and numbers of a row, in the order of `heads`."""
    person, certificate = version.certificate.enrolment.learner, version.certificate
    revoked = certificate.revoked_at
    return [
        certificate.number, version.payload["holder"], person.username, str(person.library or ""), version.title,
        version.payload["hours"], day_of(timezone.localdate(version.first_issued)), day_of(version.expires_on),
        str(state_of(version).label), day_of(revoked and timezone.localdate(revoked)),
        str(certificate.get_revocation_ground_display()), pretty(version.code), version.number,
    ]  # fmt: skip


def day_of(day):
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""


SHEET_WIDTHS = (20, 44, 14, 40, 48, 21, 16, 21, 16, 21, 30, 20, 10)  # signs; the heads of three languages fit


# --- The files -------------------------------------------------------------------------------------------------------------


class _Out(io.RawIOBase):
    """What zipfile writes to; `taken` gives what came since and forgets it."""

    def __init__(self):
        self._held = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self._held += data
        return len(data)

    def taken(self):
        out = bytes(self._held)
        self._held.clear()
        return out


def archive(rows):
    """A ZIP of the files as they were issued, piece by piece: one file is in memory at a time. What is lost is listed in it."""
    out, lost = _Out(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:  # a PDF is packed already
        for version in rows.iterator(A_CHUNK):
            try:
                packed.writestr(version.filename, files.file_of(version=version))
            except files.FileLost:
                lost.append(version.filename)
            yield out.taken()
        if lost:
            packed.writestr("LOST.txt", "\n".join(lost))
    yield out.taken()

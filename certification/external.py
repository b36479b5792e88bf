"""Certificates of others: their holder gives them in, HR of the scope approves them or sends them back. Never told as issued by us.

Open Badges among them are checked by machine where an administrator has entered the keys of their issuer
(certification/badges/uploaded.py); of all else who approves has looked at the file or the link.
"""

import hashlib
import logging

from django.db import transaction
from django.utils import timezone

from accounts import audit, jobs
from accounts.models import Library, Role, RoleGrant, User
from accounts.notices import tell, tell_all
from courses import homework_files

from .badges import uploaded
from .models import ExternalCertificate

log = logging.getLogger(__name__)
MOST_MEGABYTES = 10
KINDS = ("pdf", "png", "jpg")
BADGES = ("png", "svg", "json", "jwt")  # files in which a badge may be
MOST = 100  # of a person


class TooMany(Exception):
    """The person has given in MOST already."""


class Settled(Exception):
    """HR has approved it: it stays."""


def give_in(*, person, upload=None, now=None, **said):
    """Keep what the person says of a certificate: issuer, title, issued_on, expires_on, link; and the file, told by its content.

    Returns the ExternalCertificate. Raises homework_files.BadFile, TooMany. A storage that fails leaves no row.
    """
    now = now or timezone.now()
    if person.external_certificates.count() >= MOST:
        raise TooMany
    row = ExternalCertificate(person=person, given_at=now, **said)
    if upload is not None:
        _take(row, upload, now)
    try:
        with transaction.atomic():
            row.save()
            audit.record(
                actor=person, deed="external certificate given in", subject=f"external {row.pk}", person=person.pk,
                found=row.machine,
            )  # fmt: skip
            if row.machine == ExternalCertificate.Machine.WRONG:
                _warn(row)
    except Exception:
        if row.file:
            row.file.storage.delete(row.file.name)
        raise
    return row


def _take(row, upload, now):
    """Look at the file, check the badge in it, and store it. Raises BadFile."""
    head = upload.read(4096)
    upload.seek(0)
    kind = uploaded.kind_of(head)
    if kind:
        row.file_name, row.file_kind = homework_files.clean_name(upload.name or "", kind), kind
    else:
        found = homework_files.examine(upload, most_megabytes=MOST_MEGABYTES)
        if found.kind not in KINDS:
            raise homework_files.BadFile("picture_or_pdf", found.name)
        row.file_name, row.file_kind = found.name, found.kind
    data = upload.read()
    upload.seek(0)
    _check(row, data, now)
    row.sha256 = hashlib.sha256(data).hexdigest()
    row.file.save(row.file_name, upload, save=False)


def _check(row, data, now):
    """What the machine says of the badge in the file. Raises BadFile."""
    if row.file_kind not in BADGES:
        return
    if len(data) > MOST_MEGABYTES * homework_files.MEGABYTE:
        raise homework_files.BadFile("too_large", row.file_name, most=MOST_MEGABYTES)
    try:
        row.machine, row.found = uploaded.check(data)
    except homework_files.BadFile as no:
        no.name = row.file_name
        raise
    row.checked_at = now


def _warn(row):
    """Tell HR of the libraries in which the holder works that the badge's signature is wrong."""
    path = row.person.library.path if row.person.library else ""
    above = [path[:end] for end in range(Library.steplen, len(path) + 1, Library.steplen)]
    holders = RoleGrant.objects.in_force().filter(role=Role.HR, library__path__in=above)
    staff = User.objects.filter(pk__in=holders.values("person"), is_active=True)
    tell_all(
        people=list(staff.exclude(pk=row.person_id)), kind="external_badge_wrong", subject=f"external {row.pk}",
        title=row.title, issuer=row.issuer, name=str(row.person), external=row.pk,
    )  # fmt: skip


def check_again(*, external, by, now=None):
    """Check the badge once more: perhaps its issuer's keys have been entered since. Returns the row. Raises BadFile."""
    row = ExternalCertificate.objects.exclude(file="").get(pk=external.pk)
    with row.file.open() as file:
        _check(row, file.read(), now or timezone.now())
    with transaction.atomic():
        row.save(update_fields=["machine", "found", "checked_at"])
        if row.machine == ExternalCertificate.Machine.WRONG:
            _warn(row)
        audit.record(actor=by, deed="external badge checked", subject=f"external {row.pk}", found=row.machine)
    return row


def take_back(*, external, by):
    """The holder removes what is not approved, the file too. Raises Settled."""
    with transaction.atomic():
        row = ExternalCertificate.objects.select_for_update().get(pk=external.pk)
        if row.state == ExternalCertificate.State.APPROVED:
            raise Settled(row)
        name, storage = row.file.name, row.file.storage
        audit.record(actor=by, deed="external certificate removed", subject=f"external {row.pk}", person=row.person_id)
        row.delete()
        if name:
            transaction.on_commit(lambda: storage.delete(name), robust=True)


def decide(*, external, by, approve, reason, now=None):
    """Approve it, or send it back; what was decided before may be decided anew. The holder reads the reason.

    Returns the row. Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a decision needs a reason")
    states = ExternalCertificate.State
    with transaction.atomic():
        row = ExternalCertificate.objects.select_for_update().get(pk=external.pk)
        row.state = states.APPROVED if approve else states.RETURNED
        row.decided_at, row.decided_by, row.reason = now or timezone.now(), by, reason.strip()
        row.save()
        deed = "external certificate approved" if approve else "external certificate sent back"
        entry = audit.record(actor=by, deed=deed, subject=f"external {row.pk}", reason=reason, person=row.person_id)
        notice = tell(
            person=row.person, kind="external_approved" if approve else "external_returned",
            subject=f"external {row.pk} {entry.pk}", mail=True, title=row.title, issuer=row.issuer, reason=row.reason,
            link="/certificates/",
        )  # fmt: skip
        if notice.mail_wanted:
            from .tasks import mail as task

            transaction.on_commit(lambda: jobs.send(task, notice.pk))
    return row

"""Certificates of others: their holder gives them in, HR of the scope approves them or sends them back. Never told as issued by us.

Nothing in them is checked by machine, Open Badges neither: who approves has looked at the file or the link.
"""

import logging

from django.db import transaction
from django.utils import timezone

from accounts import audit, jobs
from accounts.notices import tell
from courses import homework_files

from .models import ExternalCertificate

log = logging.getLogger(__name__)
MOST_MEGABYTES = 10
KINDS = ("pdf", "png", "jpg")
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
        found = homework_files.examine(upload, most_megabytes=MOST_MEGABYTES)
        if found.kind not in KINDS:
            raise homework_files.BadFile("picture_or_pdf", found.name)
        row.file_name, row.file_kind, row.sha256 = found.name, found.kind, found.sha256
        row.file.save(found.name, upload, save=False)
    try:
        with transaction.atomic():
            row.save()
            audit.record(
                actor=person, deed="external certificate given in", subject=f"external {row.pk}", person=person.pk
            )
    except Exception:
        if row.file:
            row.file.storage.delete(row.file.name)
        raise
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

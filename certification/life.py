"""What happens to a certificate after its issue: corrected, revoked, in force again, renewed. Each deed has a person and a reason.

Nothing printed ever changes: a correction is a new version with its own code and file, and the old one goes on answering,
«superseded, by which». The deeds lock the certificate's row (PostgreSQL) or write in a row (SQLite): two at once follow each other.
"""

import logging
from copy import deepcopy

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from courses import enrolments
from courses.models import Enrolment

from . import codes, telling, validity
from .badges import keeping
from .models import Certificate, CertificateVersion

log = logging.getLogger(__name__)


class NotPossible(Exception):
    """The deed makes no sense for this certificate; `reason` is one of revoked, standing, same, early, no_expiry, not_last."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def correct(*, certificate, holder, by, reason, now=None):
    """Print the certificate anew with the name `holder`: a new version, code and file; number, course, hours and dates stay.

    Returns the new CertificateVersion. Its file may follow later (the sweep sees to it) where the storage is away just now.
    Raises ValueError without a reason, NotPossible («revoked», «same»), drawing.MissingGlyph for a sign that no font has.
    """
    from . import award
    from .drawing import lay_out

    reason, now = _said(reason), now or timezone.now()
    lay_out(_anew(certificate.versions.get(is_current=True), holder, codes.new_code()))
    with transaction.atomic():
        certificate = _locked(certificate)
        if certificate.revoked_at:
            raise NotPossible("revoked")
        before = certificate.versions.get(is_current=True)
        if before.payload["holder"] == holder:
            raise NotPossible("same")
        certificate.versions.filter(is_current=True).update(is_current=False)
        code = codes.new_code()
        made = CertificateVersion.objects.create(
            certificate=certificate, number=before.number + 1, code=code, payload=_anew(before, holder, code),
            issued_at=now, expires_on=before.expires_on, corrected_by=by, correction_reason=reason,
        )  # fmt: skip
        audit.record(
            actor=by, deed="certificate corrected", subject=f"certificate {certificate.number}", reason=reason,
            personal={"holder": (before.payload["holder"], holder)}, about=certificate.enrolment.learner_id,
            old_code=before.code, code=code,
        )  # fmt: skip
    try:
        award.issue(completion=certificate.enrolment.completion.pk, now=now)
    except Exception:  # the storage, or whatever: the row stands, and the sweep draws and tells
        log.exception("certificate %s: the corrected file is not stored yet", certificate.number)
    made.refresh_from_db()
    return made


def _anew(version, holder, code):
    payload = deepcopy(version.payload)
    return payload | {"holder": holder, "code": code, "verify_url": f"{settings.VERIFY_BASE_URL}/verify/{code}/"}


def revoke(*, certificate, by, ground, reason, now=None):
    """Revoke a certificate: its page and its code go on answering, with «revoked», the date and the `ground`.

    `ground` is one of Certificate.Ground and is shown to everybody; `reason` says it in full and stays in the record.
    Raises ValueError without either. A certificate revoked before stays as it is.
    """
    ground, reason = Certificate.Ground(ground), _said(reason)
    with transaction.atomic():
        certificate = _locked(certificate)
        if certificate.revoked_at is None:
            certificate.revoked_at, certificate.revoked_by = now or timezone.now(), by
            certificate.revocation_ground, certificate.revocation_reason = ground, reason
            certificate.save()
            subject = f"certificate {certificate.number}"
            entry = audit.record(
                actor=by, deed="certificate revoked", subject=subject, about=certificate.enrolment.learner_id,
                reason=reason, ground=ground,
            )  # fmt: skip
            _tell(telling.REVOKED, certificate, entry, ground=ground.value)
    return certificate


def restore(*, certificate, by, reason):
    """Take a revocation back: it was a mistake. That it was revoked, when and why, stays in the log alone.

    Raises ValueError without a reason, NotPossible («standing»).
    """
    reason = _said(reason)
    with transaction.atomic():
        certificate = _locked(certificate)
        if certificate.revoked_at is None:
            raise NotPossible("standing")
        undone = {
            "revoked_at": certificate.revoked_at.isoformat(),
            "revoked_by": certificate.revoked_by_id,
            "ground": certificate.revocation_ground,
        }
        words = {"revocation_reason": (certificate.revocation_reason, "")}
        certificate.revoked_at = certificate.revoked_by = None
        certificate.revocation_ground = certificate.revocation_reason = ""
        certificate.save()
        subject = f"certificate {certificate.number}"
        entry = audit.record(
            actor=by, deed="certificate restored", subject=subject, about=certificate.enrolment.learner_id,
            reason=reason, personal=words, **undone,
        )  # fmt: skip
        _tell(telling.RESTORED, certificate, entry)
    return certificate


def renew(*, certificate, by, now=None):
    """Begin the course once more, for a newer certificate with its own number: this one stays, valid until its date.

    Returns the open Enrolment; asked twice, the same. Raises NotPossible («no_expiry», «early», «revoked», «not_last»),
    courses.enrolments.CourseNotOpen.
    """
    now = now or timezone.now()
    with transaction.atomic():
        certificate = _locked(certificate)
        renewable(certificate, timezone.localdate(now))
        enrolment = certificate.enrolment
        made = enrolments.begin_anew(enrolment=enrolment, by=by, now=now)
        if made.began_at == now:
            audit.record(
                actor=by,
                deed="certificate renewal begun",
                subject=f"certificate {certificate.number}",
                about=enrolment.learner_id,
                enrolment=made.pk,
            )
    return made


def renewable(certificate, today):
    """Raises NotPossible where the holder cannot begin a renewal on this day."""
    expires_on = certificate.versions.get(is_current=True).expires_on
    if certificate.revoked_at:
        raise NotPossible("revoked")
    if expires_on is None:
        raise NotPossible("no_expiry")
    if (expires_on - today).days > validity.RENEWAL_BEFORE:
        raise NotPossible("early")
    later = Enrolment.objects.filter(
        learner=certificate.enrolment.learner_id, course=certificate.enrolment.course_id,
        run_no__gt=certificate.enrolment.run_no, certificate__isnull=False,
    )  # fmt: skip
    if later.exists():
        raise NotPossible("not_last")


def share(*, certificate, on):
    """The holder's wish whether the share page and the badge answer. Verification by the code always does."""
    Certificate.objects.filter(pk=certificate.pk).update(shared=on)
    if on:
        keeping.keep(certificate=certificate)


def _said(reason):
    if not reason.strip():
        raise ValueError("a deed on a certificate needs a reason")
    return reason.strip()


def _locked(certificate):
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("enrolment__learner", "enrolment__course")
    return rows.get(pk=certificate.pk)


def _tell(kind, certificate, entry, **details):
    """Where there is a file: a certificate that was never issued to the world is nobody's news."""
    version = certificate.versions.stored().filter(is_current=True).first()
    if version:
        version.certificate = certificate
        telling.of_deed(kind, version, entry, **details)

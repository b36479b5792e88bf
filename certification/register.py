"""What the register says of a code: one query, nothing is drawn and nothing is written."""

from dataclasses import dataclass

from django.utils import timezone

from . import codes
from .models import CertificateVersion

VALID, REVOKED, SUPERSEDED, UNKNOWN, MISTYPED = "valid", "revoked", "superseded", "unknown", "mistyped"


@dataclass(frozen=True)
class Finding:
    """A code's status, its version (None for unknown and mistyped) and, where it is superseded, what came after it."""

    status: str
    code: str
    version: CertificateVersion | None = None
    following: CertificateVersion | None = None  # the next version with a file: its issue replaced this one
    current: CertificateVersion | None = None  # the newest version, once it has its file

    @property
    def certificate(self):
        return self.version and self.version.certificate

    @property
    def payload(self):
        return self.version and self.version.payload

    def language(self, wanted):
        """`wanted` where the certificate has words in it, else the language of the paper."""
        return wanted if wanted in self.payload["words"] else self.payload["language"]


def find(code):
    """The Finding for a normalised code. Revoked goes before superseded. One query, none for a mistyped code."""
    if not codes.is_well_formed(code):
        return Finding(MISTYPED, code)
    versions = CertificateVersion.objects.stored().filter(certificate__versions__code=code)
    versions = list(versions.select_related("certificate").order_by("number"))
    version = next((one for one in versions if one.code == code), None)
    if version is None:
        return Finding(UNKNOWN, code)
    if version.certificate.revoked_at:
        return Finding(REVOKED, code, version)
    if version.is_current:
        return Finding(VALID, code, version)
    following = next((one for one in versions if one.number > version.number), None)
    current = next((one for one in versions if one.is_current), None)
    return Finding(SUPERSEDED, code, version, following, current)


def answer(finding, language=None, now=None):
    """The Finding for a machine, as a dict of JSON values: words in `language`, else in the language of the paper.

    Dates are ISO dates of the issuer's time zone; `checked_at` is an ISO time. docs/addresses.md lists the keys.
    """
    said = {
        "status": finding.status,
        "code": finding.code,
        "checked_at": (now or timezone.now()).isoformat(timespec="seconds"),
    }
    if finding.version is None:
        return said
    payload, certificate = finding.payload, finding.certificate
    language = finding.language(language)
    words = payload["words"][language]
    return said | {
        "number": payload["number"],
        "version": finding.version.number,
        "holder": payload["holder"],
        "course": words["course"],
        "course_code": payload["course_code"],
        "hours": payload["hours"],
        "period": payload["period"],
        "issued_on": payload["issued_on"],
        "order": payload["order"],
        "modules": words["modules"],
        "issuer": words["issuer"],
        "legal_basis": words["legal_basis"],
        "signatories": words["signatories"],
        "demo": payload["demo"],
        "verify_url": payload["verify_url"],
        "language": payload["language"],  # of the paper
        "words_in": language,  # of this answer
        "sha256": finding.version.sha256,
        "revoked_on": day_of(certificate.revoked_at),
        "revocation_ground": certificate.revocation_ground or None,
        "superseded_on": finding.following and day_of(finding.following.issued_at),
        "superseded_by": finding.current and finding.current.code,
    }


def day_of(moment):
    """The ISO date of a moment in the issuer's time zone; None for None."""
    return moment and timezone.localdate(moment).isoformat()

"""What the register says of a code: one query, nothing is drawn and nothing is written."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import CharField
from django.utils import timezone

from accounts.prepared import Given, Prepared

from . import codes, validity
from .models import CertificateVersion

VALID, EXPIRED, REVOKED, SUPERSEDED = "valid", "expired", "revoked", "superseded"
UNKNOWN, MISTYPED = "unknown", "mistyped"


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


def _chains(**which):
    """Each version of the certificates with these codes, a row for each code of a certificate asked for."""
    rows = CertificateVersion.objects.stored().filter(
        **{f"certificate__versions__{name}": one for name, one in which.items()}
    )
    return rows.select_related("certificate").order_by("number")


CHAIN = Prepared(lambda: _chains(code=Given("code", CharField())))


def find(code, today=None):
    """The Finding for a normalised code. One query, none for a mistyped code."""
    if not codes.is_well_formed(code):
        return Finding(MISTYPED, code)
    versions, today = CHAIN.all(code=code), today or timezone.localdate()
    return next((_finding(one, versions, today) for one in versions if one.code == code), Finding(UNKNOWN, code))


def find_many(wanted, today=None):
    """{code: Finding} for normalised codes. Revoked goes before superseded, superseded before expired. One query for all."""
    found = {code: Finding(UNKNOWN if codes.is_well_formed(code) else MISTYPED, code) for code in wanted}
    asked = [code for code, finding in found.items() if finding.status == UNKNOWN]
    if not asked:
        return found
    today = today or timezone.localdate()
    chains = defaultdict(dict)
    for version in _chains(code__in=asked):
        chains[version.certificate_id][version.number] = version
    for chain in chains.values():
        versions = list(chain.values())
        for version in versions:
            if version.code in found:
                found[version.code] = _finding(version, versions, today)
    return found


def _finding(version, versions, today):
    if version.certificate.revoked_at:
        return Finding(REVOKED, version.code, version)
    if not version.is_current:
        following = next((one for one in versions if one.number > version.number), None)
        current = next((one for one in versions if one.is_current), None)
        return Finding(SUPERSEDED, version.code, version, following, current)
    expired = validity.is_expired(version.payload.get("expires_on"), today)
    return Finding(EXPIRED if expired else VALID, version.code, version)


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
        "expires_on": payload.get("expires_on"),
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

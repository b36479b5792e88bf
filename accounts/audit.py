"""The log of deeds: who did what to whom, and why."""

from django.utils import timezone

from .models import AuditEntry


def record(*, actor, deed, subject, reason="", personal=None, **details):
    """Write one entry. `actor` is a User or None (the platform itself); `subject` names the row, such as «certificate SBQ-2026-000417».

    `details` are keys, codes and counts, in clear. What says something about a person (a name, an address) goes into
    `personal`: {field: (before, after)}; of it the names of the fields alone are kept.
    """
    if personal:
        details["fields"] = sorted(personal)
    return AuditEntry.objects.create(
        at=timezone.now(), actor=actor, deed=deed, subject=str(subject)[:120], reason=reason, details=details
    )

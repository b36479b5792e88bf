"""The second factor of somebody who lost it. The person sets up a new one; where a role needs it, before anything else."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from . import audit, notices, sessions


def remove(*, person, by, reason, now):
    """Take every app, key and recovery code of a person away. All sessions end. Returns how many were removed; 0 changes nothing."""
    with transaction.atomic():
        kinds = sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))
        if not kinds:
            return 0
        Authenticator.objects.filter(user=person).delete()
        sessions.end_all(person=person)
        audit.record(
            actor=by,
            deed="second factor removed",
            subject=f"person {person.pk}",
            reason=reason,
            kinds=sorted(set(kinds)),
        )
        notices.tell(
            person=person,
            kind="second_factor_removed",
            subject=f"{now:%Y-%m-%d %H:%M:%S}",
            mail=True,
            link="/accounts/2fa/",
        )
    return len(kinds)

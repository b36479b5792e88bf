"""Exemptions: one person need not meet one requirement, for a reason, from a day on, until a day or for good."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit

from .models import Requirement, Waiver


class AlreadyExempt(Exception):
    """The person is exempt in a part of that time already; args[0] is that Waiver."""


def waive(*, requirement, person, reason, by, begins, ends=None, now=None):
    """Exempt `person` from `begins` through `ends` (None: for good). Raises AlreadyExempt, ValueError without a reason."""
    if not (reason := reason.strip()):
        raise ValueError("an exemption needs a reason")
    with transaction.atomic():
        requirement = Requirement.objects.select_for_update(of=("self",)).get(
            pk=requirement.pk
        )  # two follow each other
        there = Waiver.objects.standing().filter(
            Q(ends=None) | Q(ends__gte=begins), requirement=requirement, person=person
        )
        if ends:
            there = there.filter(begins__lte=ends)
        if found := there.first():
            raise AlreadyExempt(found)
        made = Waiver.objects.create(
            requirement=requirement, person=person, reason=reason, begins=begins, ends=ends, made_by=by,
            made_at=now or timezone.now(),
        )  # fmt: skip
        audit.record(
            actor=by, deed="exempted from a requirement", subject=requirement, person=person.pk, waiver=made.pk,
            begins=begins.isoformat(), ends=ends and ends.isoformat(), reason=reason,
        )  # fmt: skip
    return made


def end(*, waiver, by, now=None):
    """Take an exemption back; one taken back before stays as it is. Returns the Waiver."""
    with transaction.atomic():
        waiver = Waiver.objects.select_for_update(of=("self",)).get(pk=waiver.pk)
        if waiver.withdrawn_at is None:
            waiver.withdrawn_at, waiver.withdrawn_by = now or timezone.now(), by
            waiver.save()
            audit.record(
                actor=by, deed="exemption withdrawn", subject=waiver.requirement, person=waiver.person_id,
                waiver=waiver.pk,
            )  # fmt: skip
    return waiver

"""Certificates of others."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.roles import has_role, people_in_scope_of

from .storage import private_storage


def external_file(row, name):
    """Where the file of an external certificate is stored: never under the name it came with."""
    return f"external/{uuid.uuid4().hex}"


class ExternalCertificateQuerySet(models.QuerySet):
    def readable_by(self, user):
        """The own, and those of the staff of the libraries in which the user is HR."""
        return self.filter(Q(person=user) | Q(pk__in=ExternalCertificate.objects.decided_by(user).values("pk")))

    def decided_by(self, user):
        """Those that `user` may approve or send back: of the staff in scope, never the own."""
        if not has_role(user, Role.HR, Role.ADMINISTRATOR):
            return self.none()
        rows = self.exclude(person=user)
        if has_role(user, Role.ADMINISTRATOR):
            return rows
        return rows.filter(person__in=people_in_scope_of(user, Role.HR))

    def approved(self):
        return self.filter(state=ExternalCertificate.State.APPROVED)


class ExternalCertificate(models.Model):
    """A certificate of somebody else's, as its holder gave it in. Never told as issued by us."""

    class State(models.TextChoices):
        WAITING = "waiting", _("HR has not looked at it yet")
        APPROVED = "approved", _("HR has approved it")
        RETURNED = "returned", _("HR has sent it back")

    class Machine(models.TextChoices):
        """What the machine found of a badge (certification/badges/uploaded.py)."""

        RIGHT = "right", _("Checked by machine: the signature is right")
        WRONG = "wrong", _("Checked by machine: the signature is wrong")
        UNCHECKED = "unchecked", _("Not checked by machine")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="external_certificates", verbose_name=_("holder")
    )
    issuer = models.CharField(_("who issued it"), max_length=200)
    title = models.CharField(_("what it certifies"), max_length=200)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    file = models.FileField(_("file"), storage=private_storage, upload_to=external_file, blank=True)
    file_name = models.CharField(max_length=120, blank=True)  # for people
    file_kind = models.CharField(max_length=8, blank=True)  # by its content
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    given_at = models.DateTimeField(_("given in"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.TextField(_("reason"), blank=True)  # the holder reads it
    machine = models.CharField(_("checked by machine"), max_length=9, choices=Machine, default=Machine.UNCHECKED)
    found = models.JSONField(default=dict)  # what the machine found: shape in certification/badges/uploaded.py
    checked_at = models.DateTimeField(_("checked"), null=True)

    objects = ExternalCertificateQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("external certificate"), _("external certificates")
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, decided_by__isnull=True, reason="")
                | (
                    Q(state__in=["approved", "returned"], decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(reason="")
                ),
                name="a_decision_has_a_person_and_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(machine="unchecked") | Q(checked_at__isnull=False), name="a_machines_word_has_its_time"
            ),
            models.CheckConstraint(condition=~Q(file="", link=""), name="an_external_certificate_can_be_looked_at"),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=models.F("issued_on")),
                name="an_external_certificate_ends_after_its_issue",
            ),
        ]

    def __str__(self):
        return f"{self.issuer}: {self.title}"

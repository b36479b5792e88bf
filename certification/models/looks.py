"""What people have to look at."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .certificates import Certificate


class Look(models.Model):
    """A certificate that people have to look at: something on which it rests has changed. Nothing is taken by it."""

    class Cause(models.TextChoices):
        REGRADE = "regrade", _("a test was graded anew and would not be passed")
        SYLLABUS = "syllabus", _("the course's steps have changed since")

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="looks", verbose_name=_("certificate"))
    cause = models.CharField(_("cause"), max_length=8, choices=Cause)
    about = models.CharField(max_length=40)  # the regrade's key, or the fingerprint of the steps
    made_at = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("looked at"), null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("looked at by")
    )
    note = models.TextField(_("what was decided"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("certificate to look at"), _("certificates to look at")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "cause", "about"], name="a_cause_is_looked_at_once"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by__isnull=True, note="")
                | (Q(seen_at__isnull=False, seen_by__isnull=False) & ~Q(note="")),
                name="a_look_has_a_person_and_a_note",
            ),
        ]
        indexes = [models.Index(fields=["certificate"], name="certificates_to_look_at", condition=Q(seen_at=None))]

    def __str__(self):
        return f"{self.cause} {self.certificate_id}"

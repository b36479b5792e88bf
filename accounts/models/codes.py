"""The codes by which people without an e-mail come in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import User


class OneTimeCodeQuerySet(models.QuerySet):
    def open(self, now):
        """Not used, not withdrawn, not too old."""
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=now)


class OneTimeCode(models.Model):
    """Opens an account once, to set a password. Only a digest of it is kept: in clear it stands on the paper or in the letter."""

    class Purpose(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        RESET = "reset", _("New password")

    person = models.ForeignKey(User, models.CASCADE, related_name="one_time_codes", verbose_name=_("person"))
    purpose = models.CharField(_("what for"), max_length=10, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True, editable=False)  # accounts/one_time_codes.py: digest_of
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("one-time code"), _("one-time codes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="a_person_has_one_open_code",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True), name="a_used_code_is_not_withdrawn"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="a_code_expires_after_it_was_made"),
        ]

    def __str__(self):
        return f"{self.purpose} {self.person_id}"

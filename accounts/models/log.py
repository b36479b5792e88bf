"""What was done to whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import User


class AuditEntry(models.Model):
    """Who did what to whom, and why. Written by accounts/audit.py, never changed."""

    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    deed = models.CharField(_("what"), max_length=60, db_index=True)
    subject = models.CharField(_("to what or whom"), max_length=120, db_index=True)
    reason = models.TextField(_("why"), blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("log entry"), _("log entries")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.deed} {self.subject}"

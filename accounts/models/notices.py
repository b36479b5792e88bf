"""What people were told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .people import User


class Notice(models.Model):
    """Something told to a person: shown in My learning; a mail is only one delivery of it."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("about"), max_length=80)
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("made"), db_index=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    mail_wanted = models.BooleanField(default=False)
    mail_claimed_at = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("notice"), _("notices")
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "subject"], name="a_thing_is_told_once")]
        indexes = [
            models.Index(
                fields=["mail_claimed_at"], name="mails_to_send", condition=Q(mail_wanted=True, mailed_at__isnull=True)
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.subject}"

"""What was done to whom, and the seals that show whether the log is whole."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import User


class AuditEntry(models.Model):
    """Who did what to whom, and why. Written by accounts/audit.py and sealed by accounts/sealing.py; the database refuses every
    change (accounts/log_triggers.py) but one: the words of a reason may be erased, of which the digest stays sealed.
    """

    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    deed = models.CharField(_("what"), max_length=60, db_index=True)
    subject = models.CharField(_("to what or whom"), max_length=120, db_index=True)
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("about whom"))
    reason = models.TextField(_("why"), blank=True)
    reason_salt = models.CharField(max_length=32, blank=True, default="")
    reason_digest = models.CharField(max_length=64, blank=True, default="")
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("log entry"), _("log entries")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.deed} {self.subject}"


class PersonSalt(models.Model):
    """What makes the digests of a person's values in the log: with it a known value can be compared, without it they say nothing."""

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("person"))
    salt = models.CharField(max_length=64)

    class Meta:
        verbose_name, verbose_name_plural = _("salt of a person"), _("salts of people")

    def __str__(self):
        return f"salt {self.pk}"


class AuditSeal(models.Model):
    """A batch of the log, sealed: it holds the places `first` to `last`, and `mac` goes on from the seal before it."""

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    made_at = models.DateTimeField(_("made"), db_index=True)
    first = models.PositiveBigIntegerField(_("first place"))
    last = models.PositiveBigIntegerField(_("last place"))
    count = models.PositiveIntegerField(_("entries"))
    newest = models.PositiveBigIntegerField()  # the highest key of its entries
    key_id = models.CharField(max_length=16)  # which key sealed it (accounts/log_keys.py), never the key
    previous = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name, verbose_name_plural = _("seal of the log"), _("seals of the log")
        ordering = ["number"]

    def __str__(self):
        return f"seal {self.number}"


class AuditLink(models.Model):
    """The place of an entry in the chain, given when it is sealed: entries are committed in another order than they are numbered."""

    place = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="link", verbose_name=_("log entry"))
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name, verbose_name_plural = _("link of the log"), _("links of the log")
        ordering = ["place"]

    def __str__(self):
        return f"place {self.place}"

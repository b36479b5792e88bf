"""The consent text, version by version, and who accepted which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..text import in_language
from .people import User


class ConsentVersion(models.Model):
    """What people are asked to accept. Never changed: another text is another version."""

    number = models.PositiveIntegerField(_("version"), primary_key=True)
    texts = models.JSONField(_("text"))  # {language: plain text}
    must = models.BooleanField(_("to be accepted before going on"), default=False)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name, verbose_name_plural = _("consent text"), _("consent texts")
        ordering = ["number"]

    def __str__(self):
        return f"consent text {self.number}"

    @property
    def text(self):
        return in_language(self.texts)


class Consent(models.Model):
    """A person has accepted a version."""

    person = models.ForeignKey(User, models.CASCADE, related_name="consents", verbose_name=_("person"))
    version = models.ForeignKey(ConsentVersion, models.PROTECT, related_name="consents", verbose_name=_("version"))
    accepted_at = models.DateTimeField(_("accepted"))

    class Meta:
        verbose_name, verbose_name_plural = _("consent"), _("consents")
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["person", "version"], name="a_version_is_accepted_once")]

    def __str__(self):
        return f"{self.person_id} {self.version_id}"

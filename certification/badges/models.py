from django.db import models
from django.utils.translation import gettext_lazy as _


class Badge(models.Model):
    """The credential of a version as it was signed, byte for byte."""

    version = models.OneToOneField(
        "certification.CertificateVersion", models.PROTECT, primary_key=True, related_name="badge"
    )
    key = models.CharField(max_length=60)  # the public key in multibase, as the issuer's document names it
    credential = models.TextField()  # JSON

    class Meta:
        verbose_name, verbose_name_plural = _("badge"), _("badges")

    def __str__(self):
        return f"badge {self.pk}"

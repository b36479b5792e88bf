"""Other issuers of badges, whose keys an administrator has entered."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TrustedIssuer(models.Model):
    """By these keys badges that staff give in are checked, without asking anybody (certification/badges/uploaded.py)."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    identifier = models.CharField(
        _("issuer’s identifier"), max_length=300, unique=True,
        help_text=_("As its badges name it under “issuer”, “id”: did:web:… or an address."),
    )  # fmt: skip
    public_keys = models.TextField(
        _("public keys"), max_length=100_000,
        help_text=_(
            "As the issuer has told them to you: multibase (z6Mk…), one a line; or a JWK, a set of JWKs or the DID document, as JSON. "
            "Ed25519, and RSA for badges that are a JWT."
        ),
    )  # fmt: skip
    trusted_from = models.DateField(_("trusted from"), null=True, blank=True, help_text=_("Empty: always."))
    trusted_until = models.DateField(
        _("trusted until"), null=True, blank=True,
        help_text=_("The last day on which a badge may have been signed. Empty: until now and on."),
    )  # fmt: skip

    class Meta:
        verbose_name, verbose_name_plural = _("trusted issuer of badges"), _("trusted issuers of badges")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(trusted_from__isnull=True)
                | Q(trusted_until__isnull=True)
                | Q(trusted_until__gte=F("trusted_from")),
                name="trust_ends_after_it_begins",
                violation_error_message=_("The period ends before it begins."),
            )
        ]

    def __str__(self):
        return self.name

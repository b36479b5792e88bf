"""Organisations whose own programs ask the platform, and are told of what happens."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Library

from .withdrawal import Withdrawable, WithdrawableQuerySet, has_a_person


class ApiClientQuerySet(WithdrawableQuerySet):
    def in_force(self, today):
        return self.standing().filter(Q(expires_on=None) | Q(expires_on__gte=today))


class ApiClient(Withdrawable):
    """An organisation with a token: its programs read people, completions and certificates of a library and all below it."""

    organisation = models.CharField(_("organisation"), max_length=120)
    library = models.ForeignKey(Library, models.PROTECT, related_name="+", verbose_name=_("library and all below it"))
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of 256 random bits: nothing to guess
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    last_used_on = models.DateField(_("last used"), null=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("organisation with a token"), _("organisations with a token")
        ordering = ["organisation", "pk"]
        constraints = [has_a_person("a_withdrawn_token_has_a_person")]

    def __str__(self):
        return self.organisation


class Webhook(models.Model):
    """An address that is told of completions and certificates. What happened before it was made is not told."""

    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="webhooks", verbose_name=_("organisation"))
    address = models.URLField(_("address"), max_length=300)
    secret = models.CharField(max_length=80)  # in clear: each message is signed with it
    made_at = models.DateTimeField(_("made"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("webhook"), _("webhooks")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "address"], condition=Q(withdrawn_at=None), name="an_address_is_told_once"
            )
        ]

    def __str__(self):
        return self.address


class Delivery(models.Model):
    """One message to one address. The row is the truth: it is sent until it is acknowledged or given up."""

    class Event(models.TextChoices):
        COMPLETED = "completion.created", _("Course completed")
        ISSUED = "certificate.issued", _("Certificate issued")
        CORRECTED = "certificate.corrected", _("Certificate corrected")
        REVOKED = "certificate.revoked", _("Certificate revoked")
        RESTORED = "certificate.restored", _("Certificate in force again")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    event = models.CharField(_("what happened"), max_length=24, choices=Event)
    subject = models.CharField(_("to what"), max_length=80)
    payload = models.JSONField()
    made_at = models.DateTimeField(_("made"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    status = models.PositiveSmallIntegerField(_("last answer"), null=True)  # of HTTP; none: not reached
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    given_up_at = models.DateTimeField(_("given up"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("message to an address"), _("messages to addresses")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event", "subject"], name="a_message_is_made_once"),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(given_up_at__isnull=True),
                name="a_delivered_message_is_not_given_up",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="messages_to_send",
                condition=Q(delivered_at__isnull=True, given_up_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.event} {self.subject}"

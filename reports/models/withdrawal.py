"""What a row has that may be withdrawn."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WithdrawableQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(withdrawn_at=None)


class Withdrawable(models.Model):
    """What somebody may withdraw; the row stays."""

    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by")
    )

    class Meta:
        abstract = True


def has_a_person(name):
    """The constraint of a Withdrawable: a withdrawal has its person."""
    return models.CheckConstraint(
        condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
        | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
        name=name,
    )

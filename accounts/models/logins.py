"""The logins that the platform makes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoginSeries(models.Model):
    """The last number given below a prefix: TSH-0457 is the 457th of TSH. Numbers may be skipped; none is given twice."""

    prefix = models.CharField(_("prefix"), max_length=12, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("login series"), _("login series")

    def __str__(self):
        return f"{self.prefix}: {self.last}"

"""Where people work and have worked."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .libraries import Library, Position


class EmploymentQuerySet(models.QuerySet):
    def open(self):
        return self.filter(until=None)

    def second(self):
        """The second workplaces of today."""
        return self.filter(until=None, is_main=False)


class Employment(models.Model):
    """A person works in a library with a position, from a day to a day. User.library is the main one of today.

    Written by accounts/employment.py. Somebody who never moved since this history is kept may have no row of the main workplace.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="employments", verbose_name=_("person")
    )
    library = models.ForeignKey(Library, models.PROTECT, related_name="+", verbose_name=_("library"))
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("position")
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)  # the last day; null: today's workplace
    is_main = models.BooleanField(_("main workplace"), default=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("workplace"), _("workplaces")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until=None, is_main=True), name="one_main_workplace_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["person", "library"], condition=Q(until=None), name="one_workplace_a_library_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_workplace_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(fields=["library"], condition=Q(until=None, is_main=False), name="second_workplaces_of_today")
        ]

    def __str__(self):
        return f"{self.person_id} {self.library_id} {self.since}"

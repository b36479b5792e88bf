"""What HR requires of the staff. Who has met it is not kept here: it follows from the facts of the rooms below."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Library, Position
from courses.models import Course

from .withdrawal import Withdrawable, WithdrawableQuerySet, has_a_person

MOST_MONTHS, MOST_DAYS = 120, 366


class RequirementQuerySet(WithdrawableQuerySet):
    def in_force(self):
        return self.standing().filter(course__archived=False)

    def set_at(self, paths, position):
        """Those of libraries with these paths, for this position or for all."""
        return self.filter(Q(position=None) | Q(position=position), library__path__in=paths)


class Requirement(Withdrawable):
    """Everybody in this library and below it (with this position) completes this course by this day; whoever joins later too."""

    library = models.ForeignKey(Library, models.PROTECT, related_name="+", verbose_name=_("library and all below it"))
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("position")
    )
    course = models.ForeignKey(Course, models.PROTECT, related_name="requirements", verbose_name=_("course"))
    due_on = models.DateField(_("complete by"))
    join_days = models.PositiveSmallIntegerField(_("days for those who join later"), default=60)
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=0)
    again_months = models.PositiveSmallIntegerField(_("again after, months"), null=True, blank=True)  # None: once
    enrols = models.BooleanField(_("enrol at once"), default=False)
    set_at = models.DateTimeField(_("set"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by"))
    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("requirement"), _("requirements")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "position", "course"],
                condition=Q(withdrawn_at=None),
                name="a_requirement_of_a_position_stands_once",
            ),
            models.UniqueConstraint(
                fields=["library", "course"],
                condition=Q(withdrawn_at=None, position=None),
                name="a_requirement_of_all_stands_once",
            ),
            has_a_person("a_withdrawal_has_a_person"),
            models.CheckConstraint(
                condition=Q(again_months=None) | Q(again_months__range=(1, MOST_MONTHS)),
                name="a_requirement_comes_again_within_ten_years",
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=MOST_DAYS, join_days__lte=MOST_DAYS),
                name="days_of_a_requirement_are_at_most_a_year",
            ),
        ]

    def __str__(self):
        return f"requirement {self.pk}"

    def get_absolute_url(self):
        return reverse("reports:requirement", args=[self.pk])


class WaiverQuerySet(WithdrawableQuerySet):
    def in_force(self, today):
        return self.standing().filter(Q(ends=None) | Q(ends__gte=today), begins__lte=today)


class Waiver(Withdrawable):
    """One person is exempt from one requirement, for a reason, for a time or for good."""

    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="waivers", verbose_name=_("requirement"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="waivers", verbose_name=_("person")
    )
    reason = models.CharField(_("reason"), max_length=300)
    begins = models.DateField(pgettext_lazy("day", "From"))
    ends = models.DateField(_("Until"), null=True)  # the last day; None: for good
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    objects = WaiverQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("exemption"), _("exemptions")
        ordering = ["-begins", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "person", "begins"],
                condition=Q(withdrawn_at=None),
                name="an_exemption_is_made_once",
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("begins")), name="an_exemption_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_exemption_has_a_reason"),
            has_a_person("a_withdrawn_exemption_has_a_person"),
        ]

    def __str__(self):
        return f"waiver {self.pk}"


class DigestWeek(models.Model):
    """The letters of a week: while `finished_at` is empty, somebody may still be told. Whom, the notices themselves say."""

    monday = models.DateField(_("week"), unique=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("week of letters"), _("weeks of letters")

    def __str__(self):
        return self.monday.isoformat()

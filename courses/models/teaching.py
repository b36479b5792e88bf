"""What trainers do beside writing: taught groups, announcements, reports of mistakes, regrades."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .questions import Question, QuestionVersion
from .syllabus import Course


class Cohort(models.Model):
    """A taught group: people who go through a course together."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="cohorts", verbose_name=_("course"))
    title = models.CharField(_("name"), max_length=120)
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="cohorts_taught", verbose_name=_("trainer")
    )
    library = models.ForeignKey(  # the region it is for, if any
        "accounts.Library", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    begins_on = models.DateField(_("begins"))
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("cohort"), _("cohorts")
        ordering = ["-begins_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "title"], name="cohorts_of_a_course_have_names_of_their_own"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("begins_on")),
                name="a_cohort_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return self.title


class Announcement(models.Model):
    """What a trainer tells a cohort; each member gets a notice of it."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="announcements", verbose_name=_("cohort"))
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))  # clean HTML (accounts/text.py)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name, verbose_name_plural = _("announcement"), _("announcements")
        ordering = ["-pk"]

    def __str__(self):
        return self.title


class QuestionReport(models.Model):
    """«There is a mistake in this question», said by a learner; a queue for the course's trainers."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        MENDED = "mended", _("Mended")
        REFUSED = "refused", _("No mistake")

    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="reports", verbose_name=_("question"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("what is wrong"))
    at = models.DateTimeField(_("when"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    answer = models.TextField(_("answer to the learner"), blank=True)
    handled_at = models.DateTimeField(_("handled"), null=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("handled by")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("report of a mistake"), _("reports of mistakes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "by"], name="a_person_reports_a_version_once"),
            models.CheckConstraint(
                condition=Q(state="open", handled_at__isnull=True, handled_by__isnull=True)
                | (~Q(state="open") & Q(handled_at__isnull=False, handled_by__isnull=False)),
                name="a_handled_report_has_its_person",
            ),
        ]

    def __str__(self):
        return f"report {self.pk}"


class Regrade(models.Model):
    """Graded attempts judged anew by the key of another version: counted first, then applied. It never revokes anything."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="regrades", verbose_name=_("question"))
    version = models.ForeignKey(
        QuestionVersion, models.PROTECT, related_name="regrades", verbose_name=_("graded by the version")
    )
    reason = models.TextField(_("why"))
    applied_at = models.DateTimeField(_("applied"))
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    # Each changed attempt: [{"attempt", "before", "after", "passed_before", "passed_after", "certificate"}]
    changes = models.JSONField(_("what changed"), default=list)
    judged = models.PositiveIntegerField(_("answers judged so far"), default=0)  # grows with each batch

    class Meta:
        verbose_name, verbose_name_plural = _("regrade"), _("regrades")
        ordering = ["-pk"]

    def __str__(self):
        return f"regrade {self.pk}"

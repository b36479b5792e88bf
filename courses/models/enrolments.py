"""Who learns what, and what is done. Progress hangs on activities: lesson 3 in Russian, lesson 4 in Uzbek, nothing splits."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .syllabus import Activity, Course


class EnrolmentQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at__isnull=True)


class Enrolment(models.Model):
    """One run of a person through a course; a new run starts empty."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments", verbose_name=_("learner")
    )
    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments", verbose_name=_("course"))
    run_no = models.PositiveSmallIntegerField(_("run"), default=1)
    began_at = models.DateTimeField(_("began"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    cohort = models.ForeignKey(
        "courses.Cohort", models.PROTECT, null=True, blank=True, related_name="enrolments", verbose_name=_("cohort")
    )
    enrolled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("enrolled by")
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("enrolment"), _("enrolments")
        ordering = ["began_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "course", "run_no"], name="an_enrolment_is_one_run"),
            models.UniqueConstraint(
                fields=["learner", "course"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_enrolment_a_course",
            ),
        ]

    def __str__(self):
        return f"{self.learner_id} {self.course_id} {self.run_no}"


class ActivityCompletion(models.Model):
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="completions", verbose_name=_("enrolment"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="completions", verbose_name=_("activity"))
    done_at = models.DateTimeField(_("done"))
    given_by = models.ForeignKey(  # by hand, with the reason in the log; nobody: earned
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given by")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("completion of an activity"), _("completions of activities")
        constraints = [models.UniqueConstraint(fields=["enrolment", "activity"], name="an_activity_is_completed_once")]

    def __str__(self):
        return f"{self.enrolment_id} {self.activity_id}"

"""The completion of a course, written by the one judge."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from courses.models import Enrolment

from .certificates import CertificateVersion

# So many tries to issue follow each other in such pauses, and all later ones in the last: a disk that was full is found with
# room again within seconds, and what fails for an hour is no passing fault.
PAUSES = ((6, timedelta(seconds=5)), (12, timedelta(minutes=1)), (None, timedelta(minutes=15)))


class CourseCompletionQuerySet(models.QuerySet):
    def due(self):
        """Those whose certificate lacks, or lacks its file, though the holder's name is confirmed."""
        stored = CertificateVersion.objects.stored().filter(
            certificate__enrolment=OuterRef("enrolment"), is_current=True
        )
        return self.filter(~Exists(stored), enrolment__learner__certificate_name_confirmed_at__isnull=False)

    def valid(self, on):
        """Those that count on this day: their certificate has neither expired nor been revoked, or is not made yet."""
        fallen = CertificateVersion.objects.current().filter(
            Q(expires_on__lt=on) | Q(certificate__revoked_at__isnull=False),
            certificate__enrolment=OuterRef("enrolment"),
        )
        return self.filter(~Exists(fallen))

    def rested(self, now):
        """Those whose last try is longer ago than the pause after so many tries.

        One that stands in the future was noted before the clock was set back: it keeps nobody waiting.
        """
        rested = Q(tried_at=None) | Q(tried_at__gt=now + timedelta(minutes=1))
        for tries, pause in PAUSES:
            rested |= Q(tried_at__lt=now - pause, **({"tries__lte": tries} if tries else {}))
        return self.filter(rested)


class CourseCompletion(models.Model):
    """Written by the one judge (certification/award.py) and never taken away. Without a certificate it is work for the sweep."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="completion", verbose_name=_("enrolment"))
    completed_at = models.DateTimeField(_("completed"))
    hours = models.DecimalField(_("academic hours"), max_digits=5, decimal_places=1)
    syllabus_version = models.PositiveIntegerField(_("version of the syllabus"))
    # What was completed, for the paper, which may be printed much later: {"code", "source", "titles": {language: text},
    # "modules": [titles, ...], "digcomp": [code, ...]}. The course may by then be renamed or archived.
    syllabus = models.JSONField(_("the course as it was completed"), default=dict)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)

    objects = CourseCompletionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("course completion"), _("course completions")

    def __str__(self):
        return f"completion {self.enrolment_id}"

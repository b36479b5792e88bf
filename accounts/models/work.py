"""What takes longer than a page may."""

import uuid

from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .people import User


def private_storage():
    return storages["private"]


def job_file(row, name):
    """Where a job's file is stored: never under the name it came with."""
    return f"jobs/{uuid.uuid4().hex}"


class Job(models.Model):
    """Something that takes longer than a page may: an import, an export, a batch check. The row tells how far it is."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("kind"), max_length=40)  # a key of accounts.jobs.RUNNERS
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="jobs", verbose_name=_("by"))
    made_at = models.DateTimeField(_("made"))
    params = models.JSONField(default=dict)
    given = models.FileField(_("file given"), storage=private_storage, upload_to=job_file, blank=True)
    given_name = models.CharField(max_length=120, blank=True)  # for people: never a path
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)  # 0: not known yet
    result = models.JSONField(_("result"), default=dict)
    made = models.FileField(_("file made"), storage=private_storage, upload_to=job_file, blank=True)
    made_name = models.CharField(max_length=120, blank=True)
    fault = models.TextField(_("what went wrong"), blank=True)  # for people, in the language of who asked
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("job"), _("jobs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="a_finished_job_has_its_time",
            )
        ]
        indexes = [
            models.Index(fields=["claimed_at"], name="jobs_to_do", condition=Q(finished_at__isnull=True)),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

"""Homework: what is asked, what was handed in, what the trainer said. Nothing that was handed in is ever changed."""

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.roles import has_role, reach_of

from .enrolments import Enrolment
from .syllabus import Activity


def private_storage():
    return storages["private"]


def file_path(row, name):
    """Where a file of homework is stored: never under the name it came with."""
    return f"homework/{uuid.uuid4().hex}"


class Assignment(models.Model):
    """The rules of an assignment, as its page in the source language has them."""

    activity = models.OneToOneField(
        Activity, models.PROTECT, primary_key=True, related_name="assignment", verbose_name=_("activity")
    )
    # [{"id", "points", "name": {language: text}, "levels": [{"points", language: text}]}]; points add up to 100
    rubric = models.JSONField(_("rubric"), default=list)
    pass_points = models.PositiveSmallIntegerField(_("points to be accepted"), default=70)
    most_files = models.PositiveSmallIntegerField(_("files at most"), default=5)
    most_megabytes = models.PositiveSmallIntegerField(_("megabytes a file at most"), default=10)
    due_days = models.PositiveSmallIntegerField(_("days after the course was begun"), null=True)
    for_trainer = models.JSONField(_("for the trainer"), default=dict)  # {language: text}; learners do not see it

    class Meta:
        verbose_name, verbose_name_plural = _("assignment"), _("assignments")
        constraints = [
            models.CheckConstraint(condition=Q(pass_points__range=(1, 100)), name="pass_points_are_a_share_of_100")
        ]

    def __str__(self):
        return f"assignment {self.pk}"


class SubmissionQuerySet(models.QuerySet):
    def handed_in(self):
        return self.exclude(state=Submission.State.DRAFT)

    def waiting(self):
        return self.filter(state=Submission.State.HANDED_IN)

    def graded_by(self, user):
        """What a trainer may read and grade: of the own courses and region, handed in, never one's own work."""
        rows = self.handed_in().exclude(enrolment__learner=user.pk)
        if has_role(user, Role.ADMINISTRATOR):
            return rows
        if not has_role(user, Role.TRAINER):
            return self.none()
        taught = user.courses_taught.values("course")
        rows = rows.filter(assignment__activity__course__in=taught)
        reach = reach_of(user, Role.TRAINER)
        return rows if reach is None else rows.filter(enrolment__learner__in=User.objects.working_in(reach))


class Submission(models.Model):
    """One handing-in. A draft until it is handed in; then frozen, taken by a trainer, returned or accepted."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        HANDED_IN = "handed_in", _("Handed in")
        RETURNED = "returned", _("Returned for rework")
        ACCEPTED = "accepted", _("Accepted")

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="submissions", verbose_name=_("enrolment"))
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="submissions", verbose_name=_("assignment"))
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    text = models.TextField(_("text"), blank=True)  # clean HTML (accounts/text.py)
    changed_at = models.DateTimeField(_("changed"))
    handed_in_at = models.DateTimeField(_("handed in"), null=True)
    taken_by = models.ForeignKey(  # who is reading it, so that two do not grade it at once
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken"), null=True)
    points = models.JSONField(_("points"), default=dict)  # {criterion: points}
    graded_at = models.DateTimeField(_("graded"), null=True)
    graded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("graded by")
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("submission"), _("submissions")
        ordering = ["enrolment", "assignment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "assignment", "number"], name="submissions_are_numbered"),
            models.UniqueConstraint(
                fields=["enrolment", "assignment"],
                condition=Q(state__in=["draft", "handed_in"]),
                name="one_submission_is_under_way",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", handed_in_at__isnull=True)
                | (~Q(state="draft") & Q(handed_in_at__isnull=False)),
                name="what_is_handed_in_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "handed_in"], graded_at__isnull=True, graded_by__isnull=True)
                | Q(state__in=["returned", "accepted"], graded_at__isnull=False, graded_by__isnull=False),
                name="what_is_graded_has_its_trainer",
            ),
        ]
        indexes = [
            models.Index(fields=["handed_in_at"], condition=Q(state="handed_in"), name="homework_to_grade"),
        ]

    def __str__(self):
        return f"{self.enrolment_id} {self.assignment_id} {self.number}"


class SubmissionFileQuerySet(models.QuerySet):
    def readable_by(self, user):
        """The own files, and those of what one may grade: a draft is the learner's alone."""
        return self.filter(
            Q(submission__enrolment__learner=user.pk)
            | Q(submission__in=Submission.objects.graded_by(user).values("pk"))
        )


class SubmissionFile(models.Model):
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files", verbose_name=_("submission"))
    file = models.FileField(_("file"), storage=private_storage, upload_to=file_path)
    name = models.CharField(_("name, for people"), max_length=120)
    kind = models.CharField(_("kind, by its content"), max_length=8)
    size = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = SubmissionFileQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("file of a submission"), _("files of submissions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["submission", "sha256"], name="a_file_is_handed_in_once")]

    def __str__(self):
        return self.name


class SubmissionComment(models.Model):
    """What learner and trainer say to each other about a submission."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="comments", verbose_name=_("submission"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"))  # clean HTML

    class Meta:
        verbose_name, verbose_name_plural = _("comment on a submission"), _("comments on submissions")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.submission_id} {self.at:%Y-%m-%d}"

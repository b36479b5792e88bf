"""Attempts are the server's: made with the drawn versions, their order and the deadline; graded from these rows alone."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F, IntegerField, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from .enrolments import Enrolment
from .questions import QuestionVersion
from .syllabus import Quiz


class RoomCode(models.Model):
    """The word that opens an invigilated quiz to those who are in the room, while it holds. Shown by the trainer, never mailed."""

    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="room_codes", verbose_name=_("quiz"))
    code = models.CharField(_("room code"), max_length=12)
    holds_from = models.DateTimeField(_("holds from"))
    holds_until = models.DateTimeField(_("holds until"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name, verbose_name_plural = _("room code"), _("room codes")
        ordering = ["-holds_from", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(holds_until__gt=F("holds_from")), name="a_room_code_holds_for_a_time")
        ]

    def __str__(self):
        return f"{self.quiz_id} {self.holds_from:%Y-%m-%d}"


class Allowance(models.Model):
    """What one person is given beyond the rules of a quiz, and why. Several add up; none is changed or deleted."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="allowances", verbose_name=_("enrolment"))
    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="allowances", verbose_name=_("quiz"))
    minutes = models.PositiveSmallIntegerField(_("extra minutes"), default=0)
    attempts = models.PositiveSmallIntegerField(_("extra attempts"), default=0)
    reason = models.TextField(_("why"))
    given_at = models.DateTimeField(_("given"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name, verbose_name_plural = _("allowance"), _("allowances")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0) | Q(attempts__gt=0), name="an_allowance_gives_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="an_allowance_has_a_reason"),
        ]

    def __str__(self):
        return f"allowance {self.pk}"


class AttemptQuerySet(models.QuerySet):
    def open(self):
        return self.filter(submitted_at__isnull=True)

    def overdue(self, now):
        """Those past their deadline and its grace."""
        seconds = Cast("grace_seconds", IntegerField()) * Value(timedelta(seconds=1))
        grace = ExpressionWrapper(seconds, output_field=DurationField())
        late = self.open().filter(closes_at__lte=now)  # by the index; of these few the grace
        return late.alias(grace=grace).filter(closes_at__lte=Value(now) - F("grace"))


class Attempt(models.Model):
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="attempts", verbose_name=_("enrolment"))
    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="attempt_rows", verbose_name=_("quiz"))
    number = models.PositiveSmallIntegerField(_("attempt"))
    started_at = models.DateTimeField(_("started"))
    closes_at = models.DateTimeField(_("deadline"))
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    grace_seconds = models.PositiveSmallIntegerField(_("grace after the deadline, seconds"), default=0)
    penalty = models.PositiveSmallIntegerField(_("taken off for a wrong answer, %"), default=0)
    room_code = models.ForeignKey(
        RoomCode, models.PROTECT, null=True, related_name="attempts", verbose_name=_("room code")
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, %")
    )  # judged once: lowering a mark later certifies nobody
    score = models.DecimalField(_("score, %"), max_digits=5, decimal_places=2, null=True)
    passed = models.BooleanField(_("passed"), null=True)
    # Where it was last seen (courses/attempt_log.py: device_of); empty: not known.
    device = models.CharField(_("address and browser, hashed"), max_length=16, blank=True, default="")

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("attempt"), _("attempts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "quiz", "number"], name="attempts_are_numbered"),
            models.UniqueConstraint(
                fields=["enrolment", "quiz"], condition=Q(submitted_at__isnull=True), name="one_open_attempt"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("started_at")), name="an_attempt_closes_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, score__isnull=True, passed__isnull=True)
                | Q(submitted_at__isnull=False, score__isnull=False, passed__isnull=False),
                name="a_submitted_attempt_is_graded",
            ),
        ]
        indexes = [models.Index(fields=["closes_at"], condition=Q(submitted_at__isnull=True), name="attempts_to_close")]

    def __str__(self):
        return f"{self.enrolment_id} {self.quiz_id} {self.number}"

    def is_over(self, now):
        """Whether no answer is taken any more: past the deadline that the clock shows, and the grace for what is on its way."""
        return now >= self.closes_at + timedelta(seconds=self.grace_seconds)


class AttemptQuestion(models.Model):
    """One slot of an attempt: the version drawn, the order in which its parts are shown, the newest answer."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="questions", verbose_name=_("attempt"))
    slot = models.PositiveSmallIntegerField(_("number"))
    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="+", verbose_name=_("version"))
    order = models.JSONField(_("order shown"), default=list)  # ids of options, steps or right-hand parts
    answer = models.JSONField(_("answer"), null=True)
    sequence = models.PositiveBigIntegerField(_("sequence of the answer"), default=0)
    flagged = models.BooleanField(_("to look at later"), default=False)
    opened_at = models.DateTimeField(_("first shown"), null=True)
    answered_at = models.DateTimeField(_("first answered"), null=True)
    saved_at = models.DateTimeField(_("saved"), null=True)
    # By which key it was graded where a regrade took another than the one drawn.
    graded_by = models.ForeignKey(
        QuestionVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("graded by the version")
    )
    score = models.DecimalField(_("score, 0 to 1"), max_digits=5, decimal_places=4, null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("question of an attempt"), _("questions of attempts")
        ordering = ["attempt", "slot"]
        constraints = [models.UniqueConstraint(fields=["attempt", "slot"], name="slots_are_numbered")]

    def __str__(self):
        return f"{self.attempt_id}/{self.slot}"


class AttemptEvent(models.Model):
    """What happened in an attempt, for the trainer. No key press, no picture: this is no proctoring."""

    class Kind(models.TextChoices):
        STARTED = "started", _("started")
        OPENED = "opened", _("question shown")  # never written: its row tells it (courses/attempt_log.py)
        ANSWERED = "answered", _("answered")
        LEFT = "left", _("left the page")
        RESUMED = "resumed", _("came back")
        ADDRESS = "address", _("address or device changed")
        REFUSED = "refused", _("refused")
        SUBMITTED = "submitted", _("submitted")
        CLOSED = "closed", _("closed at the deadline")

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="events", verbose_name=_("attempt"))
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    slot = models.PositiveSmallIntegerField(_("question"), null=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("event of an attempt"), _("events of attempts")
        ordering = ["attempt", "pk"]

    def __str__(self):
        return f"{self.attempt_id} {self.kind}"

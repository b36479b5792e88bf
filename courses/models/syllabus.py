"""The syllabus: what publishing makes of the page tree (courses/syllabus.py). Rows are archived, never deleted: facts hang on them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.text import in_language


class SyllabusQuerySet(models.QuerySet):
    def live(self):
        return self.filter(archived=False)


class Course(models.Model):
    """What is learned, judged and certified as a whole."""

    key = models.UUIDField(_("key"), unique=True)  # the translation_key of its pages
    code = models.SlugField(_("code"), max_length=20, unique=True, null=True)
    source = models.CharField(_("source language"), max_length=5)  # only this tree gives membership and order
    titles = models.JSONField(_("title"), default=dict)
    outcomes = models.JSONField(_("outcome"), default=dict)
    addresses = models.JSONField(default=dict)  # {"uz": "/uz/..."}
    hours = models.DecimalField(_("academic hours"), max_digits=5, decimal_places=1, default=0)  # of 45 minutes
    seminar_share = models.PositiveSmallIntegerField(_("share of seminar hours, %"), default=60)
    review_required = models.BooleanField(_("publishing needs a review"), default=True)
    open_reading = models.BooleanField(_("lessons open to everybody"), default=False)
    homework_counts = models.BooleanField(_("accepted homework is needed for the certificate"), default=False)
    valid_months = models.PositiveSmallIntegerField(
        _("the certificate is valid for, months"), null=True
    )  # None: for ever
    version = models.PositiveIntegerField(default=0)
    missing = models.JSONField(_("what is missing"), default=list)  # empty: whole
    archived = models.BooleanField(_("archived"), default=False)

    objects = SyllabusQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("course"), _("courses")
        constraints = [
            models.CheckConstraint(condition=Q(seminar_share__range=(0, 100)), name="seminar_share_is_percent"),
        ]

    def __str__(self):
        return in_language(self.titles) or self.code or str(self.key)

    @property
    def is_whole(self):
        return not self.missing


class Module(models.Model):
    course = models.ForeignKey(Course, models.PROTECT, related_name="modules", verbose_name=_("course"))
    key = models.UUIDField(_("key"), unique=True)
    code = models.SlugField(_("code"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))
    titles = models.JSONField(_("title"), default=dict)
    outcomes = models.JSONField(_("outcome"), default=dict)
    hours = models.DecimalField(_("academic hours"), max_digits=4, decimal_places=1, default=0)
    competences = models.JSONField(_("DigComp 3.0 competences"), default=list)  # their codes, such as 4.1
    archived = models.BooleanField(_("archived"), default=False)

    objects = SyllabusQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("module"), _("modules")
        ordering = ["course", "position", "pk"]

    def __str__(self):
        return in_language(self.titles) or self.code


class Activity(models.Model):
    """One step of a course: a lesson, a quiz or an assignment. The final test is a quiz without a module."""

    class Kind(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        QUIZ = "quiz", _("Quiz")
        ASSIGNMENT = "assignment", _("Assignment")

    course = models.ForeignKey(Course, models.PROTECT, related_name="activities", verbose_name=_("course"))
    module = models.ForeignKey(Module, models.PROTECT, null=True, related_name="activities", verbose_name=_("module"))
    key = models.UUIDField(_("key"), unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    position = models.PositiveSmallIntegerField(_("position"))  # in the whole course
    titles = models.JSONField(_("title"), default=dict)
    addresses = models.JSONField(default=dict)  # the languages in which it exists
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=0)
    archived = models.BooleanField(_("archived"), default=False)

    objects = SyllabusQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("activity"), _("activities")
        ordering = ["course", "position", "pk"]

    def __str__(self):
        return in_language(self.titles)

    def get_absolute_url(self):
        return f"/go/{self.pk}/"  # resolved in cms to the reader's language


class Quiz(models.Model):
    """The rules of a quiz, as its page in the source language has them."""

    class Shows(models.TextChoices):
        """What a learner sees of a graded attempt."""

        SCORE = "score", _("the score alone")
        ANSWERS = "answers", _("the own answers, marked, without the right ones")
        WHEN_DONE = "when_done", _("the right answers too, once passed or without attempts left")
        WHEN_CLOSED = "when_closed", _("the right answers too, once the quiz is closed to all")
        ALL = "all", _("the right answers at once")

    activity = models.OneToOneField(
        Activity, models.PROTECT, primary_key=True, related_name="quiz", verbose_name=_("activity")
    )
    pass_mark = models.PositiveSmallIntegerField(_("pass mark, %"), default=70)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=3)  # 0: as many as wanted
    wait_hours = models.PositiveSmallIntegerField(_("hours between two attempts"), default=24)
    time_limit = models.PositiveSmallIntegerField(_("time limit, minutes"), null=True)  # None: a day
    grace_seconds = models.PositiveSmallIntegerField(_("grace after the deadline, seconds"), default=30)
    opens_at = models.DateTimeField(_("opens"), null=True)
    closes_at = models.DateTimeField(_("closes"), null=True)  # no attempt stays open longer
    penalty = models.PositiveSmallIntegerField(_("taken off for a wrong answer, %"), default=0)
    one_page = models.BooleanField(_("all questions on one page"), default=False)
    shows = models.CharField(_("shown afterwards"), max_length=12, choices=Shows, default=Shows.WHEN_DONE)
    invigilated = models.BooleanField(_("needs a room code"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("quiz"), _("quizzes")
        constraints = [
            models.CheckConstraint(condition=Q(pass_mark__range=(1, 100)), name="quiz_pass_mark_is_percent"),
            models.CheckConstraint(condition=Q(penalty__range=(0, 100)), name="quiz_penalty_is_percent"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="a_quiz_closes_after_it_opens",
            ),
        ]

    def __str__(self):
        return f"quiz {self.pk}"


class Draw(models.Model):
    """So many questions out of this pool, of those with these labels where any are named."""

    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="draws", verbose_name=_("quiz"))
    pool = models.ForeignKey("courses.QuestionPool", models.PROTECT, related_name="draws", verbose_name=_("pool"))
    count = models.PositiveSmallIntegerField(_("questions"))
    level = models.CharField(_("level"), max_length=16, blank=True)
    competence = models.CharField(_("competence (DigComp)"), max_length=8, blank=True)
    tag = models.CharField(_("tag"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("draw"), _("draws")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "pool", "level", "competence", "tag"], name="a_pool_is_drawn_from_once_a_quiz_and_label"
            )
        ]

    def __str__(self):
        return f"{self.count} of {self.pool_id}"


class CourseTrainer(models.Model):
    """Which courses a trainer has."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="trainers", verbose_name=_("course"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="courses_taught", verbose_name=_("trainer")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("trainer of a course"), _("trainers of courses")
        constraints = [models.UniqueConstraint(fields=["course", "person"], name="a_trainer_has_a_course_once")]

    def __str__(self):
        return f"{self.course_id} {self.person_id}"

"""Questions hold their text in all languages in one version, so a learner may switch language inside an attempt."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.models import PreviewableMixin

from accounts.text import in_language


class QuestionPool(models.Model):
    code = models.SlugField(_("code"), unique=True, max_length=40)
    titles = models.JSONField(_("title"), default=dict)
    course = models.ForeignKey(
        "courses.Course", models.PROTECT, null=True, blank=True, related_name="pools", verbose_name=_("course")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("question pool"), _("question pools")
        ordering = ["code"]

    def __str__(self):
        title = in_language(self.titles)
        return f"{self.code} · {title}" if title else self.code


class QuestionQuerySet(models.QuerySet):
    def ready(self):
        """Those that may be drawn: published and not retired."""
        return self.filter(retired=False, current__isnull=False)


class Level(models.TextChoices):
    BASIC = "basic", _("Basic")
    INTERMEDIATE = "intermediate", _("Intermediate")
    ADVANCED = "advanced", _("Advanced")


class Question(PreviewableMixin, models.Model):
    pool = models.ForeignKey(QuestionPool, models.PROTECT, related_name="questions", verbose_name=_("pool"))
    code = models.SlugField(
        _("code"), unique=True, max_length=60, null=True, blank=True
    )  # never changed: answers hang on it
    note = models.CharField(_("note for trainers"), max_length=200, blank=True)
    lesson = models.PositiveSmallIntegerField(_("lesson"), null=True, blank=True)
    level = models.CharField(_("level"), max_length=16, blank=True, choices=Level)
    competence = models.CharField(_("competence (DigComp)"), max_length=8, blank=True)  # such as 4.2
    tags = TaggableManager(verbose_name=_("tags"), blank=True)
    # The newest words in all languages, note, code and tags, folded: found in any spelling (accounts/text.py: fold).
    folded = models.TextField(editable=False, default="")
    retired = models.BooleanField(_("retired"), default=False)
    current = models.ForeignKey("courses.QuestionVersion", models.PROTECT, null=True, editable=False, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("question"), _("questions")
        ordering = ["pool", "pk"]

    def __str__(self):
        return self.note or self.code or str(self.pk)

    @property
    def preview_modes(self):
        return settings.LANGUAGES

    def serve_preview(self, request, mode_name):
        """The question as a learner meets it, and what is said after the answer; of what is typed and not kept yet."""
        from ..question_preview import preview

        with translation.override(mode_name):
            return preview(request, self, mode_name).render()


class QuestionVersion(models.Model):
    """A question's words and key. A draft changes; a published one is frozen: attempts keep the versions they drew."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions", verbose_name=_("question"))
    number = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=16)
    content = models.JSONField(_("content"))  # shape: courses/kinds.py
    editorial = models.BooleanField(_("only wording"), default=False)
    # {language: fingerprint of the source language's words when this language was last written} (courses/translations.py).
    translated_of = models.JSONField(_("translated of"), default=dict)
    created_at = models.DateTimeField(_("written"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("version of a question"), _("versions of questions")
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_versions_are_numbered"),
            models.UniqueConstraint(
                fields=["question"], condition=Q(published_at__isnull=True), name="a_question_has_one_draft"
            ),
        ]

    def __str__(self):
        return f"{self.question_id} v{self.number}"


class VersionImage(models.Model):
    """Which of the library's images a version shows: such an image is not deleted (courses/pictures.py)."""

    version = models.ForeignKey(QuestionVersion, models.CASCADE, related_name="images", verbose_name=_("version"))
    image = models.ForeignKey(
        "wagtailimages.Image", models.PROTECT, related_name="question_versions", verbose_name=_("picture")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("picture of a question"), _("pictures of questions")
        constraints = [models.UniqueConstraint(fields=["version", "image"], name="a_version_has_an_image_once")]

    def __str__(self):
        return str(self.version_id)

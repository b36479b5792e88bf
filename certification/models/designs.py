"""How certificates look, and whose design a course has."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin

from courses.models import Course


class Design(PreviewableMixin, models.Model):
    """How certificates look and who signs them (certification/designs.py). What was printed stays as it was."""

    title = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("for all courses without a design of their own"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("certificate design"), _("certificate designs")
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_design")
        ]

    def __str__(self):
        return self.title

    @property
    def preview_modes(self):
        return settings.LANGUAGES

    @property
    def default_preview_size(self):
        return "desktop"

    def serve_preview(self, request, mode_name):
        from ..design_preview import preview

        return preview(request, self, mode_name)


class DesignVersion(models.Model):
    """What a design says, frozen: certificates name the version that they were printed with."""

    design = models.ForeignKey(Design, models.PROTECT, related_name="versions", verbose_name=_("certificate design"))
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("what is printed"))  # shape: certification/designs.py
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))

    class Meta:
        verbose_name, verbose_name_plural = _("version of a design"), _("versions of designs")
        ordering = ["design", "number"]
        constraints = [models.UniqueConstraint(fields=["design", "number"], name="design_versions_are_numbered")]

    def __str__(self):
        return f"design {self.design_id}, {self.number}"


class CourseDesign(models.Model):
    """Which design the certificates of a course have; without a row the default one."""

    course = models.OneToOneField(Course, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("course"))
    design = models.ForeignKey(Design, models.CASCADE, related_name="courses", verbose_name=_("certificate design"))

    class Meta:
        verbose_name, verbose_name_plural = _("design of a course"), _("designs of courses")

    def __str__(self):
        return f"course {self.course_id}: design {self.design_id}"

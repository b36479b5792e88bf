"""What HR requires of the staff. Who has met it is not kept here: it follows from the facts of the rooms below."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Library, Position
from courses.models import Course


class RequirementQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(withdrawn_at=None, course__archived=False)

    def reaching(self, *, library, position):
        """Those that hold for a person in this library (may be None) and position (a primary key or None)."""
        if library is None:
            return self.none()
        steps = range(Library.steplen, len(library.path) + 1, Library.steplen)
        return self.filter(
            Q(position=None) | Q(position=position), library__path__in=[library.path[:end] for end in steps]
        )


class Requirement(models.Model):
    """Everybody in this library and below it (with this position) completes this course by this day; whoever joins later too."""

    library = models.ForeignKey(Library, models.PROTECT, related_name="+", verbose_name=_("library and all below it"))
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("position")
    )
    course = models.ForeignKey(Course, models.PROTECT, related_name="requirements", verbose_name=_("course"))
    due_on = models.DateField(_("complete by"))
    set_at = models.DateTimeField(_("set"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by")
    )

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
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="a_withdrawal_has_a_person",
            ),
        ]

    def __str__(self):
        return f"requirement {self.pk}"

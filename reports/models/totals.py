"""Counts that the sweep keeps, so that a page of the nation costs what a page of a library costs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Library, Position
from courses.models import Course


def _of(model, words, **options):
    """A relation that neither guards nor follows: the rows may be thrown away, and are written thousands at a time."""
    return models.ForeignKey(
        model, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", verbose_name=words, **options
    )


class _Numbers(models.Model):
    """How many of some staff in one position stand so in one course; without a course: in any (not exclusive). Of each course the
    newest run, as in reports/people.py: State.

    A row may be thrown away: reports/totals.py counts it anew.
    """

    library = _of(Library, _("library"))
    position = _of(Position, _("position"), null=True)
    course = _of(Course, _("course"), null=True)
    staff = models.PositiveIntegerField(_("staff"))  # 0 where there is a course: the row without one says it
    never = models.PositiveIntegerField(_("never signed in"))  # 0 too
    begun = models.PositiveIntegerField(_("begun"))
    in_progress = models.PositiveIntegerField(_("in progress"))
    completed = models.PositiveIntegerField(_("completed, no certificate"))
    certificates = models.PositiveIntegerField(_("valid certificates"))
    expired = models.PositiveIntegerField(_("expired certificates"))
    overdue = models.PositiveIntegerField(_("overdue"))

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.library_id} {self.position_id} {self.course_id}"


class Total(_Numbers):
    """Of one library's own staff."""

    class Meta:
        verbose_name, verbose_name_plural = _("total"), _("totals")
        indexes = [models.Index(fields=["library"], name="totals_of_a_library")]


class TotalBelow(_Numbers):
    """The sums of the Totals of all libraries that belong to one, without its own: a page of a nation reads as many rows as one of a
    district. Of the tree as it was at Counting.tree."""

    class Meta:
        verbose_name, verbose_name_plural = _("total of the libraries below"), _("totals of the libraries below")
        indexes = [models.Index(fields=["library"], name="totals_below_a_library")]


class Counting(models.Model):
    """When the totals were counted: one row."""

    at = models.DateTimeField(_("when"))
    milliseconds = models.PositiveIntegerField(default=0)
    seen = models.BigIntegerField(null=True)  # reports/changed.py: what was written later is not counted yet
    tree = models.BigIntegerField(default=0)  # the newest LibraryChange when TotalBelow was counted
    whole_at = models.DateTimeField()  # not only what had changed
    whole_milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("counting of the totals"), _("countings of the totals")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="the_totals_are_counted_once")]

    def __str__(self):
        return self.at.isoformat()

"""Two records of one person that became one."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import User


class MergeRecord(models.Model):
    """What a merge of two records did, row by row, so that it can be undone. Written by accounts/merging.py.

    `steps`, in order: {"model", "field", "rows": [keys]} moved from the record closed to the one kept, or {"model", "row",
    "before": {field: value}, "after": {field: value}}. `left`: {"model", "field", "rows"} that stayed with the record closed.
    """

    kept = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("record kept"))
    gone = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("record closed"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.TextField(_("why"))
    steps = models.JSONField(default=list)
    left = models.JSONField(default=list)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by"))
    not_undone = models.JSONField(default=list)  # steps whose rows had changed since: for people to look at

    class Meta:
        verbose_name, verbose_name_plural = _("merge of records"), _("merges of records")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="a_record_is_not_merged_with_itself"),
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at=None), name="a_record_is_merged_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="an_undone_merge_has_its_person",
            ),
        ]

    def __str__(self):
        return f"merge {self.pk}"

"""Staff from spreadsheets: a file as it was read, row by row, and what became of each row."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .people import User
from .work import Job


class StaffImport(models.Model):
    """One file of staff. How far it is stands in its jobs; the rows are removed some time after the end, the counts stay."""

    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )  # null: the platform
    made_at = models.DateTimeField(_("made"))
    file_name = models.CharField(_("file"), max_length=120)
    reading = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    applying = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    notes = models.JSONField(default=list)  # [[key of accounts.staff_import.words.SAID, {what is put into it}]]
    all_or_nothing = models.BooleanField(_("all or nothing"), default=False)
    applied_at = models.DateTimeField(_("taken in"), null=True)
    counts = models.JSONField(default=dict)  # {outcome: rows}, once it is taken in

    class Meta:
        verbose_name, verbose_name_plural = _("staff import"), _("staff imports")
        ordering = ["-pk"]

    def __str__(self):
        return f"staff import {self.pk}"

    def get_absolute_url(self):
        return reverse("staff_import", args=[self.pk])


class StaffImportRow(models.Model):
    """A row of the file: what it says, whom it means, what would be done, and what was done."""

    class Verdict(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Same")
        DUPLICATE = "duplicate", _("Perhaps here already")
        REFUSED = "refused", _("Refused")

    class Answer(models.TextChoices):
        SAME = "same", _("The same person")
        ANOTHER = "another", _("Another person")

    class Outcome(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Nothing to change")
        LEFT_OUT = "left_out", _("Not taken in")

    of = models.ForeignKey(StaffImport, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("row"))
    given = models.JSONField()  # {field: text} as accounts/staff_import/reading.py cleans it
    faults = models.JSONField(default=list)  # why it cannot be taken, as StaffImport.notes
    verdict = models.CharField(_("verdict"), max_length=9, choices=Verdict)
    said = models.JSONField(default=list)  # why, and what else there is to say; as StaffImport.notes
    changes = models.JSONField(default=dict)  # {field: [old, new]} as people read them
    candidates = models.JSONField(default=list)  # [{"person": pk} or {"line": n}, with "name", "login", "library"]
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("person"))
    answer = models.CharField(_("answer"), max_length=7, choices=Answer, blank=True)
    chosen = models.JSONField(default=dict)  # which of the candidates, where the answer is «same»
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    login = models.CharField(_("login"), max_length=40, blank=True)  # that was made

    class Meta:
        verbose_name, verbose_name_plural = _("row of a staff import"), _("rows of staff imports")
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["of", "line"], name="a_row_of_a_file_is_read_once"),
            models.CheckConstraint(
                condition=Q(login="") | Q(outcome="added"), name="a_login_is_made_for_who_was_added"
            ),
        ]
        indexes = [models.Index(fields=["of", "verdict"], name="rows_by_verdict")]

    def __str__(self):
        return f"row {self.line}"

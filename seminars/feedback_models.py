"""Feedback on a run. Who has answered is kept, and what was answered is kept; nothing joins the two (docs/decisions/0016)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MOST_SIGNS = 1_000  # of a free text, as it is typed


class Feedback(models.Model):
    """A run is asked about once, after its last session. What was answered is shown when this has closed, all at once."""

    run = models.OneToOneField(
        "seminars.SeminarRun", models.PROTECT, related_name="feedback", verbose_name=_("seminar run")
    )
    opened_at = models.DateTimeField(_("opened"))
    closes_at = models.DateTimeField(_("closes"), db_index=True)

    class Meta:
        verbose_name, verbose_name_plural = _("feedback"), _("feedback")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="feedback_closes_after_it_opens")
        ]

    def __str__(self):
        return f"feedback on {self.run_id}"


class FeedbackGiven(models.Model):
    """That this person has answered, once. Not what, and not when."""

    feedback = models.ForeignKey(Feedback, models.PROTECT, related_name="given", verbose_name=_("feedback"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))

    class Meta:
        verbose_name, verbose_name_plural = _("feedback given"), _("feedback given")
        constraints = [models.UniqueConstraint(fields=["feedback", "person"], name="feedback_is_given_once")]

    def __str__(self):
        return f"{self.feedback_id} {self.person_id}"


class FeedbackAnswer(models.Model):
    """What somebody answered: no person, no moment, no order. The key means nothing and is another with every answer that comes."""

    SCALES = ("useful", "clear", "pace", "place")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feedback = models.ForeignKey(Feedback, models.PROTECT, related_name="answers", verbose_name=_("feedback"))
    useful = models.PositiveSmallIntegerField(_("It was useful for my work"))
    clear = models.PositiveSmallIntegerField(_("It was explained clearly"))
    pace = models.PositiveSmallIntegerField(_("The pace suited me"))
    place = models.PositiveSmallIntegerField(_("The place and the organisation were good"))
    good = models.TextField(_("What helped you most?"), blank=True)  # clean HTML, as courses/typed.py makes it
    better = models.TextField(_("What should be different next time?"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("answer of feedback"), _("answers of feedback")
        constraints = [
            models.CheckConstraint(
                condition=Q(useful__range=(1, 5), clear__range=(1, 5), pace__range=(1, 5), place__range=(1, 5)),
                name="feedback_is_from_1_to_5",
            )
        ]

    def __str__(self):
        return str(self.key)

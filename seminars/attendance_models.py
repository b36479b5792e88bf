"""How attendance came about: every mark that was ever made, who asked to be let in, and marks that found no place."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class AttendanceEntry(models.Model):
    """One mark as it was made: who, when, how and why. Never changed; Attendance says which of them stands (standing.py)."""

    class How(models.TextChoices):
        SCREEN = "screen", _("On the roster")
        OFFLINE = "offline", _("On the roster, without network")
        PAPER = "paper", _("From the paper sheet")
        IMPORT = "import", _("From a spreadsheet")
        WALK_IN = "walk_in", _("Let in by the trainer")
        CODE = "code", _("Code on the screen")
        PIN = "pin", _("PIN on the screen")

    BY_ONESELF = (How.CODE, How.PIN)

    key = models.UUIDField(_("mark"), unique=True)  # made where the mark was made: sent twice, it is one mark
    session = models.ForeignKey("seminars.Session", models.PROTECT, related_name="entries", verbose_name=_("session"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    mark = models.CharField(_("mark"), max_length=10)  # one of Attendance.Mark
    how = models.CharField(_("how"), max_length=10, choices=How)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("marked by"))
    at = models.DateTimeField(_("marked"))  # by the server's clock, whatever the device's says
    received_at = models.DateTimeField(_("received"))
    reason = models.CharField(_("why"), max_length=300, blank=True)
    knew = models.JSONField(default=list)  # keys of the entries that whoever made this one had seen
    device = models.CharField(_("device"), max_length=40, blank=True)
    network = models.CharField(_("network"), max_length=60, blank=True)  # a part of the address, as 192.0.2.0/24
    shown_at = models.DateTimeField(null=True)  # when the code stood on the trainer's screen
    confirmed_at = models.DateTimeField(
        null=True
    )  # when the person pressed the button; `at` is when the code was scanned

    class Meta:
        verbose_name, verbose_name_plural = _("entry of attendance"), _("entries of attendance")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=Q(how__in=["code", "pin"]), name="one_check_in_a_session"
            ),
            models.CheckConstraint(
                condition=~Q(how__in=["code", "pin"]) | Q(by=F("person")), name="a_code_marks_only_oneself"
            ),
        ]

    def __str__(self):
        return f"{self.session_id} {self.person_id} {self.mark} {self.how}"

    @property
    def by_oneself(self):
        return self.how in self.BY_ONESELF


class WalkIn(models.Model):
    """Somebody without a seat who is there. The trainer lets in or turns away; let in, the person stands on the roster."""

    session = models.ForeignKey("seminars.Session", models.PROTECT, related_name="walk_ins", verbose_name=_("session"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    asked_at = models.DateTimeField(_("asked"))
    device = models.CharField(max_length=40, blank=True)
    network = models.CharField(max_length=60, blank=True)
    shown_at = models.DateTimeField(null=True)
    let_in = models.BooleanField(_("let in"), null=True)  # null: not decided
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("walk-in"), _("walk-ins")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="one_walk_in_a_session"),
            models.CheckConstraint(
                condition=Q(let_in=None, decided_at=None, decided_by=None)
                | Q(let_in__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="a_walk_in_is_decided_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.session_id} {self.person_id}"


class StrayMark(models.Model):
    """A mark from a device that found no place: kept as it came, and shown to the trainer who made it."""

    class Why(models.TextChoices):
        GONE = "gone", _("This session is no longer planned, or is not yours.")
        CALLED_OFF = "called_off", _("This session has been called off.")
        NO_SEAT = "no_seat", _("This person no longer has a seat.")
        ALTERED = "altered", _("A mark of this name was sent before with other contents.")

    key = models.UUIDField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stray_marks")
    why = models.CharField(_("why"), max_length=10, choices=Why)
    session_number = models.PositiveBigIntegerField()  # the rows may be gone
    person_number = models.PositiveBigIntegerField()
    session_words = models.CharField(max_length=200, blank=True)  # as the device showed them
    person_words = models.CharField(max_length=200, blank=True)
    mark = models.CharField(max_length=10)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    knew = models.JSONField(default=list)
    device = models.CharField(max_length=40, blank=True)
    settled_at = models.DateTimeField(null=True)  # placed after all, or set aside by the trainer
    placed = models.BooleanField(default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("mark without a place"), _("marks without a place")
        ordering = ["received_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["key", "by", "why"], name="a_stray_mark_is_kept_once"),
            models.CheckConstraint(
                condition=Q(placed=False) | Q(settled_at__isnull=False), name="a_placed_mark_is_settled"
            ),
        ]

    def __str__(self):
        return f"{self.key} {self.why}"

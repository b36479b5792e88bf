"""Seminars: a topic, its offerings (runs) with seats, their sittings (sessions) with attendance. Hours are academic, of 45 minutes."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from accounts.models import Library, Role
from accounts.roles import has_role
from accounts.text import in_language
from courses.models import Course, Module


class SeminarQuerySet(models.QuerySet):
    def live(self):
        return self.filter(archived=False)

    def planned_by(self, user):
        """The seminars that may be changed in /cms/ and offered: editors all, trainers those of their courses and their own."""
        if has_role(user, Role.EDITOR, Role.ADMINISTRATOR):
            return self
        if not has_role(user, Role.TRAINER):
            return self.none()
        own = Seminar.objects.filter(Q(made_by=user) | Q(course__trainers__person=user))
        return self.filter(pk__in=own.values("pk"))


class Seminar(models.Model):
    """A topic: required by a module, or free-standing. Its page is served by this room and edited in /cms/."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    course = models.ForeignKey(
        Course, models.PROTECT, null=True, blank=True, related_name="seminars", verbose_name=_("course")
    )
    module = models.ForeignKey(
        Module, models.PROTECT, null=True, blank=True, related_name="seminars", verbose_name=_("module")
    )
    titles = models.JSONField(_("topic"), default=dict)
    results = models.JSONField(_("result"), default=dict)  # what one leaves with
    about = models.JSONField(_("what it is about"), default=dict)  # {"uz": HTML}, cleaned when shown
    places = models.JSONField(_("where it can be held"), default=dict)
    plan = models.JSONField(_("plan for the trainer"), default=dict)  # minutes, bring, plan, if_it_goes_wrong
    planned_hours = models.DecimalField(_("planned hours"), max_digits=4, decimal_places=1, default=2)
    archived = models.BooleanField(_("archived"), default=False)
    made_by = models.ForeignKey(  # who may change and plan one that belongs to no course
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = SeminarQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("seminar"), _("seminars")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(planned_hours__gt=0), name="a_seminar_has_hours"),
            models.CheckConstraint(
                condition=Q(module__isnull=True) | Q(course__isnull=False), name="a_seminar_of_a_module_has_its_course"
            ),
        ]

    def __str__(self):
        return in_language(self.titles) or self.code


class SeminarMaterial(models.Model):
    """Something to read before or to take home: a document of the library of documents, or a link."""

    seminar = models.ForeignKey(Seminar, models.CASCADE, related_name="materials", verbose_name=_("seminar"))
    position = models.PositiveSmallIntegerField(_("position"))
    titles = models.JSONField(_("title"), default=dict)
    document = models.ForeignKey(
        "wagtaildocs.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("document")
    )
    link = models.URLField(_("link"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("material"), _("materials")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(document__isnull=False, link="") | (Q(document__isnull=True) & ~Q(link="")),
                name="a_material_is_a_document_or_a_link",
            )
        ]

    def __str__(self):
        return in_language(self.titles)

    @property
    def address(self):
        return self.document.url if self.document_id else self.link


class SeminarRunQuerySet(models.QuerySet):
    def taught_by(self, user):
        """The runs that a trainer holds: those given to them and those of their courses; administrators hold all."""
        if has_role(user, Role.ADMINISTRATOR):
            return self
        if not has_role(user, Role.TRAINER):
            return self.none()
        own = SeminarRun.objects.filter(Q(trainers=user) | Q(seminar__course__trainers__person=user))
        return self.filter(pk__in=own.values("pk"))

    def planned_by(self, user):
        """The runs that may be changed in /cms/: editors change all, trainers the ones they hold."""
        return self if has_role(user, Role.EDITOR) else self.taught_by(user)


class SeminarRun(ClusterableModel):
    """One offering of a seminar, at a place or on-line. Its sessions are edited with it (run.sessions.create() writes nothing)."""

    seminar = models.ForeignKey(Seminar, models.PROTECT, related_name="runs", verbose_name=_("seminar"))
    capacity = models.PositiveSmallIntegerField(_("seats"))
    place = models.JSONField(_("place"), default=dict)
    room = models.CharField(_("room"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    travel = models.JSONField(_("how to get there"), default=dict)
    library = models.ForeignKey(  # its region is what people filter by
        Library, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("held by the library")
    )
    language = models.CharField(_("held in"), max_length=5, default="uz", choices=settings.LANGUAGES)
    online = models.BooleanField(_("on-line"), default=False)
    link = models.URLField(_("link"), blank=True)
    link_minutes = models.PositiveSmallIntegerField(_("link shown, minutes before"), default=30)  # to those with a seat
    for_library = models.ForeignKey(
        Library, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only for staff of")
    )
    for_course = models.ForeignKey(
        Course, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only for learners of")
    )
    series = models.UUIDField(_("series"), null=True, blank=True, editable=False, db_index=True)  # made in one go
    cancel_hours = models.PositiveSmallIntegerField(_("may be cancelled until, hours before"), default=24)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    trainers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="seminar_runs", blank=True, verbose_name=_("trainers")
    )

    objects = SeminarRunQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("seminar run"), _("seminar runs")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(capacity__gte=1), name="a_run_has_a_seat")]

    def __str__(self):
        return f"{self.seminar_id} {in_language(self.place)}"


class SeatQuerySet(models.QuerySet):
    def booked(self):
        return self.filter(state=Seat.State.BOOKED)

    def waiting(self):
        return self.filter(state=Seat.State.WAITING)

    def held(self):
        """Booked or waiting."""
        return self.exclude(state=Seat.State.CANCELLED)


class Seat(models.Model):
    class State(models.TextChoices):
        BOOKED = "booked", _("Seat booked")
        WAITING = "waiting", _("On the waiting list")
        CANCELLED = "cancelled", _("Cancelled")

    run = models.ForeignKey(SeminarRun, models.PROTECT, related_name="seats", verbose_name=_("seminar run"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats", verbose_name=_("person"))
    state = models.CharField(_("state"), max_length=10, choices=State)
    since = models.DateTimeField(_("since"))  # the order of the waiting list
    sequence = models.PositiveIntegerField(default=0, editable=False)  # rises with the state: calendars take the newest
    booked_by = models.ForeignKey(  # HR or a trainer; None: the person
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("booked by")
    )

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("seat"), _("seats")
        ordering = ["since", "pk"]
        constraints = [models.UniqueConstraint(fields=["run", "person"], name="one_seat_a_person")]

    def __str__(self):
        return f"{self.run_id} {self.person_id} {self.state}"


class SessionQuerySet(models.QuerySet):
    def held(self):
        """Those that take place: neither they nor their run are called off."""
        return self.filter(cancelled_at=None, run__cancelled_at=None)

    def to_come(self, now=None):
        """Those that take place and are not over."""
        return self.held().filter(ends_at__gt=now or timezone.now())


class Session(models.Model):
    """One sitting of a run."""

    run = ParentalKey(SeminarRun, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("seminar run"))
    starts_at = models.DateTimeField(_("begins"), db_index=True)
    ends_at = models.DateTimeField(_("ends"))
    hours = models.DecimalField(_("academic hours"), max_digits=4, decimal_places=1)
    cancelled_at = models.DateTimeField(_("called off"), null=True, blank=True, editable=False)
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # in calendars, for ever (RFC 7986, 5.3)
    sequence = models.PositiveIntegerField(default=0, editable=False)  # rises with every change people must know
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("session"), _("sessions")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_session_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="a_session_has_hours"),
        ]

    def __str__(self):
        return f"{self.run_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_called_off(self):
        """Alone, or with its run."""
        return bool(self.cancelled_at or self.run.cancelled_at)

    def clean(self):
        """The same as the constraint says, in words for the person who plans."""
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("A session ends after it begins.")})


class CalendarFeed(models.Model):
    """A person's private calendar address. The key alone opens nothing: the address carries a signature (seminars/feeds.py)."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed", verbose_name=_("person")
    )
    key = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name, verbose_name_plural = _("calendar address"), _("calendar addresses")

    def __str__(self):
        return f"calendar of {self.person_id}"


class Attendance(models.Model):
    """What a trainer has marked; it hangs on the person and counts for the enrolment in whose time it falls."""

    class Mark(models.TextChoices):
        PRESENT = "present", _("Present")
        LATE = "late", _("Late")
        LEFT_EARLY = "left_early", _("Left early")
        EXCUSED = "excused", _("Absent with reason")
        ABSENT = "absent", _("Absent")

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendance", verbose_name=_("session"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="attendance", verbose_name=_("person")
    )
    mark = models.CharField(_("mark"), max_length=10, choices=Mark)
    hours = models.DecimalField(_("hours earned"), max_digits=4, decimal_places=1)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("marked by")
    )
    marked_at = models.DateTimeField(_("marked"))

    class Meta:
        verbose_name, verbose_name_plural = _("attendance"), _("attendance")
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="one_mark_a_session"),
            models.CheckConstraint(condition=Q(hours__gte=0), name="hours_are_not_negative"),
            models.CheckConstraint(
                condition=Q(hours=0) | Q(mark__in=["present", "late", "left_early"]),
                name="who_was_absent_earned_no_hours",
            ),
        ]

    def __str__(self):
        return f"{self.session_id} {self.person_id} {self.mark}"


from .attendance_models import AttendanceEntry, StrayMark, WalkIn  # noqa: E402, F401 - part of the room's models
from .feedback_models import Feedback, FeedbackAnswer, FeedbackGiven  # noqa: E402, F401

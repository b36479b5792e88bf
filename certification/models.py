"""The completion of a course and its certificate: frozen, one per enrolment, with its chain of versions."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin

from accounts.models import Role
from accounts.roles import has_role, people_in_scope_of
from accounts.text import in_language
from courses.models import Course, Enrolment

from . import validity
from .badges.models import Badge  # noqa: F401  (one of this room's)

RESTLESS = 5  # so many tries to issue follow each other quickly; what still fails then is no passing fault


def private_storage():
    return storages["private"]


class CourseCompletionQuerySet(models.QuerySet):
    def due(self):
        """Those whose certificate lacks, or lacks its file, though the holder's name is confirmed."""
        stored = CertificateVersion.objects.stored().filter(
            certificate__enrolment=OuterRef("enrolment"), is_current=True
        )
        return self.filter(~Exists(stored), enrolment__learner__certificate_name_confirmed_at__isnull=False)

    def rested(self, now):
        """Those not tried in the last minute; after RESTLESS tries in vain, not in the last quarter of an hour."""
        soon, late = now - timedelta(minutes=1), now - timedelta(minutes=15)
        return self.filter(Q(tried_at=None) | Q(tries__lte=RESTLESS, tried_at__lt=soon) | Q(tried_at__lt=late))


class CourseCompletion(models.Model):
    """Written by the one judge (certification/award.py) and never taken away. Without a certificate it is work for the sweep."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="completion", verbose_name=_("enrolment"))
    completed_at = models.DateTimeField(_("completed"))
    hours = models.DecimalField(_("academic hours"), max_digits=5, decimal_places=1)
    syllabus_version = models.PositiveIntegerField(_("version of the syllabus"))
    # What was completed, for the paper, which may be printed much later: {"code", "source", "titles": {language: text},
    # "modules": [titles, ...], "digcomp": [code, ...]}. The course may by then be renamed or archived.
    syllabus = models.JSONField(_("the course as it was completed"), default=dict)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)

    objects = CourseCompletionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("course completion"), _("course completions")

    def __str__(self):
        return f"completion {self.enrolment_id}"


class NumberSeries(models.Model):
    """The last number given in a year. Numbers may be skipped; none is given twice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("number series"), _("number series")

    def __str__(self):
        return f"{self.year}: {self.last}"


class CertificateQuerySet(models.QuerySet):
    def standing(self):
        """Those not revoked, also when their file is not stored yet."""
        return self.filter(revoked_at=None)

    def kept_by(self, user):
        """Those that `user` may correct and revoke: of the staff of the libraries in which the user is HR; administrators: all."""
        if not has_role(user, Role.HR, Role.ADMINISTRATOR):
            return self.none()
        if has_role(user, Role.ADMINISTRATOR):
            return self.all()
        return self.filter(enrolment__learner__in=people_in_scope_of(user, Role.HR))


class Certificate(models.Model):
    class Ground(models.TextChoices):
        """Why a certificate was revoked, as far as the public is told."""

        MISTAKE = "mistake", _("issued by mistake")
        RULES = "rules", _("the rules of the course were broken")
        HOLDER = "holder", _("the holder asked for it")
        DECISION = "decision", _("decided by the issuer")

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="certificate", verbose_name=_("enrolment"))
    number = models.CharField(_("certificate number"), max_length=20, unique=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by")
    )
    revocation_ground = models.CharField(_("ground, for the public"), max_length=12, choices=Ground, blank=True)
    revocation_reason = models.TextField(_("reason, for the record"), blank=True)  # never shown to the public
    shared = models.BooleanField(
        _("share page and badge"), default=False
    )  # the holder's wish; verification answers without it

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("certificate"), _("certificates")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    revoked_at__isnull=True, revoked_by__isnull=True, revocation_ground="", revocation_reason=""
                )
                | (
                    Q(revoked_at__isnull=False, revoked_by__isnull=False)
                    & ~Q(revocation_ground="")
                    & ~Q(revocation_reason="")
                ),
                name="a_revocation_has_a_person_and_a_reason",
            )
        ]

    def __str__(self):
        return self.number


class CertificateVersionQuerySet(models.QuerySet):
    def readable_by(self, user):
        """The holder's own, and those of the staff of the libraries in which the user is HR (administrators: of all)."""
        own = Q(certificate__enrolment__learner=user)
        return self.filter(own | Q(certificate__enrolment__learner__in=people_in_scope_of(user, Role.HR)))

    def kept_by(self, user):
        return self.filter(certificate__in=Certificate.objects.kept_by(user))

    def current(self):
        """Each certificate as it stands."""
        return self.stored().filter(is_current=True)

    def in_force(self, today):
        """Of `current`: not revoked, not expired."""
        return self.current().filter(Q(expires_on=None) | Q(expires_on__gte=today), certificate__revoked_at=None)

    def stored(self):
        """Those that exist for the world: their file is there. A reserved one without a file is not issued yet."""
        return self.exclude(sha256="")


class CertificateVersion(models.Model):
    """What was printed, word for word, and the stored file. Nothing here changes after the file is stored."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="versions", verbose_name=_("certificate"))
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    code = models.CharField(_("verification code"), max_length=16, unique=True)
    payload = models.JSONField(_("every printed word"))  # shape: certification/drawing.py
    issued_at = models.DateTimeField(_("issued"))
    expires_on = models.DateField(_("valid until"), null=True)  # as the payload says it
    corrected_by = models.ForeignKey(  # nobody: the first version, or one that the platform made
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("corrected by")
    )
    correction_reason = models.TextField(_("reason, for the record"), blank=True)
    is_current = models.BooleanField(_("current"), default=True)
    pdf = models.FileField(_("file"), storage=private_storage, upload_to="certificates", blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    objects = CertificateVersionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("version of a certificate"), _("versions of certificates")
        ordering = ["certificate", "number"]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "number"], name="certificate_versions_are_numbered"),
            models.UniqueConstraint(fields=["certificate"], condition=Q(is_current=True), name="one_current_version"),
            models.CheckConstraint(
                condition=Q(pdf="", sha256="") | (~Q(pdf="") & ~Q(sha256="")), name="a_stored_file_has_its_hash"
            ),
            models.CheckConstraint(
                condition=Q(corrected_by__isnull=True, correction_reason="")
                | (Q(corrected_by__isnull=False) & ~Q(correction_reason="")),
                name="a_correction_has_a_person_and_a_reason",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def is_expired(self):
        return validity.is_expired(self.expires_on, timezone.localdate())

    @property
    def title(self):
        """The course's title as printed, in the reader's language where it was printed in it."""
        return in_language({language: words["course"] for language, words in self.payload["words"].items()})

    @property
    def filename(self):
        """ASCII, without the holder's name: file names end up in logs and lists."""
        return f"{self.payload['number']}-{self.payload['language']}.pdf"


class Seal(models.Model):
    """What sealing appended to the drawn file. The drawing and this are the file, should the stored one be lost: no key,
    no authority could make the same again.
    """

    version = models.OneToOneField(CertificateVersion, models.PROTECT, primary_key=True, related_name="seal")
    appended = models.BinaryField()  # compressed by zlib

    class Meta:
        verbose_name, verbose_name_plural = _("seal of a file"), _("seals of files")

    def __str__(self):
        return f"seal {self.pk}"


# --- Designs -------------------------------------------------------------------------------------------------------------


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
        from .design_preview import preview

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


class Look(models.Model):
    """A certificate that people have to look at: something on which it rests has changed. Nothing is taken by it."""

    class Cause(models.TextChoices):
        REGRADE = "regrade", _("a test was graded anew and would not be passed")
        SYLLABUS = "syllabus", _("the course's steps have changed since")

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="looks", verbose_name=_("certificate"))
    cause = models.CharField(_("cause"), max_length=8, choices=Cause)
    about = models.CharField(max_length=40)  # the regrade's key, or the fingerprint of the steps
    made_at = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("looked at"), null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("looked at by")
    )
    note = models.TextField(_("what was decided"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("certificate to look at"), _("certificates to look at")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "cause", "about"], name="a_cause_is_looked_at_once"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by__isnull=True, note="")
                | (Q(seen_at__isnull=False, seen_by__isnull=False) & ~Q(note="")),
                name="a_look_has_a_person_and_a_note",
            ),
        ]
        indexes = [models.Index(fields=["certificate"], name="certificates_to_look_at", condition=Q(seen_at=None))]

    def __str__(self):
        return f"{self.cause} {self.certificate_id}"


def external_file(row, name):
    """Where the file of an external certificate is stored: never under the name it came with."""
    return f"external/{uuid.uuid4().hex}"


class ExternalCertificateQuerySet(models.QuerySet):
    def readable_by(self, user):
        """The own, and those of the staff of the libraries in which the user is HR."""
        return self.filter(Q(person=user) | Q(pk__in=ExternalCertificate.objects.decided_by(user).values("pk")))

    def decided_by(self, user):
        """Those that `user` may approve or send back: of the staff in scope, never the own."""
        if not has_role(user, Role.HR, Role.ADMINISTRATOR):
            return self.none()
        rows = self.exclude(person=user)
        if has_role(user, Role.ADMINISTRATOR):
            return rows
        return rows.filter(person__in=people_in_scope_of(user, Role.HR))

    def approved(self):
        return self.filter(state=ExternalCertificate.State.APPROVED)


class ExternalCertificate(models.Model):
    """A certificate of somebody else's, as its holder gave it in. Never told as issued by us."""

    class State(models.TextChoices):
        WAITING = "waiting", _("HR has not looked at it yet")
        APPROVED = "approved", _("HR has approved it")
        RETURNED = "returned", _("HR has sent it back")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="external_certificates", verbose_name=_("holder")
    )
    issuer = models.CharField(_("who issued it"), max_length=200)
    title = models.CharField(_("what it certifies"), max_length=200)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    file = models.FileField(_("file"), storage=private_storage, upload_to=external_file, blank=True)
    file_name = models.CharField(max_length=120, blank=True)  # for people
    file_kind = models.CharField(max_length=8, blank=True)  # by its content
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    given_at = models.DateTimeField(_("given in"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.TextField(_("reason"), blank=True)  # the holder reads it

    objects = ExternalCertificateQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("external certificate"), _("external certificates")
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, decided_by__isnull=True, reason="")
                | (
                    Q(state__in=["approved", "returned"], decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(reason="")
                ),
                name="a_decision_has_a_person_and_a_reason",
            ),
            models.CheckConstraint(condition=~Q(file="", link=""), name="an_external_certificate_can_be_looked_at"),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=models.F("issued_on")),
                name="an_external_certificate_ends_after_its_issue",
            ),
        ]

    def __str__(self):
        return f"{self.issuer}: {self.title}"

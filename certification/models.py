"""The completion of a course and its certificate: frozen, one per enrolment, with its chain of versions."""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin

from accounts.models import Role
from accounts.roles import scope_of
from accounts.text import in_language
from courses.models import Course, Enrolment

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
    # "modules": [titles, ...]}. The course may by then be renamed or archived.
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
        return self.filter(own | Q(certificate__enrolment__learner__library__in=scope_of(user, Role.HR)))

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
        ]

    def __str__(self):
        return self.code

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

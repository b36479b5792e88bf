"""The certificate: one an enrolment, with its chain of versions, frozen; its number, and what sealing added to its file."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.roles import has_role, people_in_scope_of
from accounts.text import fold, in_language
from courses.models import Enrolment

from .. import codes, validity
from .storage import private_storage


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

    def matching(self, words):
        """Versions with every word of `words` in the holder's name (the account's, or as printed), the course's title or the number,
        in any spelling; or those of a code, typed in any way. What former versions of a certificate say counts too.
        """
        versions, code = CertificateVersion.objects.stored(), codes.normalise(words)
        if codes.is_well_formed(code):
            return self.filter(certificate__in=versions.filter(code=code).values("certificate"))
        found = self
        for word in fold(words).split():
            said = Q(certificate__in=versions.filter(folded__contains=word).values("certificate"))
            found = found.filter(said | Q(certificate__enrolment__learner__folded__contains=word))
        return found

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
    folded = models.TextField(editable=False, default="", db_default="")  # holder, course and number, for the search
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
        indexes = [
            models.Index(
                fields=["expires_on"],
                name="certificates_that_expire",
                condition=Q(is_current=True, expires_on__isnull=False),
            )
        ]

    def __str__(self):
        return self.code

    def save(self, *args, **kwargs):
        if self._state.adding:
            self.folded = self.words
        super().save(*args, **kwargs)

    @property
    def words(self):
        """What `folded` is to say; the number without its hyphens: it has the parts of one that is typed in any way."""
        said = self.payload
        titles = [words["course"] for words in said["words"].values()]
        return f"{fold(' '.join([said['holder'], *titles]))} {fold(said['number']).replace(' ', '')}"

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

"""People, the libraries they work in, their roles, and what the platform told them or did about them."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.files.storage import storages
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from .text import fold, in_language, normalise_name


class LibraryQuerySet(MP_NodeQuerySet):
    def below(self, *libraries):
        """These libraries with all that belongs to them."""
        if not libraries:
            return self.none()
        reach = Q()
        for library in libraries:
            reach |= Q(path__startswith=library.path)
        return self.filter(reach)


class LibraryManager(MP_NodeManager):
    def get_queryset(self):
        return LibraryQuerySet(self.model, using=self._db).order_by("path")

    def below(self, *libraries):
        return self.get_queryset().below(*libraries)


class Library(MP_Node):
    """A library or information and library centre, in the tree nation > region > district > branch."""

    class Kind(models.TextChoices):
        NATION = "nation", _("National programme")
        REGION = "region", _("Regional centre")
        DISTRICT = "district", _("District or city centre")
        BRANCH = "branch", _("Branch")
        UNIVERSITY = "university", _("University library")

    code = models.SlugField(_("code"), unique=True, max_length=20)
    titles = models.JSONField(_("name"), default=dict)  # {"uz": ..., "ru": ..., "en": ...}
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.DISTRICT)

    node_order_by = ["code"]
    objects = LibraryManager()

    class Meta:
        verbose_name, verbose_name_plural = _("library"), _("libraries")

    def __str__(self):
        return in_language(self.titles) or self.code


class Position(models.Model):
    """A post: librarian, SMM specialist, web analyst, content marketer."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    titles = models.JSONField(_("name"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("position"), _("positions")

    def __str__(self):
        return in_language(self.titles) or self.code


class PeopleQuerySet(models.QuerySet):
    def below(self, *libraries):
        return self.filter(library__in=Library.objects.below(*libraries))

    def matching(self, words):
        """People whose name or login holds every word of `words`, in any spelling."""
        found = self
        for word in fold(words).split():
            found = found.filter(folded__contains=word)
        return found


class PeopleManager(UserManager.from_queryset(PeopleQuerySet)):
    pass


class User(AbstractUser):
    """A member of a library's staff. The login is made by the import; e-mail is optional; nobody's PINFL or passport is kept."""

    username = models.CharField(
        _("login"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("Use Latin letters, digits, and the signs . _ -"))
        ],
    )
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    last_name = models.CharField(_("family name"), max_length=80)
    first_name = models.CharField(_("given name"), max_length=80)
    patronymic = models.CharField(_("patronymic"), max_length=80, blank=True)
    certificate_name = models.CharField(_("name on certificates"), max_length=120, blank=True)
    certificate_name_confirmed_at = models.DateTimeField(_("name confirmed"), null=True, blank=True, editable=False)
    personnel_number = models.CharField(_("personnel number"), max_length=40, blank=True)
    library = models.ForeignKey(
        Library, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("library")
    )
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("position")
    )
    language = models.CharField(_("language of mails"), max_length=5, default="uz", choices=settings.LANGUAGES)
    folded = models.CharField(max_length=300, editable=False, db_index=True, default="")
    is_demo = models.BooleanField(_("demonstration person"), default=False, editable=False)

    objects = PeopleManager()
    REQUIRED_FIELDS = ["last_name", "first_name"]

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("people")
        constraints = [
            models.UniqueConstraint(Lower("username"), name="login_is_unique_in_any_case"),
            models.UniqueConstraint(
                Lower("email"), name="email_is_unique_in_any_case", condition=Q(email__isnull=False)
            ),
            models.CheckConstraint(condition=~Q(email=""), name="email_is_null_or_an_address"),
            models.CheckConstraint(
                condition=Q(certificate_name_confirmed_at__isnull=True) | ~Q(certificate_name=""),
                name="a_confirmed_name_is_not_empty",
            ),
        ]

    def __str__(self):
        return self.get_full_name() or self.username

    def clean(self):
        super().clean()
        self.email = self.email or None

    def save(self, *args, **kwargs):
        self.email = self.email or None
        for part in ("last_name", "first_name", "patronymic", "certificate_name"):
            setattr(self, part, normalise_name(getattr(self, part)))
        self.folded = fold(f"{self.last_name} {self.first_name} {self.patronymic} {self.username}")[:300]
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "folded"}
        super().save(*args, **kwargs)

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def official_name(self):
        """Family name, given name, patronymic: the order of documents, and the proposal for certificates."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)


class Role(models.TextChoices):
    TRAINER = "trainer", _("Trainer")
    EDITOR = "editor", _("Editor")
    HR = "hr", _("HR specialist")
    DIRECTOR = "director", _("Library director")
    ADMINISTRATOR = "administrator", _("Administrator")


class RoleGrant(models.Model):
    """A staff role of a person; for HR and directors with the library below which it holds. Everybody is a learner."""

    person = models.ForeignKey(User, models.CASCADE, related_name="role_grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    library = models.ForeignKey(
        Library, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for the library")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("role of a person"), _("roles of people")
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "library"], name="a_role_is_granted_once_a_library"),
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=Q(library__isnull=True),
                name="a_role_without_scope_is_granted_once",
            ),
            models.CheckConstraint(
                condition=Q(library__isnull=False) | ~Q(role__in=["hr", "director"]),
                name="hr_and_directors_have_a_scope",
            ),
        ]

    def __str__(self):
        return f"{self.role} {self.person_id}"


class AuditEntry(models.Model):
    """Who did what to whom, and why. Written by accounts/audit.py, never changed."""

    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    deed = models.CharField(_("what"), max_length=60, db_index=True)
    subject = models.CharField(_("to what or whom"), max_length=120, db_index=True)
    reason = models.TextField(_("why"), blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("log entry"), _("log entries")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.deed} {self.subject}"


class Notice(models.Model):
    """Something told to a person: shown in My learning; a mail is only one delivery of it."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("about"), max_length=80)
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("made"), db_index=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    mail_wanted = models.BooleanField(default=False)
    mail_claimed_at = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("notice"), _("notices")
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "subject"], name="a_thing_is_told_once")]
        indexes = [
            models.Index(
                fields=["mail_claimed_at"], name="mails_to_send", condition=Q(mail_wanted=True, mailed_at__isnull=True)
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.subject}"


def private_storage():
    return storages["private"]


def job_file(row, name):
    """Where a job's file is stored: never under the name it came with."""
    return f"jobs/{uuid.uuid4().hex}"


class Job(models.Model):
    """Something that takes longer than a page may: an import, an export, a batch check. The row tells how far it is."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("kind"), max_length=40)  # a key of accounts.jobs.RUNNERS
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="jobs", verbose_name=_("by"))
    made_at = models.DateTimeField(_("made"))
    params = models.JSONField(default=dict)
    given = models.FileField(_("file given"), storage=private_storage, upload_to=job_file, blank=True)
    given_name = models.CharField(max_length=120, blank=True)  # for people: never a path
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)  # 0: not known yet
    result = models.JSONField(_("result"), default=dict)
    made = models.FileField(_("file made"), storage=private_storage, upload_to=job_file, blank=True)
    made_name = models.CharField(max_length=120, blank=True)
    fault = models.TextField(_("what went wrong"), blank=True)  # for people, in the language of who asked
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("job"), _("jobs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="a_finished_job_has_its_time",
            )
        ]
        indexes = [
            models.Index(fields=["claimed_at"], name="jobs_to_do", condition=Q(finished_at__isnull=True)),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

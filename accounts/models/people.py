"""Who works in the libraries, and who may do more than learn."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ..text import fold, normalise_name
from .libraries import Library, Position


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

    def settle(self):
        """What follows from the own columns; `save` does it, who writes many people at once calls it."""
        self.email = self.email or None
        for part in ("last_name", "first_name", "patronymic", "certificate_name"):
            setattr(self, part, normalise_name(getattr(self, part)))
        self.folded = fold(f"{self.last_name} {self.first_name} {self.patronymic} {self.username}")[:300]

    def save(self, *args, **kwargs):
        self.settle()
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

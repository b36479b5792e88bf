"""Who works in the libraries, and who may do more than learn."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..text import fold, normalise_name
from .libraries import Library, Position


class PeopleQuerySet(models.QuerySet):
    def working_in(self, libraries):
        """Whose main workplace, or a second one, is among `libraries` (a queryset)."""
        second = Employment.objects.second().filter(library__in=libraries)
        return self.filter(Q(library__in=libraries) | Q(pk__in=second.values("person")))

    def below(self, *libraries):
        return self.working_in(Library.objects.below(*libraries))

    def matching(self, words):
        """People whose name or login holds every word of `words`, in any spelling."""
        found = self
        for word in fold(words).split():
            found = found.filter(folded__contains=word)
        return found


class PeopleManager(UserManager.from_queryset(PeopleQuerySet)):
    pass


SETTLED = frozenset(("username", "email", "last_name", "first_name", "patronymic", "certificate_name"))  # User.settle


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
    placed_on = models.DateField(_("in this library and position since"), default=timezone.localdate, editable=False)
    language = models.CharField(_("language of mails"), max_length=5, default="uz", choices=settings.LANGUAGES)
    folded = models.CharField(max_length=300, editable=False, db_index=True, default="")
    session_round = models.PositiveIntegerField(default=0, editable=False)  # accounts/sessions.py: end_all
    consent_due = models.BooleanField(
        default=False, editable=False
    )  # accepts the consent text before going on (accounts/consent.py)
    depersonalised_at = models.DateTimeField(_("depersonalised"), null=True, editable=False)
    folded_name = models.CharField(max_length=200, editable=False, db_index=True, default="")  # alike in any spelling
    merged_into = models.ForeignKey(  # accounts/merging.py: the record that took this one in; this login opens nothing
        "self", models.PROTECT, null=True, editable=False, related_name="taken_in", verbose_name=_("merged into")
    )
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
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(is_active=False), name="a_merged_record_opens_nothing"
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
        self.folded_name = fold(f"{self.last_name} {self.first_name}")

    def save(self, *args, **kwargs):
        fields = kwargs.get("update_fields")
        if fields is None or not SETTLED.isdisjoint(fields):  # a sign-in writes its time, of which nothing follows
            self.settle()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "folded", "folded_name"}
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret=None):
        """What each session carries, as Django makes it of the password; of the round too, by which all of them end at once."""
        own = super()._get_session_auth_hash(secret)
        return f"{self.session_round}.{own}" if self.session_round else own

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


class RoleGrantQuerySet(models.QuerySet):
    def in_force(self, today=None):
        """Those that hold today: a deputy's from their first day to their last, all others until they are withdrawn."""
        today = today or timezone.localdate()
        return self.filter(
            Q(begins_on=None) | Q(begins_on__lte=today),
            Q(ends_on=None) | Q(ends_on__gte=today),
        )

    def own(self):
        """Those that are no deputy's."""
        return self.filter(deputy_for=None)


class RoleGrant(models.Model):
    """A staff role of a person; for HR and directors with the library below which it holds. Everybody is a learner.

    A deputy has the role of another for a time: it ends by itself."""

    person = models.ForeignKey(User, models.CASCADE, related_name="role_grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    library = models.ForeignKey(
        Library, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for the library")
    )
    deputy_for = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="deputies", verbose_name=_("deputy for")
    )
    begins_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)  # the last day
    given_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("given by")
    )

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("role of a person"), _("roles of people")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "library"],
                condition=Q(deputy_for=None),
                name="a_role_is_granted_once_a_library",
            ),
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=Q(library__isnull=True, deputy_for=None),
                name="a_role_without_scope_is_granted_once",
            ),
            models.CheckConstraint(
                condition=Q(library__isnull=False) | ~Q(role__in=["hr", "director"]),
                name="hr_and_directors_have_a_scope",
            ),
            models.CheckConstraint(
                condition=Q(deputy_for=None, begins_on=None, ends_on=None)
                | Q(
                    deputy_for__isnull=False,
                    begins_on__isnull=False,
                    ends_on__gte=F("begins_on"),
                    role__in=["hr", "director"],
                ),
                name="a_deputy_has_a_scope_and_a_last_day",
            ),
            models.CheckConstraint(
                condition=Q(deputy_for=None) | ~Q(deputy_for=F("person")), name="nobody_is_the_own_deputy"
            ),
        ]

    def __str__(self):
        return f"{self.role} {self.person_id}"


from .employment import Employment  # noqa: E402 - it hangs on User; the questions above ask it

"""What is filled in of a person's record: the record itself, workplaces, leaving, deputies, merging."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import clean_name
from accounts.models import Library, Position, RoleGrant, User
from accounts.words import NOTE, WordsField, refuse_pinfl

from .forms import DAY, choose_libraries

REASONS = {  # of accounts.employment.Refused, accounts.roles.NotToBeGiven, accounts.merging.Refused
    "in_future": _("This day has not come yet."),
    "before_it_began": _("This day is before the work there began."),
    "not_working": _("This person does not work in any library at present."),
    "working": _("This person works already."),
    "there_already": _("This person works in that library already."),
    "closed": _("That library has been closed meanwhile."),
    "merged": _("This record has been merged with another already."),
    "not_yours": _("Only the holder of a role, or an administrator, names a deputy for it."),
    "no_scope": _("There is no role for a library here that could be passed on."),
    "oneself": _("Choose another person."),
    "unknown": _("Nobody among the people whom you see has this login."),
    "days": _("The last day is before the first, or is over."),
    "too_long": _("A deputy is named for 180 days at most."),
    "same": _("Choose another person."),
    "undone": _("These records have been taken apart already."),
}  # fmt: skip


def _reason(required=True):
    return WordsField(label=_("Why"), max_length=500, required=required, help_text=_("It stays in the log."))


def _position():
    return forms.ModelChoiceField(
        label=_("Position"), queryset=Position.objects.order_by("pk"), to_field_name="code", required=False,
        empty_label="–",
    )  # fmt: skip


def _library():
    return forms.ModelChoiceField(
        label=_("Library"), queryset=Library.objects.none(), to_field_name="code", empty_label=None
    )


class RecordForm(forms.Form):
    """A person's record. `libraries`: where a new person may be brought in; `person`: whose record it is."""

    last_name = forms.CharField(label=_("Family name"), max_length=80)
    first_name = forms.CharField(label=_("Given name"), max_length=80)
    patronymic = forms.CharField(label=_("Patronymic"), max_length=80, required=False)
    library = _library()
    position = _position()
    personnel_number = forms.CharField(
        label=_("Personnel number"), max_length=40, required=False, validators=[refuse_pinfl], help_text=NOTE
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Optional: one signs in with the login too.")
    )
    language = forms.ChoiceField(label=_("Language of mails"), choices=settings.LANGUAGES)
    reason = _reason(required=False)

    def __init__(self, *args, person=None, libraries=None, has_email=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        if person is None:
            del self.fields["reason"]
            choose_libraries(self.fields["library"], libraries)
        else:
            del self.fields["library"]  # a transfer is a deed of its own, with its day and reason
        if not has_email:
            del self.fields["email"]

    @staticmethod
    def filled(person):
        names = ("last_name", "first_name", "patronymic", "personnel_number", "email", "language")
        return {"position": person.position and person.position.code, **{name: getattr(person, name) for name in names}}

    def clean_email(self):
        email = self.cleaned_data["email"] or None
        others = User.objects.exclude(pk=self.person.pk) if self.person else User.objects.all()
        if email and others.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody else has this e-mail."))
        return email

    def clean_last_name(self):
        return clean_name(self.cleaned_data["last_name"])

    def clean_first_name(self):
        return clean_name(self.cleaned_data["first_name"])

    def clean_patronymic(self):
        return clean_name(self.cleaned_data["patronymic"])


class DeedForm(forms.Form):
    """`deed` tells the forms of one page apart. `asked`: what a form needs to know of reader and person."""

    deed = title = button = text = ""
    danger = False

    def __init__(self, *args, asked, **kwargs):
        super().__init__(*args, auto_id=f"{self.deed}-%s", **kwargs)
        if "library" in self.fields:
            choose_libraries(self.fields["library"], asked.libraries)
        if "grant" in self.fields:
            self.fields["grant"].queryset = asked.grants
            self.fields["grant"].label_from_instance = lambda grant: f"{grant.get_role_display()}, {grant.library}"

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(REASONS["in_future"])
        return day


def _day(label):
    return forms.DateField(label=label, widget=DAY, initial=timezone.localdate)


def _login(label):
    return forms.CharField(label=label, max_length=40, help_text=_("The login, for example TSH-0457."))


class TransferForm(DeedForm):
    deed, title, button = "transfer", _("Transfer to another library"), _("Transfer")
    text = _("Courses, seminars and certificates go along.")
    library, position = _library(), _position()
    on = _day(_("Since"))
    reason = _reason(required=False)


class SecondForm(DeedForm):
    deed, title, button = "second", _("Add a second workplace"), _("Add the workplace")
    text = _("Those responsible for either library see the record.")
    library, position = _library(), _position()
    on = _day(_("Since"))


class LeaveForm(DeedForm):
    deed, title, button, danger = "leave", _("The person leaves"), _("End the work here"), True
    text = _(
        "All sign-ins end at once, roles are withdrawn, seats in seminars to come are given back. Certificates stay."
    )
    on = _day(_("Last day of work"))
    reason = _reason()


class ReturnForm(DeedForm):
    deed, title, button = "return", _("The person comes back"), _("Take back into work")
    text = _("The record goes on as it was. Roles are given anew.")
    library, position = _library(), _position()
    on = _day(_("Since"))
    reason = _reason(required=False)


class DeputyForm(DeedForm):
    deed, title, button = "deputy", _("Name a deputy"), _("Name the deputy")
    text = _("The deputy has the same role for this time; it ends by itself.")
    grant = forms.ModelChoiceField(label=_("Role"), queryset=RoleGrant.objects.none(), empty_label=None)
    person = _login(_("Deputy"))
    since = _day(pgettext_lazy("day", "From"))
    until = forms.DateField(label=_("Last day"), widget=DAY)
    reason = _reason()


class HandOverForm(DeedForm):
    deed, title, button, danger = "hand_over", _("Hand the roles over"), _("Hand over"), True
    text = _("All roles for libraries go to the successor at once; here they end.")
    person = _login(_("Successor"))
    reason = _reason()


class MergeForm(forms.Form):
    reason = _reason()


class UnmergeForm(forms.Form):
    reason = _reason()

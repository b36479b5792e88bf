"""What HR asks of the register of certificates, and the deeds on one certificate."""

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy

from accounts.forms import LONGEST_NAME, clean_certificate_name
from accounts.words import WordsField
from certification.models import Certificate

from .certificates import Asked, State
from .forms import DAY, PeriodForm


class RegisterForm(PeriodForm):
    q = forms.CharField(
        label=gettext_lazy("Name, login, course, number or code"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("Any")), *State.choices], required=False
    )
    begins = forms.DateField(label=gettext_lazy("Issued from"), required=False, widget=DAY)
    field_order = ["q", "library", "course", "state", "begins", "ends"]

    @property
    def asked(self):
        values = self.cleaned_data
        rest = {name: values[name] for name in ("begins", "ends", "course", "library", "state")}
        return Asked(words=values["q"], **rest)

    @property
    def words(self):
        """[(label, what was chosen)] of the filters that narrow."""
        told = []
        for name, value in self.cleaned_data.items():
            if value:
                text = formats.date_format(value) if name in ("begins", "ends") else str(value)
                told.append((str(self.fields[name].label), str(State(value).label) if name == "state" else text))
        return told


class DeedForm(forms.Form):
    """`deed` tells the forms of one page apart."""

    deed = title = button = ""
    danger = False
    reason = WordsField(label=gettext_lazy("Why"), max_length=500, help_text=gettext_lazy("It stays in the log."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id=f"{self.deed}-%s", **kwargs)


class CorrectForm(DeedForm):
    deed, title, button = "correct", gettext_lazy("Correct the name"), gettext_lazy("Print it anew")
    holder = forms.CharField(
        label=gettext_lazy("Name as it shall be printed"), max_length=LONGEST_NAME,
        help_text=gettext_lazy(
            "Family name, given name, patronymic. A new version with a new code is made; the present one goes on answering, as replaced."
        ),
    )  # fmt: skip
    field_order = ["holder", "reason"]

    def clean_holder(self):
        return clean_certificate_name(self.cleaned_data["holder"])


class RevokeForm(DeedForm):
    deed, title, button, danger = "revoke", gettext_lazy("Revoke"), gettext_lazy("Revoke the certificate"), True
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"), choices=Certificate.Ground.choices,
        help_text=gettext_lazy("Everybody who checks the certificate sees it. The reason below nobody but staff."),
    )  # fmt: skip
    field_order = ["ground", "reason"]


class RestoreForm(DeedForm):
    deed, title, button = "restore", gettext_lazy("Take the revocation back"), gettext_lazy("Put it in force again")


class LookedAtForm(forms.Form):
    note = WordsField(
        label=gettext_lazy("What was decided"),
        max_length=500,
        help_text=gettext_lazy("For example: stays in force. It stays in the log."),
    )

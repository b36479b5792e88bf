"""Who is to be invited, and how."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.refusing import as_key
from accounts.words import WordsField

from . import invitations

PAPER, MAIL = "paper", "mail"
WAYS = ((PAPER, _("Print a sheet (PDF)")), (MAIL, _("Write an e-mail")))


class TickedField(forms.ModelMultipleChoiceField):
    """Boxes with the keys of rows; of a key that no row can have SQLite is not asked."""

    def clean(self, value):
        return super().clean([as_key(text) for text in value or ()])


class InviteForm(forms.Form):
    """`people`: those who may be chosen. `whole` chooses all of them; else those that are ticked."""

    person = TickedField(queryset=User.objects.none(), required=False)
    whole = forms.BooleanField(required=False)
    way = forms.ChoiceField(choices=WAYS)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = self.people = people

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        chosen = self.people if data["whole"] else self.people.filter(pk__in=[one.pk for one in data["person"]])
        count = chosen.count()
        if not count:
            raise forms.ValidationError(_("Choose at least one person."))
        if data["way"] == PAPER and count > invitations.MOST:
            raise forms.ValidationError(
                _("A sheet holds at most %(n)s people. Choose a library on the left."), params={"n": invitations.MOST}
            )
        self.chosen, self.count = chosen, count
        return data


class ReasonForm(forms.Form):
    reason = WordsField(
        label=_("Reason"), max_length=300, rows=3,
        help_text=_("It stands in the log: how you made sure who asked, and what happened."),
    )  # fmt: skip

"""What is typed about attendance: a trainer's marks, a learner's PIN."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.words import WordsField

from .models import Attendance, AttendanceEntry

# --- Marks ---------------------------------------------------------------------------------------------------------


class MarksForm(forms.Form):
    """One radio group for everybody on the roster. What the trainer saw when the page was opened comes back with it, so that
    two who mark the same group do not undo each other's marks: only what was changed here is written."""

    on_paper = forms.BooleanField(label=_("These marks come from the signed sheet"), required=False)
    reason = WordsField(
        label=_("Why marks are changed"), required=False, max_length=300, widget=forms.TextInput,
        help_text=_("Kept with every mark that you change. Needed once the session is over for more than a day."),
    )  # fmt: skip

    def __init__(self, data=None, *, places, needs_reason=False):
        super().__init__(data)
        self.places = {f"mark-{place.person.pk}": place for place in places}
        self.needs_reason = needs_reason
        for name, place in self.places.items():
            self.fields[name] = forms.ChoiceField(
                label=str(place.person), choices=Attendance.Mark.choices, required=False, initial=place.mark,
                widget=forms.RadioSelect, show_hidden_initial=True,
            )  # fmt: skip

    @property
    def rows(self):
        """(Place, bound field, mark seen when the page was opened) in the order of the roster."""
        return [
            (place, self[name], self.data.get(self.add_initial_prefix(name), place.mark))
            for name, place in self.places.items()
        ]

    @property
    def marks(self):
        """{person: mark} of what was changed, of all that were left open where the button says so, and of what was settled."""
        names = [name for name in self.changed_data if name in self.places and self.cleaned_data.get(name)]
        found = {self.places[name].person: self.cleaned_data[name] for name in names}
        if "rest" in self.data:
            still = [name for name, place in self.places.items() if not (place.mark or self.cleaned_data.get(name))]
            found |= {self.places[name].person: Attendance.Mark.PRESENT for name in still}
        name, _sign, mark = self.data.get("settle", "").partition(":")
        if name in self.places and mark in Attendance.Mark.values:
            found[self.places[name].person] = mark
        return found

    @property
    def how(self):
        return AttendanceEntry.How.PAPER if self.cleaned_data["on_paper"] else AttendanceEntry.How.SCREEN

    def clean(self):
        cleaned = super().clean()
        corrected = [person for person in self.marks if self.places[f"mark-{person.pk}"].mark]
        if self.needs_reason and corrected and not cleaned.get("reason"):
            self.add_error("reason", _("Say why: marks are changed more than a day after the session."))
        return cleaned


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN from the screen"), max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "code"}),
    )  # fmt: skip

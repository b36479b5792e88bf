"""What is asked of the attendance of seminars."""

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy

from accounts.models import Role
from accounts.roles import scope_of
from seminars.models import Seminar

from . import attendance
from .asking import people_of
from .forms import PeriodForm


class AttendanceForm(PeriodForm):
    by = forms.ChoiceField(label=gettext_lazy("Counted by"), choices=attendance.By.choices, required=False)
    seminar = forms.ModelChoiceField(
        label=gettext_lazy("Seminar"), queryset=Seminar.objects.order_by("code"), to_field_name="code", required=False,
        empty_label=gettext_lazy("All seminars"),
    )  # fmt: skip
    field_order = ["by", "library", "course", "seminar", "begins", "ends"]

    @property
    def asked(self):
        values = self.cleaned_data
        by = attendance.By(values["by"] or attendance.By.LIBRARY)
        return attendance.Asked(by=by, **{name: values[name] for name in ("begins", "ends", "course", "seminar")})

    @property
    def words(self):
        """[(label, what was chosen)] of the filters that narrow."""
        chosen = {name: self.cleaned_data[name] for name in ("library", "course", "seminar", "begins", "ends")}
        told = {
            name: formats.date_format(one) if name in ("begins", "ends") else str(one)
            for name, one in chosen.items()
            if one
        }
        return [(str(self.fields[name].label), words) for name, words in told.items()]


class AskedAttendance:
    """The people in scope and the form of what is asked. Raises Http404 for who is neither HR, director nor administrator."""

    def __init__(self, user, query):
        self.people = people_of(user)
        self.form = AttendanceForm(query, libraries=scope_of(user, Role.HR, Role.DIRECTOR))

    def counted(self):
        """([Row], the Row of them all) of a form that is valid."""
        library = self.form.cleaned_data["library"]
        return attendance.report(self.people.below(library) if library else self.people, self.form.asked)

"""What HR says of a requirement, of an exemption, and which people of it are to be seen."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Library, Position
from accounts.words import WordsField

from .forms import DAY, choose_libraries, courses_by_code
from .models.requirements import MOST_DAYS, MOST_MONTHS
from .standings import Standing


def number(label, hint, least, most, initial=None, required=True):
    return forms.IntegerField(
        label=label, help_text=hint, initial=initial, required=required, min_value=least, max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class RulesForm(forms.Form):
    """The days of a requirement. `requirement`: the one that is changed, whose own day may stay though it has passed."""

    due_on = forms.DateField(label=_("Complete by"), widget=DAY)
    join_days = number(
        _("Days for those who join later"),
        _("Whoever comes after the requirement was set has at least so many days from then."), 0, MOST_DAYS, 60,
    )  # fmt: skip
    grace_days = number(
        _("Days of grace"), _("So many days after the date nobody is counted as overdue yet."), 0, MOST_DAYS, 14
    )
    again_months = number(
        _("Again after, months"),
        _("Counted from the completion. Leave it empty where once is enough."), 1, MOST_MONTHS, required=False,
    )  # fmt: skip
    enrols = forms.BooleanField(
        label=_("Enrol them at once"), required=False,
        help_text=_("The course then stands among “My courses” of each. Otherwise it is shown as required, and they begin it themselves."),
    )  # fmt: skip

    def __init__(self, *args, requirement=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.requirement = requirement

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        if day <= timezone.localdate() and not (self.requirement and day == self.requirement.due_on):
            raise forms.ValidationError(_("Choose a day after today."))
        return day


class RequirementForm(RulesForm):
    """A course, for whom, until when. `libraries`: where the person who fills it in may require something."""

    course = forms.ModelChoiceField(
        label=_("Course"), queryset=courses_by_code(), to_field_name="code", empty_label=None
    )
    library = forms.ModelChoiceField(
        label=_("Library and all below it"), queryset=Library.objects.none(), to_field_name="code", empty_label=None
    )
    position = forms.ModelChoiceField(
        label=_("Position"), queryset=Position.objects.order_by("pk"), to_field_name="code", required=False,
        empty_label=_("All positions"),
    )  # fmt: skip
    field_order = ["course", "library", "position"]

    def __init__(self, *args, libraries, **kwargs):
        super().__init__(*args, **kwargs)
        choose_libraries(self.fields["library"], libraries)

    def clean_course(self):
        course = self.cleaned_data["course"]
        if not course.is_whole:
            raise forms.ValidationError(_("This course is not open just now: something in it is missing."))
        return course


class PeopleForm(forms.Form):
    """?state=STATE&library=CODE&course=CODE&q=WORDS: which of the people."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("Any")), *Standing.choices], required=False)
    library = forms.ModelChoiceField(
        label=_("Library"), queryset=Library.objects.none(), to_field_name="code", required=False,
        empty_label=_("All my libraries"),
    )  # fmt: skip
    course = forms.ModelChoiceField(
        label=_("Course"),
        queryset=courses_by_code(),
        to_field_name="code",
        required=False,
        empty_label=_("All courses"),
    )
    q = forms.CharField(
        label=_("Name or login"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args, libraries, with_course=False, **kwargs):
        super().__init__(*args, **kwargs)
        choose_libraries(self.fields["library"], libraries)
        if not with_course:
            del self.fields["course"]


class WaiverForm(forms.Form):
    reason = WordsField(
        label=_("Reason"), max_length=300,
        help_text=_("It stays in the record. Do not write about health here."),
    )  # fmt: skip
    begins = forms.DateField(label=pgettext_lazy("day", "From"), widget=DAY)
    ends = forms.DateField(
        label=_("Until"), widget=DAY, required=False, help_text=_("The last day. Leave it empty to exempt for good.")
    )

    def clean(self):
        cleaned = super().clean()
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends < begins:
            self.add_error("ends", _("The period ends before it begins."))
        return cleaned

"""What a trainer asks of the progress table, and types about cohorts, announcements and reports."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Library, User
from accounts.text import normalise_uzbek
from accounts.words import WordsField

from .models import QuestionReport

NONE = "none"
DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
SEARCH = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})


def _indented(libraries):
    """How a library of a tree is named in a list: lower ones further in."""
    top = min((library.depth for library in libraries), default=1)
    return lambda library: f"{'– ' * (library.depth - top)}{library}"


class TableForm(forms.Form):
    """Which learners of a course: ?cohort=PK|none &library=CODE &q=NAME."""

    q = forms.CharField(label=_("Name or login"), required=False, max_length=100, widget=SEARCH)
    cohort = forms.ChoiceField(label=_("Cohort"), required=False)
    library = forms.ModelChoiceField(
        label=_("Region or library"), queryset=Library.objects.none(), to_field_name="code", required=False,
        empty_label=_("All"),
    )  # fmt: skip

    def __init__(self, *args, cohorts, libraries, **kwargs):
        super().__init__(*args, **kwargs)
        named = [(str(cohort.pk), str(cohort)) for cohort in cohorts]
        self.fields["cohort"].choices = [("", _("All")), (NONE, _("Without a cohort")), *named]
        self.fields["library"].queryset = libraries
        self.fields["library"].label_from_instance = _indented(libraries)

    def narrow(self, enrolments):
        """Those of the enrolments that are asked for."""
        words, cohort, library = (self.cleaned_data[name] for name in ("q", "cohort", "library"))
        if cohort:
            enrolments = enrolments.filter(cohort=None if cohort == NONE else int(cohort))
        if library:
            enrolments = enrolments.filter(learner__in=User.objects.below(library))
        if words:
            enrolments = enrolments.filter(learner__in=User.objects.matching(words))
        return enrolments

    @property
    def is_narrowed(self):
        return any(self.cleaned_data.values())


class CohortForm(forms.Form):
    title = forms.CharField(label=_("Name of the cohort"), max_length=120)
    trainer = forms.ModelChoiceField(label=_("Trainer"), queryset=User.objects.none(), empty_label=None)
    begins_on = forms.DateField(label=_("Begins"), **DAY)
    ends_on = forms.DateField(label=_("Ends"), required=False, **DAY)
    library = forms.ModelChoiceField(
        label=_("For the region or library"), queryset=Library.objects.none(), to_field_name="code", required=False,
        empty_label=_("For all"),
    )  # fmt: skip

    def __init__(self, *args, course, by, libraries, cohort=None, **kwargs):
        first = {"trainer": by.pk, "begins_on": timezone.localdate()}
        if cohort:
            first = {name: getattr(cohort, name) for name in ("title", "trainer", "begins_on", "ends_on")}
            first |= {"trainer": cohort.trainer_id, "library": cohort.library and cohort.library.code}
        super().__init__(*args, initial=first, **kwargs)
        trainers = User.objects.filter(courses_taught__course=course) | User.objects.filter(pk=by.pk)
        if cohort:
            trainers |= User.objects.filter(pk=cohort.trainer_id)
        self.fields["trainer"].queryset = trainers.distinct().order_by("folded", "pk")
        self.fields["library"].queryset = libraries
        self.fields["library"].label_from_instance = _indented(libraries)

    def clean_title(self):
        return normalise_uzbek(self.cleaned_data["title"])

    def clean(self):
        begins, ends = self.cleaned_data.get("begins_on"), self.cleaned_data.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", _("A cohort ends after it begins."))
        return self.cleaned_data


class LoginsForm(forms.Form):
    logins = forms.CharField(
        label=_("Logins, one a line"), max_length=40_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What follows a comma, a semicolon or a tab in the line is left out."),
    )  # fmt: skip


class AnnouncementForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    text = WordsField(
        label=_("Text"), max_length=5_000, rows=8,
        help_text=_("An empty line begins a new paragraph; addresses of pages become links."),
    )  # fmt: skip

    def clean_title(self):
        return normalise_uzbek(self.cleaned_data["title"])


class ReportForm(forms.Form):
    text = WordsField(label=_("What is wrong?"), max_length=1_000, rows=4)


class AnswerForm(forms.Form):
    state = forms.ChoiceField(
        label=_("What came of it"), widget=forms.RadioSelect,
        choices=[one for one in QuestionReport.State.choices if one[0] != QuestionReport.State.OPEN],
    )  # fmt: skip
    words = WordsField(
        label=_("Words to the learner"), max_length=1_000, rows=4,
        help_text=_("The learner gets this as a notice. Do not tell the right answer: others still take the test."),
    )  # fmt: skip

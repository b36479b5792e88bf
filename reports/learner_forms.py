"""What a trainer gives to one person beyond the rules, always with a reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.words import WordsField
from courses.models import Activity, ActivityCompletion, Quiz

from .learner import given, not_done

MOST_ATTEMPTS, MOST_MINUTES = 20, 600


class ReasonForm(forms.Form):
    """`deed` tells the forms of one page apart."""

    deed = ""
    reason = WordsField(label=_("Why"), max_length=500, help_text=_("It stays in the log."))

    def __init__(self, *args, enrolment, **kwargs):
        super().__init__(*args, auto_id=f"{self.deed}-%s", **kwargs)
        self.look_at(enrolment)


class GiveForm(ReasonForm):
    deed = "give"
    activity = forms.ModelChoiceField(label=_("Step"), queryset=Activity.objects.none(), empty_label=None)
    field_order = ["activity", "reason"]

    def look_at(self, enrolment):
        self.fields["activity"].queryset = not_done(enrolment)


class TakeBackForm(ReasonForm):
    deed = "take_back"
    completion = forms.ModelChoiceField(
        label=_("Given by hand"), queryset=ActivityCompletion.objects.none(), empty_label=None
    )
    field_order = ["completion", "reason"]

    def look_at(self, enrolment):
        self.fields["completion"].queryset = given(enrolment)
        self.fields["completion"].label_from_instance = lambda row: str(row.activity)


class MoreForm(ReasonForm):
    deed = "more"
    quiz = forms.ModelChoiceField(label=_("Quiz"), queryset=Quiz.objects.none(), empty_label=None)
    attempts = forms.IntegerField(label=_("Extra attempts"), min_value=0, max_value=MOST_ATTEMPTS, initial=1)
    minutes = forms.IntegerField(label=_("Extra minutes"), min_value=0, max_value=MOST_MINUTES, initial=0)
    field_order = ["quiz", "attempts", "minutes", "reason"]

    def look_at(self, enrolment):
        quizzes = Quiz.objects.filter(activity__course=enrolment.course_id, activity__archived=False)
        self.fields["quiz"].queryset = quizzes.select_related("activity").order_by("activity__position")
        self.fields["quiz"].label_from_instance = lambda quiz: str(quiz.activity)

    def clean(self):
        if not self.errors and not self.cleaned_data["attempts"] + self.cleaned_data["minutes"]:
            raise forms.ValidationError(_("Give at least one attempt or one minute."))
        return self.cleaned_data


FORMS = (MoreForm, GiveForm, TakeBackForm)

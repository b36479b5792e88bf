"""What is typed about homework, as clean values. No workflow here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text import in_language
from accounts.words import WordsField

from . import homework
from .models import Course, Submission

ALL = "all"
LONGEST = 5000  # characters of a comment


class GradeForm(forms.Form):
    """A criterion is a list of its levels and a field for points between them; the field wins where both are given."""

    def __init__(self, *args, assignment, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = []
        for n, row in enumerate(homework.criteria(assignment)):
            levels, free = f"level-{n}", f"points-{n}"
            if row["levels"]:
                self.fields[levels] = forms.TypedChoiceField(
                    label=in_language(row["name"]),
                    choices=[(level["points"], _level(level)) for level in row["levels"]],
                    coerce=int,
                    empty_value=None,
                    required=False,
                    widget=forms.RadioSelect,
                )
            label = _("Other points, 0 to %(n)s") if row["levels"] else _("Points, 0 to %(n)s")
            self.fields[free] = forms.IntegerField(
                label=label % {"n": row["points"]}, min_value=0, max_value=row["points"], required=False
            )
            self.rows.append((row, levels if row["levels"] else None, free))
        self.fields["comment"] = WordsField(
            label=_("Words for the learner"), max_length=LONGEST, required=False, rows=10
        )

    def lines(self):
        """For the template: (name, points, field of levels or None, field of points)."""
        for row, levels, free in self.rows:
            yield in_language(row["name"]), row["points"], levels and self[levels], self[free]

    @property
    def points(self):
        """{criterion: points}, without those for which nothing was said."""
        said = {}
        for row, levels, free in self.rows:
            given = self.cleaned_data.get(free)
            if given is None and levels:
                given = self.cleaned_data.get(levels)
            if given is not None:
                said[row["id"]] = given
        return said


def _level(level):
    return f"{level['points']} – {in_language({code: text for code, text in level.items() if code != 'points'})}"


class QueueForm(forms.Form):
    """Which submissions: of a course, in a state."""

    course = forms.ModelChoiceField(
        Course.objects.none(), label=_("Course"), required=False, empty_label=_("All courses")
    )
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args, courses, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses
        states = [(value, words) for value, words in Submission.State.choices if value != Submission.State.DRAFT]
        self.fields["state"].choices = [*states, (ALL, _("All"))]

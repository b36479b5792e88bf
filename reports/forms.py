"""What HR asks for: a course, a state, a name."""

from html import escape

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Library, Position
from courses.models import Course

from .people import Standing, State


def courses_by_code():
    return Course.objects.live().exclude(code=None).order_by("pk")


def choose_libraries(field, libraries):
    """Let a field choose among these (a queryset), each below the one that it belongs to."""
    field.queryset = libraries.in_use()
    top = min((library.depth for library in libraries), default=1)
    field.label_from_instance = lambda library: f"{'– ' * (library.depth - top)}{library}"


DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """A library with all below it, a course, a period: any of them. `libraries`: the reader's own, with all below them."""

    library = forms.ModelChoiceField(
        label=_("Library"), queryset=Library.objects.none(), to_field_name="code", required=False,
        empty_label=_("All my libraries"),
    )  # fmt: skip
    course = forms.ModelChoiceField(
        label=_("Course"), queryset=courses_by_code(), to_field_name="code", required=False,
        empty_label=_("All courses"),
    )  # fmt: skip
    begins = forms.DateField(label=pgettext_lazy("day", "From"), required=False, widget=DAY)
    ends = forms.DateField(label=_("Until"), required=False, widget=DAY)

    def __init__(self, *args, libraries, **kwargs):
        super().__init__(*args, **kwargs)
        choose_libraries(self.fields["library"], libraries)

    def clean(self):
        cleaned = super().clean()
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends < begins:
            self.add_error("ends", _("The period ends before it begins."))
        return cleaned


class Choice(forms.Select):
    """Django's, written at once: it renders a template for each of the options, and a dashboard has twenty."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = self.format_value(value)
        options = [
            f'<option value="{escape(str(code))}"{" selected" if str(code) in chosen else ""}>{escape(str(label))}</option>'
            for code, label in self.choices
        ]
        about = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return mark_safe(f"<select{about}>{''.join(options)}</select>")  # of texts that were escaped  # nosec B308 B703


class AskForm(forms.Form):
    q = forms.CharField(
        label=_("Name or login"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    course = forms.ModelChoiceField(
        label=_("Course"),
        queryset=courses_by_code(),
        to_field_name="code",
        required=False,
        empty_label=_("All courses"),
        widget=Choice,
    )
    position = forms.ModelChoiceField(
        label=_("Position"), queryset=Position.objects.order_by("pk"), to_field_name="code", required=False,
        empty_label=_("All positions"), widget=Choice,
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("Any")), *State.choices, *Standing.choices], required=False, widget=Choice
    )
    alone = forms.BooleanField(label=_("Only the library itself"), required=False)


def offered():
    """{"courses", "positions"}: what the dashboard tells of and may be narrowed by. Two queries."""
    return {"courses": list(courses_by_code()), "positions": list(Position.objects.order_by("pk"))}


class BoardForm(forms.Form):
    """What the dashboard is narrowed by, beside the library. `courses` and `positions`, as `offered`: read once for page and form."""

    course = AskForm.base_fields["course"]
    position = AskForm.base_fields["position"]

    def __init__(self, *args, courses, positions, **kwargs):
        super().__init__(*args, **kwargs)
        for name, offered in (("course", courses), ("position", positions)):
            field = self.fields[name]
            labels = [(one.code, field.label_from_instance(one)) for one in offered]
            field.choices = [("", field.empty_label), *labels]

"""What is filled in on the page of a library."""

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Library
from accounts.text import normalise_uzbek
from accounts.words import WordsField

REASONS = {  # of accounts.libraries.Refused
    "under_itself": _("A library cannot belong to itself, nor to one that belongs to it."),
    "level": _("That does not fit the levels: a region belongs to the nation, a district to a region, a library to any of them."),
    "not_on_top": _("On top stands the national programme alone."),
    "closed": _("The library has been closed or merged meanwhile. Look at the tree again."),
    "has_libraries": _("Libraries still belong to it. Move or close them first."),
    "has_people": _("People still work there. Transfer them first, or merge the library into another."),
    "has_roles": _("Somebody still has a role for this library. An administrator withdraws it or hands it over first."),
    "reach_grows": _(
        "A role or an organisation’s token for this library would hold for more libraries there. An administrator withdraws it first."
    ),
}  # fmt: skip
CODE = RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9_-]*\Z", _("Use Latin letters, digits, and the signs - and _"))


class LibraryForm(forms.Form):
    """`deed` tells the forms of one page apart; the field of each language is required in the first alone."""

    deed = title = button = ""
    danger = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id=f"{self.deed}-%s", **kwargs)


def _reason(required=True):
    return WordsField(label=_("Why"), max_length=500, required=required, help_text=_("It stays in the log."))


class NamedForm(LibraryForm):
    level = forms.ChoiceField(label=_("Level"), choices=Library.Level.choices)
    type = forms.ChoiceField(label=_("Type of library"), choices=Library.Type.choices)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first = settings.LANGUAGES[0][0]
        names = {}
        for code, language in settings.LANGUAGES:
            names[f"title_{code}"] = forms.CharField(
                label=_("Name (%(language)s)") % {"language": language}, max_length=200, required=code == first
            )
        self.fields = {**names, **self.fields}

    def clean(self):
        values = super().clean()
        titles = {code: normalise_uzbek(values.pop(f"title_{code}", "").strip()) for code, _name in settings.LANGUAGES}
        values["titles"] = {code: title for code, title in titles.items() if title}
        return values

    @staticmethod
    def named(library):
        """What the form begins with for a library that is there."""
        titles = {f"title_{code}": title for code, title in library.titles.items()}
        return {"level": library.level, "type": library.type, **titles}


class AddForm(NamedForm):
    deed, title, button = "add", _("Add a library below"), _("Add the library")
    code = forms.CharField(
        label=_("Code"), max_length=20, validators=[CODE],
        help_text=_("For example TSH-014. It stays for ever: spreadsheets find the library by it."),
    )  # fmt: skip
    reason = _reason(required=False)

    def clean_code(self):
        code = self.cleaned_data["code"]
        if Library.objects.filter(code__iexact=code).exists():
            raise forms.ValidationError(_("Another library has this code."))
        return code


class ChangeForm(NamedForm):
    deed, title, button = "change", _("Change name, level or type"), _("Save")
    reason = _reason(required=False)


class OtherForm(LibraryForm):
    """A deed with another library of the reader's. `libraries`: which may be chosen."""

    other = forms.ModelChoiceField(
        label=_("Library"), queryset=Library.objects.none(), to_field_name="code", empty_label=None
    )
    reason = _reason()

    def __init__(self, *args, libraries, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = libraries
        top = min((library.depth for library in libraries), default=1)
        self.fields["other"].label_from_instance = lambda one: f"{'– ' * (one.depth - top)}{one} ({one.code})"


class MoveForm(OtherForm):
    deed, title, button = "move", _("Move it below another"), _("Move the library")


class MergeForm(OtherForm):
    deed, title, button, danger = "merge", _("Merge it into another"), _("Merge the library"), True


class CloseForm(LibraryForm):
    deed, title, button, danger = "close", _("Close it"), _("Close the library"), True
    reason = _reason()

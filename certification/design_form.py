"""The form of a design in /cms/: texts in all languages, border, accent, logo, two signatories with their scans, courses."""

import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from accounts.text import normalise_uzbek
from courses.models import Course

from . import designs, images

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TEXTS = {"issuer": _("Issuer"), "subtitle": _("Under the title"), "legal_basis": _("Legal basis")}
OF_A_SIGNATORY = {"name": _("Name"), "post": _("Post")}
PLACES = (1, 2)
PICTURES = {"logo": False, **{f"scan_{place}": True for place in PLACES}}  # name: whether it is ink on paper
LEAST_CONTRAST = 4.5  # to white: WCAG 2.2, 1.4.3


class DesignFormBase(WagtailAdminModelForm):
    border = forms.ChoiceField(
        label=_("Border"),
        choices=[("girih", _("Girih stars")), ("guilloche", _("Waves")), ("plain", _("Lines alone"))],
    )
    accent = forms.CharField(
        label=_("Colour of title and border"), widget=forms.TextInput(attrs={"type": "color"}), max_length=7
    )
    order_number = forms.CharField(
        label=_("Order number"), required=False, max_length=40,
        help_text=_("The order by which these certificates are issued. It is printed with its date on those issued from now on."),
    )  # fmt: skip
    order_date = forms.DateField(
        label=_("Order date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    courses = forms.ModelMultipleChoiceField(
        Course.objects.none(), label=_("Courses"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("A course has one design: choosing it here takes it from the other one."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        version = designs.newest(self.instance) if self.instance.pk else None
        self.content = designs.PLAIN | (version.content if version else {})
        self.fields["courses"].queryset = Course.objects.live() | Course.objects.filter(pk__in=self._chosen())
        self.initial |= {"border": self.content["border"], "accent": self.content["accent"], "courses": self._chosen()}
        for text in TEXTS:
            for code in LANGUAGES:
                self.initial[f"{text}_{code}"] = self.content[text].get(code, "")
        order = self.content["order"] or {}
        self.initial |= {"order_number": order.get("number", ""), "order_date": order.get("date")}
        self.initial["logo_kept"] = self.content["logo"]
        for place, one in zip(PLACES, self.content["signatories"], strict=False):
            self.initial[f"scan_{place}_kept"] = one["scan"]
            for text in OF_A_SIGNATORY:
                for code in LANGUAGES:
                    self.initial[f"{text}_{place}_{code}"] = one[text].get(code, "")

    def _chosen(self):
        return list(self.instance.courses.values_list("course", flat=True)) if self.instance.pk else []

    def clean_accent(self):
        accent = self.cleaned_data["accent"].lower()
        if not re.fullmatch("#[0-9a-f]{6}", accent):
            raise ValidationError(_("Choose a colour."))
        if contrast_to_white(accent) < LEAST_CONTRAST:
            raise ValidationError(_("This colour is too light to be read on white."))
        return accent

    def clean(self):
        cleaned = super().clean()
        for name, ink in PICTURES.items():
            self._keep_picture(cleaned, name, ink)
        for place in PLACES:
            said = any(cleaned.get(f"{text}_{place}_{code}") for text in OF_A_SIGNATORY for code in LANGUAGES)
            needed = f"name_{place}_{settings.LANGUAGE_CODE}"
            if (said or cleaned.get(f"scan_{place}_kept")) and not cleaned.get(needed):
                self.add_error(needed, _("Whose signature? Write the name."))
        if bool(cleaned.get("order_number")) != bool(cleaned.get("order_date")) and "order_date" not in self.errors:
            self.add_error("order_date", _("An order has a number and a date: give both, or neither."))
        if not self.errors:
            self.content = self._typed(cleaned)
            self._refuse_what_cannot_be_printed()
        return cleaned

    def _keep_picture(self, cleaned, name, ink):
        """The picture chosen now, else the one kept before; its name is in `NAME_kept` afterwards."""
        if cleaned.get(f"{name}_gone"):
            cleaned[f"{name}_kept"] = ""
        elif file := cleaned.get(name):
            try:
                cleaned[f"{name}_kept"] = images.keep(file, ink=ink)
            except ValidationError as fault:
                self.add_error(name, fault)
        elif (kept := cleaned.get(f"{name}_kept")) and not images.exists(kept):
            self.add_error(name, _("This picture is not kept here: choose it again."))

    def _typed(self, cleaned):
        """The content of a version: certification/designs.py."""

        def texts(name):
            typed = {code: normalise_uzbek(cleaned.get(f"{name}_{code}") or "").strip() for code in LANGUAGES}
            return {code: text for code, text in typed.items() if text}

        signatories = [
            {text: texts(f"{text}_{place}") for text in OF_A_SIGNATORY} | {"scan": cleaned[f"scan_{place}_kept"]}
            for place in PLACES
        ]
        return {
            "border": cleaned["border"],
            "accent": cleaned["accent"],
            "logo": cleaned["logo_kept"],
            **{text: texts(text) for text in TEXTS},
            "order": self._order(cleaned),
            "signatories": [one for one in signatories if one["name"]],
        }

    def _order(self, cleaned):
        if not cleaned.get("order_number"):
            return None
        return {"number": cleaned["order_number"].strip(), "date": cleaned["order_date"].isoformat()}

    def _refuse_what_cannot_be_printed(self):
        from .layout import MissingGlyph, lay_out

        for code in LANGUAGES:
            try:
                lay_out(designs.sample(self.content, code, designs.SHORTEST))
            except MissingGlyph as fault:
                self.add_error(None, _("The certificate's fonts lack “%(sign)s”: %(text)s") % vars(fault))
                return

    def save(self, commit=True):
        design = super().save(commit)
        design.typed = self.content  # for the preview, which keeps nothing
        if commit:
            designs.revise(design=design, content=self.content, courses=self.cleaned_data["courses"], by=self.for_user)
        return design


def contrast_to_white(colour):
    """The ratio of WCAG 2.2 of a colour such as #1e3f94 to white: 1 to 21."""
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _text(label, name):
    return forms.CharField(label=format_lazy("{} ({})", label, lazystr(name)), required=False, max_length=200)


def _fields():
    for text, label in TEXTS.items():
        for code, name in settings.LANGUAGES:
            yield f"{text}_{code}", _text(label, name)
    for place in PLACES:
        for text, label in OF_A_SIGNATORY.items():
            for code, name in settings.LANGUAGES:
                yield f"{text}_{place}_{code}", _text(label, name)
    for name in PICTURES:
        label = _("Logo") if name == "logo" else _("Scanned signature")
        yield (
            name,
            forms.FileField(
                label=label, required=False, widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})
            ),
        )
        yield f"{name}_kept", forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)
        yield f"{name}_gone", forms.BooleanField(label=_("Print it no longer"), required=False)


DesignForm = type("DesignForm", (DesignFormBase,), dict(_fields()))


def with_pictures_kept(data, files):
    """What was typed, with the pictures that came along kept and named: the preview knows no files. Faults are the form's to tell."""
    data = data.copy()
    for name, ink in PICTURES.items():
        if name in files:
            try:
                data[f"{name}_kept"] = images.keep(files[name], ink=ink)
            except ValidationError:
                continue
    return data

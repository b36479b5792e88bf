"""The form of a seminar in /cms/: topic in all languages, module or free-standing, hours, materials, the text of its page."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.rich_text import get_rich_text_editor_widget
from wagtail.documents.blocks import DocumentChooserBlock

from accounts.models import Role
from accounts.roles import has_role
from accounts.text import MAX_HTML, normalise_uzbek
from courses.models import Course, Module

from . import translations
from .models import SeminarMaterial

LANGUAGES = [code for code, _name in settings.LANGUAGES]
WORDS = {"titles": "title", "results": "result", "places": "venue", "about": "about"}  # column: prefix of its fields
FEATURES = ["bold", "italic", "ol", "ul", "h3", "link"]


def field_of(column, code):
    return f"{WORDS[column]}_{code}"


class MaterialBlock(blocks.StructBlock):
    document = DocumentChooserBlock(required=False)
    link = blocks.URLBlock(required=False)

    def clean(self, value):
        cleaned = super().clean(value)
        if bool(cleaned["document"]) == bool(cleaned["link"]):
            raise blocks.StructBlockValidationError(
                block_errors={"link": ValidationError(_("Choose a document or type a link: one of them."))}
            )
        return cleaned

    class Meta:
        icon, label = "doc-full", _("Material")


MATERIAL = MaterialBlock(
    [
        (f"title_{code}", blocks.CharBlock(required=code == settings.LANGUAGE_CODE, max_length=200, label=name))
        for code, name in settings.LANGUAGES
    ]
)


class Materials(blocks.StreamBlock):
    material = MATERIAL

    def value_from_datadict(self, data, files, prefix):
        """A form that was cut off on the way holds no materials: that is no server error."""
        if f"{prefix}-count" not in data:
            return self.empty_value()
        return super().value_from_datadict(data, files, prefix)


class SeminarFormBase(WagtailAdminModelForm):
    materials = blocks.BlockField(block=Materials(required=False), label=_("Materials"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seminar = self.instance
        self.before = translations.content_of(seminar) if seminar.pk else None
        for column in WORDS:
            for code in LANGUAGES:
                self.fields[field_of(column, code)].initial = getattr(seminar, column).get(code, "")
        self.fields["course"].queryset = self._courses()
        self.fields["course"].empty_label = _("free-standing")
        modules = Module.objects.live().filter(course__in=self._courses()).select_related("course")
        self.fields["module"].queryset = modules
        self.fields["module"].label_from_instance = lambda module: f"{module.course}: {module}"
        self.fields["module"].empty_label = _("none")
        self.initial["materials"] = self.fields["materials"].block.to_python(self._materials())

    def _courses(self):
        courses = Course.objects.live() | Course.objects.filter(pk=self.instance.course_id)
        if has_role(self.for_user, Role.EDITOR, Role.ADMINISTRATOR):
            return courses
        return courses.filter(pk__in=self.for_user.courses_taught.values("course"))

    def _materials(self):
        rows = self.instance.materials.all() if self.instance.pk else []
        return [
            {"type": "material", "id": str(row.pk), "value": {
                "document": row.document_id, "link": row.link, **{f"title_{code}": row.titles.get(code, "") for code in LANGUAGES},
            }}
            for row in rows
        ]  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        module, course = cleaned.get("module"), cleaned.get("course")
        if module and not course:
            cleaned["course"] = module.course
        elif module and module.course_id != course.pk:
            self.add_error("module", _("This module belongs to another course."))
        for code in LANGUAGES:
            if len(cleaned.get(field_of("about", code)) or "") > MAX_HTML:
                self.add_error(field_of("about", code), _("The text is too long."))
        return cleaned

    def save(self, commit=True):
        seminar = self.instance
        for column in WORDS:
            typed = {code: (self.cleaned_data.get(field_of(column, code)) or "").strip() for code in LANGUAGES}
            setattr(seminar, column, {code: _kept(text, column) for code, text in typed.items() if text})
        seminar.course = self.cleaned_data["course"]
        if not seminar.pk:
            seminar.made_by = self.for_user
        seminar = super().save(commit)
        if commit:
            seminar.materials.all().delete()
            SeminarMaterial.objects.bulk_create(_rows(seminar, self.cleaned_data["materials"] or []))
            if self.before:
                translations.note(seminar=seminar, before=self.before, by=self.for_user)
        return seminar


def _kept(text, column):
    return text if column == "about" else normalise_uzbek(text)


def _rows(seminar, values):
    for position, child in enumerate(values):
        value = child.value
        titles = {code: normalise_uzbek(text) for code in LANGUAGES if (text := value[f"title_{code}"].strip())}
        yield SeminarMaterial(
            seminar=seminar, position=position, titles=titles, document=value["document"], link=value["link"] or ""
        )


def _field(column, code, name):
    label = {
        "titles": _("Topic"), "results": _("What one leaves with"), "places": _("Where it can be held"),
        "about": _("What it is about"),
    }[column]  # fmt: skip
    needed = column == "titles" and code == settings.LANGUAGE_CODE
    long = {"about": get_rich_text_editor_widget(features=FEATURES), "results": forms.Textarea(attrs={"rows": 2})}
    return forms.CharField(
        label=format_lazy("{} ({})", label, lazystr(name)), required=needed, widget=long.get(column),
        max_length=None if column == "about" else 500,
    )  # fmt: skip


SeminarForm = type(
    "SeminarForm",
    (SeminarFormBase,),
    {field_of(column, code): _field(column, code, name) for column in WORDS for code, name in settings.LANGUAGES},
)

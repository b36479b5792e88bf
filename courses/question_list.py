"""The list of questions in Wagtail's admin: where each of them stands, and by what the list is narrowed."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import StatusTagColumn

from . import competences, questions, translations
from .kinds import KINDS
from .models import Level, Question, QuestionPool
from .question_fields import LANGUAGES

# --- Where a question stands ----------------------------------------------------------------------------------------------


STATES = {
    "draft": _("Draft"),
    "published": _("Published"),
    "changed": _("Published, changed since"),
    "retired": _("Retired"),
}


def state(question):
    if question.retired:
        return "retired"
    if question.current_id is None:
        return "draft"
    return "changed" if question.has_draft else "published"


class StateColumn(StatusTagColumn):
    """As Wagtail's status tags: what learners get stands out."""

    def __init__(self):
        super().__init__("state", label=_("Status"), accessor=lambda question: STATES[state(question)])
        self.primary = lambda question: state(question) in ("published", "changed")


class StaleColumn(StatusTagColumn):
    """The languages that may say what the source said once; nothing where all is well."""

    cell_template_name = "courses/question_stale_cell.html"

    def __init__(self):
        super().__init__("stale", label=_("Translation"), accessor=lambda question: stale_languages(question))


def stale_languages(question):
    return ", ".join(LANGUAGES[code] for code in translations.stale(question.newest_translated_of or {}))


# --- Narrowing the list ----------------------------------------------------------------------------------------------------


def _own_pools(request):
    return questions.pools_of(request.user) if request else QuestionPool.objects.none()


def _own_tags(request):
    return questions.tags_of(request.user) if request else Tag.objects.none()


class QuestionFilterSet(WagtailFilterSet):
    pool = django_filters.ModelChoiceFilter(queryset=_own_pools, label=_("Question pool"))
    state = django_filters.ChoiceFilter(choices=list(STATES.items()), method="in_state", label=_("Status"))
    kind = django_filters.ChoiceFilter(choices=list(KINDS.items()), field_name="newest_kind", label=_("Kind"))
    level = django_filters.ChoiceFilter(choices=Level.choices, label=_("Level"))
    competence = django_filters.ChoiceFilter(choices=competences.choices, label=_("Competence (DigComp)"))
    tag = django_filters.ModelChoiceFilter(field_name="tags", queryset=_own_tags, label=_("Tag"))
    translation = django_filters.ChoiceFilter(
        choices=[("stale", _("Translation is stale"))], method="only_stale", label=_("Translation")
    )

    class Meta:
        model = Question
        fields = []

    def in_state(self, rows, name, value):
        wanted = {
            "retired": Q(retired=True),
            "draft": Q(retired=False, current=None),
            "published": Q(retired=False, current__isnull=False, has_draft=False),
            "changed": Q(retired=False, current__isnull=False, has_draft=True),
        }
        return rows.filter(wanted[value])

    def only_stale(self, rows, name, value):
        return rows.filter(is_stale=True)

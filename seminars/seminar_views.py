"""Seminars in Wagtail's admin: topics and the text of their pages. They are archived, not deleted: runs hang on them."""

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from accounts.text import holds

from .models import Seminar
from .seminar_form import SeminarForm, field_of


def found(seminars, words):
    """Those whose topic, in any language, or code holds every word of `words`, in any spelling. For some hundred rows."""
    return seminars.filter(
        pk__in=[one.pk for one in seminars if holds(" ".join([one.code, *one.titles.values()]), words)]
    )


class SeminarIndexView(generic.IndexView):
    is_searchable = True

    def search_queryset(self, queryset):
        return found(queryset, self.search_query) if self.is_searching else queryset

    def get_base_queryset(self):
        seminars = Seminar.objects.planned_by(self.request.user).select_related("course", "module")
        return seminars.annotate(n_runs=Count("runs"))

    def order_queryset(self, queryset):
        return queryset.order_by("archived", "code")

    @cached_property
    def columns(self):
        title = self._get_title_column_class(TitleColumn)
        return [
            title("code", label=_("Topic"), accessor=str, get_url=self.get_edit_url),
            Column("course", label=_("Course"), accessor=lambda row: row.course or _("free-standing")),
            Column("module", label=_("Module"), accessor=lambda row: row.module or ""),
            Column("planned_hours", label=_("Academic hours")),
            Column("n_runs", label=_("Runs")),
            Column("archived", label=_("State"), accessor=lambda row: _("Archived") if row.archived else ""),
        ]


class SeminarAddView(generic.CreateView):
    def post(self, request, *args, **kwargs):
        with transaction.atomic():  # the seminar and its materials
            return super().post(request, *args, **kwargs)

    def get_success_message(self, instance):
        return _("The seminar is saved: %(seminar)s.") % {"seminar": instance}

    def get_success_buttons(self):
        return [messages.button(_address(self.object), _("Look at the page"))]


class SeminarEditView(generic.EditView):
    """The row is taken from those that the user may plan: another's is 404."""

    def get_queryset(self):
        return Seminar.objects.planned_by(self.request.user)

    def post(self, request, *args, **kwargs):
        with transaction.atomic():
            return super().post(request, *args, **kwargs)

    def get_success_message(self):
        return _("The seminar is saved: %(seminar)s.") % {"seminar": self.object}

    @cached_property
    def header_more_buttons(self):
        return [*super().header_more_buttons, _page_button(self.object)]

    def get_success_buttons(self):
        return [messages.button(_address(self.object), _("Look at the page"))]


def _address(seminar):
    return reverse("seminars:seminar", args=[seminar.pk])


def _page_button(seminar):
    return Button(_("Look at the page"), url=_address(seminar), icon_name="view", priority=5)


def _in_all_languages(column):
    return [FieldPanel(field_of(column, code)) for code, _name in settings.LANGUAGES]


class LastingViewSet(ModelViewSet):
    """Rows that are archived or called off, never deleted. Wagtail's history and usage know no scope."""

    def get_common_view_kwargs(self, **kwargs):
        kwargs = super().get_common_view_kwargs(**kwargs)
        return kwargs | {"delete_url_name": None, "history_url_name": None, "usage_url_name": None}

    def get_urlpatterns(self):
        ours = ("index", "index_results", "add", "edit")
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in ours]


class SeminarViewSet(LastingViewSet):
    model = Seminar
    name = "seminar-topics"
    icon = "group"
    menu_label = _("Seminars")
    menu_order = 310
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class, add_view_class, edit_view_class = SeminarIndexView, SeminarAddView, SeminarEditView
    edit_handler = ObjectList(
        [
            MultiFieldPanel(_in_all_languages("titles"), heading=_("Topic")),
            FieldPanel("code"),
            FieldPanel("course"),
            FieldPanel("module"),
            FieldPanel("planned_hours"),
            MultiFieldPanel(_in_all_languages("results"), heading=_("What one leaves with")),
            MultiFieldPanel(_in_all_languages("about"), heading=_("What it is about")),
            MultiFieldPanel(_in_all_languages("places"), heading=_("Where it can be held")),
            FieldPanel("materials"),
            FieldPanel("archived"),
        ],
        base_form_class=SeminarForm,
    )

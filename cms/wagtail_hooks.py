"""Wagtail's admin as trainers and editors of Saboq meet it: figures and terms, the menu, the look."""

from django import forms
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import SubmitForModerationMenuItem
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.search import SearchArea
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.account import NameEmailSettingsPanel
from wagtail.admin.views.pages.search import SearchView
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views import snippets
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet

from accounts.models import Role
from accounts.roles import has_role
from accounts.text import holds
from courses.models import Course
from courses.question_fields import LANGUAGES
from courses.question_form import TitlesForm
from courses.questions import writes_everywhere

from . import chooser_words, facts
from .models import CoursePage, Drawing, GlossaryTerm
from .templatetags.lesson import drawing
from .translating.since import IN_STEP


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Figures come from the curriculum's files alone: an SVG can carry script. Nobody writes them here, administrators neither."""

    def user_has_permission(self, user, action):
        return action == "view" and super().user_has_permission(user, action)

    def users_with_any_permission(self, actions):
        return super().users_with_any_permission({"view"} & set(actions))


register_permission_policy(Drawing, ReadOnlyPolicy(Drawing))


# --- Found in any spelling ------------------------------------------------------------------------------------------------


def found(rows, text):
    """Those of the rows whose key or words, in any language, hold every word of `text`, in any spelling. For some hundred rows."""
    return rows.filter(pk__in=[row.pk for row in rows if holds(" ".join([row.key, *_titles(row).values()]), text)])


def _titles(row):
    return row.titles if isinstance(row, GlossaryTerm) else row.words.get(f"{row.name}-title", {})


class FoldedFilterForm(BaseFilterForm):
    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects):
        text = self.cleaned_data.get("q")
        if text:
            self.is_searching, self.search_query = True, text
            objects = found(objects, text)
        return super().filter(objects)


class FoldedChooseView(ChooseView):
    filter_form_class = FoldedFilterForm


class FoldedChooseResultsView(ChooseResultsView):
    filter_form_class = FoldedFilterForm


class FoldedChooserViewSet(SnippetChooserViewSet):
    choose_view_class = FoldedChooseView
    choose_results_view_class = FoldedChooseResultsView


class FoldedIndexView(snippets.IndexView):
    is_searchable = True

    def search_queryset(self, queryset):
        return found(queryset, self.search_query) if self.is_searching else queryset


# --- Figures and terms ----------------------------------------------------------------------------------------------------


class DrawingInspectView(snippets.InspectView):
    """The figure in every language."""

    def get_fields(self):
        return ["key"]

    def get_fields_context(self):
        drawn = []
        for code, name in LANGUAGES.items():
            with translation.override(code):
                drawn.append({"label": name, "value": drawing(self.object)})
        return [*super().get_fields_context(), *drawn]


class DrawingViewSet(snippets.SnippetViewSet):
    model = Drawing
    icon = "image"
    menu_label, menu_name, menu_order, add_to_admin_menu = _("Figures"), "figures", 260, True
    base_url_path = "figures"
    index_view_class = FoldedIndexView
    inspect_view_class = DrawingInspectView
    inspect_view_enabled, copy_view_enabled = True, False
    list_display = ["__str__", Column("key", label=_("Key"), accessor="key", sort_key="key")]
    list_per_page = chooser_per_page = 50
    chooser_viewset_class = FoldedChooserViewSet
    edit_handler = ObjectList([FieldPanel("key", read_only=True)])


class GlossaryTermViewSet(snippets.SnippetViewSet):
    model = GlossaryTerm
    icon = "tag"
    menu_label, menu_name, menu_order, add_to_admin_menu = _("Glossary"), "glossary", 270, True
    base_url_path = "glossary"
    index_view_class = FoldedIndexView
    copy_view_enabled = False
    list_display = [
        "__str__",
        *[
            Column(code, label=name, accessor=lambda term, code=code: term.titles.get(code, ""))
            for code, name in LANGUAGES.items()
        ],
    ]
    list_per_page = chooser_per_page = 50
    chooser_viewset_class = FoldedChooserViewSet
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldRowPanel([FieldPanel(f"title_{code}") for code in LANGUAGES])], heading=_("Term")),
            FieldPanel("key", help_text=_("Latin letters, digits and hyphens.")),
            FieldPanel("note"),
        ],
        base_form_class=TitlesForm,
    )


register_snippet(DrawingViewSet)
register_snippet(GlossaryTermViewSet)


# --- One's own account ------------------------------------------------------------------------------------------------------

# A name is the HR department's to change, and stands in the log (accounts/people.py): Wagtail's form would change it unseen.
NameEmailSettingsPanel.is_active = lambda panel: False


# --- Menu, home, look -----------------------------------------------------------------------------------------------------


NOT_FOR_TRAINERS = {"reports", "settings"}


@hooks.register("construct_main_menu")
def only_what_is_of_use(request, items):
    """Reports are site-wide (refused by cms/middleware.py too); help leads out of the country."""
    hidden = {"help"} if writes_everywhere(request.user) else {"help", *NOT_FOR_TRAINERS}
    items[:] = [item for item in items if item.name not in hidden]


@hooks.register("before_copy_page")
def a_course_is_copied_whole(request, page):
    """Wagtail's own copy knows one language and gives each its own keys: a course goes by cms/copying.py."""
    course = Course.objects.live().filter(key=page.translation_key).first()
    if course and isinstance(page.specific, CoursePage) and not page.alias_of_id:
        return redirect("course_copy", course.pk)
    return None


@hooks.register("register_log_actions")
def found_in_step(actions):
    actions.register_action(IN_STEP, _("Mark as in step"), _("Translation found in step with its source"))


@hooks.register("register_admin_menu_item")
def translations_in_the_menu():
    return MenuItem(
        _("Translations"),
        reverse("translations"),
        name="translations",
        icon_name="wagtail-localize-language",
        order=280,
    )


@hooks.register("register_admin_menu_item")
def facts_in_the_menu():
    return MenuItem(_("Facts to check"), reverse("facts_due"), name="facts", icon_name="calendar-check", order=285)


class FactsPanel(Component):
    """On the home of /cms/: of how many pages the facts are due. Nothing where there are none."""

    name, template_name, order = "facts", "cms/admin/facts_panel.html", 150

    def get_context_data(self, parent_context):
        return facts.counted(parent_context["request"].user)


@hooks.register("construct_homepage_panels")
def facts_at_home(request, panels):
    panels.append(FactsPanel())


# --- What else is searched --------------------------------------------------------------------------------------------------


class ListSearch(SearchArea):
    """A list of ours among «other searches»: the words go along to it."""

    def __init__(self, label, url, shown, **look):
        super().__init__(label, url, **look)
        self.shown = shown

    def is_shown(self, request):
        return self.shown(request.user)


def writes_questions(user):
    return writes_everywhere(user) or has_role(user, Role.TRAINER)


def keeps_certificates(user):
    return has_role(user, Role.HR, Role.ADMINISTRATOR)


def _list(label, name, shown, order, icon):
    look = {"name": name.replace(":", "-"), "order": order, "icon_name": icon}
    hooks.register("register_admin_search_area", lambda: ListSearch(label, reverse(name), shown, **look))


_list(_("Questions"), "wagtailsnippets_courses_question:list", writes_questions, 210, "help")
_list(_("Glossary"), "wagtailsnippets_cms_glossaryterm:list", writes_questions, 220, "tag")
_list(_("Seminars"), "seminar-topics:index", writes_questions, 230, "group")
_list(_("Certificates"), "reports:certificates", keeps_certificates, 610, "doc-full")
_list(_("Staff"), "reports:people", keeps_certificates, 620, "user")


# Wagtail's search of pages says by these words what it has found, and has none.
SearchView.verbose_name, SearchView.verbose_name_plural = Page._meta.verbose_name, Page._meta.verbose_name_plural


chooser_words.speak()


class Submit(SubmitForModerationMenuItem):
    """Without the name of the workflow, which is a row and so speaks one language."""

    def get_context_data(self, parent_context):
        return super().get_context_data(parent_context) | {"label": self.label}


@hooks.register("construct_page_action_menu")
def submit_in_the_readers_language(items, request, context):
    items[:] = [Submit(order=item.order) if type(item) is SubmitForModerationMenuItem else item for item in items]


@hooks.register("insert_editor_js")
def our_js():
    return format_html('<script src="{}" defer></script>', static("js/cms.js"))


@hooks.register("insert_global_admin_css")
def our_css():
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms.css"))

"""Questions and pools in Wagtail's admin. A trainer sees those of the own courses, an editor all."""

import json

from django.core.exceptions import PermissionDenied
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.permissions import register_permission_policy
from wagtail.snippets.action_menu import ActionMenuItem, SaveMenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views import snippets
from wagtail.snippets.views.chooser import SnippetChooserViewSet

from accounts.refusing import as_key

from . import exchange_views, questions, regrading_views
from .impact import impact_of
from .impact_panel import ImpactSidePanel
from .kinds import KINDS
from .models import Question, QuestionPool
from .policies import OwnRowsPolicy
from .question_deeds import DEEDS, PublishQuestions, deed_address, due_deeds
from .question_fields import LANGUAGES, OTHERS
from .question_form import PoolForm, QuestionForm
from .question_list import STATES, QuestionFilterSet, StaleColumn, StateColumn, state

register_permission_policy(Question, OwnRowsPolicy(Question, questions.questions_of))
register_permission_policy(QuestionPool, OwnRowsPolicy(QuestionPool, questions.pools_of))


# --- Only the own rows ----------------------------------------------------------------------------------------------------


def own_rows(view):
    """A foreign row is not found, neither to be changed nor to be looked at."""
    return view.permission_policy.instances_user_has_any_permission_for(view.request.user, ["change", "view"])


class OwnIndexView(snippets.IndexView):
    def get_base_queryset(self):
        return own_rows(self)

    def user_has_permission(self, permission):
        """Wagtail asks for each row's buttons: asked of the database once a page."""
        answers = self.__dict__.setdefault("_answers", {})
        if permission not in answers:
            answers[permission] = super().user_has_permission(permission)
        return answers[permission]


class OwnEditView(snippets.EditView):
    def get_queryset(self):
        return own_rows(self)


class OwnDeleteView(snippets.DeleteView):
    def get_queryset(self):
        return own_rows(self)


class OwnHistoryView(snippets.HistoryView):
    def get_base_object_queryset(self):
        return own_rows(self)


class OwnUsageView(snippets.UsageView):
    def get_base_object_queryset(self):
        return own_rows(self)


class NoChooser(SnippetChooserViewSet):
    """Nothing chooses questions or pools so, and Wagtail's chooser would name those of every course."""

    def get_urlpatterns(self):
        return []


class OwnViewSet(snippets.SnippetViewSet):
    chooser_viewset_class = NoChooser
    edit_view_class = OwnEditView
    delete_view_class = OwnDeleteView
    history_view_class = OwnHistoryView
    usage_view_class = OwnUsageView
    copy_view_enabled = False
    add_to_reference_index = False


# --- Questions ------------------------------------------------------------------------------------------------------------


class QuestionIndexView(OwnIndexView):
    is_searchable = True

    @property
    def header_buttons(self):
        address = reverse("question_import")
        label = gettext("Import questions")
        return [*super().header_buttons, HeaderButton(label, url=address, icon_name="upload", icon_only=True)]

    def get_base_queryset(self):
        return questions.with_newest(super().get_base_queryset())

    def search_queryset(self, queryset):
        return questions.search(queryset, self.search_query) if self.is_searching else queryset

    def get_list_more_buttons(self, instance):
        return [
            *super().get_list_more_buttons(instance),
            *(deeds(instance, self.request.get_full_path()) if self._publishes(instance) else ()),
        ]

    def _publishes(self, question):
        """As questions.may_publish says, with one query for all rows."""
        return questions.writes_everywhere(self.request.user) or question.pool.course_id in self._courses

    @cached_property
    def _courses(self):
        return questions.publishes_in(self.request.user)


def deeds(question, back):
    """The buttons for what may be done to a question now, by whoever publishes it."""
    for deed in due_deeds(question):
        to = deed_address(deed, question, back)
        yield Button(deed.display_name, url=to, icon_name=deed.icon_name, priority=deed.action_priority)


class SaveAndPublish:
    """«Save and publish» beside «Save»: publishing is a deed of its own, and not everybody's.

    Where attempts rest on the question it saves, and asks on the page of the deed, which shows what is touched.
    """

    def save_instance(self):
        question = super().save_instance()
        if "action-publish" in self.request.POST:
            if not questions.may_publish(self.request.user, question):
                # Takes the saving back too; the form comes again with all that was typed and these words.
                raise PermissionDenied(gettext("In this course an editor publishes the questions. Save the draft."))
            self.asks = bool(impact_of([question])[question.pk]) and questions.has_draft(question)
            if not self.asks:
                questions.publish(question=question, by=self.request.user)
                self.published = True
        return question

    def get_success_url(self):
        if getattr(self, "asks", False):
            return deed_address(PublishQuestions, self.object, self.get_edit_url())
        return self.get_edit_url()

    def get_success_message(self, *args):
        if getattr(self, "asks", False):
            return gettext("The draft is saved. Look at what rests on this question, then publish.")
        if getattr(self, "published", False):
            return gettext("The question is published: new attempts may draw it.")
        return gettext("The draft is saved. Learners do not see it until it is published.")

    def get_success_buttons(self):
        return []  # one is there already


class QuestionCreateView(SaveAndPublish, snippets.CreateView):
    def get_initial(self):
        wanted = as_key(self.request.GET.get("pool", ""))
        return {**super().get_initial(), **({"pool": wanted} if wanted else {})}


class QuestionEditView(SaveAndPublish, OwnEditView):
    @property
    def header_more_buttons(self):
        may = questions.may_publish(self.request.user, self.object)
        own = [*super().header_more_buttons, *(deeds(self.object, self.get_edit_url()) if may else ())]
        if may and self.object.current_id:
            to = regrading_views.address(self.object)
            own.append(Button(_("Grade anew"), url=to, icon_name="rotate", priority=40))
        return own

    def get_side_panels(self):
        panels = super().get_side_panels()
        if self.object.current_id and not self.expects_json_response:
            panels.append(ImpactSidePanel(self.object, self.request))
        return panels

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"question_state": STATES[state(self.object)]}


class QuestionViewSet(OwnViewSet):
    model = Question
    icon = "help"
    menu_label, menu_name = _("Questions"), "questions"
    base_url_path = "questions"
    index_view_class = QuestionIndexView
    add_view_class = QuestionCreateView
    edit_view_class = QuestionEditView
    filterset_class = QuestionFilterSet

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("regrade/<int:pk>/", regrading_views.regrade, name="regrade"),
            path("regrade/<int:pk>/<int:regrade>/", regrading_views.regraded, name="regraded"),
        ]

    list_per_page = 50
    list_display = [
        "__str__",
        Column("pool", label=_("Question pool"), accessor="pool", sort_key="pool", classname="wide-only"),
        Column(
            "kind",
            label=_("Kind"),
            accessor=lambda question: KINDS.get(question.newest_kind, ""),
            classname="wide-only",
        ),
        Column("code", label=_("Code"), accessor="code", sort_key="code", classname="wide-only"),
        StateColumn(),
        StaleColumn(),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("pool"), FieldPanel("lesson"), FieldPanel("level")]),
            FieldPanel("competence"),
            FieldPanel(
                "tags", help_text=_("Words by which you find the question again, and by which a quiz may draw.")
            ),
            FieldRowPanel([FieldPanel(f"confirm_{code}") for code in OTHERS], classname="stale"),
            FieldPanel(
                "content",
                help_text=_(
                    "For another kind of question, remove this one with the bin and add the other. `Backticks` make what is typed."
                ),
            ),
            FieldPanel("editorial"),
            FieldPanel("note", help_text=_("How the question is called in lists. Empty: its first words.")),
        ],
        base_form_class=QuestionForm,
    )


class PublishMenuItem(ActionMenuItem):
    name = "action-publish"
    label = _("Save and publish")
    icon_name = "upload"
    order = 20

    def is_shown(self, context):
        user, question = context["request"].user, context.get("instance")
        if question is not None:
            return questions.may_publish(user, question)
        return questions.writes_everywhere(user) or questions.courses_of(user).filter(review_required=False).exists()


@hooks.register("register_snippet_action_menu_item")
def publish_menu_item(model):
    return PublishMenuItem() if model is Question else None


class SaveDraftMenuItem(SaveMenuItem):
    def get_context_data(self, parent_context):
        return super().get_context_data(parent_context) | {"draftstate_enabled": True}  # it says «Save draft»


@hooks.register("construct_snippet_action_menu")
def say_save_draft(menu_items, request, context):
    if context["model"] is Question:
        menu_items[:] = [SaveDraftMenuItem(item.order) if type(item) is SaveMenuItem else item for item in menu_items]


for deed in DEEDS:
    hooks.register("register_bulk_action", deed)


@hooks.register("insert_editor_js")
def languages_js():
    """The buttons that show one language at a time on a phone."""
    return format_html(
        '<script src="{}" data-languages="{}" data-label="{}" data-stale="{}" defer></script>',
        static("js/languages.js"),
        json.dumps(LANGUAGES, ensure_ascii=False),
        gettext("Language"),
        gettext("stale"),
    )


# --- Pools ----------------------------------------------------------------------------------------------------------------


class PoolIndexView(OwnIndexView):
    def get_list_more_buttons(self, instance):
        return [*super().get_list_more_buttons(instance), *exchange_buttons(instance)]


def exchange_buttons(pool):
    into = f"{reverse('question_import')}?pool={pool.pk}"
    yield Button(gettext("Import questions"), url=into, icon_name="upload", priority=60)
    yield Button(
        gettext("Export as GIFT"),
        url=reverse("question_export_gift", args=[pool.pk]),
        icon_name="download",
        priority=70,
    )
    yield Button(
        gettext("Export as Moodle XML"), url=reverse("question_export_moodle_xml", args=[pool.pk]),
        icon_name="download", priority=71,
    )  # fmt: skip


@hooks.register("register_admin_urls")
def exchange_addresses():
    return exchange_views.urlpatterns


class PoolViewSet(OwnViewSet):
    model = QuestionPool
    icon = "folder-open-inverse"
    menu_label, menu_name = _("Question pools"), "question-pools"
    base_url_path = "question-pools"
    index_view_class = PoolIndexView
    list_display = [
        "__str__",
        Column("course", label=_("Course"), accessor="course"),
        Column("ready", label=_("Ready questions"), accessor="ready", sort_key="ready"),
    ]
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldRowPanel([FieldPanel(f"title_{code}") for code in LANGUAGES])], heading=_("Title")),
            FieldRowPanel(
                [FieldPanel("code", help_text=_("Latin letters, digits and hyphens.")), FieldPanel("course")]
            ),
        ],
        base_form_class=PoolForm,
    )


class BankGroup(snippets.SnippetViewSetGroup):
    items = (QuestionViewSet, PoolViewSet)
    menu_label, menu_name, menu_icon, menu_order = _("Questions"), "question-bank", "help", 250


register_snippet(BankGroup)


@hooks.register("register_admin_menu_item")
def reports_of_mistakes():
    """The queue is a page of ours: trainers come by Teaching, editors from here."""
    return MenuItem(
        _("Reports of mistakes"), reverse("courses:reports"), name="mistakes", icon_name="warning", order=265
    )

"""What is done to one question or to many chosen in the list: published, retired, brought back, moved, tagged, labelled."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from taggit.forms import TagField
from taggit.models import Tag
from wagtail.admin import messages
from wagtail.admin.widgets import AdminTagWidget
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from . import competences, questions
from .impact import impact_of, judged_otherwise
from .models import Level, Question, QuestionPool


class QuestionDeed(SnippetBulkAction):
    """One deed for one question or for many chosen in the list; asks before it acts."""

    models = [Question]
    template_name = "courses/question_deed.html"
    classes = set()
    may = staticmethod(questions.may_publish)  # who may do it to which question

    @classmethod
    def get_queryset(cls, model, object_ids):
        return list(Question.objects.filter(pk__in=object_ids).select_related("pool__course"))

    def get_all_objects_in_listing_query(self, parent_id):
        return questions.questions_of(self.request.user).values_list("pk", flat=True)

    def check_perm(self, question):
        if question.pk not in self.own:
            raise PermissionDenied  # not even its name
        return self.may(self.request.user, question)

    @cached_property
    def own(self):
        return set(questions.questions_of(self.request.user).values_list("pk", flat=True))

    def get_execution_context(self):
        return {**super().get_execution_context(), "by": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"deed": self}


MOST_LED_TO = 5  # questions named in a message


def _regrade_address(question):
    return reverse("wagtailsnippets_courses_question:regrade", args=[question.pk])


def _few_words(question):
    return Truncator(str(question)).chars(60)


# --- Publishing, retiring --------------------------------------------------------------------------------------------------


class PublishQuestions(QuestionDeed):
    display_name = _("Publish")
    action_type = "publish"
    aria_label = _("Publish the chosen questions")
    action_priority = 10
    icon_name = "upload"
    explanation = _("New attempts may draw them. Attempts under way keep what they have drawn.")

    @staticmethod
    def is_due(question):
        return question.has_draft

    def get_context_data(self, **kwargs):
        """Before they are published: what rests on each of them."""
        context = super().get_context_data(**kwargs)
        impacts = impact_of([one["item"] for one in context["items"]])
        for one in context["items"]:
            one["impact"] = impacts[one["item"].pk]
        return context

    @classmethod
    def execute_action(cls, objects, by=None, **kwargs):
        for question in objects:
            questions.publish(question=question, by=by)
        return len(objects), 0

    def get_success_message(self, count, _children):
        """Graded attempts stand by the key that was: the way to grade them anew is one press."""
        done = ngettext("%(n)s question is published.", "%(n)s questions are published.", count) % {"n": count}
        otherwise = judged_otherwise(self.actionable_objects)
        if not otherwise:
            return done
        told = gettext("Attempts that are graded already stand by the earlier key. Grade anew:")
        buttons = [messages.button(_regrade_address(one), _few_words(one)) for one in otherwise[:MOST_LED_TO]]
        more = " …" if len(otherwise) > MOST_LED_TO else ""
        return messages.render(f"{done} {told}{more}", buttons)


class RetireQuestions(QuestionDeed):
    display_name = _("Retire")
    action_type = "retire"
    aria_label = _("Retire the chosen questions")
    action_priority = 50
    icon_name = "no-view"
    retired = True
    explanation = _("No new attempt draws them. What has been answered stays.")

    @staticmethod
    def is_due(question):
        return not question.retired

    @classmethod
    def execute_action(cls, objects, by=None, **kwargs):
        for question in objects:
            questions.retire(question=question, by=by, retired=cls.retired)
        return len(objects), 0

    def get_success_message(self, count, _children):
        return ngettext("%(n)s question is retired.", "%(n)s questions are retired.", count) % {"n": count}


class BringBackQuestions(RetireQuestions):
    display_name = _("Bring back")
    action_type = "bring-back"
    aria_label = _("Bring the chosen questions back")
    action_priority = 60
    icon_name = "view"
    retired = False
    explanation = _("New attempts may draw them again.")

    @staticmethod
    def is_due(question):
        return question.retired

    def get_success_message(self, count, _children):
        return ngettext("%(n)s question is back.", "%(n)s questions are back.", count) % {"n": count}


# --- Labels and pools: deeds with a form --------------------------------------------------------------------------------------


class LabelDeed(QuestionDeed):
    """A deed with a form, whose fields are named as the arguments of the rule that it calls."""

    template_name = "courses/question_label_deed.html"
    may = staticmethod(questions.may_label)

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.prepare(self.request.user, self.get_actionable_objects()[0])
        return form

    def get_execution_context(self):
        return {**super().get_execution_context(), "typed": self.cleaned_form.cleaned_data}

    @classmethod
    def execute_action(cls, objects, by=None, typed=None, **kwargs):
        for question in objects:
            cls.act(question, by, typed)
        return len(objects), 0

    def get_success_message(self, count, _children):
        return ngettext("%(n)s question is changed.", "%(n)s questions are changed.", count) % {"n": count}


class DeedForm(forms.Form):
    def prepare(self, user, chosen):
        """Offer what fits the chosen questions."""


class MoveForm(DeedForm):
    pool = forms.ModelChoiceField(QuestionPool.objects.none(), label=_("Question pool"))

    def prepare(self, user, chosen):
        courses = {question.pool.course_id for question in chosen}
        if len(courses) == 1:
            self.fields["pool"].queryset = questions.pools_of(user).filter(course=courses.pop())
        else:
            self.fields["pool"].help_text = _(
                "The chosen questions are of different courses: choose those of one course."
            )


class MoveQuestions(LabelDeed):
    display_name = _("Move to another pool")
    action_type = "move"
    aria_label = _("Move the chosen questions to another pool")
    action_priority = 20
    icon_name = "folder-open-inverse"
    form_class = MoveForm
    explanation = _("Into a pool of the same course. What has been answered stays.")

    @staticmethod
    def act(question, by, typed):
        questions.move(question=question, pool=typed["pool"], by=by)


class TagForm(DeedForm):
    tags = TagField(label=_("Tags"), widget=AdminTagWidget)

    def clean_tags(self):
        tags = questions.tidy_tags(self.cleaned_data["tags"])
        if not tags:
            raise forms.ValidationError(gettext("Write at least one tag."))
        return tags


class AddTag(LabelDeed):
    display_name = _("Add tags")
    action_type = "add-tag"
    aria_label = _("Add tags to the chosen questions")
    action_priority = 30
    icon_name = "tag"
    form_class = TagForm
    explanation = _("They are added to those that the questions have.")

    @staticmethod
    def act(question, by, typed):
        questions.label(question=question, by=by, add=typed["tags"])


class RemoveTagForm(DeedForm):
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.none(), label=_("Tags"), widget=forms.CheckboxSelectMultiple, to_field_name="name"
    )

    def prepare(self, user, chosen):
        tags = Tag.objects.filter(question__in=[question.pk for question in chosen])
        self.fields["tags"].queryset = tags.distinct().order_by("name")


class RemoveTag(LabelDeed):
    display_name = _("Remove tags")
    action_type = "remove-tag"
    aria_label = _("Remove tags from the chosen questions")
    action_priority = 31
    icon_name = "cross"
    form_class = RemoveTagForm
    explanation = _("A question without the tag stays as it is.")

    @staticmethod
    def act(question, by, typed):
        questions.label(question=question, by=by, remove=[tag.name for tag in typed["tags"]])


AS_IT_IS, NONE = "", "-"


class LabelForm(DeedForm):
    level = forms.ChoiceField(
        choices=[(AS_IT_IS, _("Leave as it is")), (NONE, _("None")), *Level.choices], required=False, label=_("Level")
    )
    competence = forms.ChoiceField(
        choices=lambda: [(AS_IT_IS, _("Leave as it is")), (NONE, _("None")), *competences.choices()],
        required=False,
        label=_("Competence (DigComp)"),
    )


class LabelQuestions(LabelDeed):
    display_name = _("Set level and competence")
    action_type = "label"
    aria_label = _("Set the level and the competence of the chosen questions")
    action_priority = 40
    icon_name = "list-ul"
    form_class = LabelForm
    explanation = _("Quizzes may draw by them, and the list is filtered by them.")

    @staticmethod
    def act(question, by, typed):
        chosen = {name: {AS_IT_IS: None, NONE: ""}.get(value, value) for name, value in typed.items()}
        questions.label(question=question, by=by, **chosen)


DEEDS = (PublishQuestions, RetireQuestions, BringBackQuestions, MoveQuestions, AddTag, RemoveTag, LabelQuestions)


def due_deeds(question):
    """Those that have a button of their own, and something to do to the question."""
    return [deed for deed in (PublishQuestions, RetireQuestions, BringBackQuestions) if deed.is_due(question)]


def deed_address(deed, question, back):
    """The page that asks before the deed is done to one question."""
    address = reverse("wagtail_bulk_action", args=["courses", "question", deed.action_type])
    return f"{address}?{urlencode({'id': question.pk, 'next': back})}"

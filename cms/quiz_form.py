"""The form of a quiz page: questions are drawn from the course's own pools, by labels that they have; rules are the source page's."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from courses.models import Question, QuestionPool
from courses.question_form import PoolChoice
from courses.questions import with_ready

from .panels import speaks_source

RULES = (
    "pass_mark", "attempts", "wait_hours", "penalty", "one_page", "time_limit", "grace_seconds", "opens_at", "closes_at",
    "invigilated", "shows",
)  # fmt: skip
LEVELS = {"basic": _("Basic"), "intermediate": _("Intermediate"), "advanced": _("Advanced")}


class QuizPageForm(WagtailAdminPageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        course = self._course_page()
        locale = self.instance.locale if self.instance.locale_id else None  # none yet: a preview of what is being made
        if course and not speaks_source(course, locale or course.locale):
            for name in RULES:
                if name in self.fields:
                    self.fields[name].disabled = True  # shown as they were copied; the syllabus never asks here
        draws = self.formsets.get("draws")
        if draws is not None:
            pools = self._pools(course)
            draws.form = type("DrawForm", (draws.form,), {})  # of this form alone: the pools are this course's
            fields = draws.form.base_fields
            fields["pool"] = PoolChoice(pools, label=_("Question pool"))
            ready = Question.objects.ready().filter(pool__in=pools).order_by()
            for name, column in {"level": "level", "competence": "competence", "tag": "tags__name"}.items():
                own = set(ready.values_list(column, flat=True).distinct()) | {
                    getattr(draw, name) for draw in draws.queryset
                }
                fields[name] = forms.ChoiceField(
                    label=fields[name].label, required=False, choices=[("", _("any")), *_choices(own - {"", None})]
                )

    def _course_page(self):
        from .models import CoursePage

        parent = self.parent_page or self.instance.get_parent()
        return CoursePage.objects.ancestor_of(parent, inclusive=True).first() if parent else None

    def _pools(self, course):
        """Those of the course, and those that the page draws from already: a foreign pool is neither shown nor taken."""
        from .models import QuizDraw

        own = Q(course__key=course.translation_key) if course else Q(pk=None)
        drawn = QuizDraw.objects.filter(page=self.instance.pk).values("pool")
        return with_ready(QuestionPool.objects.filter(own | Q(pk__in=drawn)))


def _choices(labels):
    """What the questions have, the known levels in their order and by their names."""
    known = [level for level in LEVELS if level in labels]
    return [(level, LEVELS[level]) for level in known] + [(label, label) for label in sorted(labels - set(known))]

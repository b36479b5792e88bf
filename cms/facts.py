"""Pages whose facts are to be looked up again: a trainer's courses, for editors all. The dates are those of the pages (CheckedMixin).

Readers' pages count, not drafts: what nobody reads misleads nobody.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Coalesce, Left
from django.utils import timezone
from wagtail.models import Page

from courses.models import Course, CourseTrainer
from courses.questions import courses_of

from .models import CheckedMixin, CoursePage
from .search import COURSE_DEPTH

SOON = timedelta(days=30)
KINDS = [model._meta.model_name for model in CheckedMixin.__subclasses__()]
NAMES = dict(settings.LANGUAGES)
CODE = Page.steplen * COURSE_DEPTH  # characters of a path down to the course


@dataclass
class Row:
    page: Page  # with `due` and `checked`
    course: Course
    is_late: bool

    @property
    def language(self):
        return self.page.locale.language_code

    @property
    def language_name(self):
        return NAMES.get(self.language, self.language)

    @property
    def trainers(self):
        return [row.person for row in self.course.trainers.all()]


def due(user, *, course=None, language="", today=None):
    """The live pages that `user` writes and whose facts are due within SOON, the oldest date first; with `due` and `checked`."""
    courses = courses_of(user) if course is None else courses_of(user).filter(pk=course.pk)
    over = CoursePage.objects.filter(translation_key__in=courses.values("key"))
    pages = Page.objects.live().filter(alias_of=None).alias(course_path=Left("path", CODE))
    pages = pages.annotate(due=_of_any_kind("check_again"), checked=_of_any_kind("checked"))
    pages = pages.filter(due__lte=(today or timezone.localdate()) + SOON, course_path__in=over.values("path"))
    return (pages.filter(locale__language_code=language) if language else pages).order_by("due", "path")


def _of_any_kind(field):
    return Coalesce(*(f"{kind}__{field}" for kind in KINDS))


def counted(user, *, today=None):
    """{"late": pages whose date is past, "soon": those whose date comes within SOON}. One query."""
    late = Q(due__lt=today or timezone.localdate())
    return due(user, today=today).order_by().aggregate(late=Count("pk", filter=late), soon=Count("pk", filter=~late))


def rows(pages, *, today=None):
    """A Row for each of these pages of `due`. Three queries, for one as for fifty."""
    pages = list(pages)
    paths = {page.path[:CODE] for page in pages}
    keys = dict(CoursePage.objects.filter(path__in=paths).values_list("path", "translation_key"))
    trainers = CourseTrainer.objects.select_related("person").order_by("person__last_name", "pk")
    courses = Course.objects.filter(key__in=keys.values()).prefetch_related(Prefetch("trainers", trainers))
    by_key = {course.key: course for course in courses}
    today = today or timezone.localdate()
    return [Row(page, by_key[keys[page.path[:CODE]]], page.due < today) for page in pages]

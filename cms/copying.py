"""Copying a course: its whole tree in every language as drafts, with a code and translation keys of its own.

The original is only read. The copy's syllabus comes to be when its pages are published (cms/tree.py); until then there is
its row alone, archived and never published, so that its trainer and its pools have something to hang on. A course is some
hundred pages: there is no transaction around them all, which would keep a SQLite database from every learner's answer for
seconds; what fails on the way is removed again.
"""

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.actions.copy_page import CopyPageAction
from wagtail.models import Page

from accounts import audit
from accounts.models import Role
from accounts.roles import has_role
from courses import questions
from courses.models import Course, Question, QuestionPool, QuestionVersion

from . import teams
from .models import CoursePage, ModulePage, QuizPage


class CodeTaken(Exception):
    """Another course, or a page of one, has this code or its address."""


class NothingToCopy(Exception):
    """The course has no page."""


def trees(course):
    """Its course pages, one a language, the source language first."""
    pages = CoursePage.objects.filter(translation_key=course.key, alias_of=None).select_related("locale")
    return sorted(pages, key=lambda page: (page.locale.language_code != course.source, page.locale.language_code))


def is_free(code):
    """Whether a course may have this code, and its pages the address made of it."""
    pages = CoursePage.objects.filter(code__iexact=code) | CoursePage.objects.filter(slug=code.lower())
    return not pages.exists() and not Course.objects.filter(code__iexact=code).exists()


def copy_course(*, course, code, titles, by, copy_pools=False):
    """Copy `course` under a new code; `titles` {language: title} for its pages. Returns the new Course, not published yet.

    With `copy_pools` its pools are copied too, each question with its current version; else the quizzes draw from the same
    pools. Who copies and is a trainer becomes the copy's trainer. Raises CodeTaken, NothingToCopy.
    """
    pages = trees(course)
    if not pages:
        raise NothingToCopy(course)
    made = _reserve(course, code, titles)
    try:
        pools = _copy_pools(course, made, by) if copy_pools else {}
        keys = {course.key: made.key}  # translation_key of the original -> of the copy, in every language
        for page in pages:
            _copy_tree(page, code, titles.get(page.locale.language_code) or page.title, keys, pools, by)
        with transaction.atomic():
            teams.let_in(made)
            if has_role(by, Role.TRAINER):
                teams.join(course=made, person=by)
            audit.record(
                actor=by, deed="course copied", subject=f"course {made.pk}", source=course.pk, code=code,
                pools={str(old): new for old, new in pools.items()},
            )  # fmt: skip
    except Exception:
        _undo(made)
        raise
    return made


def _reserve(course, code, titles):
    """The row of the copy, with its code: of two at once one gets it."""
    if not is_free(code):
        raise CodeTaken(code)
    try:
        with transaction.atomic():
            return Course.objects.create(
                key=uuid.uuid4(), code=code, source=course.source, archived=True, titles=titles,
                outcomes=course.outcomes, hours=course.hours, seminar_share=course.seminar_share,
                review_required=course.review_required, open_reading=course.open_reading,
                homework_counts=course.homework_counts, valid_months=course.valid_months,
            )  # fmt: skip
    except IntegrityError:
        raise CodeTaken(code) from None


def _undo(made):
    """Nothing is left of a copy that did not come to its end."""
    with transaction.atomic():
        for page in CoursePage.objects.filter(translation_key=made.key):
            page.delete()
        mine = Question.objects.filter(pool__course=made)
        mine.update(current=None)
        QuestionVersion.objects.filter(question__in=mine).delete()
        mine.delete()
        QuestionPool.objects.filter(course=made).delete()
        made.delete()


# --- Pages --------------------------------------------------------------------------------------------------------------


class _CopyTree(CopyPageAction):
    """Wagtail's, with keys that are the same in every language, and of a page that is a draft its newest words."""

    def __init__(self, *args, keys, code, **kwargs):
        super().__init__(*args, **kwargs)
        self._uuid_mapping, self.code = keys, code
        self.aliases = []  # copies of aliases: they were no steps of the original

    def _copy_page(self, page, to=None, update_attrs=None, exclude_fields=None, _mpnode_attrs=None):
        if not page.live and page.latest_revision_id:
            page = page.get_latest_revision_as_object()
        attrs = {**(update_attrs or {}), "translation_key": self.generate_translation_key(page.translation_key)}
        if isinstance(page, ModulePage) and page.code.lower().startswith(self.page.code.lower()):
            attrs["code"] = f"{self.code}{page.code[len(self.page.code) :]}"[:20]
        made = super()._copy_page(page, to, attrs, exclude_fields, _mpnode_attrs)
        if page.alias_of_id:
            self.aliases.append(made.pk)
        return made


def _copy_tree(page, code, title, keys, pools, by):
    def own_pool(original, copy, relation, child):
        if isinstance(original, QuizPage) and relation.get_accessor_name() == "draws":
            child.pool_id = pools.get(child.pool_id, child.pool_id)

    action = _CopyTree(
        page, to=page.get_parent(), recursive=True, copy_revisions=False, keep_live=False, user=by, keys=keys,
        code=code, process_child_object=own_pool,
        update_attrs={"code": code, "slug": code.lower(), "title": title, "draft_title": title},
    )  # fmt: skip
    action.execute(skip_permission_checks=True)  # who may copy is asked by the view: a team adds no course
    for alias in Page.objects.filter(pk__in=action.aliases).order_by("-depth"):
        alias.delete()


# --- Pools --------------------------------------------------------------------------------------------------------------


def _copy_pools(course, made, by):
    """{pool: its copy}, primary keys, of the course's own pools. What is retired or not published yet is left out."""
    found = {}
    for pool in QuestionPool.objects.filter(course=course).order_by("pk"):
        copy = QuestionPool.objects.create(code=_pool_code(pool, course, made), titles=pool.titles, course=made)
        found[pool.pk] = copy.pk
        _copy_questions(pool, copy, by)
    return found


def _pool_code(pool, course, made):
    """sec-2 of the course SEC is xyz-2 in XYZ; with a number behind where that is taken."""
    old, new = (course.code or "").lower(), made.code.lower()
    wanted = f"{new}{pool.code[len(old) :]}" if old and pool.code.startswith(old) else f"{new}-{pool.code}"
    wanted, n = wanted[:36], 1
    code = wanted
    while QuestionPool.objects.filter(code=code).exists():
        n += 1
        code = f"{wanted}-{n}"
    return code


def _copy_questions(pool, copy, by):
    now = timezone.now()
    originals = list(Question.objects.ready().filter(pool=pool).select_related("current").order_by("pk"))
    copies = Question.objects.bulk_create(
        Question(
            pool=copy, note=one.note, lesson=one.lesson, level=one.level, competence=one.competence, folded=one.folded
        )
        for one in originals
    )
    versions = QuestionVersion.objects.bulk_create(
        QuestionVersion(
            question=question, number=1, kind=one.current.kind, content=one.current.content,
            translated_of=one.current.translated_of, created_at=now, created_by=by, published_at=now, published_by=by,
        )
        for question, one in zip(copies, originals, strict=True)
    )  # fmt: skip
    for question, version in zip(copies, versions, strict=True):
        question.current = version
    Question.objects.bulk_update(copies, ["current"], batch_size=500)
    for question, one in zip(copies, originals, strict=True):
        if names := list(one.tags.names()):
            question.tags.add(*names)


def may_copy(user):
    """The courses that `user` may copy: trainers the own ones; editors and administrators all."""
    return questions.courses_of(user).filter(archived=False)

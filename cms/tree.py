"""The page tree, read as a syllabus. A page counts if it is live, all its ancestors up to the course are live, and it is no alias."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields

from django.db import transaction
from django.db.models import Q
from wagtail.models import Locale, Page

from courses import competences, syllabus
from courses.models import Course

from . import rubric
from .models import AssignmentPage, CoursePage, LessonPage, ModulePage, QuizPage

STEPS = {LessonPage: "lesson", QuizPage: "quiz", AssignmentPage: "assignment"}
QUIZ_RULES = [field.name for field in fields(syllabus.QuizEntry) if field.name != "draws"]


_gathering = ContextVar("gathering", default=None)  # a set of keys while many pages are written in one go


@contextmanager
def one_sync():
    """While many pages are written in one transaction: look at each course once, after the commit."""
    token = _gathering.set(set())
    try:
        yield
        keys = _gathering.get()
        transaction.on_commit(lambda: [sync(key, words_changed=True) for key in keys])
    finally:
        _gathering.reset(token)


def is_gathering():
    return _gathering.get() is not None


def look_again(*pages, words_changed=True):
    """After the commit, make the syllabus of every course in, over or under these pages say what they say now."""
    for key in courses_touched(*pages):  # now: before a delete removes the rows
        if is_gathering():
            _gathering.get().add(key)
            continue

        def go(key=key):  # a closure: partial crashes with robust=True
            sync(key, words_changed=words_changed)

        transaction.on_commit(go, robust=True)  # a fault is logged, the trainer's publish stands, the sweep heals


def courses_touched(*pages):
    """The keys of the courses that hold these pages, or lie below them. Paths are asked of the database: instances grow stale."""
    paths = list(Page.objects.filter(pk__in=[page.pk for page in pages]).values_list("path", flat=True))
    if not paths:
        return set()
    touched = Q()
    for path in paths:
        over = [path[:n] for n in range(Page.steplen, len(path) + 1, Page.steplen)]
        touched |= Q(path__in=over) | Q(path__startswith=path)
    # Aliases too: one that was a page until now takes its course along.
    return set(CoursePage.objects.filter(touched).values_list("translation_key", flat=True))


def sync(key, words_changed=False):
    code = Course.objects.filter(key=key).values_list("code", flat=True).first()
    course = syllabus.publish(key=key, read=lambda source: read_course(key, source), words_changed=words_changed)
    if course:
        from . import teams

        teams.ensure(course)  # who may write in its pages, and whether a review stands before publishing
        if code and course.code != code:  # given up: a course that asked for it has waited
            for waiting in Course.objects.live().filter(code=None).exclude(key=key).order_by("pk"):
                sync(waiting.key)
    if words_changed:
        from . import search_index

        search_index.index_course(key)
    return course


def all_keys():
    """Of every course that has pages or rows, in a fixed order."""
    keys = set(CoursePage.objects.filter(alias_of=None).values_list("translation_key", flat=True))
    return sorted(keys | set(Course.objects.values_list("key", flat=True)), key=str)


def sync_all():
    """For the sweep: every course. A crash between Wagtail's commit and ours leaves work for this."""
    keys = all_keys()
    for key in keys:
        sync(key)
    return len(keys)


def read_course(key, source):
    """The CourseEntry of the live tree in the source language ("" : the first live one), or None."""
    trees = {page.locale.language_code: page for page in live_courses(key)}
    if not source:
        source = next((code for code in _languages() if code in trees), "")
    if source not in trees:
        return None
    course = trees[source]
    titles, outcomes, addresses = {}, {}, {}
    steps = {}  # translation_key -> {language: page}
    for language, tree in trees.items():
        titles[language], outcomes[language], addresses[language] = tree.title, tree.outcome, tree.get_url()
        for page in live_below(tree):
            steps.setdefault(page.translation_key, {})[language] = page
    own = [by[source] for by in steps.values() if source in by]
    own.sort(key=lambda page: page.path)
    modules = [page for page in own if isinstance(page, ModulePage)]

    def activity(page):
        languages = steps[page.translation_key]
        return syllabus.ActivityEntry(
            key=page.translation_key,
            kind=STEPS[type(page)],
            titles={code: other.title for code, other in languages.items()},
            addresses={code: _address(trees[code], addresses[code], other) for code, other in languages.items()},
            minutes=getattr(page, "minutes", 0) or _quiz_minutes(page),
            quiz=_quiz(page) if isinstance(page, QuizPage) else None,
            assignment=_assignment(page, languages) if isinstance(page, AssignmentPage) else None,
        )

    return syllabus.CourseEntry(
        key=key,
        code=course.code,
        source=source,
        titles=titles,
        outcomes=outcomes,
        addresses=addresses,
        hours=course.hours,
        seminar_share=course.seminar_share,
        review_required=course.review_required,
        open_reading=course.open_reading,
        homework_counts=course.homework_counts,
        valid_months=course.valid_months,
        modules=tuple(
            syllabus.ModuleEntry(
                key=module.translation_key,
                code=module.code,
                titles={code: other.title for code, other in steps[module.translation_key].items()},
                outcomes={code: other.outcome for code, other in steps[module.translation_key].items()},
                hours=module.hours,
                competences=competences.named_in(module.digcomp),
                activities=tuple(
                    activity(page) for page in own if type(page) in STEPS and page.path.startswith(module.path)
                ),
            )
            for module in modules
        ),
        final_tests=tuple(
            activity(page) for page in own if isinstance(page, QuizPage) and page.depth == course.depth + 1
        ),
    )


def live_courses(key):
    """The live course pages of `key`, one a language, whose catalogue and home page are live too."""
    pages = CoursePage.objects.filter(translation_key=key, live=True, alias_of=None).select_related("locale")
    return [page for page in pages if not page.get_ancestors().filter(live=False, depth__gt=1).exists()]


def live_below(course):
    """The course's live modules, steps and final tests whose module is live too; no aliases. Three or four queries."""
    below = Q(path__startswith=course.path, depth__gt=course.depth, live=True, alias_of=None)
    modules = list(ModulePage.objects.filter(below, depth=course.depth + 1))
    roots = tuple(module.path for module in modules)
    pages = list(modules)
    for model in STEPS:
        found = model.objects.filter(below)
        if model is QuizPage:
            found = found.prefetch_related("draws")
        else:
            found = found.defer("body")  # not needed, and the largest column
        pages += [
            page
            for page in found
            if page.path.startswith(roots) or (model is QuizPage and page.depth == course.depth + 1)
        ]
    return pages


def _address(course, course_address, page):
    return course_address + page.url_path[len(course.url_path) :]


def _quiz(page):
    return syllabus.QuizEntry(
        **{name: getattr(page, name) for name in QUIZ_RULES},
        draws=tuple(syllabus.DrawEntry(pool, count, *labels) for (pool, *labels), count in merged(page).items()),
    )


def _assignment(page, languages):
    return syllabus.AssignmentEntry(
        rubric=rubric.read(page, languages),
        pass_points=page.pass_points,
        most_files=page.most_files,
        most_megabytes=page.most_megabytes,
        due_days=page.due_days,
        for_trainer={language: other.for_trainer for language, other in languages.items() if other.for_trainer},
    )


def merged(page):
    """{(pool, level, competence, tag): count}: a pool named twice with the same labels is drawn from once, for both."""
    counts = {}
    for draw in page.draws.all():
        key = (draw.pool_id, draw.level, draw.competence, draw.tag)
        counts[key] = counts.get(key, 0) + draw.count
    return counts


def _quiz_minutes(page):
    return page.time_limit or 2 * sum(merged(page).values())


def _languages():
    codes = list(Locale.objects.values_list("language_code", flat=True))
    return sorted(codes, key=lambda code: (code != "uz", code))

"""From the page tree to the syllabus: one idempotent function. It knows no pages: it is given a tree of plain entries.

Membership, order and rules come from the course's recorded source language alone; other languages give titles and
addresses. What vanished is archived, never deleted. docs/decisions/0002-syllabus-from-pages.md
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from . import draws as drawing
from .models import Activity, Assignment, Course, Draw, Module, Quiz


@dataclass(frozen=True)
class DrawEntry:
    pool: int  # its primary key
    count: int
    level: str = ""
    competence: str = ""
    tag: str = ""


@dataclass(frozen=True)
class QuizEntry:
    """The rules: as the fields of Quiz with these names."""

    pass_mark: int
    attempts: int
    wait_hours: int
    time_limit: int | None
    grace_seconds: int
    opens_at: datetime | None
    closes_at: datetime | None
    penalty: int
    one_page: bool
    shows: str
    invigilated: bool
    draws: tuple[DrawEntry, ...]


@dataclass(frozen=True)
class AssignmentEntry:
    rubric: list  # as Assignment.rubric
    pass_points: int
    most_files: int
    most_megabytes: int
    due_days: int | None
    for_trainer: dict  # {language: text}


@dataclass(frozen=True)
class ActivityEntry:
    key: object
    kind: str
    titles: dict
    addresses: dict
    minutes: int = 0
    quiz: QuizEntry | None = None
    assignment: AssignmentEntry | None = None


@dataclass(frozen=True)
class ModuleEntry:
    key: object
    code: str
    titles: dict
    outcomes: dict
    hours: Decimal
    activities: tuple[ActivityEntry, ...] = ()
    competences: list = field(default_factory=list)  # codes of DigComp


@dataclass(frozen=True)
class CourseEntry:
    key: object
    code: str
    source: str  # the language whose tree this is
    titles: dict
    outcomes: dict
    addresses: dict
    hours: Decimal
    seminar_share: int
    review_required: bool
    open_reading: bool
    homework_counts: bool
    valid_months: int | None = None
    modules: tuple[ModuleEntry, ...] = ()
    final_tests: tuple[ActivityEntry, ...] = field(default=())


def publish(*, key, read, words_changed=False):
    """Make the rows of the course `key` say what its pages say. `read(source)` gives its CourseEntry, or None when it is not live.

    Returns the Course, or None where there neither is nor was one. With `words_changed` the version rises even when no
    row changed: what is kept between requests is kept by it.
    """
    with transaction.atomic():
        if not Course.objects.filter(key=key).exists():
            if read("") is None:
                return None
            Course.objects.get_or_create(key=key, defaults={"archived": True})
        # All courses, in one order: a page moved between two courses is written by both. `no_key` leaves enrolments free.
        locked = {course.key: course for course in Course.objects.select_for_update(no_key=True).order_by("pk")}
        course = locked[key]
        entry = read(course.source)  # under the lock: of two publishers the later one sees both
        changed = _archive(course) if entry is None else _write(course, entry)
        missing = [] if course.archived else shortfalls(course)
        if changed or words_changed or missing != course.missing:
            course.missing = missing
            course.version += 1
            course.save()
        return course


def bump_all():
    """Addresses changed somewhere: kept bodies hold links."""
    Course.objects.update(version=F("version") + 1)


def recheck(courses):
    """A pool changed: say anew of these courses whether they are whole."""
    for course in courses:
        missing = shortfalls(course)
        if missing != course.missing:
            Course.objects.filter(pk=course.pk).update(missing=missing, version=F("version") + 1)


def _archive(course):
    if course.archived:
        return False
    course.archived = True
    course.modules.update(archived=True)
    course.activities.update(archived=True)
    return True


def _set(row, **values):
    """Set what differs; says whether anything did. A row not saved yet always does."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    if different or row._state.adding:
        row.save()
        return True
    return False


def _is_taken(code, course):
    """Whether the code is none, or another course's: a copied course page has its original's until somebody gives it its own."""
    return not code or Course.objects.filter(code=code).exclude(pk=course.pk).exists()


def _write(course, entry):
    changed = _set(
        course,
        code=None if _is_taken(entry.code, course) else entry.code,
        source=entry.source,
        titles=entry.titles,
        outcomes=entry.outcomes,
        addresses=entry.addresses,
        hours=entry.hours,
        seminar_share=entry.seminar_share,
        review_required=entry.review_required,
        open_reading=entry.open_reading,
        homework_counts=entry.homework_counts,
        valid_months=entry.valid_months,
        archived=False,
    )
    modules = {row.key: row for row in Module.objects.filter(key__in=[m.key for m in entry.modules])}
    steps = [(None, a) for a in entry.final_tests]
    steps = [(m, a) for m in entry.modules for a in m.activities] + steps
    activities = {row.key: row for row in Activity.objects.filter(key__in=[a.key for _m, a in steps])}
    kept_modules = {}
    for position, module in enumerate(entry.modules, 1):
        row = modules.get(module.key) or Module(key=module.key)
        changed |= _set(
            row, course_id=course.pk, position=position, code=module.code, titles=module.titles,
            outcomes=module.outcomes, hours=module.hours, competences=module.competences, archived=False,
        )  # fmt: skip
        kept_modules[module.key] = row
    kept = []
    for position, (module, step) in enumerate(steps, 1):
        row = activities.get(step.key) or Activity(key=step.key)
        changed |= _set(
            row, course_id=course.pk, module_id=kept_modules[module.key].pk if module else None, position=position,
            kind=step.kind, titles=step.titles, addresses=step.addresses, minutes=step.minutes, archived=False,
        )  # fmt: skip
        kept.append(row.pk)
        if step.quiz:
            changed |= _write_quiz(row, step.quiz)
        if step.assignment:
            assignment = Assignment.objects.filter(activity=row).first() or Assignment(activity=row)
            changed |= _set(assignment, **vars(step.assignment))
    changed |= bool(course.activities.live().exclude(pk__in=kept).update(archived=True))
    changed |= bool(
        course.modules.live().exclude(pk__in=[row.pk for row in kept_modules.values()]).update(archived=True)
    )
    return changed


def _write_quiz(activity, entry):
    quiz = Quiz.objects.filter(activity=activity).prefetch_related("draws").first() or Quiz(activity=activity)
    was_new = quiz._state.adding
    rules = {name: value for name, value in vars(entry).items() if name != "draws"}
    changed = _set(quiz, **rules)
    present = () if was_new else tuple(_draw_entry(draw) for draw in quiz.draws.all())
    if present != entry.draws:
        quiz.draws.all().delete()
        Draw.objects.bulk_create(
            Draw(quiz=quiz, pool_id=one.pool, count=one.count, level=one.level, competence=one.competence, tag=one.tag, position=n)
            for n, one in enumerate(entry.draws)
        )  # fmt: skip
        changed = True
    return changed


def _draw_entry(draw):
    return DrawEntry(draw.pool_id, draw.count, draw.level, draw.competence, draw.tag)


# What can be missing; `explain` says it to the trainer in the reader's language.
SHORTFALLS = {
    "no_modules": gettext_noop("The course has no live module."),
    "no_steps": gettext_noop("The module «%(title)s» has no live lesson or quiz."),
    "no_questions": gettext_noop("The quiz «%(title)s» draws no questions."),
    "few_questions": gettext_noop(
        "The quiz «%(title)s» draws %(wanted)s questions from the pool %(pool)s, which has %(ready)s ready."
    ),
    "few_labelled": gettext_noop(
        "The quiz «%(title)s» draws %(wanted)s questions with the label %(labels)s from the pool %(pool)s, which has %(ready)s ready."
    ),
    "few_together": gettext_noop(
        "The quiz «%(title)s» draws from the pool %(pool)s more than once: of %(wanted)s questions of one draw only %(ready)s are left."
    ),
    "no_code": gettext_noop("The course has no code of its own."),
}


def shortfalls(course):
    """What the course lacks to be whole: [{"what": ..., ...}]. Empty: people may begin it and are judged by it."""
    found = [] if course.code else [{"what": "no_code"}]
    judged = Q(activities__archived=False) & ~Q(activities__kind=Activity.Kind.ASSIGNMENT)  # homework does not count
    modules = course.modules.live().annotate(steps=Count("activities", filter=judged))
    if not modules:
        found.append({"what": "no_modules"})
    found += [{"what": "no_steps", "titles": module.titles} for module in modules if not module.steps]
    quizzes = Quiz.objects.filter(activity__course=course, activity__archived=False).select_related("activity")
    quizzes = quizzes.prefetch_related("draws__pool").order_by("activity__position")
    draws = [draw for quiz in quizzes for draw in quiz.draws.all()]
    able = {draw.pk: part for draw, part in zip(draws, drawing.candidates(draws), strict=True)}
    for quiz in quizzes:
        own = list(quiz.draws.all())
        if not own:
            found.append({"what": "no_questions", "titles": quiz.activity.titles, "quiz": quiz.pk})
        for draw, gets in drawing.shortfalls(own, [able[draw.pk] for draw in own]):
            ready = len(able[draw.pk])
            labels = [text for text in (draw.level, draw.competence, draw.tag) if text]
            what = "few_together" if ready >= draw.count else "few_labelled" if labels else "few_questions"
            found.append(
                {"what": what, "titles": quiz.activity.titles, "quiz": quiz.pk, "wanted": draw.count,
                 "pool": draw.pool.code, "ready": gets if what == "few_together" else ready}
                | ({"labels": ", ".join(labels)} if what == "few_labelled" else {})
            )  # fmt: skip
    return found


def explain(shortfall):
    """One shortfall as a sentence in the reader's language."""
    from accounts.text import in_language

    return _(SHORTFALLS[shortfall["what"]]) % {**shortfall, "title": in_language(shortfall.get("titles"))}

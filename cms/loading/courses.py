"""load_curriculum: everything is read and checked first; then one transaction a course. A file with an error stops all."""

from functools import partial
from pathlib import Path

from django.db import transaction

from courses.models import Course as CourseRow
from courses.models import Module as ModuleRow
from courses.models import QuestionPool

from .. import admin_search, search_index, tree
from ..curriculum import picturefiles
from ..curriculum.reading import CurriculumError, Problem, read_course
from ..models import AssignmentPage, CoursePage, GlossaryTerm, LessonPage, ModulePage, QuizPage
from ..setup import set_up
from .assignments import assignment_body, assignment_rubric, put_seminar
from .blocks import lesson_body
from .material import Material, load_glossary, put_drawings, put_files
from .notes import Report, known
from .pages import in_order, put
from .questions import put_pool

QUIZ = {"uz": "{n}-modul testi", "ru": "Тест модуля {n}", "en": "Module {n} test"}
FINAL_TEST = {"uz": "Yakuniy test", "ru": "Итоговый тест", "en": "Final test"}
FINAL_RULES = {"attempts": 2, "wait_hours": 24, "time_limit": 60}  # where course.yaml says nothing else; minutes


def load(root, say=lambda line: None, only=None):
    """Load every course below `root`; with `only`, those of these folders alone. Returns a Report.

    Raises CurriculumError with every problem, having written nothing."""
    root = Path(root)
    found, problems = [], []
    for folder in sorted(
        path.parent for path in root.glob("*/course.yaml") if only is None or path.parent.name in only
    ):
        try:
            found.append(read_course(folder))
        except CurriculumError as error:
            problems += error.problems
    if not found and not problems:
        problems = [Problem(".", 0, "no folder here has a course.yaml")]
    problems += clashes(found)
    if problems:
        raise CurriculumError(problems)
    report = Report()
    catalogues = set_up()
    with admin_search.once_at_the_end():
        for course in found:
            with transaction.atomic():
                with tree.one_sync():
                    if (root / "glossary.csv").exists():
                        load_glossary(root / "glossary.csv")
                    _Loader(course, report, catalogues).load()
                transaction.on_commit(partial(_attach, course, report))  # after the syllabus was made of the pages
            say(f"{course.code}: {report}")
    search_index.index_terms()
    search_index.index_seminars()
    return report


def clashes(courses):
    """Problems of courses that take each other's codes: rows are known by them, so the later one would take the earlier one's."""
    seen = {}
    return [
        Problem(path, 0, f"{what} {code} is that of {seen[what, code]} too")
        for course in courses
        for path, what, code in _codes(course)
        if seen.setdefault((what, code), path) != path
    ]


def _codes(course):
    yield f"{course.key}/course.yaml", "code", course.code
    for module in course.modules:
        place = f"{course.key}/{module.key}"
        if module.quiz:
            yield f"{place}/quiz.yaml", "pool", module.quiz["pool"]
            for question in module.quiz["questions"]:
                yield f"{place}/quiz.yaml", "question", question["id"]
        if module.seminar:
            yield f"{place}/seminar.yaml", "seminar", module.seminar["id"]


class _Loader:
    """One course: the source language's tree first, then the other languages beside it."""

    def __init__(self, course, report, catalogues):
        self.course, self.report, self.catalogues = course, report, catalogues
        self.languages = [code for code in ("uz", "ru", "en") if code in catalogues]
        self.terms = dict(GlossaryTerm.objects.values_list("key", "pk"))
        self.pages = {}  # key -> {language: page}
        self.pools = []  # of the modules' quizzes

    def load(self):
        self.put(
            "", CoursePage, None, self.course.key, self.course.title, lambda language: self.course_fields(language)
        )
        parts = [self.load_module(number, module) for number, module in enumerate(self.course.modules, 1)]
        parts.append(self.load_final_test())
        for language in self.languages:
            if parent := self.page("", language):
                in_order(self.course.key, language, parent, {key: self.page(key, language) for key in parts})

    def page(self, key, language):
        return self.pages.get(key, {}).get(language)

    def put(self, key, model, parent_key, slug, titles, fields, draws=None, languages=None):
        """The page `key` in every language in which it has a title, below its parent's page in that language."""
        source = None
        for language in languages or [code for code in self.languages if titles.get(code)]:
            parent = self.catalogues[language] if parent_key is None else self.page(parent_key, language)
            if parent is None or (source is None and language != self.languages[0]):
                continue
            page = put(
                self.report, key=f"{self.course.key}/{key}".rstrip("/"), language=language, model=model, parent=parent, slug=slug,
                title=titles[language], fields=fields(language), source=source, draws=draws,
            )  # fmt: skip
            self.pages.setdefault(key, {})[language] = page
            source = source or page

    def course_fields(self, language):
        modules = self.course.modules
        return {
            "code": self.course.code,
            "outcome": self.course.outcome[language],
            "hours": sum(sum(module.hours.values()) for module in modules) + self.course.final_test["hours"],
            "cover": self.course.key if self.course.key in CoursePage.Cover.values else CoursePage.Cover.SEC,
            "checked": min(module.checked for module in modules),
            "check_again": min(module.check_again for module in modules),
        }

    def load_module(self, number, module):
        key = module.key
        self.put(key, ModulePage, "", module.key, module.title, lambda language: {
            "code": module.code, "outcome": module.outcome[language], "hours": sum(module.hours.values()),
            "digcomp": ", ".join(str(name) for name in module.digcomp), "checked": module.checked,
            "check_again": module.check_again, "to_check": "\n".join(module.to_check),
        })  # fmt: skip
        place = f"{self.course.key}/{module.key}"
        files = put_files(self.report, place, module.files, self.languages)
        steps = [self.load_lesson(module, lesson, files) for lesson in module.lessons]
        if module.quiz:
            steps.append(self.load_quiz(number, module))
        if module.assignment:
            steps.append(self.load_assignment(module, files))
        for language in self.languages:
            if parent := self.page(key, language):
                in_order(place, language, parent, {step: self.page(step, language) for step in steps})
        return key

    def load_lesson(self, module, lesson, files):
        key = f"{module.key}/{lesson.key}"
        place = f"{self.course.key}/{key}"
        drawings = put_drawings(place, lesson.figures)

        def fields(language):
            text = lesson.texts[language]
            material = Material(place, language, drawings, files, self.terms)
            return {
                "outcome": text.outcome, "minutes": text.minutes, "checked": text.checked, "check_again": text.check_again,
                "body": lesson_body(f"{place}/{language}", text.blocks, material),
            }  # fmt: skip

        titles = {language: text.title for language, text in lesson.texts.items()}
        self.put(key, LessonPage, module.key, lesson.key, titles, fields)
        return key

    def load_quiz(self, number, module):
        key, quiz = f"{module.key}/quiz", module.quiz
        pool = put_pool(
            self.report, quiz, module.title, f"{self.course.key}/{module.key}", module.path / picturefiles.FOLDER
        )
        self.pools.append(pool)
        titles = {language: text.format(n=number) for language, text in QUIZ.items()}
        rules = {"pass_mark": quiz["pass_mark"], "attempts": quiz["attempts"], "wait_hours": quiz["wait_hours"]}
        self.put(key, QuizPage, module.key, "test", titles, lambda language: rules, draws=[(pool, quiz["draw"])])
        return key

    def load_final_test(self):
        """A quiz page directly under the course page, drawn over the pools of all modules."""
        plan = self.course.final_test
        rules = FINAL_RULES | {name: plan[name] for name in ("pass_mark", *FINAL_RULES) if name in plan}
        draws = [(pool, plan["draw_per_module"]) for pool in self.pools]
        titles = {language: FINAL_TEST[language] for language in self.course.title}
        self.put("final-test", QuizPage, "", "yakuniy-test", titles, lambda language: rules, draws=draws)
        return "final-test"

    def load_assignment(self, module, files):
        key, assignment = f"{module.key}/assignment", module.assignment
        place = f"{self.course.key}/{module.key}"

        def fields(language):
            material = Material(place, language, {}, files, self.terms)
            return {
                "purpose": assignment["purpose"][language], "minutes": assignment["minutes"],
                "for_trainer": (assignment.get("for_trainer") or {}).get(language, ""),
                "body": assignment_body(place, assignment, language, material), "pass_points": assignment["pass_points"],
                "rubric": assignment_rubric(assignment, language),
            }  # fmt: skip

        self.put(key, AssignmentPage, module.key, "topshiriq", assignment["title"], fields)
        return key


def _attach(course, report):
    """After the syllabus was made: pools and seminars point to their course and module."""
    row = CourseRow.objects.filter(code=course.code).first()
    if row is None:
        return
    modules = {module.code: module for module in ModuleRow.objects.filter(course=row)}
    for module in course.modules:
        if module.quiz:
            QuestionPool.objects.filter(pk=known(f"pool/{module.quiz['pool']}").made, course=None).update(course=row)
        if module.seminar and module.code in modules:
            key = f"{course.key}/{module.key}/seminar"
            put_seminar(report, key, module.seminar, row, modules[module.code], float(module.hours.get("seminar", 2)))

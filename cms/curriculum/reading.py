"""Reads courses from their files. Everything is checked first; a course with an error is not given out at all."""

from datetime import UTC, datetime
from pathlib import Path

from cms.curriculum import forms
from cms.curriculum.files import read_glossary
from cms.curriculum.model import LANGUAGES, Course
from cms.curriculum.modules import Surroundings, list_folders, read_form, read_module
from cms.curriculum.problems import ERROR, CurriculumError, Notes, Problem
from cms.curriculum.yamlfiles import List, Map, plain

__all__ = ["CurriculumError", "Problem", "check", "read_course"]


def read_course(folder, today=None):
    """Give the Course in a folder such as curriculum/sec; its parent is the curriculum's root.

    `today` decides whether check_again is past. Raises CurriculumError with all problems when there is an error;
    warnings stop nothing and are found by `check`.
    """
    folder = Path(folder)
    notes = Notes("")
    course = examine(folder, today or datetime.now(UTC).date(), notes)
    if course is None or any(problem.severity == ERROR for problem in notes.problems):
        raise CurriculumError(sorted(set(notes.problems)))
    return course


def check(root, today=None):
    """Give all problems of all courses below the root, sorted by file and line, folders not yet listed included."""
    root = Path(root)
    notes = Notes("")
    courses = sorted(path.parent for path in root.glob("*/course.yaml"))
    if not courses:
        notes.about(".").error(0, "no folder here has a course.yaml")
    codes = {}
    for folder in courses:
        course = examine(folder, today or datetime.now(UTC).date(), notes, unlisted_too=True)
        if course is not None and codes.setdefault(course.code, folder.name) != folder.name:
            notes.inside(f"{folder.name}/course.yaml").error(
                0, f"code {course.code} is that of {codes[course.code]} too"
            )
    return sorted(set(notes.problems))


def examine(folder, today, notes, unlisted_too=False):
    """Read and check one course; gives the Course as far as it could be read, or None."""
    glossary = read_glossary(folder.parent / "glossary.csv", notes.inside("glossary.csv"))
    waiting = [
        read_glossary(path, notes.inside(path.relative_to(folder.parent).as_posix()))
        for path in sorted(folder.glob("*/glossary-additions.csv"))
    ]
    course_notes = notes.inside(f"{folder.name}/course.yaml")
    before = len(notes.problems)
    data = read_form(folder / "course.yaml", forms.COURSE, course_notes, titles_in=LANGUAGES)
    is_sound = data is not None and not any(problem.severity == ERROR for problem in notes.problems[before:])
    around = Surroundings(promised_by(data), glossary, frozenset().union(*waiting), today, unlisted_too)
    names = list_folders(data, "modules", folder, around, course_notes)
    modules = []
    for name in names:
        module_notes = notes.inside(f"{folder.name}/{name}")
        modules.append(read_module(folder / name, around, module_notes))
    check_codes(folder, modules, notes)
    if not is_sound or None in modules:
        return None
    check_final_test(data, modules, course_notes)
    content = plain(data)
    return Course(
        key=folder.name,
        modules=modules,
        languages=around.promised,
        path=folder,
        **{name: content[name] for name in ("code", "title", "outcome", "final_test")},
    )


def promised_by(data):
    """The languages that the course says it has in full, in our usual order."""
    languages = data.get("languages") if isinstance(data, Map) else None
    return tuple(name for name in LANGUAGES if name in languages) if isinstance(languages, List) else ()


def check_codes(folder, modules, notes):
    """No two modules of a course have one code."""
    seen = {}
    for module in filter(None, modules):
        if seen.setdefault(module.code, module.key) != module.key:
            module_notes = notes.inside(f"{folder.name}/{module.key}/module.yaml")
            module_notes.error(0, f"code {module.code} is that of {seen[module.code]} too")


def check_final_test(data, modules, notes):
    """The final test draws from every module's quiz, so every quiz must have as many questions."""
    draw = data["final_test"]["draw_per_module"]
    for module in modules:
        count = len(module.quiz.get("questions", ())) if module.quiz else 0
        if count < draw:
            line = data["final_test"].lines["draw_per_module"]
            notes.error(line, f"draw_per_module says {draw}, {module.key} has {count} questions")

"""Reads one module: module.yaml, its lessons in every language, quiz, assignment, seminar and tables to download."""

from dataclasses import dataclass, field
from datetime import date

from cms.curriculum import forms, picturefiles
from cms.curriculum.figurefiles import read_figures
from cms.curriculum.files import check_dates, folders_in, is_name
from cms.curriculum.languages import check_languages, check_wording
from cms.curriculum.lessons import read_lesson
from cms.curriculum.model import LANGUAGES, Lesson, Module
from cms.curriculum.parity import check_minutes, check_parity
from cms.curriculum.problems import did_you_mean
from cms.curriculum.quizzes import check_quiz, questions_of
from cms.curriculum.shapes import Spot
from cms.curriculum.tablefiles import read_tables
from cms.curriculum.tasks import check_assignment, check_files, check_seminar
from cms.curriculum.yamlfiles import Map, plain, read_yaml

NO_LESSONS = {"files", picturefiles.FOLDER}  # folders of a module that are not lessons
PLAIN_FIELDS = ("code", "title", "outcome", "hours", "roles", "digcomp", "checked", "check_again")


@dataclass
class Surroundings:
    """What a module must agree with: the course's languages, the glossary, the day, and the ids seen so far."""

    promised: tuple[str, ...]
    glossary: frozenset[str]
    waiting: frozenset[str]  # terms of glossary-additions.csv, which nobody has put into the glossary yet
    today: date
    unlisted_too: bool = False
    ids: dict[str, str] = field(default_factory=dict)

    def take_id(self, key, line, notes):
        """Remember an id; answers hang on it, so a course may have it once."""
        if not isinstance(key, str):
            return
        if key in self.ids:
            notes.error(line, f"duplicate id {key}: it stands in {self.ids[key]} too")
        else:
            self.ids[key] = f"{notes.path}:{line}"


def read_form(path, form, notes, promised=(), titles_in=()):
    """Read a YAML file and check its form, languages and letters; give its Map or None.

    `titles_in` are languages that the file must have even though nothing is promised.
    """
    data = read_yaml(path, notes)
    if data is None:
        return None
    spot = Spot(notes)
    form(data, spot)
    check_languages(spot.texts, promised or titles_in, notes)
    check_wording(spot.texts, notes)
    return data if isinstance(data, Map) else None


def read_module(folder, around, notes):
    """Give the Module, or None when module.yaml cannot be used; `notes` are those of its folder."""
    module_notes = notes.inside("module.yaml")
    before = len(notes.problems)
    data = read_form(folder / "module.yaml", forms.MODULE, module_notes, around.promised, titles_in=LANGUAGES)
    is_sound = data is not None and not any(problem.severity == "error" for problem in notes.problems[before:])
    if is_sound:
        check_dates(data["checked"], data["check_again"], data.lines["check_again"], around.today, module_notes)
    tables = read_tables(
        folder / "files",
        lambda path, form, file_notes: read_form(path, form, file_notes, around.promised),
        notes.inside("files"),
    )
    names = list_folders(data, "lessons", folder, around, module_notes)
    lessons = [read_lesson_folder(folder / name, tables, around, notes.inside(name)) for name in names]
    quiz = read_quiz(folder, data, len(names), around, notes)
    assignment = read_task(folder, "assignment", forms.ASSIGNMENT, check_assignment, tables, around, notes)
    seminar = read_task(folder, "seminar", forms.SEMINAR, check_seminar, tables, around, notes)
    if not is_sound:
        return None
    for name, part in (("quiz", quiz), ("assignment", assignment), ("seminar", seminar)):
        if part is None and name in data["hours"] and not (folder / f"{name}.yaml").exists():
            module_notes.error(data["hours"].lines[name], f"{name}.yaml is missing, though hours gives it time")
    content = plain(data)
    return Module(
        key=folder.name,
        lessons=lessons,
        quiz=quiz,
        assignment=assignment,
        seminar=seminar,
        files={name: table for name, table in tables.items() if table},
        path=folder,
        to_check=content.get("to_check", []),
        **{name: content[name] for name in PLAIN_FIELDS},
    )


def list_folders(data, key, folder, around, notes):
    """Give the folders that a list (modules, lessons) names; report missing, doubled and forgotten ones."""
    listed = data.get(key) if data is not None else None
    listed = listed if isinstance(listed, list) else []
    names = []
    present = [name for name in folders_in(folder) if name not in NO_LESSONS]
    for name, line in zip(listed, getattr(listed, "lines", []), strict=True):
        if name in names:
            notes.error(line, f"{name} stands in {key} twice")
        elif is_name(name) and name not in present:
            notes.error(
                line, f"no folder {name}{did_you_mean(name, [other for other in present if other not in listed])}"
            )
        elif is_name(name):
            names.append(name)
    forgotten = [name for name in present if name not in names] if around.unlisted_too else []
    for name in forgotten if data is not None else ():
        notes.warning(data.lines.get(key, 1), f"{name} is not in {key} yet")
    return names + forgotten


def read_lesson_folder(folder, tables, around, notes):
    """Give the Lesson with the languages that it has."""
    files = {}
    for language in LANGUAGES:
        path = folder / f"{language}.md"
        if not path.exists():
            if language in around.promised:
                notes.error(0, f"{language}.md is missing")
            elif not around.promised:
                notes.warning(0, f"{language}.md is missing")
            continue
        file_notes = notes.inside(path.name)
        lesson_file = read_lesson(path, language, around.today, file_notes)
        if lesson_file is not None:
            files[language] = lesson_file
            check_minutes(lesson_file, file_notes)
    for path in sorted(folder.glob("*.md")):
        if path.stem not in LANGUAGES:
            notes.inside(path.name).error(
                0, f"a lesson's file is called {', '.join(f'{name}.md' for name in LANGUAGES)}"
            )
    figures = read_figures(folder / "figures", list(files), notes.inside("figures"))
    drawings = {path.name.split(".")[0] for path in (folder / "figures").glob("*.svg")}
    for language, lesson_file in files.items():
        check_names(lesson_file, drawings, tables, around, notes.inside(f"{language}.md"))
    blocks = [found.block for lesson_file in files.values() for found in lesson_file.placed]
    used = {block["value"]["figure"] for block in blocks if block["type"] == "figure"}
    for name in sorted(drawings - used) if files else ():
        notes.inside(f"figures/{name}.svg").warning(0, "no text of the lesson shows this drawing")
    check_parity(files, drawings | tables.keys(), notes)
    return Lesson(
        key=folder.name, texts={name: lesson_file.text for name, lesson_file in files.items()}, figures=figures
    )


def check_names(lesson_file, drawings, tables, around, notes):
    """Figures, downloads and terms that a lesson names must be there."""
    for found in lesson_file.placed:
        kind, value = found.block["type"], found.block["value"]
        if kind == "figure" and value["figure"] and value["figure"] not in drawings:
            notes.error(found.line, f"no file figures/{value['figure']}.svg{did_you_mean(value['figure'], drawings)}")
        if kind == "download" and value["file"] and value["file"] not in tables:
            notes.error(found.line, f"no file files/{value['file']}.yaml{did_you_mean(value['file'], tables)}")
        for number, term in enumerate(value.get("terms", ()) if kind == "terms" else ()):
            if term["key"] not in around.glossary:
                hint = did_you_mean(term["key"], around.glossary)
                hint = ": it waits in glossary-additions.csv" if term["key"] in around.waiting else hint
                notes.error(found.line + 1 + number, f"{term['key']} is not in glossary.csv{hint}")


def read_quiz(folder, data, lesson_count, around, notes):
    """Give the quiz as a plain dict, or None when there is none."""
    path, quiz_notes = folder / "quiz.yaml", notes.inside("quiz.yaml")
    quiz = read_form(path, forms.QUIZ, quiz_notes, around.promised) if path.exists() else None
    if quiz is None:
        return None
    check_quiz(quiz, data.get("code") if data else None, lesson_count, folder / picturefiles.FOLDER, quiz_notes)
    for question in questions_of(quiz):
        around.take_id(question.get("id"), question.lines.get("id", question.line), quiz_notes)
    return plain(quiz)


def read_task(folder, name, form, check_sums, tables, around, notes):
    """Give assignment.yaml or seminar.yaml as a plain dict, or None when there is none."""
    path, task_notes = folder / f"{name}.yaml", notes.inside(f"{name}.yaml")
    task = read_form(path, form, task_notes, around.promised) if path.exists() else None
    if task is None:
        return None
    check_sums(task, task_notes)
    check_files(task, tables, task_notes)
    around.take_id(task.get("id"), task.lines.get("id", task.line), task_notes)
    return plain(task)

"""What the curriculum's files say, once read. Texts in several languages are dicts {"uz": …, "ru": …, "en": …}."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

LANGUAGES = ("uz", "ru", "en")
LONGEST_TITLE, LONGEST_OUTCOME, LONGEST_NAME = (
    255,
    1000,
    40,
)  # characters: what the pages' and the seminars' fields hold


@dataclass(frozen=True)
class Figure:
    """A drawing with empty texts, its words (`words["own-row1"]["uz"]`), and `own` drawings of single languages."""

    key: str
    svg: str
    words: dict[str, dict[str, str]]
    own: dict[str, str]

    def drawing_in(self, language):
        """The SVG text for that language, still without words (figures.draw puts them in)."""
        return self.own.get(language, self.svg)


@dataclass(frozen=True)
class LessonText:
    """A lesson in one language. `minutes` is what the author states; `blocks` are {"type", "value"} in order."""

    language: str
    title: str
    outcome: str
    minutes: int
    checked: date
    check_again: date
    blocks: list[dict]
    path: Path


@dataclass(frozen=True)
class Lesson:
    """A lesson in the languages that it has so far; `key` is its folder's name."""

    key: str
    texts: dict[str, LessonText]
    figures: dict[str, Figure]


@dataclass(frozen=True)
class DownloadTable:
    """A table to download.

    A column is {"uz", "ru", "en", "width"?, "choose"?: [texts], "kind"?: text, number or date, "formula"?, "digits"?: places
    after the comma}. `example` is empty or has a value for each column, as has each row of supplied `rows`: one for every
    language, texts, or None. A result is {"uz", "ru", "en", "formula"?, "digits"?}: a line below each other on a sheet of
    its own; without a formula a number is entered there. Formulas: cms/curriculum/formulas.py. `note` may be empty.
    """

    name: str
    title: dict[str, str]
    note: dict[str, str]
    columns: list[dict]
    example: list
    empty_rows: int
    rows: list[list] = field(default_factory=list)
    results: list[dict] = field(default_factory=list)


@dataclass(frozen=True)
class Module:
    """A module; `quiz`, `assignment` and `seminar` are the checked YAML as plain dicts, None where there is none."""

    key: str
    code: str
    title: dict[str, str]
    outcome: dict[str, str]
    hours: dict[str, float]
    roles: list[str]
    digcomp: dict[str, str]
    checked: date
    check_again: date
    to_check: list[str]
    lessons: list[Lesson]
    quiz: dict | None
    assignment: dict | None
    seminar: dict | None
    files: dict[str, DownloadTable]
    path: Path


@dataclass(frozen=True)
class Course:
    """A whole course. `languages` are those it promises to have in full, empty while it promises none."""

    key: str
    code: str
    title: dict[str, str]
    outcome: dict[str, str]
    modules: list[Module]
    final_test: dict
    languages: tuple[str, ...]
    path: Path

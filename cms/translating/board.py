"""The translation board of a course: a row a step, a cell a language, and what is to be done counted.

Rows follow the pages of the course's source language, drafts too; below a test the questions of its pools, at the end of a module its
seminars.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from accounts.text import in_language
from courses import translations as question_translations
from courses.models import QuestionPool, QuestionVersion
from courses.questions import writes_everywhere
from courses.typed import plain
from seminars import translations as seminar_translations
from seminars.models import Seminar

from ..models import CoursePage, QuizDraw
from . import since

SOURCE, TRANSLATED, CHANGED, DRAFT, MISSING = "source", "translated", "changed", "draft", "missing"
WORDS = {  # state: (words, mark)
    SOURCE: (_("original"), "done"),
    TRANSLATED: (_("translated"), "done"),
    CHANGED: (_("changed since"), "due"),
    DRAFT: (_("draft"), "due"),
    MISSING: (_("missing"), "bad"),
}
KINDS = {
    "coursepage": _("Course"), "modulepage": _("Module"), "lessonpage": _("Lesson"), "quizpage": _("Quiz"),
    "assignmentpage": _("Assignment"), "question": _("Question"), "seminar": _("Seminar"),
}  # fmt: skip
LONGEST_TITLE = 90  # characters of a question


@dataclass
class Cell:
    language: str
    state: str
    at: object = None  # since when it is as it is; of a changed one
    by: object = None  # who changed the source
    more: bool = False  # published, and something newer is a draft
    edit: str = ""  # the editor of the translation
    make: str = ""  # where a missing translation is begun
    side: str = ""  # both side by side

    @property
    def words(self):
        return WORDS[self.state][0]

    @property
    def mark(self):
        return WORDS[self.state][1]

    @property
    def is_due(self):
        return self.state in (CHANGED, DRAFT, MISSING) or self.more


@dataclass
class Row:
    kind: str
    title: str
    depth: int  # 0: the course; 1: a module; 2: a step; 3: a question
    cells: list = field(default_factory=list)

    @property
    def kind_words(self):
        return KINDS[self.kind]


@dataclass
class Count:
    language: str
    total: int = 0
    translated: int = 0  # those that have changed since among them
    changed: int = 0
    draft: int = 0
    missing: int = 0

    def add(self, cell):
        self.total += 1
        self.translated += cell.state in (SOURCE, TRANSLATED, CHANGED)
        for state in (CHANGED, DRAFT, MISSING):
            setattr(self, state, getattr(self, state) + (cell.state == state))


def languages_of(course):
    """The course's own first."""
    codes = [code for code, _name in settings.LANGUAGES]
    return sorted(codes, key=lambda code: code != course.source)


def read(course, user):
    """(rows, {language: Count} of the languages into which it is translated)."""
    reader = _Reader(course, user)
    rows = reader.rows()
    counts = {code: Count(code) for code in reader.others}
    for row in rows:
        for cell in row.cells:
            if cell.language in counts:
                counts[cell.language].add(cell)
    return rows, counts


def narrowed(rows, language="", todo=False):
    """The rows with the cells that are asked for; with `todo` those alone in which something is to be done."""
    found = []
    for row in rows:
        cells = [cell for cell in row.cells if language in ("", cell.language) or cell.state == SOURCE]
        if not todo or any(cell.is_due for cell in cells):
            found.append(Row(row.kind, row.title, row.depth, cells))
    return found


def source_tree(course):
    """The pages of the course in its source language, drafts too, as they stand in the tree."""
    top = CoursePage.objects.filter(
        translation_key=course.key, locale__language_code=course.source, alias_of=None
    ).values_list("path", flat=True)
    path = top.first()
    if path is None:
        return Page.objects.none()
    pages = Page.objects.filter(path__startswith=path, alias_of=None).order_by("path")
    return pages.select_related("content_type", "locale")


def translations_of(pages):
    """The pages in other languages than these: a query."""
    keys = [page.translation_key for page in pages]
    others = Page.objects.filter(translation_key__in=keys, alias_of=None).exclude(pk__in=[page.pk for page in pages])
    return others.select_related("locale")


def pools_of(course, quizzes):
    """[(pool, the quiz page below which its questions stand, or None)]: each pool once. Two queries."""
    drawn = {}
    for quiz, pool in (
        QuizDraw.objects.filter(page__in=quizzes).order_by("page__path", "sort_order").values_list("page", "pool")
    ):
        drawn.setdefault(pool, quiz)
    pools = QuestionPool.objects.filter(pk__in=drawn) | QuestionPool.objects.filter(course=course)
    return [(pool, drawn.get(pool.pk)) for pool in pools.order_by("pk")]


def newest_versions(pools):
    """The newest version of each question of these pools that is not retired."""
    later = QuestionVersion.objects.filter(question=OuterRef("question"), number__gt=OuterRef("number"))
    rows = QuestionVersion.objects.filter(~Exists(later), question__pool__in=pools, question__retired=False)
    return rows.select_related("question__current").order_by("question__pool", "question")


def question_title(content):
    text = plain(in_language(content.get("text"), question_translations.SOURCE))
    return text if len(text) <= LONGEST_TITLE else f"{text[:LONGEST_TITLE].rstrip()}…"


class _Reader:
    def __init__(self, course, user):
        self.course = course
        self.others = languages_of(course)[1:]
        self.begins = writes_everywhere(user)  # who may begin a translation (cms/setup.py)
        self.everywhere = self.begins

    def rows(self):
        pages = list(source_tree(self.course))
        self._read_translations(pages)
        questions = self._questions(pages)
        seminars = self._seminars()
        rows, waiting = [], []
        for page in pages:
            kind = page.content_type.model
            if kind == "modulepage" or page.depth == pages[0].depth + 1:  # a module, or the final test below the course
                rows += waiting
                waiting = seminars.pop(page.translation_key, [])
            rows.append(self._page(page, page.depth - pages[0].depth))
            rows += questions.pop(page.pk, [])
        return rows + waiting + questions.pop(None, []) + [row for left in seminars.values() for row in left]

    # --- Pages ---

    def _read_translations(self, pages):
        by_key = {page.translation_key: page for page in pages}
        self.translated = {}
        for page in translations_of(pages):
            self.translated[page.translation_key, page.locale.language_code] = page
        pairs = [(by_key[key], page) for (key, _language), page in self.translated.items()]
        self.changes = since.changes(pairs)

    def _page(self, page, depth):
        row = Row(page.content_type.model, page.draft_title or page.title, depth)
        own = SOURCE if page.live else DRAFT
        row.cells.append(Cell(self.course.source, own, more=_has_newer(page), edit=_edit_page(page)))
        for code in self.others:
            row.cells.append(self._page_cell(page, self.translated.get((page.translation_key, code)), code))
        return row

    def _page_cell(self, source, page, code):
        if page is None:
            make = reverse("wagtail_localize:submit_page_translation", args=[source.pk]) if self.begins else ""
            return Cell(code, MISSING, make=make)
        cell = Cell(code, TRANSLATED if page.live else DRAFT, more=_has_newer(page), edit=_edit_page(page))
        cell.side = self._side("page", source.pk, code)
        if change := self.changes.get(page.pk):
            cell.state, cell.at, cell.by = CHANGED, change.at, change.by
        return cell

    def _side(self, kind, key, code):
        return reverse("translation_side", args=[self.course.pk, code, kind, key])

    # --- Questions ---

    def _questions(self, pages):
        """{quiz page, or None: rows of the questions of its pools}."""
        quizzes = [page.pk for page in pages if page.content_type.model == "quizpage"]
        pools = pools_of(self.course, quizzes)
        places = {pool.pk: (pool, quiz) for pool, quiz in pools}
        versions = list(newest_versions(list(places)))
        stale = [version for version in versions if question_translations.stale(version.translated_of)]
        written = _when_written(stale)
        rows = {}
        for version in versions:
            pool, quiz = places[version.question.pool_id]
            mine = self.everywhere or pool.course_id == self.course.pk
            rows.setdefault(quiz, []).append(self._question(version, mine, written.get(version.question_id)))
        return rows

    def _question(self, version, mine, written):
        question = version.question
        row = Row("question", question_title(version.content) or str(question), 3)
        edit = reverse("wagtailsnippets_courses_question:edit", args=[question.pk]) if mine else ""
        stale = question_translations.stale(version.translated_of)
        for code in [self.course.source, *self.others]:
            cell = Cell(code, TRANSLATED, edit=edit)
            row.cells.append(cell)
            if code == question_translations.SOURCE:
                cell.state = SOURCE if question.current_id else DRAFT
                cell.more = bool(question.current_id) and version.published_at is None
                continue
            cell.side = self._side("question", question.pk, code) if mine else ""
            if code not in version.translated_of:
                cell.state, cell.side = MISSING, ""
            elif not question.current_id or code not in question.current.translated_of:
                cell.state = DRAFT
            elif code in stale:
                cell.state = CHANGED
                cell.at, cell.by = written or (version.created_at, version.created_by)
        return row

    # --- Seminars ---

    def _seminars(self):
        """{key of the module, or None: rows of its seminars}."""
        seminars = list(
            Seminar.objects.filter(course=self.course, archived=False).select_related("module").order_by("code")
        )
        notes = seminar_translations.notes_of(seminars)
        rows = {}
        for seminar in seminars:
            key = seminar.module.key if seminar.module else None
            rows.setdefault(key, []).append(self._seminar(seminar, notes[seminar.pk]))
        return rows

    def _seminar(self, seminar, notes):
        made = seminar_translations.translated_of(seminar_translations.content_of(seminar), notes)
        stale = question_translations.stale(made)
        row = Row("seminar", in_language(seminar.titles, self.course.source), 2)
        edit = reverse("seminar-topics:edit", args=[seminar.pk])
        for code in [self.course.source, *self.others]:
            cell = Cell(code, TRANSLATED, edit=edit)
            row.cells.append(cell)
            if code == question_translations.SOURCE:
                cell.state = SOURCE
                continue
            cell.side = self._side("seminar", seminar.pk, code)
            if code not in made:
                cell.state, cell.side = MISSING, ""
            elif code in stale:
                _then, note = seminar_translations.said_then(code, notes)
                cell.state, cell.at, cell.by = CHANGED, note and note.timestamp, note and note.user
        return row


def _has_newer(page):
    return page.live and page.has_unpublished_changes


def _edit_page(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def _when_written(versions):
    """{question: (when, by whom)} its source got the words that it has in these versions. A query where there are any."""
    if not versions:
        return {}
    now = {version.question_id: version.translated_of[question_translations.SOURCE] for version in versions}
    rows = QuestionVersion.objects.filter(question__in=now).select_related("created_by").order_by("-number")
    found, done = {}, set()
    for version in rows.defer("content"):  # back to the version in which they came
        if version.question_id in done:
            continue
        if version.translated_of.get(question_translations.SOURCE) == now[version.question_id]:
            found[version.question_id] = (version.created_at, version.created_by)
        else:
            done.add(version.question_id)
    return found

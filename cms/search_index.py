"""Makes what the search reads: after a course was read anew (cms/tree.py), after a seminar or a term was saved, and by the sweep.

Only what has changed since is made anew. For its full-text search the database itself keeps the words: PostgreSQL in a
column, SQLite in a table.
"""

import hashlib
import html
import re
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import or_

from django.conf import settings
from django.db.models import Q
from django.utils.html import strip_tags

from seminars.models import Seminar

from . import tree
from .models import AssignmentPage, CoursePage, GlossaryTerm, LessonPage, ModulePage, SearchEntry
from .search_words import FORM, words_of

LANGUAGES = [code for code, _ in settings.LANGUAGES]
PAGES = {  # what of a page is read
    CoursePage: (SearchEntry.Kind.COURSE, lambda page: [page.outcome, prose(page.about)]),
    ModulePage: (SearchEntry.Kind.MODULE, lambda page: [page.outcome]),
    LessonPage: (SearchEntry.Kind.LESSON, lambda page: [page.outcome, *body(page)]),
    AssignmentPage: (SearchEntry.Kind.ASSIGNMENT, lambda page: [page.purpose, *body(page)]),
}
MADE = ("page", "seminar", "term", "title", "text", "title_words", "text_words", "version")


@dataclass
class Text:
    """What one thing says in one language; `texts` is called when it has to be read."""

    kind: str
    key: str
    language: str
    version: str
    title: str
    texts: object
    of: dict = field(default_factory=dict)  # which page, seminar or term


# --- What is there ----------------------------------------------------------------------------------------------------------


def of_course(key):
    """The texts of the live pages of a course in every language."""
    for course in tree.live_courses(key):
        for page in [course, *tree.live_below(course)]:
            if type(page) in PAGES:
                kind, texts = PAGES[type(page)]
                yield Text(
                    kind, str(page.translation_key), course.locale.language_code, str(page.live_revision_id),
                    page.title, partial(texts, page), {"page_id": page.pk},
                )  # fmt: skip


def of_seminar(seminar):
    for language in LANGUAGES:
        if title := seminar.titles.get(language):
            said = [seminar.results.get(language, ""), prose(seminar.about.get(language, ""))]
            yield Text(
                SearchEntry.Kind.SEMINAR,
                seminar.code,
                language,
                digest(said),
                title,
                partial(list, said),
                {"seminar_id": seminar.pk},
            )


def of_term(term):
    for language in LANGUAGES:
        if title := term.titles.get(language):
            others = [" · ".join(text for code, text in term.titles.items() if code != language)]
            yield Text(
                SearchEntry.Kind.TERM,
                term.key,
                language,
                digest(others),
                title,
                partial(list, others),
                {"term_id": term.pk},
            )


def digest(texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]


def body(page):
    return [plain(text) for text in page.body.stream_block.get_searchable_content(page.body)]


def prose(source):
    return plain(strip_tags(re.sub(r"</(p|li|h\d|td|th)>", " ", source or "")))


def plain(text):
    return " ".join(html.unescape(str(text)).split())


# --- Writing it down --------------------------------------------------------------------------------------------------------


def index_all():
    """For the sweep: what a crash has left undone. Returns how many were made anew."""
    return sum(index_course(key) for key in tree.all_keys()) + index_seminars() + index_terms()


def index_course(key):
    """Bring the entries of a course's pages up to date. Returns how many were made anew."""
    roots = CoursePage.objects.filter(translation_key=key, alias_of=None).values_list("path", flat=True)
    pages = reduce(or_, (Q(page__path__startswith=path) for path in roots), Q(pk=None))
    return _write(SearchEntry.objects.filter(pages), of_course(key))


def index_seminars(*seminars):
    rows = Seminar.objects.filter(pk__in=[one.pk for one in seminars]) if seminars else Seminar.objects.all()
    return _write(SearchEntry.objects.filter(seminar__in=rows), [text for one in rows for text in of_seminar(one)])


def index_terms(*terms):
    rows = GlossaryTerm.objects.filter(pk__in=[one.pk for one in terms]) if terms else GlossaryTerm.objects.all()
    return _write(SearchEntry.objects.filter(term__in=rows), [text for one in rows for text in of_term(one)])


def _write(there, texts):
    """Entries that are gone are deleted, new and changed ones written: two statements, whatever the number."""
    known = {
        (row[0], row[1], row[2]): row for row in there.values_list("kind", "key", "language", "version", "title", "pk")
    }
    made = []
    for text in texts:
        row = known.pop((text.kind, text.key, text.language), None)
        text.version = f"{FORM}:{text.version}"
        if row is None or row[3:5] != (text.version, text.title):
            made.append(_entry(text))
    if known:
        SearchEntry.objects.filter(pk__in=[row[5] for row in known.values()]).delete()
    SearchEntry.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["kind", "key", "language"], update_fields=MADE, batch_size=200
    )
    return len(made)


def _entry(text):
    said = " ".join(part for part in text.texts() if part)
    return SearchEntry(
        kind=text.kind, key=text.key, language=text.language, version=text.version, title=text.title, text=said, **text.of,
        title_words=words_of(text.title, text.language), text_words=words_of(said, text.language),
    )  # fmt: skip


# --- The database's own index -----------------------------------------------------------------------------------------------

TABLE = SearchEntry._meta.db_table
COLUMN = f"{TABLE}.vector"  # PostgreSQL's alone, and in no model
VECTOR = "setweight(to_tsvector('simple'::regconfig, title_words), 'A') || setweight(to_tsvector('simple'::regconfig, text_words), 'D')"


# SQLite's: a table of its full-text search over the words of ours, which triggers keep.
FTS = "cms_searchentry_fts"
GONE = (
    "INSERT INTO cms_searchentry_fts (cms_searchentry_fts, rowid, language, title_words, text_words) "
    "VALUES ('delete', old.id, old.language, old.title_words, old.text_words);"
)
COME = (
    "INSERT INTO cms_searchentry_fts (rowid, language, title_words, text_words) "
    "VALUES (new.id, new.language, new.title_words, new.text_words);"
)
TRIGGERS = {
    f"{FTS}_insert": f"AFTER INSERT ON {TABLE} BEGIN {COME} END",
    f"{FTS}_update": f"AFTER UPDATE ON {TABLE} BEGIN {GONE} {COME} END",
    f"{FTS}_delete": f"AFTER DELETE ON {TABLE} BEGIN {GONE} END",
}


def install(connection):
    """Put up after every `migrate` what the database's own full-text search reads: SQLite loses triggers where a table is made anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS vector tsvector GENERATED ALWAYS AS ({VECTOR}) STORED"
            )
            # In the row itself: else the planner takes the table for small, and reads every vector instead of the index.
            cursor.execute(f"ALTER TABLE {TABLE} ALTER COLUMN vector SET STORAGE MAIN")
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {TABLE}_vector ON {TABLE} USING gin (vector)")
        elif connection.vendor == "sqlite":
            _install_on_sqlite(cursor)


def _install_on_sqlite(cursor):
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
    if {name for (name,) in cursor.fetchall()} >= set(TRIGGERS):
        return
    cursor.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} USING fts5(language, title_words, text_words, content='{TABLE}', content_rowid='id', "
        "tokenize='ascii', prefix='3 4 5')"
    )
    for name, deed in TRIGGERS.items():
        cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {deed}")
    cursor.execute("INSERT INTO cms_searchentry_fts (cms_searchentry_fts) VALUES ('rebuild')")

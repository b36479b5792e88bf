"""Finding lessons, courses, seminars and terms: what is asked for in any spelling, ranked, with the hit in its context."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db import connection
from django.db.models import Case, F, FloatField, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from wagtail.models import Page

from courses.models import Activity

from .models import SearchEntry
from .search_index import FTS, LANGUAGES, TABLE
from .search_words import COMPOUND, HYPHENS, WORD, asked_for, compared, is_beginning, shortened

MOST = 200  # hits that are ranked and offered
AROUND = 90  # characters of context on each side of a hit
COURSE_DEPTH = 4  # steps of the page tree
LONGEST_QUERY = 200  # characters
TITLE_WEIGHT = (
    40  # on SQLite a word in the title counts as so many in the text; PostgreSQL counts by its weights A and D
)
OPEN = (SearchEntry.Kind.COURSE, SearchEntry.Kind.MODULE)  # of the pages, what anybody may read


@dataclass
class Hit:
    kind: str
    kind_name: str
    language: str
    title: str  # HTML: what was found is marked
    context: str  # HTML
    address: str
    place: str  # the course it belongs to, else ""


def find(query, user, language=None):
    """The SearchEntry rows that have every word of `query`, best first, in the reader's language before the others.

    Of one thing that is found in several languages only the first is given; where nothing has every word, what has any.
    """
    language = language or get_language()
    query = query[:LONGEST_QUERY]
    asked = {code: asked_for(query, code) for code in LANGUAGES}
    if not any(asked.values()):
        return []
    rows = _visible(user)
    shorter = {code: shortened(words, code) for code, words in asked.items()}
    found = _found(rows, asked, language, every=True)
    if not found and shorter != asked:
        found = _found(rows, shorter, language, every=True)
    found = found or _found(rows, shorter, language, every=False)
    first = {}
    for row in found:
        first.setdefault((row.kind, row.key), row)
    return list(first.values())


def hits(rows, query):
    """The Hit of each row, in the same order. As many queries for one as for a hundred: their pages, and the courses of these."""
    pages = Page.objects.in_bulk([row.page_id for row in rows if row.page_id])
    courses = _course_titles(pages.values())
    return [_hit(row, query, pages.get(row.page_id), courses) for row in rows]


# --- Which ------------------------------------------------------------------------------------------------------------------


def _visible(user):
    """Entries of what the reader may open: live pages without restriction; of lessons and assignments those that are steps of their
    course (a translation may be live and its original taken back), after signing in, or where the course is open.
    """
    steps = Activity.objects.live().filter(course__archived=False)
    if not user.is_authenticated:
        steps = steps.filter(course__open_reading=True)
    readable = Q(kind__in=OPEN) | Q(page__translation_key__in=steps.values("key"))
    pages = Q(readable, page__in=Page.objects.live().public())
    return SearchEntry.objects.filter(pages | Q(seminar__archived=False) | Q(term__isnull=False))


def _found(rows, asked, language, every):
    narrow = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    first = Case(When(language=language, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = narrow(rows, {code: words for code, words in asked.items() if words}, every).annotate(other=first)
    return list(rows.order_by("other", "worse", "kind", "pk").defer("text_words", "title_words")[:MOST])


def _on_postgresql(rows, asked, every):
    """By the index over the column that the database keeps (cms/search_index.py: install). The less `worse`, the better."""
    queries = {
        code: SearchQuery(
            (" & " if every else " | ").join(f"{word}:*" if is_beginning(word) else word for word in words),
            config="simple",
            search_type="raw",
        )
        for code, words in asked.items()
    }
    rows = rows.annotate(
        # S611: a column of ours by its name, nothing that anybody typed
        vector=RawSQL(f'"{TABLE}"."vector"', [], output_field=SearchVectorField())  # noqa: S611  # nosec B611
    )
    by_language = [
        When(language=code, then=Value(0.0) - SearchRank(F("vector"), query, normalization=1))
        for code, query in queries.items()
    ]
    said = reduce(or_, (Q(language=code, vector=query) for code, query in queries.items()))
    return rows.filter(said).annotate(worse=Case(*by_language, default=Value(0.0), output_field=FloatField()))


def _on_sqlite(rows, asked, every):
    """By the table of the full-text search (as above): one MATCH for all languages. Words are letters and digits alone."""
    told = []
    for code, words in asked.items():
        said = (" AND " if every else " OR ").join(
            f'"{word}"*' if is_beginning(word) else f'"{word}"' for word in words
        )
        told.append(f'(language : "{code}" AND {{title_words text_words}} : ({said}))')
    return rows.extra(  # noqa: S610  # nosec B610  # names of ours; what was typed is a parameter
        tables=[FTS],
        where=[f"{FTS} MATCH %s", f"{FTS}.rowid = {TABLE}.id"],
        params=[" OR ".join(told)],
        select={"worse": f"bm25({FTS}, 0, {TITLE_WEIGHT}, 1)"},
    )


# --- How a hit is shown -----------------------------------------------------------------------------------------------------


def _course_titles(pages):
    """{path of the course's page: its title} for the pages given."""
    paths = {page.path[: COURSE_DEPTH * Page.steplen] for page in pages}
    return dict(Page.objects.filter(path__in=paths).values_list("path", "title"))


def _hit(row, query, page, courses):
    words = asked_for(query, row.language)
    words = [*words, *shortened(words, row.language)]
    return Hit(
        kind=row.kind,
        kind_name=row.get_kind_display(),
        language=row.language,
        title=marked(row.title, words, row.language),
        context=marked(context(row.text, words, row.language), words, row.language),
        address=page.url if page else _address(row),
        place=courses.get(page.path[: COURSE_DEPTH * Page.steplen], "") if page and row.kind != row.Kind.COURSE else "",
    )


def _address(row):
    if row.seminar_id:
        return reverse("seminars:seminar", args=[row.seminar_id])
    return f"{reverse('glossary')}#{row.key}"


def places(text, words, language):
    """(start, end) of every word of `text` that was asked for."""

    def is_meant(part):
        said = compared(part.casefold(), language)
        return any(said == word or (is_beginning(word) and said.startswith(word)) for word in words)

    for match in COMPOUND.finditer(text):
        if is_meant(HYPHENS.sub("", match[0])):
            yield match.span()
        else:
            yield from (part.span() for part in WORD.finditer(text, *match.span()) if is_meant(part[0]))


def context(text, words, language):
    """The part of a text around what was asked for, in whole words; its beginning where nothing of it is there."""
    start, end = next(places(text, words, language), (0, 0))
    if len(text) <= 2 * AROUND:
        return text
    left, right = max(0, start - AROUND), min(len(text), end + AROUND if end else 2 * AROUND)
    if left and (space := text.find(" ", left, start)) >= 0:
        left = space + 1
    if right < len(text) and (space := text.rfind(" ", end, right)) >= 0:
        right = space
    return f"{'… ' if left else ''}{text[left:right]}{' …' if right < len(text) else ''}"


def marked(text, words, language):
    """The text as HTML, what was asked for in <mark>."""
    parts, at = [], 0
    for start, end in places(text, words, language):
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return mark_safe("".join([*parts, escape(text[at:])]))  # nosec B703  # every part is escaped

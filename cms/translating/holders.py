"""What holds the texts of a course in one language, for a PO file: pages, questions, seminars. Each gives its units and takes new texts.

A page that wagtail-localize translates gives its segments and takes them as its translations; one that was written afresh gives the
texts of the blocks that both languages have. What is taken in is a draft; a seminar has none.
"""

import copy
import json
from dataclasses import dataclass

import polib
from wagtail.models import Revision
from wagtail_localize.models import Translation

from accounts.text import MAX_HTML
from courses import questions
from courses import translations as words_of_questions
from courses.question_fields import MOST_TYPED
from seminars import translations as words_of_seminars
from seminars.models import Seminar

from ..blocks import MAX_PROSE
from . import board, side
from .texts import STREAMS, beside, is_plain, parts_of, put, raw_of

ORIGINAL = words_of_questions.SOURCE
FIELD_LIMITS = {"title": 255, "outcome": 1000, "purpose": 2000, "for_trainer": 20_000, "search_description": 2000}
BLOCK_LIMITS = {"title": 200, "what": 300, "alt": 500, "heading": 200, "name": 200, "text": 200}
CRITERION_LIMITS = {"name": 200, "text": 1000}
SEMINAR_LIMIT = 500


@dataclass(frozen=True)
class Unit:
    context: str  # stable: the key of the thing and the place in it
    place: object  # what its holder knows it by
    where: str  # for translators
    source: str
    current: str  # "" while there is no translation
    is_html: bool
    limit: int  # characters
    is_segment: bool = False  # of wagtail-localize: its markup is that of the source


def of_course(course, language, user):
    """(holders, keys of pages that have no page in `language` yet). `user`: who may take in what."""
    pages = list(board.source_tree(course))
    others = {
        page.translation_key: page for page in board.translations_of(pages).filter(locale__language_code=language)
    }
    held = Translation.objects.filter(
        source__object_id__in=list(others), target_locale__language_code=language, enabled=True
    ).select_related("source", "target_locale")
    held = {translation.source.object_id: translation for translation in held}
    contents = _contents(pages, others.values())
    found = []
    for page in pages:
        other = others.get(page.translation_key)
        if page.translation_key in held:
            found.append(SegmentsOfPage(page, other, held[page.translation_key]))
        elif other:
            found.append(BlocksOfPage(page, other, contents))
    missing = {str(page.translation_key) for page in pages if page.translation_key not in others}
    if language != ORIGINAL:
        quizzes = [page.pk for page in pages if page.content_type.model == "quizpage"]
        pools = [pool.pk for pool, _quiz in board.pools_of(course, quizzes)]
        mine = set(questions.questions_of(user).filter(pool__in=pools).values_list("pk", flat=True))
        found += [WordsOfQuestion(v, language, v.question_id in mine) for v in board.newest_versions(pools)]
        seminars = list(Seminar.objects.filter(course=course, archived=False).order_by("code"))
        planned = set(Seminar.objects.planned_by(user).values_list("pk", flat=True)) if seminars else set()
        found += [WordsOfSeminar(seminar, language, seminar.pk in planned) for seminar in seminars]
    return found, missing


def _contents(pages, others):
    """{pk of a page: its words}: of the source what is live, of the translation what is newest."""
    revisions = {page.pk: (page.live and page.live_revision_id) or page.latest_revision_id for page in pages}
    revisions |= {page.pk: page.latest_revision_id for page in others}
    said = dict(Revision.objects.filter(pk__in=set(revisions.values()) - {None}).values_list("pk", "content"))
    found = {}
    for page in (*pages, *others):
        found[page.pk] = said.get(revisions[page.pk]) or page.specific.serializable_data()
    return found


class _OfPage:
    is_draft = True

    def __init__(self, source, page):
        self.source, self.page = source, page
        self.title = source.draft_title or source.title

    def may(self, user):
        asked = self.page.permissions_for_user(user)
        return asked.can_edit() and not asked.page_locked()

    def _context(self, *where):
        return "/".join(["page", str(self.source.translation_key), *where])


class BlocksOfPage(_OfPage):
    def __init__(self, source, page, contents):
        super().__init__(source, page)
        self.now, self.other = contents[source.pk], contents[page.pk]

    def units(self):
        name = side.namer(self.source.specific_class)
        for part, other in beside(parts_of(self.now), parts_of(self.other)):
            if part is None or other is None:
                continue
            texts = dict(other.texts)
            for place, text in part.texts:
                if place not in texts:
                    continue
                plain = is_plain(part, place)
                where = [
                    part.field,
                    *([part.key or str(part.index)] if part.field in STREAMS else []),
                    *([place] if place else []),
                ]
                yield Unit(
                    self._context(*where), (other.field, other.index, place), f"{self.title}: {name(part)}",
                    text, texts[place], not plain, _limit(part, place) if plain else MAX_PROSE,
                )  # fmt: skip

    def take(self, texts, by):
        page = self.page.get_latest_revision_as_object()
        streams = {}
        for (field, index, place), text in texts.items():
            if field not in STREAMS:
                setattr(page, field, text)
                continue
            raw = streams.setdefault(field, copy.deepcopy(raw_of(self.other[field])))
            raw[index]["value"] = put(raw[index]["value"], place, text)
        for field, raw in streams.items():
            setattr(page, field, json.dumps(raw))
        page.save_revision(user=by, log_action=True)


def _limit(part, place):
    if part.field not in STREAMS:
        return FIELD_LIMITS.get(part.field, MAX_PROSE)
    limits = CRITERION_LIMITS if part.field == "rubric" else BLOCK_LIMITS
    return limits[place.rpartition("/")[2]]


class SegmentsOfPage(_OfPage):
    def __init__(self, source, page, translation):
        super().__init__(source, page)
        self.translation = translation

    def units(self):
        for entry in self.translation.export_po():
            if not entry.obsolete:
                yield Unit(
                    self._context("segment", entry.msgctxt), (entry.msgctxt, entry.msgid), f"{self.title}: {entry.msgctxt}",
                    entry.msgid, entry.msgstr, True, MAX_PROSE, is_segment=True,
                )  # fmt: skip

    def may(self, user):
        return self.page is not None and super().may(user)

    def take(self, texts, by):
        file = polib.POFile()
        file += [polib.POEntry(msgctxt=path, msgid=source, msgstr=text) for (path, source), text in texts.items()]
        self.translation.import_po(file, user=by)
        self.translation.save_target(user=by, publish=False)


class _OfContent:
    def __init__(self, language, mine):
        self.language, self.mine = language, mine

    def may(self, user):
        return self.mine

    def _units(self, key, limit_of):
        now, other = (dict(words_of_questions.in_order(self.content, code)) for code in (ORIGINAL, self.language))
        for place, text in now.items():
            plain, limit = limit_of(place)
            yield Unit(
                f"{key}{place}",
                place,
                f"{self.title}: {side.name_of(place)}",
                text,
                other.get(place, ""),
                not plain,
                limit,
            )


class WordsOfQuestion(_OfContent):
    is_draft = True

    def __init__(self, version, language, mine):
        super().__init__(language, mine)
        self.version, self.content = version, version.content
        self.title = board.question_title(version.content)

    def units(self):
        yield from self._units(
            f"question/{self.version.question_id}", lambda place: ("accept" in place or "image" in place, MOST_TYPED)
        )

    def lacks(self, texts):
        """The places that would be without words: a question is there in a language wholly or not at all."""
        made = words_of_questions.with_words(self.content, self.language, texts)
        said = {place for place, _text in words_of_questions.in_order(made, self.language)}
        return [place for place, _text in words_of_questions.in_order(made, ORIGINAL) if place not in said]

    def take(self, texts, by):
        content = words_of_questions.with_words(self.content, self.language, texts)
        questions.revise(question=self.version.question, kind=self.version.kind, content=content, by=by)


class WordsOfSeminar(_OfContent):
    is_draft = False

    def __init__(self, seminar, language, mine):
        super().__init__(language, mine)
        self.seminar, self.content = seminar, words_of_seminars.content_of(seminar)
        self.title = str(seminar)

    def units(self):
        def limit_of(place):
            return (
                (False, MAX_HTML)
                if place.startswith("/about")
                else (True, MAX_HTML if "/plan" in place else SEMINAR_LIMIT)
            )

        yield from self._units(f"seminar/{self.seminar.code}", limit_of)

    def take(self, texts, by):
        made = words_of_questions.with_words(self.content, self.language, texts)
        for column in words_of_seminars.COLUMNS:
            setattr(self.seminar, column, made[column])
        self.seminar.save(update_fields=list(words_of_seminars.COLUMNS))
        words_of_seminars.note(seminar=self.seminar, before=self.content, by=by)

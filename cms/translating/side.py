"""Source and translation side by side: what of the source has changed since the translation, word by word; and «it is in step»."""

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html import escape

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision
from wagtail_localize.models import Translation

from accounts import audit
from accounts.text import clean_html, in_language
from courses import questions
from courses import translations as question_translations
from courses.typed import plain
from seminars import translations as seminar_translations
from seminars.models import Seminar

from ..blocks import MAX_PROSE
from . import board, since
from .texts import STREAMS, beside, is_plain, now_and_then, parts_of

ORIGINAL = question_translations.SOURCE  # of questions and seminars
LONGEST_COMPARED = 20_000  # characters of one part: beyond that word by word takes seconds
NAMES = {  # of the parts of a question and of a seminar, by the first or the last word of their place
    "accept": _("Accepted answers"), "alt": _("Picture"), "bring": _("Bring along"), "choices": _("Choice"), "feedback": _("Feedback"),
    "gaps": _("Gap"), "group": _("Group"), "hint": _("Hint"), "if_it_goes_wrong": _("If it goes wrong"), "image": _("Picture"),
    "pairs": _("Pair"), "plan": _("Plan"), "steps": _("Step"), "text": _("Question"), "why": _("Why"), "titles": _("Topic"),
    "results": _("What one leaves with"), "about": _("What it is about"), "places": _("Where it can be held"),
}  # fmt: skip


class ChangedMeanwhile(Exception):
    """The source has got other words since it was looked at."""


@dataclass
class Line:
    label: str
    source: str  # HTML, cleaned; "" where there is nothing
    translation: str
    was: str = ""  # what of the source has changed, as HTML with <del> and <ins>
    is_new: bool = False  # it did not exist when the translation was made
    is_gone: bool = False  # it stands no longer in the source

    @property
    def is_marked(self):
        return bool(self.was or self.is_new or self.is_gone)


@dataclass
class Side:
    subject: str  # of the log, such as «page 7»
    title: str
    language: str
    source_language: str
    lines: list
    seen: str  # what was looked at: it comes back with «in step»
    is_live: bool = True  # the translation
    change: object = None  # with `at` and `by`: the source has changed since
    then_known: bool = True
    edit: str = ""
    edit_source: str = ""
    renew: str = ""  # where wagtail-localize takes the source's changed texts over
    deed: object = field(default=None, repr=False)  # (by) -> None: notes that it is in step


def find(*, user, course, language, kind, key):
    """The Side of one thing of a course. Raises Http404 where there is none of the user's, or no translation."""
    found = {"page": _page, "question": _question, "seminar": _seminar}.get(kind)
    if not found:
        raise Http404
    return found(user, course, language, key)


def mark_in_step(side, *, seen, by):
    """Note that the translation says what its source says now. Raises ChangedMeanwhile."""
    if seen != side.seen:
        raise ChangedMeanwhile
    if side.is_live and side.change:
        with transaction.atomic():
            side.deed(by)
            audit.record(
                actor=by,
                deed="translation found in step",
                subject=side.subject,
                language=side.language,
                version=side.seen,
            )


# --- Pages ----------------------------------------------------------------------------------------------------------------


def _page(user, course, language, key):
    source = get_object_or_404(board.source_tree(course), pk=key)
    if language == course.source:
        raise Http404
    page = get_object_or_404(board.translations_of([source]), locale__language_code=language)
    change = since.changes([(source, page)]).get(page.pk)
    now, translated = _content(source, published=True), _content(page)
    then = Revision.objects.filter(pk=change.then).values_list("content", flat=True).first() if change else None

    def deed(by):
        log(page, since.IN_STEP, user=by, data={"source_revision": source.live_revision_id})

    return Side(
        subject=f"page {page.pk}", title=source.draft_title or source.title, language=language, source_language=course.source,
        lines=_page_lines(source, now, translated, then), seen=str(source.live_revision_id or ""), is_live=page.live, change=change,
        then_known=then is not None, edit=reverse("wagtailadmin_pages:edit", args=[page.pk]),
        edit_source=reverse("wagtailadmin_pages:edit", args=[source.pk]), renew=_renew(user, page) if change else "", deed=deed,
    )  # fmt: skip


def _renew(user, page):
    held = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True
    ).first()
    if not held or not questions.writes_everywhere(user):
        return ""
    return reverse("wagtail_localize:update_translations", args=[held.source_id])


def _content(page, published=False):
    """The newest words of a page, or those that are live."""
    revision = page.live_revision_id if published and page.live else page.latest_revision_id
    found = Revision.objects.filter(pk=revision).values_list("content", flat=True).first() if revision else None
    return found or Page.objects.get(pk=page.pk).specific.serializable_data()


def _page_lines(source, now, translated, then):
    parts = parts_of(now)
    changed = now_and_then(parts, parts_of(then)) if then is not None else []
    before = {id(part): old for part, old in changed if part}
    name = namer(source.specific_class)
    lines = []
    for part, other in beside(parts, parts_of(translated)):
        line = Line(name(part or other), _shown(part), _shown(other))
        old = before.get(id(part)) if part else None
        if part and id(part) in before:
            line.is_new = old is None
            line.was = difference(_words(old), _words(part)) if old and old.said != part.said else ""
        lines.append(line)
    lines += [Line(name(old), _shown(old), "", is_gone=True) for part, old in changed if part is None]
    return lines


def namer(model):
    """A function that says what a part of such a page is called."""

    def name(part):
        found = model._meta.get_field(part.field)
        block = found.stream_block.child_blocks.get(part.kind) if part.field in STREAMS else None
        return str(block.label if block else capfirst(found.verbose_name))

    return name


def _shown(part):
    return mark_safe("".join(f"<div>{_safe(part, *text)}</div>" for text in part.texts)) if part else ""  # nosec B703 B308  # cleaned


def _safe(part, place, text):
    return escape(text) if is_plain(part, place) else cleaned(text)


def _words(part):
    return "\n".join(text if is_plain(part, place) else plain(text) for place, text in part.texts)


def cleaned(html):
    try:
        return clean_html(html, limit=MAX_PROSE)
    except ValidationError:  # nested without end: shown as it is typed
        return escape(html)


def difference(then, now):
    """What one text became the other by, word by word, as safe HTML with <del> and <ins>."""
    if max(len(then), len(now)) > LONGEST_COMPARED:
        return mark_safe(f"<del>{escape(then)}</del> <ins>{escape(now)}</ins>")  # nosec B703 B308  # escaped
    old, new = (re.findall(r"\S+\s*|\s+", text) for text in (then, now))
    made = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = escape("".join(old[a:b])), escape("".join(new[c:d]))
        if tag == "equal":
            made.append(gone)
            continue
        made += [f"<del>{gone}</del>"] * bool(gone) + [f"<ins>{come}</ins>"] * bool(come)
    return mark_safe("".join(made))  # nosec B703 B308  # escaped


# --- Questions and seminars: one content in all languages -----------------------------------------------------------------


def _question(user, course, language, key):
    quizzes = [page.pk for page in board.source_tree(course) if page.content_type.model == "quizpage"]
    pools = [pool.pk for pool, _quiz in board.pools_of(course, quizzes)]
    question = get_object_or_404(questions.questions_of(user).filter(pool__in=pools, retired=False), pk=key)
    newest = questions.newest(question)
    made = newest.translated_of if newest else {}
    if language == ORIGINAL or language not in made:
        raise Http404
    then, change = None, None
    if language in question_translations.stale(made):
        earlier = question.versions.order_by("number")
        before = [v for v in earlier if v.translated_of.get(ORIGINAL) == made[language]]
        then = question_translations.in_order(before[-1].content, ORIGINAL) if before else None
        came = next(v for v in earlier if v.translated_of.get(ORIGINAL) == made[ORIGINAL])
        change = since.Change(at=came.created_at, by=came.created_by, then=None)

    def deed(by):
        questions.revise(
            question=question, kind=newest.kind, content=newest.content, by=by, editorial=newest.editorial, confirmed=[language]
        )  # fmt: skip

    edit = reverse("wagtailsnippets_courses_question:edit", args=[question.pk])
    return Side(
        subject=f"question {question.pk}", title=board.question_title(newest.content) or str(question), language=language,
        source_language=ORIGINAL, lines=_content_lines(newest.content, language, then), seen=made[ORIGINAL], change=change,
        then_known=then is not None, edit=edit, edit_source=edit, deed=deed,
    )  # fmt: skip


def _seminar(user, course, language, key):
    seminar = get_object_or_404(Seminar.objects.filter(course=course, archived=False), pk=key)
    content = seminar_translations.content_of(seminar)
    notes = seminar_translations.notes_of([seminar])[seminar.pk]
    made = seminar_translations.translated_of(content, notes)
    if language == ORIGINAL or language not in made:
        raise Http404
    then, change = None, None
    if language in question_translations.stale(made):
        then, note = seminar_translations.said_then(language, notes)
        change = since.Change(at=note.timestamp, by=note.user, then=None)

    def deed(by):
        seminar_translations.note(seminar=seminar, before=content, by=by, confirmed=[language])

    edit = reverse("seminar-topics:edit", args=[seminar.pk])
    return Side(
        subject=f"seminar {seminar.pk}", title=in_language(seminar.titles, ORIGINAL), language=language, source_language=ORIGINAL,
        lines=_content_lines(content, language, then), seen=made[ORIGINAL], change=change, then_known=then is not None,
        edit=edit, edit_source=edit, deed=deed,
    )  # fmt: skip


def _content_lines(content, language, then):
    now, other = (dict(question_translations.in_order(content, code)) for code in (ORIGINAL, language))
    before = dict(then) if then is not None else None
    lines = []
    for place in dict.fromkeys([*now, *other]):
        line = Line(name_of(place), mark_safe(cleaned(now.get(place, ""))), mark_safe(cleaned(other.get(place, ""))))  # nosec B703 B308
        if before is not None and place in now:
            line.is_new = place not in before
            if place in before and before[place] != now[place]:
                line.was = difference(plain(before[place]), plain(now[place]))
        lines.append(line)
    gone = [place for place in before or () if place not in now]
    return lines + [Line(name_of(place), mark_safe(cleaned(before[place])), "", is_gone=True) for place in gone]  # nosec B703 B308


def name_of(place):
    """What a place in a question or a seminar is called."""
    words = [word for word in place.split("/") if word]
    return str(
        next((NAMES[word] for word in reversed(words) if word in NAMES and (word != "text" or len(words) == 1)), place)
    )

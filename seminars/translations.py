"""Whether a seminar's other languages still say what its source language says.

A seminar is one row with all its languages and no versions. So each change of its words by hand leaves a note in Wagtail's log:
fingerprints as a question has them (courses/translations.py), and what the source said before and after. Without a note it came with
all its languages at once, and they are in step.
"""

from collections import defaultdict

from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from courses.translations import SOURCE, carried, fingerprint, in_order, words_of

from .models import Seminar

NOTE = "saboq.seminar_words"
COLUMNS = ("titles", "results", "about", "places", "plan")


def content_of(seminar):
    """All its words in all languages, in a question's shape."""
    return {column: getattr(seminar, column) for column in COLUMNS}


def notes_of(seminars):
    """{pk: its notes, the oldest first}: one query for all."""
    made = defaultdict(list)
    entries = ModelLogEntry.objects.filter(
        content_type__app_label=Seminar._meta.app_label, content_type__model=Seminar._meta.model_name,
        object_id__in=[str(seminar.pk) for seminar in seminars], action=NOTE,
    )  # fmt: skip
    for entry in entries.select_related("user").order_by("timestamp", "pk"):
        made[int(entry.object_id)].append(entry)
    return made


def translated_of(content, notes):
    """As QuestionVersion.translated_of; `notes`: those of this seminar."""
    now = fingerprint(words_of(content, SOURCE))
    if notes and notes[-1].data["translated_of"].get(SOURCE) == now:
        return notes[-1].data["translated_of"]
    return carried(None, {}, content)  # no note, or written by the curriculum's files since: in all languages at once


def said_then(language, notes):
    """(what the source said when `language` was written: [place, text], or None; the note of the change, or None)."""
    then = notes[-1].data["translated_of"].get(language) if notes else None
    changed = next((note for note in reversed(notes) if note.data["translated_of"].get(SOURCE) != then), None)
    for note in notes:
        for words in (note.data["before"], note.data["after"]):
            if fingerprint(sorted(words)) == then:
                return words, changed
    return None, changed


def note(*, seminar, before, by, confirmed=()):
    """After `seminar` was changed from the content `before`, or `confirmed` languages were found right as they are."""
    known = translated_of(before, notes_of([seminar])[seminar.pk])
    content = content_of(seminar)
    made = carried(before, known, content, confirmed)
    if made != known:
        data = {"translated_of": made, "before": in_order(before, SOURCE), "after": in_order(content, SOURCE)}
        log(seminar, NOTE, user=by, data=data)

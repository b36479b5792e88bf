"""Of which state of its source a page's translation is, told from Wagtail's own history. Nothing is kept beside it.

Every publishing stands in Wagtail's log with its revision. The words that a translation speaks for are those that were live in the
source when it was published; where wagtail-localize holds it, when its texts were last taken from the source, if that is
earlier. A trainer who finds it in step writes the source's revision into the same log.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

from wagtail.models import PageLogEntry, Revision
from wagtail_localize.models import Translation

from .texts import same_words

PUBLISHED = "wagtail.publish"
IN_STEP = "saboq.translation_in_step"


@dataclass(frozen=True)
class Change:
    """The source was published with other words after the translation."""

    at: object  # when it was last published; a datetime
    by: object  # a User or None
    then: int | None  # the revision of the source that the translation speaks for; None: no longer known


def changes(pairs):
    """{pk of the translation: Change} of those of `pairs` (source page, its live translation) whose source says something else now.

    Two queries; one or two more where something was published since; however many pages there are.
    """
    pairs = [(source, page) for source, page in pairs if source.live and source.live_revision_id and page.live]
    published, marked = _history(pairs)
    taken = _taken_over(pairs)
    found = {}
    for source, page in pairs:
        at = taken.get((page.translation_key, page.locale_id))
        if later := _later(page, published[source.pk], marked.get(page.pk), at):
            found[page.pk] = (source, *later)
    return _with_other_words(found) if found else {}


def _history(pairs):
    """({source: its publishings, the oldest first}, {translation: the last mark that it is in step})."""
    published, marked = defaultdict(list), {}
    sources, pages = {source.pk for source, _page in pairs}, {page.pk for _source, page in pairs}
    rows = PageLogEntry.objects.filter(page__in=sources | pages, action__in=[PUBLISHED, IN_STEP])
    for entry in rows.select_related("user").order_by("timestamp", "pk"):
        if entry.action == IN_STEP:
            marked[entry.page_id] = entry
        elif entry.page_id in sources:
            published[entry.page_id].append(entry)
    return published, marked


def _taken_over(pairs):
    """{(translation key, locale): when wagtail-localize took the source's texts}, of the translations that it holds."""
    keys = {page.translation_key for _source, page in pairs}
    held = Translation.objects.filter(source__object_id__in=keys, enabled=True)
    rows = held.values_list("source__object_id", "target_locale_id", "source__last_updated_at")
    return {(key, locale): at for key, locale, at in rows}


def _later(page, published, mark, taken):
    """What was published in the source after the words for which `page` speaks, and until when they were; None: nothing."""
    if not published or not page.last_published_at:
        return None
    seen = min(page.last_published_at, taken) if taken else page.last_published_at
    then = next((entry.revision_id for entry in reversed(published) if entry.timestamp <= seen), None)
    if mark and mark.timestamp > seen:
        then = mark.data.get("source_revision")
        newer = published[-1].revision_id != then
    else:
        newer = published[-1].timestamp > seen
    return (Change(at=published[-1].timestamp, by=published[-1].user, then=then), seen) if newer else None


def _with_other_words(found):
    """Without those where the source was published anew and says the same."""
    then = {pk: change.then for pk, (_source, change, _seen) in found.items()} | _drafted(found)
    wanted = {*then.values(), *(source.live_revision_id for source, *_ in found.values())} - {None}
    contents = dict(Revision.objects.filter(pk__in=wanted).values_list("pk", "content"))
    made = {}
    for pk, (source, change, _seen) in found.items():
        before, now = contents.get(then[pk]), contents.get(source.live_revision_id)
        if before is None or now is None or not same_words(before, now):
            made[pk] = replace(change, then=then[pk] if before else None)
    return made


def _drafted(found):
    """{pk: revision} where the translation was published before its source was: the source's newest draft of that time."""
    early = {pk: (str(source.pk), seen) for pk, (source, change, seen) in found.items() if change.then is None}
    if not early:
        return {}
    rows = Revision.page_revisions.filter(object_id__in={source for source, _seen in early.values()})
    drafts = list(rows.order_by("-created_at", "-pk").values_list("object_id", "pk", "created_at"))
    return {
        pk: next((draft for of, draft, at in drafts if of == source and at <= seen), None)
        for pk, (source, seen) in early.items()
    }

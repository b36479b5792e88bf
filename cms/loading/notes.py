"""Who wrote a thing last: what has been edited or deleted since it was loaded is left alone."""

import hashlib
import json

from wagtail.models import Page

from ..models import LoadedItem


class Report:
    """What a run of load_curriculum did: counts, and the keys it left alone because somebody had edited them."""

    def __init__(self):
        self.made, self.changed, self.same = 0, 0, 0
        self.left = []

    def __str__(self):
        return f"{self.made} made, {self.changed} changed, {self.same} as they were, {len(self.left)} left alone"


def fingerprint(content):
    """A hash of plain content; equal content has equal ones."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def known(key, language=""):
    return LoadedItem.objects.filter(key=key, language=language).first()


def note(key, language, print_, made, revision=None):
    LoadedItem.objects.update_or_create(
        key=key, language=language, defaults={"fingerprint": print_, "made": made, "revision": revision}
    )


def page_of(item):
    """The page that was loaded, or None when somebody has deleted it."""
    return Page.objects.filter(pk=item.made).first() if item else None


def is_edited(item, page):
    """Whether a revision newer than the loaded one exists: a draft counts, so that nobody's work is lost. So does unpublishing."""
    return page.latest_revision_id != item.revision or not page.live

"""Pages that are kept in the process by the version of their course, which one query a request brings along (decision 7).

Nothing has to be thrown away across processes: where the version is another, the page is read anew. Of people nothing is kept.
"""

import time
from dataclasses import dataclass, field

from django.core.signals import setting_changed
from django.db.models import Exists, FilteredRelation, Q, TextField
from django.db.models.functions import Substr
from django.utils.translation import get_language
from wagtail.models import Page, PageViewRestriction

from accounts import drawn
from accounts.prepared import Given

KEEP = 300  # seconds: a limit for a crash between Wagtail's commit and ours
MOST_KEPT = 2000
DEEPEST = 8  # of Wagtail's tree; a lesson and a quiz stand sixth
_kept = {}  # (site's host, language, path) -> Kept


@dataclass(frozen=True)
class Standing:
    """What one query says of a reader and a course: its version and, of the reader's open enrolment, what is done."""

    version: int
    restricted: bool  # whether the page, or one above it, is for some people alone
    enrolment: int | None
    done: frozenset


@dataclass(kw_only=True)
class Kept:
    page: object
    version: int
    until: float = field(default_factory=lambda: time.monotonic() + KEEP)
    pages: dict = field(default_factory=dict)  # who reads, and what else decides over the words -> drawn.Drawn

    @property
    def language(self):
        return self.page.locale.language_code

    def standing(self, user):
        """The Standing of a reader, anew for each request; None where the page is no longer one of a live course. One query."""
        raise NotImplementedError

    def drawn(self, request, reader, context, **decides):
        """The page as it is drawn for readers like this one. `context()` gives the template's words, which `decides` decides over."""
        key = drawn.site_of(request), reader, *decides.values()
        page = self.pages.get(key)
        if page is None:
            words = {"page": self.page, "self": self.page, **decides, **context()}
            page = self.pages[key] = drawn.draw(self.page.template, request, words, reader)
        return page


def still(request, path):
    """What is kept of the page at this address while its version is the course's; `request.kept` then holds it and the Standing."""
    key = _key(request, path)
    kept = _kept.get(key)
    if kept is None:
        return None
    stand = kept.standing(request.user)
    if stand is None or stand.version != kept.version or kept.until < time.monotonic():
        _kept.pop(key, None)
        return None
    request.kept = kept, stand
    return kept


def keep(request, kept, stand):
    """Keep what was read for this request, and give it to the request."""
    if len(_kept) >= MOST_KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[_key(request, request.path_info.removeprefix(f"/{get_language()}/"))] = kept
    request.kept = kept, stand


def _key(request, path):
    return request.get_host(), get_language(), path


def forget(**_changed):
    """Throw away what is kept (tests; a command that rewrote pages in bulk)."""
    _kept.clear()


setting_changed.connect(forget)


# --- The query ----------------------------------------------------------------------------------------------------------


def of_reader(rows, course=""):
    """The rows with `mine`, the open enrolment of Given("learner") in their course, and whether Given("path") is restricted.

    `course`: how the rows name it, with «__» at the end; courses themselves "".
    """
    own = Q(**{f"{course}enrolments__learner": Given("learner"), f"{course}enrolments__closed_at": None})
    # Each page above by its path, by the index: «the path begins with that of a restricted page» would read all pages of the tree.
    above = [Substr(Given("path", TextField()), 1, depth * Page.steplen) for depth in range(1, DEEPEST + 1)]
    return rows.order_by().annotate(
        mine=FilteredRelation(f"{course}enrolments", condition=own),
        restricted=Exists(PageViewRestriction.objects.filter(page__path__in=above)),
    )

"""Serving a lesson in three queries: session, user, standing.

The page, its body and the outline are kept in the process by the version of the syllabus, which the standing query brings
along: nothing has to be thrown away across processes, and progress is never kept. docs/decisions/0007-lessons-are-kept.md
The page is drawn once for nobody; each reader's marks, name and token are filled in (accounts/drawn.py).
"""

import copy
import time
from dataclasses import dataclass, field

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, F, FilteredRelation, Q, TextField, UUIDField
from django.http import Http404
from django.template.loader import render_to_string
from django.utils.translation import get_language
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from accounts import drawn
from accounts.prepared import Given, PreparedValues
from courses import homework_page
from courses.models import Activity, Assignment

from . import rubric
from .marks import Marks
from .outline import live_activities

KEEP = 300  # seconds: a limit for a crash between Wagtail's commit and ours
MOST_KEPT = 2000
LESSON_DEPTH = 4  # kurslar/sec/1-accounts/1-passwords/
_kept = {}  # (site's host, language, path) -> Kept


@dataclass
class Kept:
    page: object
    activity: Activity
    version: int
    body: str
    terms: str
    marks: Marks
    until: float
    pages: dict = field(default_factory=dict)  # (address, who reads) -> drawn.Drawn


@dataclass(frozen=True)
class Standing:
    """What one query says of a reader and an activity."""

    activity: int
    course: int
    version: int
    open_reading: bool
    enrolment: int | None
    done: frozenset
    restricted: bool = False  # whether the page, or one above it, is for some people alone


def _asked(**which):
    """The live activity, joined with what the reader has done in the course; a row for each thing done."""
    mine = Q(course__enrolments__learner=Given("learner"), course__enrolments__closed_at=None)
    over = PageViewRestriction.objects.annotate(here=Given("path", TextField())).filter(here__startswith=F("page__path"))
    rows = Activity.objects.live().filter(course__archived=False, **which).order_by()
    rows = rows.annotate(mine=FilteredRelation("course__enrolments", condition=mine), restricted=Exists(over))
    return rows.values_list(
        "pk", "course", "course__version", "course__open_reading", "mine__pk", "restricted", "mine__completions__activity"
    )


BY_PK = PreparedValues(lambda: _asked(pk=Given("pk")))
BY_KEY = PreparedValues(lambda: _asked(key=Given("key", UUIDField())))


def standing(user, path, **which):
    """The course's version and, of the reader's open enrolment, what is done; None when the activity is not live. One query.

    `path` is the page's place in Wagtail's tree; `which` names the activity: pk=... or key=...
    """
    rows = (BY_PK if "pk" in which else BY_KEY).all(learner=user.pk or 0, path=path, **which)
    if not rows:
        return None
    *facts, restricted, _done = rows[0]
    return Standing(*facts, frozenset(row[6] for row in rows if row[6]), bool(restricted))


def serve(request, path):
    """Our way to a lesson before Wagtail's own: found in what is kept, or by one query for the whole path.

    wagtail.views.serve still runs every hook (privacy, before_serve_page). Anything else goes Wagtail's way.
    """
    if request.method in ("GET", "HEAD"):
        kept = _still_kept(request, path)
        page = copy.copy(kept.page) if kept else _find(request, path)
        if page is not None:
            if kept and not request.lesson[1].restricted:
                page.asked_restrictions = ()  # asked with the standing
            request._wagtail_route_for_request = RouteResult(page, [], {})  # as route_for_request's docstring says
    return wagtail_serve(request, path)


def _still_kept(request, path):
    """What is kept of the lesson at this address if its version is still the course's; `request.lesson` then holds both. One query."""
    key = _key(request, path)
    kept = _kept.get(key)
    if kept is None:
        return None
    stand = standing(request.user, kept.page.path, pk=kept.activity.pk)
    if stand is None or stand.version != kept.version or kept.until < time.monotonic():
        _kept.pop(key, None)
        return None
    request.lesson = kept, stand
    return kept


def _key(request, path):
    return request.get_host(), get_language(), path


def _find(request, path):
    """The live page at this address: a lesson by one query for the whole path, any other by two. None: let Wagtail walk.

    Wagtail's walk asks twice for every level of the path; what it looks at on the way is only slugs.
    """
    from .models import LessonPage

    site = Site.find_for_request(request)
    roots = Site.get_site_root_paths() if site else []
    language = get_language()
    root = next((root for root in roots if root.site_id == site.pk and root.language_code == language), None)
    if root is None:
        return None
    wanted = {"url_path": root.root_path + path, "locale__language_code": language, "live": True}
    is_deep = path.count("/") == LESSON_DEPTH
    if is_deep and (lesson := LessonPage.objects.filter(**wanted).select_related("locale").first()):
        return lesson
    page = Page.objects.filter(**wanted).select_related("locale").first()
    if page is None:
        return None
    specific = page.specific
    specific.locale = page.locale
    return specific


def gate(page, request):
    """Who may see a step of a course: 404 when it is not in the syllabus, sign-in first unless the course is open. None: go on."""
    if getattr(request, "is_preview", False):
        return None
    activity = (
        Activity.objects.live()
        .filter(key=page.translation_key, course__archived=False)
        .select_related("course")
        .first()
    )
    if activity is None:
        raise Http404
    if not request.user.is_authenticated and not activity.course.open_reading:
        return redirect_to_login(request.get_full_path())
    request.activity = activity
    return None


def serve_lesson(page, request):
    """Gate and gather, and the page as it is kept. None: the page's own serve draws it."""
    if getattr(request, "is_preview", False):
        return None
    if not hasattr(request, "lesson"):
        path = request.path_info.removeprefix(f"/{get_language()}/")
        kept, stand = _read(page, request)
        if len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[_key(request, path)] = kept
        request.lesson = kept, stand
    kept, stand = request.lesson
    if not request.user.is_authenticated and not stand.open_reading:
        return redirect_to_login(request.get_full_path())
    if request.GET or (stand.enrolment and kept.activity.kind == Activity.Kind.ASSIGNMENT):  # what was handed in
        return None
    return _answer(request, kept, stand)


def _answer(request, kept, stand):
    """The page that was drawn for nobody, with the reader's marks filled in."""
    is_enrolled, is_done = stand.enrolment is not None, kept.activity.pk in stand.done
    reader = drawn.Somebody(request.user.is_authenticated)
    key = drawn.site_of(request), reader, is_enrolled, is_done
    page = kept.pages.get(key)
    if page is None:
        context = _words(kept, is_enrolled=is_enrolled, is_done=is_done)
        context |= {"page": kept.page, "self": kept.page, "band": drawn.place("band"), "steps": drawn.place("steps")}
        page = kept.pages[key] = drawn.draw(kept.page.template, request, context, reader)
    return drawn.answer(request, page, _marked(kept, stand))


def _marked(kept, stand):
    """What the reader has done: the band above, and the contents of the module beside."""
    states = kept.marks.states(stand.done if stand.enrolment else None)
    module = _module(kept)
    return {
        "band": kept.marks.band(states),
        "steps": kept.marks.lines(module.steps, states, kept.activity.pk) if module else "",
    }


def _module(kept):
    return next((m for m in kept.marks.plan.modules if kept.activity and m.pk == kept.activity.module_id), None)


def _read(found, request):
    """Read a lesson anew. The version first and the page after it: an old body is never kept under a new number."""
    stand = standing(request.user, found.path, key=found.translation_key)
    if stand is None:
        raise Http404
    page = type(found).objects.select_related("locale").get(pk=found.pk)
    if not page.live:
        raise Http404
    activities = live_activities(stand.course)
    activity = next((row for row in activities if row.pk == stand.activity), None)
    if activity is None:  # archived between the two questions
        raise Http404
    marks = Marks(activities, page.locale.language_code)
    return Kept(page, activity, stand.version, *draw_body(page, activity), marks, time.monotonic() + KEEP), stand


def draw_body(page, activity=None):
    """(body, terms) of a lesson as HTML: the terms stand beside the text on a wide screen.

    The criteria of an assignment stand below: those that its activity has, without one (a preview) the page's own.
    """
    terms = [block for block in page.body if block.block_type == "terms"]
    body = [block for block in page.body if block.block_type != "terms"]
    context = {"page": page, "blocks": body}
    drawn = render_to_string("cms/lesson_body.html", context)
    if hasattr(page, "rubric"):
        drawn += _criteria(page, activity)
    return drawn, render_to_string("cms/lesson_body.html", {"page": page, "blocks": terms}) if terms else ""


def _criteria(page, activity):
    rules = Assignment.objects.filter(activity=activity).first() if activity else None
    own = rules.rubric if rules else rubric.read(page, {page.locale.language_code: page})
    context = {"rubric": own, "pass_points": rules.pass_points if rules else page.pass_points}
    return render_to_string("cms/parts/criteria.html", context) if own else ""


def lesson_context(request, page):
    """What the lesson's template needs; in a preview the draft's own words and whatever outline there is."""
    if getattr(request, "is_preview", False):
        activity = Activity.objects.filter(key=page.translation_key).select_related("course", "module").first()
        marks = Marks(live_activities(activity.course_id) if activity else [], page.locale.language_code)
        kept, stand = Kept(page, activity, 0, *draw_body(page), marks, 0), Standing(0, 0, 0, True, None, frozenset())
    else:
        kept, stand = request.lesson
    is_done = bool(kept.activity) and kept.activity.pk in stand.done
    return _words(kept, is_enrolled=stand.enrolment is not None, is_done=is_done) | _marked(kept, stand)


def _words(kept, *, is_enrolled, is_done):
    activity, language, steps = kept.activity, kept.page.locale.language_code, kept.marks.plan.steps
    here = next((n for n, step in enumerate(steps) if activity and step.pk == activity.pk), None)
    return {
        "body": kept.body,
        "terms": kept.terms,
        "activity": activity,
        "course": activity.course if activity else None,
        "course_url": activity.course.addresses.get(language) if activity else "",
        "addresses": activity.addresses if activity else {},
        "elsewhere": activity.get_absolute_url() if activity else "",
        "outline": kept.marks.plan,
        "module": _module(kept),
        "step": steps[here] if here is not None else None,
        "next": steps[here + 1] if here is not None and here + 1 < len(steps) else None,
        "enrolled": is_enrolled,
        "is_done": is_done,
    }


def assignment_context(request, page):
    """As a lesson's, and what the reader has handed in: asked anew each time, never kept with the body."""
    context = lesson_context(request, page)
    if not context["enrolled"]:
        return context
    _kept, stand = request.lesson
    return context | {"homework": homework_page.of(activity=context["activity"], enrolment=stand.enrolment)}


def forget():
    """Throw away what is kept (tests; a command that rewrote pages in bulk)."""
    _kept.clear()

"""Serving a lesson in few queries: session, user, standing, restrictions.

The page, its body and the outline are kept in the process by the version of the syllabus, which the standing query brings
along: nothing has to be thrown away across processes, and progress is never kept. docs/decisions/0007-lessons-are-kept.md
"""

import copy
import time
from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.db.models import FilteredRelation, Q
from django.http import Http404
from django.template.loader import render_to_string
from django.utils.translation import get_language
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from courses import homework_page
from courses.models import Activity, Assignment

from . import rubric
from .outline import live_activities, outline

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
    activities: list
    until: float


@dataclass(frozen=True)
class Standing:
    """What one query says of a reader and an activity."""

    activity: int
    course: int
    version: int
    open_reading: bool
    enrolment: int | None
    done: frozenset


def standing(user, **which):
    """The course's version and, of the reader's open enrolment, what is done; None when the activity is not live. One query.

    `which` names the activity: pk=... or key=...
    """
    rows = Activity.objects.live().filter(course__archived=False, **which)
    facts = ("pk", "course", "course__version", "course__open_reading")
    if user.is_authenticated:
        mine = Q(course__enrolments__learner=user, course__enrolments__closed_at=None)
        rows = rows.annotate(mine=FilteredRelation("course__enrolments", condition=mine))
        rows = list(rows.values_list(*facts, "mine__pk", "mine__completions__activity"))
    else:
        rows = [(*row, None, None) for row in rows.values_list(*facts)]
    if not rows:
        return None
    return Standing(*rows[0][:5], frozenset(row[5] for row in rows if row[5]))


def serve(request, path):
    """Our way to a lesson before Wagtail's own: found in what is kept, or by one query for the whole path.

    wagtail.views.serve still runs every hook (privacy, before_serve_page). Anything else goes Wagtail's way.
    """
    if request.method in ("GET", "HEAD"):
        kept = _kept.get(_key(request, path))
        page = kept.page if kept else _find(request, path)
        if page is not None:
            request._wagtail_route_for_request = RouteResult(
                copy.copy(page), [], {}
            )  # as route_for_request's docstring says
    return wagtail_serve(request, path)


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
    """Gate and gather; the page's own serve then draws the template. None: go on."""
    if getattr(request, "is_preview", False):
        return None
    path = request.path_info.removeprefix(f"/{get_language()}/")
    key = _key(request, path)
    kept = _kept.get(key)
    stand = standing(request.user, pk=kept.activity.pk) if kept else None
    if kept is None or stand is None or stand.version != kept.version or kept.until < time.monotonic():
        _kept.pop(key, None)
        kept, stand = _read(page.pk, type(page), page.translation_key, request)
        if len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = kept
    if not request.user.is_authenticated and not stand.open_reading:
        return redirect_to_login(request.get_full_path())
    request.lesson = kept, stand
    return None


def _read(pk, model, key, request):
    """Read a lesson anew. The version first and the page after it: an old body is never kept under a new number."""
    stand = standing(request.user, key=key)
    if stand is None:
        raise Http404
    page = model.objects.select_related("locale").get(pk=pk)
    if not page.live:
        raise Http404
    activities = live_activities(stand.course)
    activity = next((row for row in activities if row.pk == stand.activity), None)
    if activity is None:  # archived between the two questions
        raise Http404
    body, terms = draw_body(page, activity)
    return Kept(page, activity, stand.version, body, terms, activities, time.monotonic() + KEEP), stand


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
    language = page.locale.language_code
    if getattr(request, "is_preview", False):
        body, terms = draw_body(page)
        activity = Activity.objects.filter(key=page.translation_key).select_related("course", "module").first()
        activities = live_activities(activity.course_id) if activity else []
        stand = Standing(0, 0, 0, True, None, frozenset())
    else:
        kept, stand = request.lesson
        body, terms, activity, activities = kept.body, kept.terms, kept.activity, kept.activities
    plan = outline(activities, language, stand.done if stand.enrolment else None)
    steps = plan.steps
    here = next((n for n, step in enumerate(steps) if activity and step.pk == activity.pk), None)
    return {
        "body": body,
        "terms": terms,
        "activity": activity,
        "course": activity.course if activity else None,
        "course_url": activity.course.addresses.get(language) if activity else "",
        "addresses": activity.addresses if activity else {},
        "elsewhere": activity.get_absolute_url() if activity else "",
        "outline": plan,
        "module": next((m for m in plan.modules if activity and m.pk == activity.module_id), None),
        "step": steps[here] if here is not None else None,
        "next": steps[here + 1] if here is not None and here + 1 < len(steps) else None,
        "enrolled": stand.enrolment is not None,
        "is_done": bool(activity) and activity.pk in stand.done,
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

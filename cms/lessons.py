"""Serving a lesson in three queries: session, user, standing.

The page, its body and the outline are kept in the process by the version of the syllabus, which the standing query brings
along: nothing has to be thrown away across processes, and progress is never kept. docs/decisions/0007-lessons-are-kept.md
The page is drawn once for nobody; each reader's marks, name and token are filled in (accounts/drawn.py).
"""

import copy
from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.db.models import UUIDField
from django.http import Http404
from django.template.loader import render_to_string
from django.utils.translation import get_language
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from accounts import drawn
from accounts.prepared import Given, PreparedValues
from courses import homework_page
from courses.models import Activity, Assignment

from . import keeping, rubric
from .marks import Marks
from .outline import live_activities

LESSON_DEPTH = 4  # kurslar/sec/1-accounts/1-passwords/
forget = keeping.forget


@dataclass(frozen=True)
class Standing(keeping.Standing):
    """And of the activity whose page it is."""

    activity: int
    course: int
    open_reading: bool


@dataclass(kw_only=True)
class Kept(keeping.Kept):
    activity: Activity
    body: str
    terms: str
    marks: Marks

    def standing(self, user):
        return standing(user, self.page.path, pk=self.activity.pk)


def _asked(**which):
    """The live activity; a row for each thing that the reader has done in its course."""
    rows = keeping.of_reader(Activity.objects.live().filter(course__archived=False, **which), "course__")
    facts = "course__version", "restricted", "mine__pk", "pk", "course", "course__open_reading"
    return rows.values_list(*facts, "mine__completions__activity")


BY_PK = PreparedValues(lambda: _asked(pk=Given("pk")))
BY_KEY = PreparedValues(lambda: _asked(key=Given("key", UUIDField())))


def standing(user, path, **which):
    """The Standing of a reader; None when the activity is not live. One query.

    `path` is the page's place in Wagtail's tree; `which` names the activity: pk=... or key=...
    """
    rows = (BY_PK if "pk" in which else BY_KEY).all(learner=user.pk or 0, path=path, **which)
    if not rows:
        return None
    version, restricted, enrolment, *facts, _done = rows[0]
    return Standing(version, bool(restricted), enrolment, frozenset(row[6] for row in rows if row[6]), *facts)


def serve(request, path):
    """Our way to a lesson before Wagtail's own: found in what is kept, or by one query for the whole path.

    wagtail.views.serve still runs every hook (privacy, before_serve_page). Anything else goes Wagtail's way.
    """
    if request.method in ("GET", "HEAD"):
        kept = keeping.still(request, path)
        page = copy.copy(kept.page) if kept else _find(request, path)
        if page is not None:
            if kept and not request.kept[1].restricted:
                page.asked_restrictions = ()  # asked with the standing
            request._wagtail_route_for_request = RouteResult(page, [], {})  # as route_for_request's docstring says
    return wagtail_serve(request, path)


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
    if not hasattr(request, "kept"):
        keeping.keep(request, *_read(page, request))
    kept, stand = request.kept
    if not request.user.is_authenticated and not stand.open_reading:
        return redirect_to_login(request.get_full_path())
    if request.GET or (stand.enrolment and kept.activity.kind == Activity.Kind.ASSIGNMENT):  # what was handed in
        return None
    return _answer(request, kept, stand)


def _answer(request, kept, stand):
    """The page that was drawn for nobody, with the reader's marks filled in."""
    decides = {"enrolled": stand.enrolment is not None, "is_done": kept.activity.pk in stand.done}
    places = {name: drawn.place(name) for name in ("band", "steps")}
    reader = drawn.Somebody(request.user.is_authenticated)
    page = kept.drawn(request, reader, lambda: _words(kept) | places, **decides)
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
    body, terms = draw_body(page, activity)
    return Kept(page=page, version=stand.version, activity=activity, body=body, terms=terms, marks=marks), stand


def draw_body(page, activity=None):
    """(body, terms) of a lesson as HTML: the terms stand beside the text on a wide screen.

    The criteria of an assignment stand below: those that its activity has, without one (a preview) the page's own.
    """
    terms = [block for block in page.body if block.block_type == "terms"]
    body = [block for block in page.body if block.block_type != "terms"]
    context = {"page": page, "blocks": body}
    text = render_to_string("cms/lesson_body.html", context)
    if hasattr(page, "rubric"):
        text += _criteria(page, activity)
    return text, render_to_string("cms/lesson_body.html", {"page": page, "blocks": terms}) if terms else ""


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
        body, terms = draw_body(page)
        kept = Kept(page=page, version=0, activity=activity, body=body, terms=terms, marks=marks)
        stand = Standing(0, False, None, frozenset(), 0, 0, True)
    else:
        kept, stand = request.kept
    is_done = bool(kept.activity) and kept.activity.pk in stand.done
    return _words(kept) | _marked(kept, stand) | {"enrolled": stand.enrolment is not None, "is_done": is_done}


def _words(kept):
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
    }


def assignment_context(request, page):
    """As a lesson's, and what the reader has handed in: asked anew each time, never kept with the body."""
    context = lesson_context(request, page)
    if not context["enrolled"]:
        return context
    _kept, stand = request.kept
    return context | {"homework": homework_page.of(activity=context["activity"], enrolment=stand.enrolment)}

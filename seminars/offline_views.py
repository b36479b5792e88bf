"""The roster that works without network: a page that is the same for everybody, its worker, and what goes over the link.

The page holds nobody's name, so that it may be kept by the worker; names come as data, under the trainer's sign-in alone.
"""

import hashlib
import json

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import context
from accounts.models import Role
from accounts.roles import has_role
from accounts.text import in_language

from . import offline_roster
from .checkin_views import own_session
from .dates import say
from .models import Attendance, StrayMark

FILES = ("site.css", "img/logo.svg", "js/marks.js", "js/roster-offline.js")
MOST_BYTES = 256 * 1024
STRAY_A_PAGE = 50


@require_safe
@csp_update({"worker-src": ["'self'"]})
def page(request):
    """Without a request the template knows no user, no messages and no form token: what is kept is nobody's."""
    given = context.site(request) | {
        "marks": Attendance.Mark.choices, "hours": int(offline_roster.OLD.total_seconds() // 3600), "most": offline_roster.MOST,
    }  # fmt: skip
    return HttpResponse(render_to_string("seminars/offline.html", given))


@require_safe
def worker(request):
    """The worker's script with the names of what it keeps. It lies here, not under /static/: so its reach is this folder."""
    files = [static(name) for name in FILES]
    source = (settings.BASE_DIR / "static" / "js" / "roster-worker.js").read_text(encoding="utf-8")
    version = hashlib.sha256(json.dumps(files).encode() + source.encode()).hexdigest()[:12]
    kept = f"const NAME = {json.dumps('saboq-roster-' + version)}, PAGE = {json.dumps(reverse('seminars:offline'))};\n"
    response = HttpResponse(f"{kept}const FILES = {json.dumps(files)};\n{source}", content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def download(request, pk):
    """The roster of one session for a device. 401 without a sign-in, 404 for another trainer's."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    session = own_session(request, pk)
    words = f"{in_language(session.run.seminar.titles)}, {say(session.starts_at)}"
    return JsonResponse(offline_roster.download(session, request.user, words, timezone.now()))


@require_http_methods(["POST"])
def take_in(request):
    """Marks of one person's queue. 401 without a sign-in, 409 under another one, 400 for what cannot be read: nothing is taken."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    if not has_role(request.user, Role.TRAINER, Role.ADMINISTRATOR):
        raise Http404
    now = timezone.now()
    try:
        if len(request.body) > MOST_BYTES:
            raise offline_roster.Unreadable("too long")
        told = json.loads(request.body)
        device, sent = offline_roster.read(told, now)
        person = told["person"]
    except (ValueError, KeyError, TypeError, RecursionError):  # the last: brackets in brackets
        return JsonResponse({"error": _("These marks could not be read. They stay on your device.")}, status=400)
    if person != request.user.pk:
        return JsonResponse({"error": _("These marks were made under another sign-in.")}, status=409)
    answers = offline_roster.take_in(sent=sent, by=request.user, device=device, now=now)
    labels = dict(StrayMark.Why.choices)
    told = [{"key": str(key), "answer": answer, "why": str(labels.get(answer, ""))} for key, answer in answers]
    return JsonResponse({"answers": told})


# --- Marks that found no place --------------------------------------------------------------------------------------------


@login_required
@require_safe
def strays(request):
    """The trainer's own, those that are not settled first."""
    if not has_role(request.user, Role.TRAINER, Role.ADMINISTRATOR):
        raise Http404
    rows = request.user.stray_marks.order_by("placed", "settled_at", "-received_at", "-pk")
    page = Paginator(rows.filter(settled_at=None), STRAY_A_PAGE).get_page(request.GET.get("page"))
    lines = [(row, Attendance.Mark(row.mark).label) for row in page]
    settled = rows.exclude(settled_at=None).count()
    return render(request, "seminars/strays.html", {"page_obj": page, "lines": lines, "settled": settled})


@login_required
@require_POST
def settle_stray(request, pk):
    stray = get_object_or_404(request.user.stray_marks.filter(settled_at=None), pk=pk if 0 < pk < 2**63 else 0)
    if request.POST.get("answer") == "place":
        answer = offline_roster.place_after_all(stray=stray, by=request.user, now=timezone.now())
        if answer == "kept":
            messages.success(request, _("The mark stands on the roster now."))
        else:
            why = dict(StrayMark.Why.choices).get(answer, _("The session has not begun."))
            messages.error(request, _("It still finds no place: %(why)s It stays here.") % {"why": why})
    else:
        offline_roster.set_aside(stray=stray, by=request.user, now=timezone.now())
        messages.success(request, _("Set aside. Nothing was marked."))
    return redirect("seminars:strays")

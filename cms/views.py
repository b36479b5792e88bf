"""Pages that belong to no other room: My learning, where /go/ leads, the glossary, errors."""

import posixpath
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views import defaults

from accounts.text import in_language
from courses.models import Activity

from . import outage
from .learning import my_learning
from .models import GlossaryTerm


def to_home(request):
    return redirect(f"/{get_language()}/")


def to_sign_in(request):
    """Wagtail sends here who may not open its admin: to sign in, or to be told that this role does not open it."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect(f"{reverse('account_login')}?{request.GET.urlencode()}")


@login_required
def learning(request):
    return render(request, "cms/learning.html", my_learning(request.user))


def go(request, pk):
    """An activity in the reader's language; where it is not translated yet, a page that says so and offers what there is."""
    activity = get_object_or_404(Activity.objects.live().select_related("course", "module"), pk=pk)
    if address := activity.addresses.get(get_language()):
        return redirect(address)
    names = dict(settings.LANGUAGES)
    offered = [(code, names.get(code, code), address) for code, address in activity.addresses.items()]
    context = {
        "title": in_language(activity.titles),
        "offered": offered,
        "course_title": in_language(activity.course.titles),
        "course_url": activity.course.addresses.get(get_language())
        or next(iter(activity.course.addresses.values()), "/"),
    }
    return render(request, "cms/not_translated.html", context, status=200 if offered else 404)


def glossary(request):
    language = get_language()
    terms = sorted(GlossaryTerm.objects.all(), key=lambda term: in_language(term.titles, language).casefold())
    others = [code for code, _ in settings.LANGUAGES if code != language]
    rows = [
        {
            "term": in_language(term.titles, language),
            "key": term.key,
            "others": [(code, term.titles.get(code, "")) for code in others],
        }
        for term in terms
    ]
    return render(request, "cms/glossary.html", {"rows": rows, "others": others})


SERVED = (
    "images/",
    "original_images/",
    "questions/",
)  # documents go through Wagtail's own view, certificates through ours


def media(request, name):
    """Pictures of lessons and questions. A proxy in front may serve them itself; one machine needs none.

    A name that climbs ("images/../documents/x.pdf") would lead out of the folders that are served, to what is private.
    """
    if posixpath.normpath(name) != name or not name.startswith(SERVED) or not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name))
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def bad_request(request, exception=None):
    """Django's own page, but for a session that went while its request was answered, as when the database stopped in between."""
    if isinstance(exception, SessionInterrupted):
        return outage.answer(request)
    return defaults.bad_request(request, exception)


def server_error(request):
    """Called while the fault is being handled: one that passes by itself is told as such."""
    if outage.is_passing(sys.exc_info()[1]):
        return outage.answer(request)
    return render(request, "500.html", status=500)

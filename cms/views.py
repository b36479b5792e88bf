"""Pages that belong to no other room: My learning, where /go/ leads, the glossary, errors."""

import posixpath
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, get_language_from_path
from django.views import defaults

from accounts.text import alphabetical, in_language, initial
from courses.models import Activity, Course

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
    return _not_translated(request, activity, activity.course, status=200 if activity.addresses else 404)


def _not_translated(request, found, course, status):
    """A page that says so and offers what there is. `found`: a course or an activity; `course`: to which it leads back, if any."""
    names = dict(settings.LANGUAGES)
    context = {
        "titles": found.titles,
        "offered": [(code, names.get(code, code), address) for code, address in found.addresses.items()],
        "course": course,
        "course_url": course and in_language(course.addresses),
    }
    return render(request, "cms/not_translated.html", context, status=status)


def glossary(request):
    language = get_language()
    terms = sorted(GlossaryTerm.objects.all(), key=lambda term: alphabetical(in_language(term.titles), language))
    others = [code for code, _ in settings.LANGUAGES if code != language]
    rows = [
        {
            "titles": term.titles,
            "key": term.key,
            "others": [(code, term.titles.get(code, "")) for code in others],
        }
        for term in terms
    ]
    letters = {}  # where the terms of a letter begin
    for row in rows:
        letters.setdefault(initial(in_language(row["titles"]), language), row["key"])
    return render(request, "cms/glossary.html", {"rows": rows, "others": others, "letters": letters})


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
    """An address of a course or a step that has no page in this language, and has one in another, is told as that."""
    if found := _in_another_language(request.path):
        return _not_translated(request, found, getattr(found, "course", None), status=404)
    return render(request, "404.html", status=404)


def _in_another_language(path):
    """The live course or activity whose page in another language has this path; None where it has one in this language too."""
    here = get_language_from_path(path)
    rest = path.removeprefix(f"/{here}/")
    if not here or not rest or "\0" in path:  # of which PostgreSQL cannot be asked
        return None
    asked = Q()
    for code, _name in settings.LANGUAGES:
        if code != here:
            asked |= Q(**{f"addresses__{code}": f"/{code}/{rest}"})
    course = Course.objects.live().filter(asked).first()
    activities = Activity.objects.live().filter(asked, course__archived=False).select_related("course")
    found = course or activities.first()
    return found if found and here not in found.addresses else None


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

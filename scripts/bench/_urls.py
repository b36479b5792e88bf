"""The platform's addresses, and before them those that the others are compared with."""

from django.http import FileResponse, Http404, HttpResponse
from django.urls import include, path
from wagtail import urls as wagtail_urls

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as ours


REST = {}  # name -> HTML that makes the answer as long as the page it is compared with


def bare(request, name="short"):
    """A plain Django view that asks for the session and the user."""
    return HttpResponse(f"<!doctype html><title>Bare</title><p>{request.user.username}</p>{REST.get(name, '')}")


def bare_file(request):
    """A plain Django view that asks for the session and the user, and hands out a file."""
    if not request.user.is_authenticated:
        raise Http404
    return FileResponse(open(REST["file"], "rb"), as_attachment=True, headers={"Content-Encoding": "identity"})


urlpatterns = [
    path("bare/django/", bare),
    path("bare/django/<str:name>/", bare),
    path("bare/file/", bare_file),
    path("barequiz/", include("scripts.bench.barequiz.urls")),
    path("bare/wagtail/", include(wagtail_urls)),
    *ours,
]

"""The platform's addresses, and before them those that the others are compared with."""

from django.http import HttpResponse
from django.urls import include, path
from wagtail import urls as wagtail_urls

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as ours
from scripts.bench.barereport.views import report


def bare(request):
    """A plain Django view that asks for the session and the user."""
    return HttpResponse(f"<!doctype html><title>Bare</title><p>{request.user.username}</p>")


urlpatterns = [
    path("bare/django/", bare),
    path("barequiz/", include("scripts.bench.barequiz.urls")),
    path("barereport/", report),
    path("bare/wagtail/", include(wagtail_urls)),
    *ours,
]

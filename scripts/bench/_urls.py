"""The platform's addresses, and before them those that the others are compared with."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import include, path
from wagtail import urls as wagtail_urls

from certification.models import CertificateVersion
from config.urls import *  # noqa: F403
from config.urls import urlpatterns as ours
from scripts.bench.barereport.views import report

REST = {}  # name -> HTML that makes the answer as long as the page it is compared with


def bare(request, name="short"):
    """A plain Django view that asks for the session and the user."""
    return HttpResponse(f"<!doctype html><title>Bare</title><p>{request.user.username}</p>{REST.get(name, '')}")


@login_required
def bare_file(request, code):
    """A plain Django view that hands the holder of a certificate its file."""
    version = get_object_or_404(CertificateVersion, code=code, certificate__enrolment__learner=request.user)
    with version.pdf.open() as stored:
        pdf = stored.read()
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Encoding": "identity"})


urlpatterns = [
    path("bare/django/", bare),
    path("bare/django/<str:name>/", bare),
    path("bare/file/<str:code>/", bare_file),
    path("barequiz/", include("scripts.bench.barequiz.urls")),
    path("barereport/", report),
    path("bare/wagtail/", include(wagtail_urls)),
    *ours,
]

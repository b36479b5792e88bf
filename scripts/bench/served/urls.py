"""The platform's addresses, and before them those that they are compared with (wsgi.py gives these a middleware of their own)."""

from django.urls import include, path
from wagtail import urls as wagtail_urls

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as ours

from .bare import views

urlpatterns = [
    path("bare/page/<int:size>/", views.page),
    path("bare/file/<str:name>", views.file),
    path("bare/report/", views.report),
    path("bare/wagtail/", include(wagtail_urls)),
    path("barequiz/", include("scripts.bench.barequiz.urls")),
    *ours,
]

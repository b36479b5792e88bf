"""Ours as production serves it; what stands bare beside it, in the same process, has the middleware that startproject writes."""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from config.wsgi import application as ours

with override_settings(MIDDLEWARE=settings.BARE_MIDDLEWARE, SESSION_ENGINE="django.contrib.sessions.backends.db"):
    bare = WSGIHandler()  # reads both now, once


def application(environ, start_response):
    handler = bare if environ["PATH_INFO"].startswith("/bare") else ours
    return handler(environ, start_response)

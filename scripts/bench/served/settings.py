"""Production's settings, a scratch folder, and the bare apps beside ours. What differs from production is said here, all of it."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import CSRF_TRUSTED_ORIGINS, INSTALLED_APPS, MIDDLEWARE, STORAGES, TEMPLATES

SCRATCH = VAR = Path(os.environ["SABOQ_BENCH_DIR"])
INSTALLED_APPS = [*INSTALLED_APPS, "scripts.bench.barequiz", "scripts.bench.served.bare"]
ROOT_URLCONF = "scripts.bench.served.urls"
WSGI_APPLICATION = "scripts.bench.served.wsgi.application"
# The browser of weight.py has no TLS: what its pages send comes from here.
CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, f"http://localhost:{os.environ.get('BIND', '').rpartition(':')[2]}"]
MEDIA_ROOT = SCRATCH / "media"
STATIC_ROOT = SCRATCH / "static"
STORAGES["private"]["OPTIONS"]["location"] = SCRATCH / "private"
MIDDLEWARE = ["scripts.bench.served.counting.CountingMiddleware", *MIDDLEWARE]  # looks at one header of the request
BARE_MIDDLEWARE = [
    "scripts.bench.served.counting.CountingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]  # as startproject writes it
TEMPLATES = [  # the bare views have Django's own context and nothing of ours
    *TEMPLATES,
    {
        "NAME": "bare",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

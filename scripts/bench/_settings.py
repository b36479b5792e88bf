"""The settings of the measurements: those of the platform, a scratch database and folder, and bare views to compare with."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, STORAGES, TEMPLATES

SCRATCH = VAR = Path(os.environ["SABOQ_BENCH_DIR"])
INSTALLED_APPS = [*INSTALLED_APPS, "scripts.bench.barepages", "scripts.bench.barequiz", "scripts.bench.barereport"]
ROOT_URLCONF = "scripts.bench._urls"
ALLOWED_HOSTS = ["testserver", "localhost"]
MEDIA_ROOT = SCRATCH / "media"
STATIC_ROOT = SCRATCH / "static"
STORAGES["private"]["OPTIONS"]["location"] = SCRATCH / "private"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
TEMPLATES = [  # the bare quiz has Django's own context and nothing of ours
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

"""Celery carries ids and only makes things sooner: without a broker nothing is sent and `sweep` does the work."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("saboq")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {"sweep": {"task": "cms.tasks.sweep", "schedule": 60.0}}

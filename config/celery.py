"""Celery carries ids and only makes things sooner: without a broker nothing is sent and `sweep` does the work."""

import os

from celery import Celery
from celery.schedules import schedstate, schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("saboq")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Steady(schedule):
    """Every so many seconds, also when the clock has been set back: Celery's own would wait until it is past the last run again."""

    def is_due(self, last_run_at):
        if self.maybe_make_aware(last_run_at) > self.now():
            return schedstate(True, self.seconds)
        return super().is_due(last_run_at)


app.conf.beat_schedule = {"sweep": {"task": "cms.tasks.sweep", "schedule": Steady(60.0)}}

"""Celery carries ids and only makes things sooner: without a broker nothing is sent and `sweep` does the work."""

import os

from celery import Celery
from celery.schedules import schedstate, schedule
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun

from .logs import REQUEST_ID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("saboq")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
_tokens = {}  # task: what was said before it


@setup_logging.connect
def as_django_says(**_):
    """Celery leaves the log alone: LOGGING of the settings holds in a worker too."""


@before_task_publish.connect
def hand_on(headers, **_):
    """A task carries the id of the request that it came of."""
    headers["saboq_request"] = REQUEST_ID.get()


@task_prerun.connect
def take_up(task_id, task, **_):
    _tokens[task_id] = REQUEST_ID.set(getattr(task.request, "saboq_request", None) or task_id.replace("-", ""))


@task_postrun.connect
def put_down(task_id, **_):
    if token := _tokens.pop(task_id, None):
        REQUEST_ID.reset(token)


class Steady(schedule):
    """Every so many seconds, also when the clock has been set back: Celery's own would wait until it is past the last run again."""

    def is_due(self, last_run_at):
        if self.maybe_make_aware(last_run_at) > self.now():
            return schedstate(True, self.seconds)
        return super().is_due(last_run_at)


app.conf.beat_schedule = {"sweep": {"task": "cms.tasks.sweep", "schedule": Steady(60.0)}}

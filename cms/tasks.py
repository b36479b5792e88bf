"""Beat calls this; it does all that is due and may run any number of times."""

from celery import shared_task

from . import sweeping


@shared_task
def sweep():
    sweeping.sweep()

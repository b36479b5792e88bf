"""Celery carries ids; each task looks at the rows and may run any number of times."""

from celery import shared_task

from . import jobs


@shared_task
def run_job(pk):
    jobs.run_one(pk)

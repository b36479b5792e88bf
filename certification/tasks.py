"""Celery carries ids; each task looks at the rows and may run any number of times."""

from celery import shared_task

from accounts import notices

from . import award


@shared_task
def consider(learner, course):
    award.consider(learner=learner, course=course)


@shared_task
def consider_all(learner):
    award.consider_all(learner=learner)


@shared_task
def issue(completion):
    award.issue_soon(completion=completion)


@shared_task
def mail(notice):
    notices.deliver_one(notice)

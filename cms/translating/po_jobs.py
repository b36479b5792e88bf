"""A PO file as two jobs: reading it, which changes nothing, and taking it in. What is small is done at once."""

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.given_files import BadFile
from accounts.models import Job
from courses import questions

from . import po

READ, TAKE = "translations read", "translations taken in"
AT_ONCE_BYTES = 2_000_000  # a course of 15 lessons is half of it, read in half a second; a larger file is read beside the web process
AT_ONCE_TEXTS = 200  # more are taken in beside it


def ask_to_read(*, course, language, data, name, by):
    """Put the reading of a file down as a job. Raises BadFile when it is none of this course and language."""
    po.read(data, course, language)
    told_in = translation.get_language()
    job = jobs.ask(kind=READ, by=by, given=data, given_name=name, course=course.pk, language=language, told_in=told_in)
    return jobs.done_now(job) if len(data) <= AT_ONCE_BYTES else job


def ask_to_take_in(*, job, by, seminars):
    """Take in what `job` has read. A second asking gives the same job: a double click writes once."""
    if again := jobs.taking_in(TAKE, read=job, by=by):
        return again
    made = jobs.ask(kind=TAKE, by=by, given_name=job.given_name, **{**job.params, "of": job.pk, "seminars": seminars})
    waiting = job.result["drafts"] + job.result["seminars"]
    return jobs.done_now(made) if waiting <= AT_ONCE_TEXTS else made


@jobs.runner(READ)
def read(job):
    _course, judged = _judged(job, job)
    return _kept(job, judged)


@jobs.runner(TAKE)
def take(job):
    course, judged = _judged(job, Job.objects.get(pk=job.params["of"]))
    language, seminars = job.params["language"], job.params["seminars"]
    try:
        n = po.take_in(judged, course=course, language=language, by=job.made_by, seminars=seminars)
    except ValidationError as fault:
        raise jobs.JobFailed(_("Nothing was taken in: %(why)s") % {"why": " ".join(fault.messages)}) from None
    return _kept(job, judged) | {"taken": n}


def _judged(job, with_file):
    language = job.params["language"]
    course = questions.courses_of(job.made_by).filter(pk=job.params["course"]).first()
    if course is None:
        raise jobs.JobFailed(_("The course is no longer yours."))
    try:
        with with_file.given.open() as file:
            entries = po.read(file.read(), course, language)
    except BadFile as fault:
        raise jobs.JobFailed(str(fault)) from None
    except (OSError, ValueError):  # removed by the sweep: there is no name of a file either
        raise jobs.JobFailed(_("The file is gone. Give it once more.")) from None
    return course, po.judge(entries, course, language, job.made_by)


def _kept(job, judged):
    rows = [one.as_row() for one in judged if one.verdict != po.SAME]  # of what stays as it is there is nothing to say
    jobs.keep_rows(job, rows)
    waiting = [one for one in judged if one.verdict in (po.NEW, po.CHANGED)]
    return {
        "counts": po.counts(judged),
        "drafts": sum(one.holder.is_draft for one in waiting),
        "seminars": sum(not one.holder.is_draft for one in waiting),
    }

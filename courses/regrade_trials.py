"""The dry run of a regrade over many attempts is a Job: the page says how far it is, and then shows what would happen.

What it has found is a file of the job: it stays as long as files of jobs do, and counts once more where attempts came in since.
"""

import json

from accounts import jobs
from accounts.models import Job

from . import regrading
from .models import Question

JOB = "regrade trial"
AT_ONCE = 2000  # attempts that are counted while the page is waited for, about a second


def ask(*, question, version, by):
    """The Job that counts; the one under way where there is one. Raises regrading.CannotRegrade."""
    regrading.how_many(question=question, version=version)
    under_way = _jobs(question, version).filter(finished_at=None).first()
    return under_way or jobs.ask(kind=JOB, by=by, question=question.pk, version=version.pk)


def latest(*, question, version):
    """The newest Job, under way or with what it found, or None."""
    return _jobs(question, version).order_by("-pk").first()


def _jobs(question, version):
    return Job.objects.filter(kind=JOB, params__question=question.pk, params__version=version.pk)


def found(job):
    """The Trial that a finished job has kept, or None where its file is gone."""
    if job is None or job.state != Job.State.DONE or not job.made:
        return None
    try:
        with job.made.open() as file:
            kept = json.load(file)
    except OSError:
        return None
    left_out = {int(number): n for number, n in kept["left_out"].items()}
    return regrading.Trial(**{**kept, "rows": tuple(kept["rows"]), "left_out": left_out})


@jobs.runner(JOB)
def run(job):
    question = Question.objects.get(pk=job.params["question"])
    version = question.versions.get(pk=job.params["version"])
    try:
        trial = regrading.dry_run(
            question=question, version=version, told=lambda done, total: jobs.progress(job, done, total)
        )
    except regrading.CannotRegrade as no:
        raise jobs.JobFailed(str(no)) from None
    jobs.keep_file(job, json.dumps(vars(trial), ensure_ascii=False).encode(), "trial.json")
    return regrading.summary(trial.rows)

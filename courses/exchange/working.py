"""Import as two jobs: reading a file, which changes nothing, and taking in what was read. Small files are done at once.

What a job found of each question stands in a file of its own (`jobs.rows_of`): line, name, kind, verdict, notes, content.
"""

from django.core.exceptions import PermissionDenied
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.models import Job

from .. import questions
from ..models import QuestionPool
from . import BadFile, reading, taking_in

READ, TAKE = "questions read", "questions taken in"
AT_ONCE = 200  # questions: more are read and written beside the web process
AT_ONCE_BYTES = 500_000  # a larger file is not even counted in the request
EVERY = 100  # questions: so often the job says how far it is


def ask_to_read(*, pool, data, name, by, format="auto", language="uz"):
    """Put the reading of a file down as a job, and do it at once if it is small. Raises BadFile when it cannot be read at all."""
    size = AT_ONCE + 1
    if len(data) <= AT_ONCE_BYTES:
        format, _notes, drafts = reading.drafts(data, format, language)
        size = len(drafts)
    told_in = translation.get_language()  # of the page on which it is asked for, whatever the profile says
    job = jobs.ask(
        kind=READ, by=by, given=data, given_name=name, pool=pool.pk, format=format, language=language, told_in=told_in
    )
    return jobs.done_now(job) if size <= AT_ONCE else job


def ask_to_take_in(*, job, by, publish=False):
    """Take in what `job` has read. A second asking gives the same job: a double click writes once."""
    if again := jobs.taking_in(TAKE, read=job, by=by):
        return again
    params = {**job.params, "of": job.pk, "publish": publish}
    made = jobs.ask(kind=TAKE, by=by, given_name=job.given_name, **params)
    return jobs.done_now(made) if sum(job.result.get("counts", {}).values()) <= AT_ONCE else made


# --- The jobs -------------------------------------------------------------------------------------------------------------


@jobs.runner(READ)
def read(job):
    pool, drafts, notes = _settled(job, job)
    return _kept(job, taking_in.judge(drafts, pool), notes)


@jobs.runner(TAKE)
def take(job):
    pool, drafts, notes = _settled(job, Job.objects.get(pk=job.params["of"]))
    publish = job.params["publish"] and taking_in.may_publish_in(job.made_by, pool)
    try:
        judged = taking_in.take_in(pool=pool, drafts=drafts, by=job.made_by, publish=publish, file=job.given_name)
    except PermissionDenied as fault:  # the library has lost the file of a picture
        raise jobs.JobFailed(str(fault)) from None
    return _kept(job, judged, notes) | {"published": publish}


def _settled(job, with_file):
    pool = QuestionPool.objects.filter(pk=job.params["pool"]).first()
    if pool is None or not questions.pools_of(job.made_by).filter(pk=pool.pk).exists():
        raise jobs.JobFailed(_("The pool is no longer yours."))
    try:
        with with_file.given.open() as file:
            data = reading.bytes_of(file)
        _format, notes, drafts = reading.drafts(data, job.params["format"], job.params["language"])
    except BadFile as fault:
        raise jobs.JobFailed(str(fault)) from None
    except (OSError, ValueError):  # removed by the sweep: there is no name of a file either
        raise jobs.JobFailed(_("The file is gone. Give it once more.")) from None

    def step(n):
        if n % EVERY == 0:
            jobs.progress(job, n, len(drafts))

    reading.settled(drafts, job.params["language"], step)
    return pool, drafts, notes


def _kept(job, judged, notes):
    rows = [
        {
            "line": draft.line, "name": draft.name, "kind": draft.kind, "verdict": verdict, "notes": said,
            "content": {key: value for key, value in draft.content.items() if key != "image"},
            "pictures": len(draft.pictures),
        }
        for draft, verdict, said in judged
    ]  # fmt: skip
    jobs.keep_rows(job, rows)
    return {"counts": taking_in.counts(judged), "notes": notes}

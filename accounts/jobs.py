"""Work for later. The queue is a hint: what cannot be sent is no fault, because `sweep` finds the same work in the rows.

A longer piece of work is a Job: a row with its progress and result. A room says how one kind is done:

    @jobs.runner("question import")
    def run(job): ...        # reads job.params and job.given, calls jobs.progress, returns the result (JSON)
"""

import errno
import json
import logging
import time
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .models import Job

log = logging.getLogger(__name__)
REST = 30  # seconds: a broker that swallows everything costs a request up to 6 s, and must not cost it to everybody
_tried_again_at = 0.0  # by time.monotonic(), in this process
RUNNERS = {}
STAYS = {}  # {kind: how long its files stay}, where that is not FILES_STAY
FORGETFUL = set()  # kinds whose given file is deleted when the job ends, however it ends
CLAIM_LAPSES = timedelta(minutes=15)  # a worker that died in between leaves the job to the next round
MOST_TRIES = 3
FILES_STAY = timedelta(days=30)  # after the job was finished: what was given, and what was made of it


class JobFailed(Exception):
    """The work cannot be done; the words are shown to who asked, in that person's language."""


class Ended(Exception):
    """The job was ended while it was under way: there is nothing more to do, nor to say."""


def send(task, *ids):
    """Hand ids to Celery if there is a broker. A broker that is down is logged and fails nobody's request; for REST seconds
    nothing more is sent to it."""
    global _tried_again_at
    if not settings.CELERY_BROKER_URL or time.monotonic() < _tried_again_at:
        return
    try:
        task.apply_async(args=ids, ignore_result=True)
    except Exception as fault:  # kombu raises what its transport raises: OperationalError, OSError, redis' own...
        _tried_again_at = time.monotonic() + REST
        log.warning("%s not sent (%s): the sweep will do it", task.name, type(fault).__name__)


def runner(kind, forgets=False, stays=None):
    def register(run):
        RUNNERS[kind] = run
        if stays:
            STAYS[kind] = stays
        if forgets:
            FORGETFUL.add(kind)
        return run

    return register


def ask(*, kind, by, given=None, given_name="", **params):
    """Put a Job down and hint at it. `given`: the bytes or the file to work on.

    `told_in=` names the language in which what it says is said; without it, it is that of who asks (profile).
    """
    job = Job(kind=kind, made_by=by, made_at=timezone.now(), params=params, given_name=given_name[:120])
    if given is not None:
        job.given.save("given", given if hasattr(given, "chunks") else ContentFile(given), save=False)
    job.save()
    from .tasks import run_job

    transaction.on_commit(lambda: send(run_job, job.pk))
    return job


def taking_in(kind, *, read, by):
    """The Job that takes in what the Job `read` has read, if it was asked for: a double click writes once. None after a failure."""
    return Job.objects.filter(kind=kind, made_by=by, params__of=read.pk).exclude(state=Job.State.FAILED).first()


def done_now(job):
    """Do it without waiting for a worker; returns it with its result."""
    run_one(job.pk)
    job.refresh_from_db()
    return job


def keep_rows(job, rows):
    """Store what a job says of each row of a file, dicts: thousands are too many for its result."""
    keep_file(job, json.dumps(rows, ensure_ascii=False).encode(), "report.json")


def rows_of(job):
    """What keep_rows has stored; nothing before the job has ended, and after the file was dropped."""
    if not job.made:
        return []
    with job.made.open() as file:
        return json.load(file)


def progress(job, done, total=None):
    """Say how far it is; also keeps the claim alive. Raises Ended after `cancel`."""
    job.done, job.total = done, job.total if total is None else total
    rows = Job.objects.filter(pk=job.pk, finished_at=None)
    if not rows.update(done=job.done, total=job.total, claimed_at=timezone.now()):
        raise Ended(job)


def cancel(job):
    """End a job that has not finished, at the wish of who asked; one that is under way stops when it next says how far it is.
    Returns whether this call did."""
    rows = Job.objects.filter(pk=job.pk, finished_at=None)
    return bool(rows.update(state=Job.State.FAILED, finished_at=timezone.now(), fault=_("You have cancelled this.")))


def keep_file(job, data, name):
    """Store what the job made, bytes or an open File; `name` is what people download it as. Of a file that could not be stored
    whole nothing stays."""
    storage, stored = job.made.storage, job.made.field.generate_filename(job, "made")
    try:
        job.made = storage.save(stored, data if hasattr(data, "chunks") else ContentFile(data))
    except OSError:
        storage.delete(stored)
        raise
    job.made_name = name
    job.save(update_fields=["made", "made_name"])


def waiting(now):
    lapsed = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LAPSES)
    return Job.objects.filter(lapsed, finished_at=None)


def run_one(pk, now=None):
    """Claim a job and do it. Returns whether this call did. A job that kills its worker is tried MOST_TRIES times."""
    now = now or timezone.now()
    if not waiting(now).filter(pk=pk).update(claimed_at=now, tries=F("tries") + 1, state=Job.State.RUNNING):
        return False
    job = Job.objects.select_related("made_by").get(pk=pk)
    by_profile = job.made_by.language if job.made_by else settings.LANGUAGE_CODE
    with translation.override(job.params.get("told_in") or by_profile):
        if job.tries > MOST_TRIES:
            return _finish(job, Job.State.FAILED, fault=_("This was tried several times and did not come to an end."))
        try:
            result = RUNNERS[job.kind](job)
        except JobFailed as fault:
            return _finish(job, Job.State.FAILED, fault=str(fault))
        except Ended:
            return False
        except Exception as fault:
            log.exception("job %s failed", job)
            words = _("Something went wrong. The administrator finds it in the log.")
            if isinstance(fault, OSError) and fault.errno == errno.ENOSPC:
                words = _("The server's disk is full. The administrator finds it in the log.")
            return _finish(job, Job.State.FAILED, fault=words)
        return _finish(job, Job.State.DONE, result=result or {})


def _finish(job, state, **values):
    forgotten = job.given.name if job.kind in FORGETFUL else ""
    if forgotten:
        values["given"] = ""
    Job.objects.filter(pk=job.pk, finished_at=None).update(state=state, finished_at=timezone.now(), **values)
    if forgotten:
        job.given.storage.delete(forgotten)
    return True


def drop_old_files(now=None):
    """Remove the files of jobs that were finished longer than FILES_STAY (or what their kind says) ago; their rows stay. Returns
    how many jobs lost files."""
    now = now or timezone.now()
    is_old = Q(finished_at__lt=now - FILES_STAY)
    for kind, stays in STAYS.items():
        is_old |= Q(kind=kind, finished_at__lt=now - stays)
    rows = list(Job.objects.filter(is_old).exclude(given="", made="").order_by("pk")[:200])
    for job in rows:
        names = [file.name for file in (job.given, job.made) if file]
        Job.objects.filter(pk=job.pk).update(given="", made="")  # first the row: no page offers what is half gone
        for name in names:
            job.given.storage.delete(name)
    return len(rows)


def run_due(now=None):
    """Every job that is due. Returns how many were done; called by the sweep."""
    now = now or timezone.now()
    return sum(run_one(pk, now) for pk in waiting(now).order_by("pk").values_list("pk", flat=True)[:20])

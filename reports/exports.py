"""Lists taken along as CSV or XLSX: a short one is the answer to the request, a long one is a Job with its file in private storage.

Whoever asked fetches it, within a day, as long as every library from which something is in it is still in that person's scope.
"""

import tempfile
from datetime import timedelta

from django.core.files import File
from django.db import transaction
from django.http import Http404, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import audit, jobs, sheets
from accounts.models import Job, User

JOB = "list export"
AT_ONCE = 3_000  # rows; of more it is a Job. XLSX costs 0.1 ms CPU a row (docs/decisions/0029)
STAYS = timedelta(days=1)  # the file, after it was made
MOST_OPEN = 5  # exports of one person that wait or are under way
A_STEP = 1_000  # rows between two words of how far it is
TOLD = ("library", "alone", "course", "position", "state", "by", "seminar", "begins", "ends", "deed", "requirement")
NAMES = ("q", "person")  # of a question: they may name somebody


class TooMany(Exception):
    """The person has MOST_OPEN exports under way."""


def table_of(user, listed, query):
    """(the Table, whether it is long). Raises Http404 for what is not in scope or cannot be read."""
    table = listed.asked(user, query)
    return table, table.count(AT_ONCE) > AT_ONCE


def file_name(listed, ending):
    return f"{listed.file}-{timezone.localdate():%Y-%m-%d}.{ending}"


def looks_of(table):
    return {"above": table.above, "widths": table.widths, "delimiter": table.delimiter}


def record(user, listed, ending, query, table, **more):
    """The deed in the log. Words that may name a person are kept as digests."""
    asked = {name: query[name][:100] for name in TOLD if query.get(name)}
    words = {"q": (None, query["q"])} if query.get("q") else None
    audit.record(
        actor=user, deed=listed.deed, subject=listed.name, about=table.about, asked=asked, ending=ending, personal=words,
        **more,
    )  # fmt: skip


# --- As a Job -----------------------------------------------------------------------------------------------------------------


def exports_of(user):
    return Job.objects.filter(kind=JOB, made_by=user)


def ask(*, by, listed, ending, query, table):
    """The Job that makes the file of a long list; the one that is under way where the same is asked twice. Raises TooMany."""
    question = _question(query)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # two clicks follow each other
        opened = exports_of(by).filter(finished_at=None)
        same = {"params__list": listed.name, "params__ending": ending, "params__asked": question}
        if again := opened.filter(**same, params__told_in=translation.get_language()).first():
            return again
        if opened.count() >= MOST_OPEN:
            raise TooMany(by)
        job = jobs.ask(
            kind=JOB, by=by, list=listed.name, ending=ending, asked=question, told_in=translation.get_language(),
            libraries=_libraries(table),
        )  # fmt: skip
        record(by, listed, ending, query, table, job=job.pk)
    return job


def _question(query):
    """The query string in one order, without what says how a page is shown."""
    kept = sorted((name, value) for name, value in query.items() if value and name in (*TOLD, *NAMES))
    asked = QueryDict(mutable=True)
    asked.update(kept)
    return asked.urlencode()


def _libraries(table):
    """The keys of the libraries from which something may be in it; None where they are not asked."""
    return None if table.libraries is None else sorted(table.libraries.values_list("pk", flat=True))


def cancel(job):
    """Whether this call ended it."""
    is_ended = jobs.cancel(job)
    if is_ended:
        _forget_names(job)
    return is_ended


@jobs.runner(JOB, stays=STAYS)
def run(job):
    try:
        libraries = _make(job)
    except Exception:  # not of a worker that is stopped: it is made by the next one, and the question is needed
        _forget_names(job)
        raise
    _forget_names(job)
    return {"rows": job.done, "libraries": libraries}


def _forget_names(job):
    """Words that may name a person were for asking alone."""
    asked = QueryDict(job.params["asked"], mutable=True)
    for name in NAMES:
        asked.pop(name, None)
    Job.objects.filter(pk=job.pk).update(params=job.params | {"asked": asked.urlencode()})


def _make(job):
    """Store the file; returns the keys of the libraries from which something may be in it."""
    table = _still(job, job.params["libraries"])
    if table is None:
        raise jobs.JobFailed(_("Your libraries or roles have changed since you asked. Ask for the list again."))
    listed, ending, total = listed_of(job), job.params["ending"], table.count()
    if ending == "xlsx" and total > sheets.MOST_IN_A_BOOK:
        raise jobs.JobFailed(_("These are more rows than a workbook holds. Take them as CSV, or ask for fewer."))
    jobs.progress(job, 0, total)
    with tempfile.TemporaryFile() as made:
        sheets.write(made, table.head, _told(job, table.rows()), ending, **looks_of(table))
        made.seek(0)
        jobs.keep_file(job, File(made), file_name(listed, ending))
    return _libraries(table)


def _told(job, rows):
    """The rows as they come; the job says how far it is."""
    number = 0
    for number, row in enumerate(rows, 1):
        yield row
        if number % A_STEP == 0:
            jobs.progress(job, number)
    jobs.progress(job, number)


def listed_of(job):
    from .lists import LISTS  # every room's forms: slow to load

    return LISTS[job.params["list"]]


def _still(job, libraries):
    """The Table as it would be now; None where the reader may not have it any more, or not all of it."""
    by = User.objects.get(pk=job.made_by_id)
    try:
        table = listed_of(job).asked(by, QueryDict(job.params["asked"]))
    except Http404:
        return None
    lost = libraries is not None and set(libraries) - set(_libraries(table) or ())
    return None if lost or not by.is_active else table


def may_fetch(job):
    """Whether its file may still be given to who asked for it."""
    return bool(job.state == Job.State.DONE and job.made) and _still(job, job.result["libraries"]) is not None

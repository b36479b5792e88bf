"""An import as two jobs: reading a file, which changes nobody, and taking in what was read. Between them the questions are answered."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .. import jobs
from ..given_files import BadFile
from ..models import Job, Role, StaffImport, StaffImportRow
from ..roles import has_role
from . import applying, known, places, plan, reading
from .cleaning import clean

READ, APPLY = "staff import read", "staff import applied"
AT_ONCE_BYTES = 60_000  # a larger file is read, and more rows are taken in, beside the web process
AT_ONCE = 100  # rows
EVERY = 200  # rows: so often the job says how far it is
ROWS_STAY = timedelta(days=30)  # after the end; they hold personal data


def may_import(user):
    return has_role(user, Role.HR, Role.ADMINISTRATOR)


def imports_of(user):
    return StaffImport.objects.filter(made_by=user)


# --- Reading ----------------------------------------------------------------------------------------------------------------


def ask_to_read(*, data, name, by):
    """Put a file down to be read; done at once if it is small. The file is deleted when it has been read."""
    with transaction.atomic():
        made = StaffImport.objects.create(made_by=by, made_at=timezone.now(), file_name=reading.tidy(name)[-120:])
        params = {"import": made.pk, "told_in": translation.get_language()}
        made.reading = jobs.ask(kind=READ, by=by, given=data, given_name=made.file_name, **params)
        made.save(update_fields=["reading"])
    if len(data) <= AT_ONCE_BYTES:
        jobs.run_one(made.reading.pk)
        made.reading.refresh_from_db()
        made.refresh_from_db()
    return made


@jobs.runner(READ, forgets=True)
def read(job):
    import_ = StaffImport.objects.get(pk=job.params["import"])
    _check(job.made_by)
    try:
        with job.given.open() as file:
            table = reading.read(reading.bytes_of(file))
    except BadFile as fault:
        raise jobs.JobFailed(str(fault)) from None
    rows = [_row(import_, line, cells) for line, cells in table.rows]
    judge(rows, job.made_by, lambda n: jobs.progress(job, n, len(rows)))
    with transaction.atomic():
        import_.rows.all().delete()  # of a worker that was killed
        StaffImportRow.objects.bulk_create(rows, batch_size=500)
        import_.notes = table.notes
        import_.save(update_fields=["notes"])
    return {"rows": len(rows)}


def _check(by):
    """Raises JobFailed where the role has been taken away since."""
    if by is not None and (not by.is_active or not may_import(by)):
        raise jobs.JobFailed(_("You may not import staff any more."))


def _row(import_, line, cells):
    given, faults = clean(cells)
    return StaffImportRow(of=import_, line=line, given=given, faults=faults)


def judge(rows, by, step=lambda n: None):
    """Say of each row what would become of it, as things are now. A fixed number of queries, and one for each 500 e-mails."""
    here = places.Places(by)
    here.look_up([row.given.get("library", "") for row in rows])
    wishes = [plan.wish_of(row, here)[0] for row in rows]
    crowd = known.crowd_of(wishes, places.staff(by))
    whole = plan.Plan(here, crowd, known.emails_elsewhere(wishes, crowd))
    for n, row in enumerate(rows, 1):
        whole.judge(row)
        if n % EVERY == 0:
            step(n)


# --- Answers ----------------------------------------------------------------------------------------------------------------


def answer(*, import_, by, answers=None, all_open=""):
    """Answer questions of rows, then look at the file once more. `answers`: {line: (answer, chosen candidate or {})}; `all_open`:
    the answer to every question that is open («same» only where a single candidate stands). Returns how many were answered.

    Nothing is answered any more once the import is to be applied."""
    with transaction.atomic():
        locked = StaffImport.objects.select_for_update().get(pk=import_.pk)
        if locked.applying_id:
            return 0
        rows = list(locked.rows.all())
        n = sum(_take(row, answers or {}, all_open) for row in rows)
        if n:
            judge(rows, by)
            fields = ["verdict", "said", "changes", "candidates", "person", "answer", "chosen"]
            StaffImportRow.objects.bulk_update(rows, fields, batch_size=250)
    return n


def _take(row, answers, all_open):
    """Whether the row has got an answer that it had not."""
    if not row.candidates:
        return False
    said, chosen = answers.get(row.line, ("", {}))
    if not said and row.verdict == plan.DUPLICATE and all_open:
        said, chosen = all_open, row.candidates[0] if len(row.candidates) == 1 else {}
    if (said == "same" and not chosen) or said not in ("same", "another"):
        return False
    row.answer, row.chosen = said, chosen if said == "same" else {}
    return True


def counts(import_):
    """{verdict: rows} of all verdicts."""
    found = dict(import_.rows.order_by().values_list("verdict").annotate(n=Count("pk")))
    return {verdict: found.get(verdict, 0) for verdict in StaffImportRow.Verdict.values}


# --- Taking in --------------------------------------------------------------------------------------------------------------


def ask_to_apply(*, import_, by, all_or_nothing=False):
    """Put the taking in down as a job; a second asking changes nothing. Returns whether there is one now.

    All or nothing is not begun while a row is refused or a question open."""
    with transaction.atomic():
        locked = StaffImport.objects.select_for_update().get(pk=import_.pk)
        if locked.applying_id and locked.applying.state != Job.State.FAILED:
            return True
        n = counts(locked)
        if locked.reading.state != Job.State.DONE or not n["new"] + n["changed"]:
            return False
        if all_or_nothing and n["refused"] + n["duplicate"]:
            return False
        params = {"import": locked.pk, "told_in": translation.get_language()}
        locked.applying = jobs.ask(kind=APPLY, by=by, given_name=locked.file_name, **params)
        locked.all_or_nothing = all_or_nothing
        locked.save(update_fields=["applying", "all_or_nothing"])
        job, rows = locked.applying, sum(n.values())
    if rows <= AT_ONCE:
        jobs.run_one(job.pk)
    return True


@jobs.runner(APPLY)
def take_in(job):
    import_ = StaffImport.objects.get(pk=job.params["import"])
    _check(job.made_by)
    return {"counts": applying.apply(import_, job.made_by, lambda done, total: jobs.progress(job, done, total))}


# --- Afterwards -------------------------------------------------------------------------------------------------------------


def drop_old_rows(now=None):
    """Remove the rows of imports that ended, or were left lying, ROWS_STAY ago; the log stays. Returns how many imports."""
    now = now or timezone.now()
    old = StaffImport.objects.filter(made_at__lt=now - ROWS_STAY, rows__isnull=False).distinct()
    old = [one for one in old.select_related("applying")[:200] if not one.applying or one.applying.finished_at]
    StaffImportRow.objects.filter(of__in=old).delete()
    return len(old)

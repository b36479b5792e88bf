"""Checking a file, for everybody; checking many, for HR. What is given to be checked is not kept."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Job
from accounts.roles import RIGHTS, has_role
from courses.exchange import BadFile
from courses.homework_files import LimitedUpload

from . import batch, file_check, misses, register, wording
from .check_forms import BatchForm, FileForm, InMemory
from .register_page import KINDS
from .views import keep_out

ROOM_FOR_THE_FORM = 100_000  # bytes of a request beside its file
LATEST = 10  # of the own jobs that are listed
OUTCOMES = {file_check.SEALED: "ok", file_check.ALTERED: "bad", file_check.FOREIGN: "bad"}


# --- One file ----------------------------------------------------------------------------------------------------------------


@csrf_exempt  # it changes nothing, and asks for no account
@require_http_methods(["GET", "HEAD", "POST"])
def check_file(request):
    """A request that is far too large is refused by what it says of its size: nothing of it is read."""
    if request.method != "POST":
        return _form(request, FileForm())
    if int(request.META.get("CONTENT_LENGTH") or 0) > file_check.MOST_BYTES + ROOM_FOR_THE_FORM:
        return _verdict(request, file_check.Verdict(file_check.UNREADABLE, fault="too_large"), status=413)
    handler = InMemory(request, file_check.MOST_BYTES)
    request.upload_handlers = [handler]
    form = FileForm(request.POST, request.FILES)
    if handler.too_large:
        return _verdict(request, file_check.Verdict(file_check.UNREADABLE, fault="too_large"), status=413)
    if not form.is_valid():
        return _form(request, form, 422)
    data = form.cleaned_data["file"].read()
    verdict = file_check.known(data)
    if verdict is None:  # to read it is dear: so many a minute from one place. Untouched files are always answered
        if misses.count(request, misses.FILES) >= misses.MOST_FILES:
            return _wait(request)
        misses.note(request, misses.FILES)
        try:
            verdict = file_check.examine(data)
        except file_check.Busy:
            return _wait(request)
    return _verdict(request, verdict)


def _wait(request):
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(misses.MINUTE)
    return keep_out(response)


def _form(request, form, status=200):
    return keep_out(render(request, "certification/file.html", {"form": form}, status=status))


def _verdict(request, verdict, status=200):
    kind = (
        KINDS.get(verdict.status, "none")
        if verdict.outcome == file_check.UNTOUCHED
        else OUTCOMES.get(verdict.outcome, "none")
    )
    context = {
        "form": FileForm(), "verdict": verdict, "finding": verdict.finding, "kind": kind,
        "fault": batch.FAULTS.get(verdict.fault, ""), "differs": _in_words(verdict),
    }  # fmt: skip
    if verdict.finding and verdict.status == register.REVOKED:
        context["revoked_on"] = wording.date(
            register.day_of(verdict.finding.certificate.revoked_at), _language(verdict)
        )
    return keep_out(render(request, "certification/file.html", context, status=status))


def _language(verdict):
    return verdict.finding.language(get_language())


def _in_words(verdict):
    """[(label in the reader's language, the register's words in the language of the paper)] of what the file does not say."""
    if not verdict.differs:
        return []
    payload, language = verdict.finding.payload, _language(verdict)
    labels = wording.LABELS[language]
    return [(labels.get(fact.key, fact.label), fact.value) for fact in verdict.differs if payload]


# --- Many ---------------------------------------------------------------------------------------------------------------------


def _check(user):
    """Raises Http404 for who may not."""
    if not has_role(user, *(role for role, rights in RIGHTS.items() if rights.verify_in_bulk)):
        raise Http404


@csrf_exempt  # only until the size is known: `_give` is protected
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_batch(request):
    _check(request.user)
    if request.method != "POST":
        return _batch_form(request, BatchForm())
    limits = LimitedUpload(request, most_megabytes=batch.MOST_MEGABYTES, most_files=1)
    request.upload_handlers.insert(0, limits)
    return _give(request, limits)


@csrf_protect
def _give(request, limits):
    form = BatchForm(request.POST, request.FILES)
    if limits.refused:
        form.errors.pop("file", None)
        form.add_error("file", limits.refused[0].say())
    if not form.is_valid():
        return _batch_form(request, form, 422)
    try:
        job = batch.ask(upload=form.cleaned_data["file"], by=request.user)
    except BadFile as no:
        form.add_error("file", str(no))
        return _batch_form(request, form, 422)
    return redirect("verify_batch_one", job.pk)


def _batch_form(request, form, status=200):
    context = {"form": form, "jobs": batch.jobs_of(request.user).order_by("-pk")[:LATEST]}
    return keep_out(render(request, "certification/batch.html", context, status=status))


@login_required
@require_safe
def batch_one(request, pk):
    """How far it is; then how many stand how, and the workbook."""
    _check(request.user)
    job = get_object_or_404(batch.jobs_of(request.user), pk=pk)
    counts = job.result.get("counts", {})
    rows = [(batch.STATES[state], state, counts[state]) for state in batch.STATES if state in counts]
    percent = 100 * job.done // job.total if job.total else 0
    response = keep_out(render(request, "certification/batch_one.html", {"job": job, "rows": rows, "percent": percent}))
    if job.finished_at is None:
        response.headers["Refresh"] = "3"
    return response


@login_required
@require_safe
def batch_result(request, pk):
    _check(request.user)
    job = get_object_or_404(batch.jobs_of(request.user).exclude(made=""), pk=pk, state=Job.State.DONE)
    with job.made.open() as made:
        data = made.read()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = f'attachment; filename="tekshiruv-{job.made_name}"'
    return keep_out(HttpResponse(data, content_type=kind, headers={"Content-Disposition": name}))

"""Lists taken along: a POST, because it stands in the log who took what. Long ones are made by a job; its page says how far it is."""

import tempfile

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sheets

from . import exports
from .asking import people_of
from .lists import LISTS

LATEST = 20  # of the own exports that are listed


@login_required
@require_POST
def take(request, name, ending):
    """The list of a page as it is asked for in the address."""
    if name not in LISTS or ending not in sheets.TYPES:
        raise Http404
    listed = LISTS[name]
    table, is_long = exports.table_of(request.user, listed, request.GET)
    if not is_long:
        exports.record(request.user, listed, ending, request.GET, table)
        return _answer(table, ending, exports.file_name(listed, ending))
    try:
        job = exports.ask(by=request.user, listed=listed, ending=ending, query=request.GET, table=table)
    except exports.TooMany:
        messages.error(request, _("So many lists of yours are being made already. Wait for one, or cancel it."))
        return redirect("reports:exports")
    return redirect("reports:export", job.pk)


def _answer(table, ending, name):
    if ending == "csv":
        response = StreamingHttpResponse(sheets.as_csv(table.head, table.rows(), table.delimiter))
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        sheets.write_xlsx(file, table.head, table.rows(), **exports.looks_of(table))
        file.seek(0)
        response = FileResponse(file, as_attachment=True, filename=name)
    response.headers["Content-Type"] = sheets.TYPES[ending]
    response.headers["Content-Encoding"] = "identity"  # else the middleware would hold it back to compress it
    return response


@login_required
@require_safe
def latest(request):
    """The own exports."""
    people_of(request.user)
    rows = [(job, exports.listed_of(job).title) for job in exports.exports_of(request.user)[:LATEST]]
    return render(request, "reports/exports.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request, pk):
    """How far it is; then the way to the file. A POST cancels."""
    job = get_object_or_404(exports.exports_of(request.user), pk=pk)
    if request.method == "POST":
        if exports.cancel(job):
            messages.success(request, _("Cancelled: no file is made."))
        return redirect("reports:exports")
    context = {
        "job": job,
        "title": exports.listed_of(job).title,
        "percent": 100 * job.done // job.total if job.total else 0,
        "may_fetch": exports.may_fetch(job),
    }
    return render(request, "reports/export.html", context)


@login_required
@require_safe
def file(request, pk):
    job = get_object_or_404(exports.exports_of(request.user).exclude(made=""), pk=pk)
    if not exports.may_fetch(job):
        raise Http404
    response = FileResponse(job.made.open(), as_attachment=True, filename=job.made_name)
    response.headers["Content-Type"] = sheets.TYPES[job.params["ending"]]
    return response

"""/hr/import/: HR gives a file of staff, looks at what would become of each row, answers questions, takes it in. Others' are 404."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .models import Job, Library, Position, StaffImportRow
from .sheets import XLSX
from .staff_import import plan, reading, report, template, words, working

ROWS_A_PAGE = 50
LATEST = 20  # of the own imports that are listed
ROOM_FOR_THE_FORM = 100_000  # bytes of a request beside its file
VERDICTS = StaffImportRow.Verdict
MARKS = {
    "new": "now",
    "changed": "now",
    "same": "done",
    "duplicate": "due",
    "refused": "bad",
}  # of components/state.html
OUTCOME_MARKS = {"added": "done", "changed": "done", "same": "done", "left_out": "bad"}


class StaffFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX or CSV, 10 MB and 10,000 rows at most. Nothing is written before you say so."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )


def _own(request, pk):
    _check(request.user)
    return get_object_or_404(working.imports_of(request.user).select_related("reading", "applying"), pk=pk)


def _check(user):
    """Raises Http404 for who is neither HR nor administrator."""
    if not working.may_import(user):
        raise Http404


# --- Giving a file ----------------------------------------------------------------------------------------------------------


@csrf_exempt  # only until the size is known: `_give` is protected
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request):
    """The own imports and the form. A request that is far too large is refused by what it says of its size: nothing of it is read."""
    _check(request.user)
    if request.method != "POST":
        return _form(request, StaffFileForm())
    if int(request.META.get("CONTENT_LENGTH") or 0) > reading.MOST_BYTES + ROOM_FOR_THE_FORM:
        form = StaffFileForm({})
        form.errors.pop("file", None)
        form.add_error("file", str(reading.too_large()))
        return _form(request, form, 413)
    return _give(request)


@csrf_protect
def _give(request):
    form = StaffFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, 422)
    try:
        data = reading.bytes_of(form.cleaned_data["file"])
    except reading.BadFile as fault:
        form.add_error("file", str(fault))
        return _form(request, form, 422)
    made = working.ask_to_read(data=data, name=form.cleaned_data["file"].name, by=request.user)
    return redirect("staff_import", made.pk)


def _form(request, form, status=200):
    own = working.imports_of(request.user).select_related("reading", "applying")[:LATEST]
    return render(request, "accounts/staff_imports.html", {"form": form, "imports": own}, status=status)


@login_required
@require_safe
def template_file(request):
    _check(request.user)
    return _download(template.workbook(request.user), "xodimlar.xlsx")


# --- One import -------------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def one(request, pk):
    """How far it is; then the rows: ?verdict=VERDICT&outcome=OUTCOME&page=N"""
    import_ = _own(request, pk)
    job = import_.applying or import_.reading
    context = {"import": import_, "job": job, "percent": 100 * job.done // job.total if job.total else 0}
    if import_.reading.state == Job.State.DONE and (import_.applying is None or job.finished_at):
        context |= _found(request, import_)
    response = render(request, "accounts/staff_import.html", context)
    if job.finished_at is None:
        response.headers["Refresh"] = "3"
    return response


def _found(request, import_):
    counts = working.counts(import_)
    done = import_.applied_at is not None
    choices = StaffImportRow.Outcome if done else VERDICTS
    numbers = import_.counts if done else counts
    wanted = request.GET.get("show", "")
    rows = import_.rows.select_related("person")
    if wanted in choices.values:
        rows = rows.filter(**{"outcome" if done else "verdict": wanted})
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    titles = _titles(page)
    return {
        "notes": words.say_all(import_.notes),
        "kinds": [(value, label, numbers.get(value, 0), value == wanted) for value, label in choices.choices],
        "all": sum(counts.values()),
        "wanted": wanted if wanted in choices.values else "",
        "page_obj": page,
        "keep": f"show={wanted}&" if wanted in choices.values else "",
        "lines": [_line(row, titles, done) for row in page],
        "is_done": done,
        "may_apply": not done and counts["new"] + counts["changed"] > 0,
        "n": counts["new"] + counts["changed"],
        "left": counts["refused"] + counts["duplicate"],
        "open": counts["duplicate"],
        "has_rows": page.paginator.count > 0 or bool(wanted) or sum(counts.values()) > 0,
        "questions_here": not done and any(row.candidates for row in page),
    }


def _titles(rows):
    """{field: {code: name}} of the libraries and positions that these rows name. Two queries."""
    codes = {name: {code for row in rows for code in row.changes.get(name, ())} for name in ("library", "position")}
    codes["library"] |= {one["library"] for row in rows for one in row.candidates}
    models = {"library": Library, "position": Position}
    return {
        name: {one.code: str(one) for one in models[name].objects.filter(code__in=wanted)}
        for name, wanted in codes.items()
    }


def _line(row, titles, done):
    key, marks = (row.outcome, OUTCOME_MARKS) if done else (row.verdict, MARKS)
    return {
        "row": row,
        "name": " ".join(filter(None, (row.given.get(name) for name in plan.NAMES))) or "–",
        "state": marks.get(key, "todo"),
        "label": row.get_outcome_display() if done else row.get_verdict_display(),
        "said": words.say_all(row.said),
        "changes": [_change(name, old, new, titles.get(name, {})) for name, (old, new) in row.changes.items()],
        "candidates": [_candidate(row, n, one, titles["library"]) for n, one in enumerate(row.candidates)],
        "is_another": row.answer == "another",
        "login": row.login,
    }


def _change(name, old, new, names):
    return _(words.FIELDS[name]), names.get(old, old) or "–", names.get(new, new) or "–"


def _candidate(row, n, one, libraries):
    library = libraries.get(one["library"], one["library"])
    if "line" in one:
        told = _("the same as row %(line)s: %(name)s, %(library)s")
    else:
        told = _("the same as %(name)s, %(login)s, %(library)s")
    checked = row.answer == "same" and (row.chosen == one or (not row.chosen and n == 0))
    return {"value": f"same-{n}", "words": told % (one | {"library": library}), "checked": checked}


@login_required
@require_POST
def answers(request, pk):
    """Of each row «row-LINE» is «another» or «same-N», the candidate's place; «all» answers all that are open."""
    import_ = _own(request, pk)
    if import_.reading.state != Job.State.DONE:
        raise Http404
    everything = request.POST.get("all", "")
    if everything in ("same", "another"):
        n = working.answer(import_=import_, by=request.user, all_open=everything)
    else:
        n = working.answer(import_=import_, by=request.user, answers=_read_answers(import_, request.POST))
    messages.success(request, _("Answers kept: %(n)s. The file was looked at once more.") % {"n": n})
    page, show = request.POST.get("page", ""), request.POST.get("show", "")
    query = f"?show={show}&page={page}" if page.isdecimal() and show in ["", *VERDICTS.values] else ""
    return redirect(f"{import_.get_absolute_url()}{query}")


def _read_answers(import_, posted):
    said = {name[4:]: value for name, value in posted.items() if name.startswith("row-") and name[4:].isdecimal()}
    rows = {row.line: row for row in import_.rows.filter(line__in=[int(line) for line in said if len(line) < 9])}
    found = {}
    for line, row in rows.items():
        value = said.get(str(line), "")
        if value == "another":
            found[line] = ("another", {})
        elif value.startswith("same-") and value[5:].isdecimal() and int(value[5:]) < len(row.candidates):
            found[line] = ("same", row.candidates[int(value[5:])])
    return found


@login_required
@require_POST
def apply(request, pk):
    import_ = _own(request, pk)
    if not working.ask_to_apply(import_=import_, by=request.user, all_or_nothing="all_or_nothing" in request.POST):
        messages.error(
            request,
            _("Not begun: there is nothing to take in, or all or nothing was asked for and not all rows can be."),
        )
    return redirect(import_)


@login_required
@require_safe
def report_file(request, pk):
    import_ = _own(request, pk)
    rows = import_.rows.select_related("person")
    if not rows.exists():
        raise Http404
    day = timezone.localtime(import_.made_at)
    return _download(report.workbook(rows.iterator(1000)), f"import-{day:%Y-%m-%d}-{import_.pk}.xlsx")


def _download(data, name):
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


urlpatterns = [
    path("", imports, name="staff_imports"),
    path("template.xlsx", template_file, name="staff_import_template"),
    path("<int:pk>/", one, name="staff_import"),
    path("<int:pk>/answers/", answers, name="staff_import_answers"),
    path("<int:pk>/apply/", apply, name="staff_import_apply"),
    path("<int:pk>/report.xlsx", report_file, name="staff_import_report"),
]

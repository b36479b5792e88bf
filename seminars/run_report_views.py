"""A trainer's report of a run, to look at, as a spreadsheet and on paper. Only of the runs that the trainer holds: another's is 404."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from . import feedback, run_report, run_report_files
from .models import SeminarRun
from .paper_views import XLSX, file_answer


def _found(request, pk):
    runs = SeminarRun.objects.taught_by(request.user).select_related("seminar__course").prefetch_related("trainers")
    run = get_object_or_404(runs, pk=pk if 0 < pk < 2**63 else 0)
    return run_report.report(run), feedback.results(run)


@login_required
@require_safe
def report(request, pk):
    found, results = _found(request, pk)
    context = {
        "run": found.run, "report": found, "results": results, "why_no_results": run_report_files.why_no_results(results),
        "texts": run_report_files.texts_of(results),
    }  # fmt: skip
    return render(request, "seminars/run_report.html", context)


@login_required
@require_safe
def workbook(request, pk):
    return file_answer(run_report_files.workbook(*_found(request, pk)), XLSX, f"hisobot-{pk}.xlsx")


@login_required
@require_safe
def pdf(request, pk):
    return file_answer(run_report_files.pdf(*_found(request, pk)), "application/pdf", f"hisobot-{pk}.pdf")

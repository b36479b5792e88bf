"""Reporting a mistake in a question of the own attempt; the queue of those who write the questions. Others get 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from . import question_reports, questions, teaching
from .models import AttemptQuestion, QuestionReport
from .teaching_forms import AnswerForm, ReportForm

REPORTS_A_PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request, pk, slot):
    """Say what is wrong with one question of the own attempt, or read what was answered. Nothing here tells the key."""
    own = AttemptQuestion.objects.filter(attempt__enrolment__learner=request.user).select_related("attempt", "version")
    row = get_object_or_404(own, attempt=pk, slot=slot)
    there = QuestionReport.objects.filter(version=row.version_id, by=request.user).first()
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and not there:
        question_reports.report(version=row.version, by=request.user, text=form.cleaned_data["text"])
        messages.success(request, _("Thank you. The trainer will look at the question; you will get a notice."))
        if row.attempt.submitted_at:
            return redirect("courses:result", pk)
        return redirect(f"/attempts/{pk}/?q={slot}")
    context = {"form": form, "row": row, "attempt": row.attempt, "report": there}
    return render(request, "courses/report_form.html", context, status=422 if form.errors and not there else 200)


def _queue(user):
    if not (teaching.teaches(user) or questions.writes_everywhere(user)):
        raise Http404
    return question_reports.reports_of(user).select_related("version__question__pool__course")


@login_required
@require_safe
def queue(request):
    """The open reports, the oldest first; with ?state=answered the others, the newest first."""
    rows, answered = _queue(request.user), request.GET.get("state") == "answered"
    if answered:
        rows = rows.exclude(state="open").select_related("handled_by").order_by("-handled_at", "-pk")
    else:
        rows = rows.filter(state="open").order_by("at", "pk")
    page = Paginator(rows, REPORTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "answered": answered, "teaches": teaching.teaches(request.user)}
    return render(request, "courses/report_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, pk):
    """One report, and the words of its answer. Of two trainers at once the first answers."""
    found = get_object_or_404(_queue(request.user).select_related("handled_by"), pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            question_reports.answer(report=found, by=request.user, **form.cleaned_data)
        except question_reports.AnsweredAlready:
            messages.error(request, _("Somebody has answered this report already."))
            return redirect("courses:report", pk)
        messages.success(request, _("Answered. The learner has a notice."))
        return redirect("courses:reports")
    context = {"report": found, "form": form, "question": found.version.question}
    return render(request, "courses/report.html", context, status=422 if form.errors else 200)

"""Regrading in /cms/: count, say why, apply; what became of it. Another course's question is 404, its learners are not named."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.words import WordsField

from . import questions, regrade_trials, regrading
from .models import Attempt, Question

MOST_SHOWN = 200  # lines of a table; the counts are of all


class ReasonForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("Reason"),
        max_length=500,
        rows=3,
        help_text=gettext_lazy("Kept in the log. Learners do not see it."),
    )


def address(question, name="regrade", *more):
    return reverse(f"wagtailsnippets_courses_question:{name}", args=[question.pk, *more])


def _question(request, pk):
    rows = Question.objects.filter(pk__in=questions.questions_of(request.user).values("pk"))
    question = get_object_or_404(rows.select_related("pool__course", "current"), pk=pk)
    if not questions.may_publish(request.user, question):
        raise PermissionDenied
    return question


@require_http_methods(["GET", "HEAD", "POST"])
def regrade(request, pk):
    """GET counts and writes nothing, POST applies; where it is much both are jobs, and POST «count» asks for the counting."""
    question = _question(request, pk)
    versions = list(question.versions.exclude(published_at=None).order_by("-number"))
    wanted = request.POST.get("version") or request.GET.get("version") or ""
    version = next((one for one in versions if str(one.number) == wanted), question.current)
    trial = refused = job = many = None
    try:
        if version:
            trial = regrading.dry_run(question=question, version=version, most=regrade_trials.AT_ONCE)
    except regrading.CannotRegrade as no:
        refused = str(no)
    except regrading.TooMany as too:
        if request.method == "POST" and "count" in request.POST:
            regrade_trials.ask(question=question, version=version, by=request.user)
            return redirect(f"{address(question)}?version={version.number}")
        many, job = too.attempts, regrade_trials.latest(question=question, version=version)
        trial = regrade_trials.found(job)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and trial and form.is_valid():
        try:
            return _applied(request, question, version, trial, form.cleaned_data["reason"])
        except regrading.CannotRegrade as no:
            refused = str(no)
    context = {
        "version": version,
        "versions": versions,
        "trial": trial,
        "refused": refused,
        "many": many,
        "job": job,
        "stale": many
        and trial
        and trial.attempts != many,  # attempts were handed in, or graded anew, since it was counted
        "counts": regrading.summary(trial.rows) if trial else None,
        "told": told(trial.rows, request.user) if trial else [],
        "form": form,
        "past": question.regrades.select_related("version", "applied_by").defer("version__content", "changes")[:50],
        "at_once": trial and trial.attempts <= regrading.BATCH,
    }
    response = _page(request, question, "courses/question_regrade.html", _("Grade anew"), context)
    if job and job.finished_at is None:
        response["Refresh"] = "3"
    return response


def _applied(request, question, version, trial, reason):
    deed = regrading.apply if trial.attempts <= regrading.BATCH else regrading.apply_later
    made = deed(question=question, version=version, by=request.user, reason=reason)
    if made is None:
        messages.info(request, _("There is nothing to grade anew: every answer stands by this version already."))
        return redirect(address(question))
    return redirect(address(question, "regraded", made.pk))


@require_safe
def regraded(request, pk, regrade):
    """What a regrade has changed, first what people have to decide."""
    question = _question(request, pk)
    made = get_object_or_404(question.regrades.select_related("version", "applied_by"), pk=regrade)
    context = {
        "regrade": made,
        "job": regrading.job_of(made),
        "counts": regrading.summary(made.changes),
        "told": told(made.changes, request.user),
    }
    return _page(request, question, "courses/question_regraded.html", _("Graded anew"), context)


def _page(request, question, template, title, context):
    crumbs = [
        {"url": reverse("wagtailsnippets_courses_question:list"), "label": _("Questions")},
        {"url": address(question, "edit"), "label": str(question)},
        {"url": address(question), "label": _("Grade anew")},
    ]
    return render(
        request,
        template,
        context | {"question": question, "breadcrumbs_items": crumbs, "header_title": title, "header_icon": "rotate"},
    )


# --- The table of changes -------------------------------------------------------------------------------------------------


def told(rows, user):
    """The changes in groups, the gravest first: [(title, rows, how many)].

    Each row has its attempt in `of`, and its `person` and certificate where the course is one of `user`.
    """
    groups = [
        (
            _("Not passed any more, and a certificate rests on it: you decide"),
            lambda row: _failed(row) and row["certificate"],
        ),
        (_("Not passed any more; what was completed stays"), lambda row: _failed(row) and not row["certificate"]),
        (_("Passed now"), lambda row: row["passed_after"] and not row["passed_before"]),
        (_("Fewer points"), lambda row: _same(row) and float(row["after"]) < float(row["before"])),
        (_("More points"), lambda row: _same(row) and float(row["after"]) > float(row["before"])),
    ]
    found = [(title, [row for row in rows if belongs(row)]) for title, belongs in groups]
    shown = [row["attempt"] for _title, group in found for row in group[:MOST_SHOWN]]
    attempts = Attempt.objects.select_related("enrolment__learner", "enrolment__course", "quiz__activity")
    by_pk = {one.pk: one for one in attempts.filter(pk__in=shown)} if shown else {}
    everywhere = questions.writes_everywhere(user)  # archived courses too
    own = set() if everywhere or not shown else set(questions.courses_of(user).values_list("pk", flat=True))
    return [
        (title, [_line(row, by_pk[row["attempt"]], own, everywhere) for row in group[:MOST_SHOWN]], len(group))
        for title, group in found
        if group
    ]


def _failed(row):
    return row["passed_before"] and not row["passed_after"]


def _same(row):
    return row["passed_before"] == row["passed_after"]


def _line(row, attempt, own, everywhere):
    """A pool may serve a quiz of another course, whose learners are not this trainer's."""
    person = attempt.enrolment.learner if everywhere or attempt.enrolment.course_id in own else None
    return {**row, "person": person, "of": attempt, "certificate": row["certificate"] if person else ""}

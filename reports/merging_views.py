"""Two records of one person: probably the same, merged, taken apart. Both have to be in the reader's scope, else 404."""

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import merging

from .asking import keep
from .forms import AskForm
from .staff import duplicates as same_people
from .staff import may_decide, merge_records, people_kept_by
from .staff_forms import REASONS, MergeForm, UnmergeForm

A_PAGE = 50


@login_required
@require_safe
def duplicates(request):
    """Records in scope with one name in whatever spelling."""
    page = Paginator(same_people(people_kept_by(request.user)), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/duplicates.html", {"page_obj": page, "keep": keep(request, "page")})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request, pk):
    """?with=PERSON: that record goes into this one; without it, people of the name ?q= are found to choose from."""
    people = people_kept_by(request.user).select_related("library", "position").filter(merged_into=None)
    kept = get_object_or_404(people, pk=pk)
    if not may_decide(request.user, kept):
        raise Http404
    other = request.GET.get("with", "")
    gone = get_object_or_404(people, pk=int(other)) if other.isdecimal() and len(other) < 18 else None
    if gone is not None and not may_decide(request.user, gone):
        raise Http404
    if request.method == "POST" and gone is None:
        raise Http404
    form = MergeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = merging.merge(kept=kept, gone=gone, by=request.user, **form.cleaned_data)
        except merging.Refused as fault:
            form.add_error(None, REASONS[fault.why])
        else:
            messages.success(request, _("The records are one now. The list of what moved is kept below."))
            return redirect("reports:merged", made.pk)
    context = {"kept": kept, "gone": gone, "form": form, **_found(request, people, kept)}
    return render(request, "reports/merge.html", context, status=422 if request.method == "POST" else 200)


def _found(request, people, kept):
    ask = AskForm(request.GET)
    words = ask.cleaned_data["q"] if ask.is_valid() else ""
    found = people.exclude(pk=kept.pk)
    found = found.matching(words) if words else found.filter(folded_name=kept.folded_name)
    return {"ask": ask["q"], "words": words, "found": found.order_by("folded", "pk")[:A_PAGE]}


@login_required
@require_safe
def merges(request):
    """All merges in scope, the last first."""
    page = Paginator(merge_records(request.user), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/merges.html", {"page_obj": page, "keep": keep(request, "page")})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merged(request, pk):
    """What one merge moved; a POST takes the records apart again."""
    record = get_object_or_404(merge_records(request.user), pk=pk)
    may_undo = record.undone_at is None and may_decide(request.user, record.kept)
    form = UnmergeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_undo:
            raise Http404
        if form.is_valid():
            try:
                merging.unmerge(record=record, by=request.user, **form.cleaned_data)
            except merging.Refused as fault:
                form.add_error(None, REASONS[fault.why])
            else:
                messages.success(request, _("The records are two again."))
                return redirect("reports:merged", pk)
    context = {
        "record": record,
        "form": form if may_undo else None,
        "moved": _by_kind(record.steps),
        "left": _by_kind(record.left),
        "changed": sum("row" in step for step in record.steps),
        "not_undone": record.not_undone,
    }
    return render(request, "reports/merged.html", context, status=422 if request.method == "POST" else 200)


def _by_kind(steps):
    """[(what it is called, how many)]"""
    counts = {}
    for step in steps:
        if "rows" in step:
            name = apps.get_model(step["model"])._meta.verbose_name_plural
            counts[name] = counts.get(name, 0) + len(step["rows"])
    return sorted(((str(name), n) for name, n in counts.items()), key=lambda pair: pair[0])

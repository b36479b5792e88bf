"""HR's queue of certificates that others have issued: look at the file or the link, approve with a reason or send back."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.words import WordsField
from certification import external
from certification.models import ExternalCertificate
from courses.homework_files import BadFile

from .asking import external_in_state, external_rows, keep

LINES_A_PAGE = 50


class DecisionForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("Why"),
        max_length=500,
        help_text=gettext_lazy("The person reads it. For example: seen on the issuer's page."),
    )


def _rows(user):
    return external_rows(user).select_related("decided_by")


@login_required
@require_safe
def queue(request):
    """?state=waiting|approved|returned; what waits, the oldest first."""
    state, rows = external_in_state(request.user, request.GET)
    page = Paginator(rows, LINES_A_PAGE).get_page(request.GET.get("page"))
    choices = ExternalCertificate.State.choices
    context = {"page_obj": page, "state": state, "states": choices, "keep": keep(request, "page")}
    return render(request, "reports/external_queue.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request, pk):
    """A POST decides: «approve», or «return»; «check» looks at the badge once more."""
    row = get_object_or_404(_rows(request.user), pk=pk)
    if request.method == "POST" and "check" in request.POST:
        return _check_again(request, row)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not {"approve", "return"} & set(request.POST):
            raise Http404
        approve = "approve" in request.POST
        external.decide(external=row, by=request.user, approve=approve, reason=form.cleaned_data["reason"])
        messages.success(
            request, _("Approved. The person is told.") if approve else _("Sent back. The person is told why.")
        )
        return redirect("reports:external_queue")
    if request.method != "POST":
        audit.looked_up(by=request.user, person=row.person_id, what="external certificate")
    context = {"row": row, "form": form, "can_check": row.checked_at is not None}
    return render(request, "reports/external.html", context, status=422 if form.errors else 200)


def _check_again(request, row):
    if row.checked_at is None:
        raise Http404
    try:
        external.check_again(external=row, by=request.user)
    except (BadFile, FileNotFoundError):
        messages.error(request, _("The file cannot be read now. Ask the holder for it once more."))
    else:
        messages.success(request, _("Checked again."))
    return redirect("reports:external", row.pk)

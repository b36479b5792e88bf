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
from accounts.models import Role
from accounts.roles import has_role
from certification import external
from certification.models import ExternalCertificate
from courses.homework_files import BadFile

from .views import keep

LINES_A_PAGE = 50


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The person reads it. For example: seen on the issuer's page. No PINFL, no passport data."),
    )  # fmt: skip


def _rows(user):
    if not has_role(user, Role.HR, Role.ADMINISTRATOR):
        raise Http404
    return ExternalCertificate.objects.decided_by(user).select_related("person__library", "decided_by")


@login_required
@require_safe
def queue(request):
    """?state=waiting|approved|returned; what waits, the oldest first."""
    rows = _rows(request.user)
    states = ExternalCertificate.State
    state = request.GET.get("state", states.WAITING)
    if state not in states.values:
        raise Http404
    page = Paginator(rows.filter(state=state).order_by("given_at", "pk"), LINES_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page_obj": page, "state": state, "states": states.choices, "keep": keep(request, "page")}
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

"""HR lets people in: invitations, new codes, and an administrator's help with a lost second factor. Others get 404."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import invitations as letters
from accounts import one_time_codes, second_factor
from accounts.models import Job, OneTimeCode, Role
from accounts.roles import has_role, people_let_in_by

from . import invitations
from .asking import AskedInvitations, keep
from .invitation_forms import MAIL, InviteForm, ReasonForm
from .tree import counted_tree
from .views import PEOPLE_A_PAGE

LATEST = 5  # of the own sheets that are listed


def _check(user):
    """Raises Http404 for who is neither HR nor administrator."""
    if not has_role(user, Role.HR, Role.ADMINISTRATOR):
        raise Http404


# --- Those who never came in ----------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request):
    """Who never signed in: ?library=CODE&q=NAME. A POST invites those that are ticked, or all of them."""
    asked = AskedInvitations(request.user, request.GET)
    found = asked.people
    form = InviteForm(request.POST if request.method == "POST" else None, people=found)
    if request.method == "POST" and form.is_valid():
        return _invite(request, form)
    page = Paginator(
        found.select_related("library", "position").order_by("library__path", "folded", "pk"), PEOPLE_A_PAGE
    ).get_page(request.GET.get("page"))
    context = {
        "form": form, "library": asked.library, "words": asked.words, "page_obj": page, "lines": invitations.lines(list(page)),
        "ticked": set(request.POST.getlist("person")),
        "top": counted_tree(asked.libraries, asked.scope, asked.library), "keep": keep(request, "page"),
        "keep_in_tree": keep(request, "page", "library"), "jobs": invitations.jobs_of(request.user)[:LATEST],
        "most": invitations.MOST,
    }  # fmt: skip
    return render(request, "reports/invitations.html", context, status=422 if form.errors else 200)


def _invite(request, form):
    if form.cleaned_data["way"] == MAIL:
        sent = letters.by_mail(people=form.chosen, by=request.user)
        messages.success(
            request, ngettext("%(n)s letter is on its way.", "%(n)s letters are on their way.", sent) % {"n": sent}
        )
        if left := form.count - sent:
            messages.info(
                request,
                ngettext(
                    "%(n)s person gets none: without an e-mail, or one is on its way already. Print a slip.",
                    "%(n)s people get none: without an e-mail, or one is on its way already. Print a sheet.", left,
                ) % {"n": left},
            )  # fmt: skip
        return redirect(request.get_full_path())
    if form.count > invitations.AT_ONCE:
        return redirect("reports:invitation_sheet", invitations.ask(people=form.chosen, by=request.user).pk)
    return _pdf(invitations.sheet(people=form.chosen, by=request.user), invitations.name())


def _pdf(data, name):
    return HttpResponse(
        data, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@login_required
@require_safe
def sheet(request, pk):
    """How far the sheet of many is; then the way to it."""
    job = get_object_or_404(invitations.jobs_of(request.user), pk=pk)
    percent = 100 * job.done // job.total if job.total else 0
    response = render(request, "reports/invitation_sheet.html", {"job": job, "percent": percent})
    if job.finished_at is None:
        response.headers["Refresh"] = "3"
    return response


@login_required
@require_safe
def sheet_file(request, pk):
    job = get_object_or_404(invitations.jobs_of(request.user).exclude(made=""), pk=pk, state=Job.State.DONE)
    with job.made.open() as made:
        return _pdf(made.read(), job.made_name)


# --- One person -------------------------------------------------------------------------------------------------------------


def _person(request, pk):
    _check(request.user)
    return get_object_or_404(people_let_in_by(request.user).select_related("library"), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request, pk):
    """A new code for somebody who forgot the password and has no e-mail, or has not come in yet: on the screen or on a slip."""
    person = _person(request, pk)
    if request.method == "POST" and request.POST.get("way") == "paper":
        found = people_let_in_by(request.user).filter(pk=person.pk)
        return _pdf(invitations.sheet(people=found, by=request.user), f"kod-{person.username}.pdf")
    context = {"person": person}
    if request.method == "POST":
        letters.call_off(people=[person])
        row, given = one_time_codes.give(person=person, by=request.user)
        context |= {"given": one_time_codes.pretty(given), "until": row.expires_at}
    else:
        context["open"] = OneTimeCode.objects.open(timezone.now()).filter(person=person).first()
    return render(request, "reports/code.html", context)


@login_required
@require_POST
def withdraw_code(request, pk):
    person = _person(request, pk)
    if one_time_codes.withdraw(person=person, by=request.user):
        messages.success(request, _("The code opens nothing any more."))
    return redirect("reports:code", person.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lost_second_factor(request, pk):
    """Administrators alone: whoever takes a second factor away and sets a new password would be that person."""
    if not has_role(request.user, Role.ADMINISTRATOR):
        raise Http404
    person = _person(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if second_factor.remove(person=person, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now()):
            messages.success(request, _("Removed. The person sets up a new one at the next sign-in."))
        return redirect("reports:person", person.pk)
    context = {"person": person, "form": form, "has_one": Authenticator.objects.filter(user=person).exists()}
    return render(request, "reports/lost_second_factor.html", context, status=422 if form.errors else 200)

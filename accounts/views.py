"""A person's own pages. The row that a view starts from is request.user: nobody else's can be named."""

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from . import consent, devices, notices, people
from .forms import CertificateNameForm, LanguageForm

NOTICES_A_PAGE = 20


@login_required
def profile(request):
    """Who I am here, how I sign in, what I was told."""
    form = LanguageForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        people.choose_language(person=request.user, language=form.cleaned_data["language"])
        messages.success(request, _("Saved."))
        return redirect("profile")
    page = Paginator(request.user.notices.all(), NOTICES_A_PAGE).get_page(request.GET.get("page"))
    told = [{"notice": notice, "line": notices.line(notice)} for notice in page]
    version, given = consent.standing(request.user)
    context = {
        "form": form, "page_obj": page, "told": told, "has_second_factor": is_mfa_enabled(request.user),
        "consent_version": version, "consent_given": given,
    }  # fmt: skip
    return render(request, "accounts/profile.html", context)


@login_required
def certificate_name(request):
    """The person says how the own name is spelled on certificates."""
    proposal = request.user.certificate_name or request.user.official_name
    form = CertificateNameForm(request.POST or None, initial={"certificate_name": proposal})
    if request.method == "POST" and form.is_valid():
        people.confirm_name(person=request.user, name=form.cleaned_data["certificate_name"])
        messages.success(
            request,
            _("Confirmed. Your certificates will carry this name: %(name)s") % {"name": request.user.certificate_name},
        )
        return redirect("first_steps" if request.GET.get("back") == "first-steps" else "profile")
    return render(request, "accounts/certificate_name.html", {"form": form})


@login_required
@require_safe
def notice(request, pk):
    """What was told, in full: for who has no e-mail, the only place where it stands."""
    found = get_object_or_404(request.user.notices, pk=pk)
    return render(
        request, "accounts/notice.html", {"notice": found, "line": notices.line(found), "text": notices.text(found)}
    )


@login_required
@require_POST
def read_notice(request, pk):
    people.mark_read(notice=get_object_or_404(request.user.notices, pk=pk))
    return redirect("profile" if request.POST.get("back") == "profile" else "/learning/")


class DevicesView(ListUserSessionsView):
    """Where I am logged in. allauth's deed; its list would ask for each session, and delete while it is looked at."""

    def get_context_data(self, **kwargs):
        shown = devices.of(self.request.user, timezone.now())
        return super(ListUserSessionsView, self).get_context_data(sessions=shown, **kwargs)

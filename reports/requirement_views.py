"""HR's page of requirements: what holds in the own libraries, a form for one more, a button to withdraw one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Role
from accounts.roles import has_role, scope_of

from . import requirements as rules
from .forms import RequirementForm
from .models import Requirement


def _libraries(user):
    """Where the reader may require something. Raises Http404 for who is neither HR nor administrator."""
    if not has_role(user, Role.HR, Role.ADMINISTRATOR):
        raise Http404
    return scope_of(user, Role.HR)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def requirements(request):
    libraries = _libraries(request.user)
    form = RequirementForm(request.POST if request.method == "POST" else None, libraries=libraries)
    if form.is_valid():
        try:
            rules.require(by=request.user, **form.cleaned_data)
        except rules.AlreadyRequired:
            form.add_error(None, _("This is required already. To change the day, withdraw it first."))
        else:
            messages.success(request, _("The requirement is set. It stands in My learning of everybody concerned."))
            return redirect("reports:requirements")
    own = {library.pk for library in libraries}
    rows = [(row, row.library_id in own) for row in rules.visible_from(libraries)]
    context = {"form": form, "rows": rows}
    return render(request, "reports/requirements.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request, pk):
    own = Requirement.objects.filter(library__in=_libraries(request.user))
    rules.withdraw(requirement=get_object_or_404(own, pk=pk), by=request.user)
    messages.success(request, _("The requirement is withdrawn."))
    return redirect("reports:requirements")

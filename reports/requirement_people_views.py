"""Who stands how: the people of one requirement, of all of them; exemptions and reminders. Others' people are 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.refusing import as_key
from accounts.roles import has_role, scope_of

from . import digests, standings, waivers
from .asking import keep, people_of
from .models import Waiver
from .requirement_forms import WaiverForm
from .requirement_lists import (
    Numbers,
    asked_people,
    gravest_of,
    narrowed,
    own_of,
    people_of_hr,
    people_of_requirement,
    required_people,
    visible_to,
)
from .requirement_views import log_of
from .standings import ASKED, GRAVITY

PEOPLE_A_PAGE, MOST_REMINDED = 50, 2_000


@login_required
@require_safe
def requirement(request, pk):
    """?state=STATE&library=CODE&q=WORDS"""
    people, today = people_of(request.user), timezone.localdate()
    found = get_object_or_404(visible_to(request.user).select_related("set_by"), pk=pk)
    form = asked_people(request.user, request.GET)
    numbers = standings.tally(standings.judged_by_requirement(found, narrowed(people, form.cleaned_data), today))
    page = Paginator(people_of_requirement(found, people, form.cleaned_data, today), PEOPLE_A_PAGE)
    page = page.get_page(request.GET.get("page"))
    may_keep = has_role(request.user, Role.HR, Role.ADMINISTRATOR)
    context = {
        "requirement": found,
        "form": form,
        "numbers": Numbers(numbers),
        "lines": [(person, GRAVITY[person.standing_gravity]) for person in page],
        "page_obj": page,
        "keep": keep(request, "page"),
        "keep_all": f"{keep(request, 'page')}requirement={pk}",
        "keep_state": keep(request, "page", "state"),
        "is_narrowed": any(form.cleaned_data.values()),
        "may_keep": may_keep,
        "is_own": may_keep and scope_of(request.user, Role.HR).filter(pk=found.library_id).exists(),
        "log": log_of(found) if may_keep else [],
    }
    return render(request, "reports/requirement.html", context)


@login_required
@require_safe
def people(request):
    """Where each stands gravest, over all that is required: ?state=STATE&course=CODE&library=CODE&q=WORDS"""
    form = asked_people(request.user, request.GET, with_course=True)
    page = Paginator(required_people(people_of(request.user), form.cleaned_data), PEOPLE_A_PAGE)
    page = page.get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "keep": keep(request, "page"), "lines": gravest_of(list(page))}
    return render(request, "reports/requirement_people.html", context)


@login_required
@require_POST
def remind(request, pk):
    """Remind those who are asked, as the address narrows them; each once a week."""
    reachable = people_of_hr(request.user)
    found = get_object_or_404(visible_to(request.user), pk=pk)
    asked = asked_people(request.user, request.GET).cleaned_data
    late = people_of_requirement(found, reachable, asked, timezone.localdate())
    late = late.filter(standing_gravity__in=[GRAVITY.index(state) for state in ASKED])
    if late.count() > MOST_REMINDED:
        messages.error(request, _("These are too many at once. Choose a library first."))
    else:
        told = digests.remind(people=late, requirement=found, by=request.user)
        words = ngettext("%(n)s person is reminded.", "%(n)s people are reminded.", told)
        messages.success(request, f"{words % {'n': told}} {_('Nobody is reminded of the same twice a week.')}")
    return redirect(f"{found.get_absolute_url()}?{request.GET.urlencode()}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request, pk, person):
    """One person of a requirement: how things stand, and the exemptions. deed=waive, or end=EXEMPTION."""
    reachable = people_of_hr(request.user)
    found = get_object_or_404(visible_to(request.user), pk=pk)
    today = timezone.localdate()
    judged = standings.judged_by_requirement(found, reachable, today).select_related("library", "position")
    one = get_object_or_404(judged, pk=person)
    own = Waiver.objects.filter(requirement=found, person=one).select_related("made_by", "withdrawn_by")
    if request.method == "POST" and (number := request.POST.get("end", "")):
        waivers.end(waiver=get_object_or_404(own, pk=as_key(number)), by=request.user)
        messages.success(request, _("The exemption is withdrawn."))
        return redirect("reports:requirement_person", pk, person)
    form = WaiverForm(request.POST if request.method == "POST" else None, initial={"begins": today})
    if form.is_valid():
        try:
            waivers.waive(requirement=found, person=one, by=request.user, **form.cleaned_data)
        except waivers.AlreadyExempt:
            form.add_error(None, _("This person is exempt in a part of that time already."))
        else:
            messages.success(request, _("The person is exempt. No reminder of this requirement is sent in that time."))
            return redirect("reports:requirement_person", pk, person)
    context = {
        "requirement": found, "person": one, "standing": GRAVITY[one.standing_gravity], "form": form, "waivers": own,
        "today": today, "is_own": own_of(request.user).filter(pk=pk).exists(),
    }  # fmt: skip
    return render(request, "reports/requirement_person.html", context, status=422 if form.errors else 200)

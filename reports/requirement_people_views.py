"""Who stands how: the people of one requirement, of all of them; exemptions and reminders. Others' people are 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.roles import has_role, scope_of
from seminars.paper_views import XLSX, file_answer

from . import digests, requirement_sheet, standings, waivers
from .models import Requirement, Waiver
from .requirement_forms import PeopleForm, WaiverForm
from .requirement_views import Numbers, log_of, own_of, people_of_hr, visible_to
from .standings import ASKED, GRAVITY
from .views import keep, people_of

PEOPLE_A_PAGE = 50
MOST_IN_A_TABLE, MOST_REMINDED = 100_000, 2_000


def _form(request, **with_what):
    libraries = scope_of(request.user, Role.HR, Role.DIRECTOR)
    form = PeopleForm(request.GET, libraries=libraries, **with_what)
    if not form.is_valid():
        raise Http404
    return form


def _narrowed(people, asked):
    if asked["library"]:
        people = people.below(asked["library"])
    return people.matching(asked["q"]) if asked["q"] else people


def _people(requirement, people, asked, today):
    """`people` of a requirement, judged and narrowed; those to whom most is to be done first."""
    found = standings.judged_by_requirement(requirement, _narrowed(people, asked), today)
    if asked["state"]:
        found = found.filter(standing_gravity=GRAVITY.index(asked["state"]))
    return found.select_related("library", "position").order_by("-standing_gravity", "folded", "pk")


@login_required
@require_safe
def requirement(request, pk):
    """?state=STATE&library=CODE&q=WORDS"""
    people, today = people_of(request.user), timezone.localdate()
    found = get_object_or_404(visible_to(request.user).select_related("set_by"), pk=pk)
    form = _form(request)
    numbers = standings.tally(standings.judged_by_requirement(found, _narrowed(people, form.cleaned_data), today))
    page = Paginator(_people(found, people, form.cleaned_data, today), PEOPLE_A_PAGE)
    page = page.get_page(request.GET.get("page"))
    may_keep = has_role(request.user, Role.HR, Role.ADMINISTRATOR)
    context = {
        "requirement": found,
        "form": form,
        "numbers": Numbers(numbers),
        "lines": [(person, GRAVITY[person.standing_gravity]) for person in page],
        "page_obj": page,
        "keep": keep(request, "page"),
        "keep_state": keep(request, "page", "state"),
        "is_narrowed": any(form.cleaned_data.values()),
        "may_keep": may_keep,
        "is_own": may_keep and scope_of(request.user, Role.HR).filter(pk=found.library_id).exists(),
        "log": log_of(found) if may_keep else [],
    }
    return render(request, "reports/requirement.html", context)


@login_required
@require_safe
def workbook(request, pk):
    people, found = people_of(request.user), get_object_or_404(visible_to(request.user), pk=pk)
    rows = _people(found, people, _form(request).cleaned_data, timezone.localdate())
    if rows.count() > MOST_IN_A_TABLE:
        return HttpResponse(status=422)
    return file_answer(
        requirement_sheet.workbook(found, rows), XLSX, f"talab-{pk}-{timezone.localdate():%Y-%m-%d}.xlsx"
    )


@login_required
@require_safe
def people(request):
    """Where each stands gravest, over all that is required: ?state=STATE&course=CODE&library=CODE&q=WORDS"""
    form, today = _form(request, with_course=True), timezone.localdate()
    asked = form.cleaned_data
    found = _narrowed(people_of(request.user), asked)
    if asked["state"]:
        found = standings.people_in_state(found, asked["state"], today, asked["course"])
    else:
        found = standings.judged(found, today, asked["course"]).filter(standing_key__isnull=False)
    found = found.select_related("library", "position").order_by("folded", "pk")
    page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    read = [(person, *standings.read_key(person.standing_key)) for person in page]
    rows = Requirement.objects.select_related("course").in_bulk({key for _person, _state, key in read})
    context = {
        "form": form, "page_obj": page, "keep": keep(request, "page"),
        "lines": [(person, state, rows[key]) for person, state, key in read],
    }  # fmt: skip
    return render(request, "reports/requirement_people.html", context)


@login_required
@require_POST
def remind(request, pk):
    """Remind those who are asked, as the address narrows them; each once a week."""
    reachable = people_of_hr(request.user)
    found = get_object_or_404(visible_to(request.user), pk=pk)
    late = _people(found, reachable, _form(request).cleaned_data, timezone.localdate())
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
        waivers.end(waiver=get_object_or_404(own, pk=number if number.isdecimal() else 0), by=request.user)
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

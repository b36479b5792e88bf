"""HR's pages of requirements: what holds in the own libraries and how many stand how; set, change, withdraw one. Directors read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import AuditEntry, Role
from accounts.roles import has_role, scope_of
from courses.enrolments import CourseNotOpen
from courses.models import Course

from . import requirements as rules
from .asking import people_of
from .models import Requirement
from .requirement_forms import RequirementForm, RulesForm
from .requirement_lists import Numbers, libraries_of_hr, numbers_of, own_of, people_of_hr, visible_to

LINES_A_PAGE = 20


@login_required
@require_safe
def requirements(request):
    page = Paginator(visible_to(request.user), LINES_A_PAGE).get_page(request.GET.get("page"))
    may_require = has_role(request.user, Role.HR, Role.ADMINISTRATOR)
    own = set(scope_of(request.user, Role.HR).values_list("pk", flat=True)) if may_require else set()
    numbers = numbers_of(list(page), people_of(request.user))
    lines = [(row, numbers[row.pk], row.library_id in own) for row in page]
    context = {"lines": lines, "page_obj": page, "may_require": may_require}
    return render(request, "reports/requirements.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """A POST shows first how many people it would concern; with deed=set it is set."""
    libraries = libraries_of_hr(request.user)
    form = RequirementForm(request.POST if request.method == "POST" else None, libraries=libraries)
    context, chosen = {"form": form}, request.POST.get("deed")
    if form.is_valid() and chosen == "set":
        try:
            made = rules.require(by=request.user, **form.cleaned_data)
        except rules.AlreadyRequired as there:
            form.add_error(None, _("This is required already. Change the requirement that is there."))
            context["there"] = there.args[0]
        except CourseNotOpen:
            form.add_error("course", _("This course is not open just now: something in it is missing."))
        else:
            messages.success(request, _("The requirement is set. It stands in My learning of everybody concerned."))
            return redirect("reports:requirement", made.pk)
    if form.is_valid():
        people, today = people_of_hr(request.user), timezone.localdate()
        context["impact"] = Numbers(rules.impact(people=people, today=today, **form.cleaned_data))
    return render(request, "reports/requirement_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Another day, or other rules. A POST shows first what it would change; with deed=set it is done."""
    requirement = get_object_or_404(own_of(request.user), pk=pk)
    initial = {name: getattr(requirement, name) for name in rules.CHANGEABLE}
    form = RulesForm(request.POST if request.method == "POST" else None, requirement=requirement, initial=initial)
    context, today = {"form": form, "requirement": requirement}, timezone.localdate()
    if form.is_valid():
        if request.POST.get("deed") == "set":
            if rules.change(requirement=requirement, by=request.user, **form.cleaned_data):
                messages.success(request, _("The requirement is changed. The log keeps what it was before."))
            return redirect("reports:requirement", pk)
        asked = {
            "people": people_of_hr(request.user), "library": requirement.library, "position": requirement.position,
            "course": requirement.course, "today": today, "requirement": requirement,
        }  # fmt: skip
        context["before"], context["impact"] = (
            Numbers(rules.impact(**asked, **values)) for values in (initial, form.cleaned_data)
        )
        context["differences"] = [(state, context["before"].of[state], n) for state, n in context["impact"].states]
    return render(request, "reports/requirement_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request, pk):
    own = Requirement.objects.filter(library__in=libraries_of_hr(request.user))
    rules.withdraw(requirement=get_object_or_404(own, pk=pk), by=request.user)
    messages.success(request, _("The requirement is withdrawn."))
    return redirect("reports:requirements")


@login_required
@require_POST
def begin_again(request, course):
    """The learner's button: the course once more, as a requirement asks for it anew."""
    course = get_object_or_404(Course.objects.live(), pk=course)
    try:
        rules.begin_again(person=request.user, course=course)
    except rules.NotAsked:
        raise Http404 from None
    except CourseNotOpen:
        messages.error(request, _("The course is closed to new learners just now. Come back later: nothing is lost."))
        return redirect("/learning/")
    messages.success(request, _("The course begins anew for you. What you have earned so far stays yours."))
    return redirect(course.addresses.get(request.LANGUAGE_CODE) or next(iter(course.addresses.values()), "/learning/"))


def log_of(requirement):
    return AuditEntry.objects.filter(subject=str(requirement)).select_related("actor").order_by("-pk")[:50]

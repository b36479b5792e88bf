"""A trainer's courses and their progress tables. Everything starts from what the trainer holds: somebody else's row is 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import progress_sheet, progress_table, teaching
from .teaching_forms import TableForm

COURSES_A_PAGE = 20
PEOPLE_A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def courses(request):
    """The own courses with their numbers."""
    if not teaching.teaches(request.user):
        raise Http404
    own = teaching.with_numbers(teaching.courses_taught(request.user), request.user).order_by("code", "pk")
    page = Paginator(own, COURSES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/teaching_courses.html", {"page_obj": page})


@login_required
@require_safe
def table(request, pk):
    """Learners x activities: ?cohort=, ?library=, ?q= narrow it. What is not known is 404."""
    course, form, found = _asked(request, pk)
    page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    activities = progress_table.columns(course)
    context = {
        "course": course,
        "form": form,
        "page_obj": page,
        "activities": activities,
        "modules": progress_table.by_module(activities),
        "lines": progress_table.lines(list(page), activities),
        "standings": progress_table.STANDINGS,
        "keep": _keep(request, "page"),
    }
    return render(request, "courses/progress_table.html", context)


@login_required
@require_safe
def sheet(request, pk):
    """The same learners as a spreadsheet, all of them."""
    course, _form, found = _asked(request, pk)
    if found.count() > progress_sheet.MOST:
        messages.error(
            request,
            _("A spreadsheet holds at most %(n)d learners. Choose a cohort or a region.") % {"n": progress_sheet.MOST},
        )
        return redirect(f"{reverse('courses:progress', args=[pk])}?{_keep(request, 'page')}")
    made = progress_sheet.sheet(list(found), progress_table.columns(course))
    response = HttpResponse(made, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="progress-{course.code or course.pk}.xlsx"'
    return response


def _asked(request, pk):
    """(course, form, its enrolments that are asked for)"""
    course = get_object_or_404(teaching.courses_taught(request.user), pk=pk)
    form = TableForm(
        request.GET, cohorts=course.cohorts.all(), libraries=teaching.libraries_reached(request.user)
    )  # fmt: skip
    if not form.is_valid():
        raise Http404
    found = form.narrow(teaching.enrolments_taught(request.user).filter(course=course))
    return course, form, found.select_related("learner__library", "cohort").order_by("learner__folded", "pk")


def _keep(request, *dropped):
    """The present question as the beginning of a query string, without some of its parts: «cohort=3&»."""
    query = request.GET.copy()
    for name in (*dropped, "lang"):
        query.pop(name, None)
    return f"{query.urlencode()}&" if query else ""

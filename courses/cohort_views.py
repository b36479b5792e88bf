"""The cohorts of a trainer's courses: the list, one cohort with its people, announcements. Others get 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User

from . import announcing, cohorts, teaching
from .teaching_forms import AnnouncementForm, CohortForm, LoginsForm

COHORTS_A_PAGE = 20
PEOPLE_A_PAGE = 100
CHOICES = 30  # enrolled people without a cohort that are offered at once


@login_required
@require_safe
def index(request):
    """The cohorts of the own courses: those that run, or with ?when=past the archived ones."""
    if not teaching.teaches(request.user):
        raise Http404
    past = request.GET.get("when") == "past"
    rows = teaching.cohorts_taught(request.user).filter(archived=past).select_related("course", "trainer", "library")
    rows = rows.annotate(n=Count("enrolments")).order_by("-begins_on", "-pk")
    page = Paginator(rows, COHORTS_A_PAGE).get_page(request.GET.get("page"))
    own = teaching.courses_taught(request.user).order_by("code", "pk")
    return render(request, "courses/cohort_list.html", {"page_obj": page, "past": past, "courses": own})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make(request, pk):
    course = get_object_or_404(teaching.courses_taught(request.user), pk=pk)
    return _edit(request, course, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request, pk):
    cohort = _own(request, pk)
    return _edit(request, cohort.course, cohort)


def _own(request, pk):
    rows = teaching.cohorts_taught(request.user).select_related("course", "trainer", "library")
    return get_object_or_404(rows, pk=pk)


def _edit(request, course, cohort):
    form = CohortForm(
        request.POST if request.method == "POST" else None, course=course, by=request.user, cohort=cohort,
        libraries=teaching.libraries_reached(request.user),
    )  # fmt: skip
    if form.is_valid():
        try:
            if cohort:
                kept = cohorts.change(cohort=cohort, by=request.user, **form.cleaned_data)
            else:
                kept = cohorts.make(course=course, by=request.user, **form.cleaned_data)
        except cohorts.NameTaken:
            form.add_error("title", _("This course has a cohort of this name already."))
        except cohorts.NotItsTrainer:
            form.add_error("trainer", _("Choose a trainer of this course."))
        else:
            messages.success(request, _("Saved."))
            return redirect("courses:cohort", kept.pk)
    context = {"form": form, "course": course, "cohort": cohort}
    return render(request, "courses/cohort_form.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def cohort(request, pk):
    return _show(request, _own(request, pk))


def _show(request, cohort, status=200, **more):
    """The page of a cohort: who is in it, who could be, what was announced; `more` are forms with faults and verdicts."""
    reached = teaching.enrolments_taught(request.user).filter(course=cohort.course_id)
    reached = reached.select_related("learner__library").order_by("learner__folded", "pk")
    words = request.GET.get("q", "")[:100].replace("\x00", "")
    free = reached.open().filter(cohort=None)
    if words:
        free = free.filter(learner__in=User.objects.matching(words))
    page = Paginator(reached.filter(cohort=cohort), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    offered = list(free[: CHOICES + 1])
    context = {
        "cohort": cohort,
        "page_obj": page,
        "offered": offered[:CHOICES],
        "more_offered": len(offered) > CHOICES,
        "q": words,
        "logins": LoginsForm(),
        "announcement": AnnouncementForm(),
        "announcements": announcing.of_cohort(cohort),
        "stands_at": reverse("courses:cohort", args=[cohort.pk]) if request.method == "POST" else None,
        **more,
    }
    return render(request, "courses/cohort.html", context, status=status)


@login_required
@require_POST
def archive(request, pk):
    cohort = _own(request, pk)
    cohorts.archive(cohort=cohort, by=request.user, archived="back" not in request.POST)
    return redirect("courses:cohort", pk)


@login_required
@require_POST
def enrol(request, pk):
    """Enrol a pasted list of logins; what became of each line is shown at once, as nothing else keeps it."""
    cohort = _own(request, pk)
    form = LoginsForm(request.POST)
    if not form.is_valid():
        return _show(request, cohort, 422, logins=form)
    among = teaching.people_reached(request.user)
    try:
        rows = cohorts.enrol(cohort=cohort, text=form.cleaned_data["logins"], among=among, by=request.user)
    except cohorts.TooMany:
        form.add_error("logins", _("At most %(n)d lines at once.") % {"n": cohorts.MOST_LINES})
        return _show(request, cohort, 422, logins=form)
    except cohorts.CohortClosed:
        return _closed(request, pk)
    return _show(request, cohort, rows=rows, n_done=sum(row.is_done for row in rows))


@login_required
@require_POST
def put_in(request, pk):
    """Put chosen people, who are enrolled and without a cohort, into this one."""
    cohort = _own(request, pk)
    chosen = [int(text) for text in request.POST.getlist("enrolment") if text.isdecimal() and len(text) < 19]
    reached = teaching.enrolments_taught(request.user).filter(course=cohort.course_id, pk__in=chosen[:CHOICES])
    try:
        n = len(cohorts.put_in(cohort=cohort, enrolments=list(reached), by=request.user))
    except cohorts.CohortClosed:
        return _closed(request, pk)
    said = ngettext("Put into the cohort: %(n)d person.", "Put into the cohort: %(n)d people.", n) % {"n": n}
    messages.success(request, said)
    return redirect("courses:cohort", pk)


@login_required
@require_POST
def take_out(request, pk, enrolment):
    cohort = _own(request, pk)
    members = teaching.enrolments_taught(request.user).filter(cohort=cohort)
    cohorts.take_out(enrolment=get_object_or_404(members, pk=enrolment), by=request.user)
    messages.success(request, _("Taken out of the cohort. The person stays enrolled in the course."))
    return redirect("courses:cohort", pk)


@login_required
@require_POST
def announce(request, pk):
    cohort = _own(request, pk)
    form = AnnouncementForm(request.POST)
    if form.is_valid():
        try:
            announcing.announce(cohort=cohort, by=request.user, **form.cleaned_data)
        except ValidationError as no:
            form.add_error("text", no)
        except announcing.NobodyToTell:
            form.add_error(None, _("Nobody is in the cohort yet: there is nobody to tell."))
        except cohorts.CohortClosed:
            return _closed(request, pk)
        else:
            messages.success(request, _("Announced. Each member has a notice, and a mail where there is an address."))
            return redirect("courses:cohort", pk)
    return _show(request, cohort, 422, announcement=form)


def _closed(request, pk):
    messages.error(request, _("This cohort is archived. Bring it back first."))
    return redirect("courses:cohort", pk)


@login_required
@require_safe
def announcement(request, pk):
    """What was announced, for those who were told it."""
    found = announcing.told_to(request.user, pk)
    if found is None:
        raise Http404
    return render(request, "courses/announcement.html", {"announcement": found})

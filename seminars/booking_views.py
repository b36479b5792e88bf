"""The seminars and a person's seats in them. A view finds, calls one rule, answers."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from . import booking, others
from .dates import say
from .finding import FindForm
from .models import Seat, Seminar, SeminarRun
from .upcoming import all_seminars, clashes_of, one_seminar, upcoming_runs


@require_safe
def seminars(request):
    form = FindForm(request.GET)
    found = all_seminars(request.user, form.narrow(upcoming_runs()), narrowed=form.is_narrowed)
    return render(request, "seminars/seminar_list.html", {"seminars": found, "form": form})


@require_safe
def seminar(request, pk):
    found = get_object_or_404(Seminar.objects.filter(archived=False), pk=pk)
    may_book_others = others.may_book(request.user)
    context = {
        "view": one_seminar(found, request.user),
        "may_book_others": may_book_others,  # a learner is asked no further
        "may_plan": may_book_others and Seminar.objects.planned_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "seminars/seminar.html", context)


def _runs():
    return SeminarRun.objects.filter(seminar__archived=False)


@require_POST
def book_chosen(request, pk):
    """The form of a seminar's page: its radio buttons say which run. Without one, the page asks for it."""
    chosen = request.POST.get("run", "")
    is_number = chosen.isdecimal() and len(chosen) < 20  # Python refuses to read one of thousands of digits
    if request.user.is_authenticated and not is_number:
        get_object_or_404(Seminar.objects.filter(archived=False), pk=pk)
        messages.error(request, _("Choose a date first."))
        return redirect("seminars:seminar", pk)
    return _book(request, get_object_or_404(_runs(), seminar=pk, pk=chosen) if is_number else None, pk)


@require_POST
def book(request, pk):
    run = get_object_or_404(_runs(), pk=pk)
    return _book(request, run, run.seminar_id)


def _book(request, run, seminar):
    address = reverse("seminars:seminar", args=[seminar])
    if (
        not request.user.is_authenticated
    ):  # after signing in one sees the seminar: an address that takes POST alone shows nothing
        return redirect_to_login(address)
    try:
        seat = booking.book(run=run, person=request.user)
    except booking.NotBookable as no:
        messages.error(request, _why_not(no, run))
        return redirect(address)
    if seat.state == Seat.State.BOOKED:
        when = say(booking.begins_at(run))
        messages.success(request, _("Your seat is booked: %(when)s.") % {"when": when})
    else:
        messages.warning(
            request, _("There is no free seat. You are on the waiting list and will be told when one is yours.")
        )
    for other in clashes_of(run, request.user):
        text = _("At the same time you have a place in another seminar: %(seminar)s, %(when)s. Cancel one of them.")
        messages.warning(request, text % {"seminar": other.run.seminar, "when": say(other.starts_at)})
    return redirect(address)


@require_POST
def cancel(request, pk):
    run = get_object_or_404(_runs(), pk=pk)
    address = reverse("seminars:seminar", args=[run.seminar_id])
    if not request.user.is_authenticated:
        return redirect_to_login(address)
    get_object_or_404(Seat, run=run, person=request.user)
    try:
        booking.cancel(run=run, person=request.user)
    except booking.NotBookable as no:
        messages.error(request, _why_not(no, run))
    else:
        messages.success(request, _("You are no longer on the list. Your place goes to the next person."))
    return redirect(address)


def _why_not(no, run):
    if no.reason == "cancelled":
        return _("This date has been called off. Choose another.")
    if no.reason == "not_for_you":
        return _not_meant(run)
    if no.reason == "begun":
        return _("This seminar has already begun. Choose another date.")
    return _(
        "Your seat is kept: less than %(hours)s h are left, it is too late to cancel. Tell the trainer that you cannot come."
    ) % {"hours": run.cancel_hours}


def _not_meant(run):
    if run.for_library_id and run.for_course_id:
        text = _("This date is meant for the staff of %(library)s who take the course “%(course)s”.")
    elif run.for_library_id:
        text = _("This date is meant for the staff of %(library)s.")
    else:
        text = _("This date is meant for those who take the course “%(course)s”. Begin the course first.")
    return text % {"library": run.for_library, "course": run.for_course}

"""The list of a run: who has a seat, who waits; HR and trainers book and cancel for others. A view finds, calls one rule, answers."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from . import booking, others
from .models import Seat, Session

PEOPLE_A_PAGE = 50


def _run(request, pk):
    runs = others.runs_for(request.user) if others.may_book(request.user) else others.SeminarRun.objects.none()
    return get_object_or_404(runs.select_related("seminar", "for_library", "for_course"), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request, pk):
    """Book for many at once: tick, or type logins. Each gets an answer; what was typed and not understood stays."""
    run = _run(request, pk)
    rows, refused, typed = [], "", ""
    if request.method == "POST":
        ticked = [int(key) for key in request.POST.getlist("person") if key.isdecimal() and len(key) < 19]
        typed = request.POST.get("logins", "")
        try:
            rows = others.book(run=run, ticked=ticked, typed=typed, by=request.user)
        except booking.NotBookable as no:
            refused = _why_not(no)
        except others.TooMany:
            refused = _("Nobody was booked: at most %(n)s people at once.") % {"n": others.MOST_LINES}
        else:
            typed = "\n".join(row.login for row in rows if row.verdict == others.Verdict.UNKNOWN)
            if not rows:
                refused = _("Tick somebody, or type logins.")
    words = request.GET.get("q", "")[:100]
    found = others.candidates(request.user, run)
    found = found.matching(words) if words.strip() else found
    page = Paginator(found.select_related("library"), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    seats = list(others.list_of(request.user, run))
    context = {
        "run": run,
        "sessions": list(Session.objects.filter(run=run).order_by("starts_at")),
        "booked": [seat for seat in seats if seat.state == Seat.State.BOOKED],
        "waiting": [seat for seat in seats if seat.state == Seat.State.WAITING],
        "free": booking.free_seats(run),
        "page_obj": page,
        "q": words,
        "keep": urlencode({"q": words}) + "&" if words else "",
        "rows": rows,
        "n_done": sum(row.is_done for row in rows),
        "refused": refused,
        "typed": typed,
        "most": others.MOST_LINES,
    }
    return render(request, "seminars/run_people.html", context, status=422 if refused else 200)


@login_required
@require_POST
def take_off(request, pk, person):
    """Who never was on the list that the reader sees is not found: a key is not to be exchanged for a name."""
    run = _run(request, pk)
    who = get_object_or_404(others.seats_of(request.user, run), person=person).person
    try:
        others.cancel(run=run, person=who, by=request.user)
    except Seat.DoesNotExist:
        messages.error(request, _("%(name)s is not on the list any more.") % {"name": who.official_name})
    else:
        messages.success(request, _("%(name)s is off the list and has been told.") % {"name": who.official_name})
    return redirect("seminars:run_people", pk)


def _why_not(no):
    if no.reason == "cancelled":
        return _("Nobody was booked: this date has been called off.")
    return _("Nobody was booked: this seminar has already begun.")

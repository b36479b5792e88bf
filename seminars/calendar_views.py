"""Sessions for people's calendars: a file, and a private address that calendars ask again and again."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from . import feeds, ics
from .models import Seat, Session


@require_safe
def session_file(request, pk):
    """One session: public as the seminar's page is. The reader's seat, where there is one, says how it stands."""
    sessions = Session.objects.filter(run__seminar__archived=False).select_related("run__seminar")
    session = get_object_or_404(sessions, pk=pk)
    seat = None
    if request.user.is_authenticated:
        seat = Seat.objects.filter(run=session.run_id, person=request.user).first()
    return _answer(ics.calendar([ics.event(session, seat=seat)]), f"seminar-{pk}.ics")


@require_safe
def feed(request, secret):
    """Who knows the address is the person: a calendar cannot sign in."""
    person = feeds.owner(secret)
    if person is None:
        raise Http404
    with translation.override(person.language):
        events = [ics.event(session, seat=seat) for session, seat in feeds.sessions_of(person)]
        return _answer(ics.calendar(events, name=_("Seminars")), "")


def _answer(content, name):
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex"
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_safe
def my_calendar(request):
    """The own address and how to put it into a calendar."""
    secret = feeds.address_of(request.user)
    address = settings.BASE_URL + reverse("seminars:feed", args=[secret]) if secret else ""
    webcal = "webcal" + address[address.index(":") :] if address else ""
    return render(request, "seminars/my_calendar.html", {"address": address, "webcal": webcal})


@login_required
@require_POST
def change_address(request):
    had = bool(feeds.address_of(request.user))
    feeds.change(person=request.user)
    if had:
        messages.success(request, _("Your calendar has a new address. The old one shows nothing any more."))
    else:
        messages.success(request, _("Your calendar has an address now."))
    return redirect("seminars:my_calendar")

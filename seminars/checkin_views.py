"""Check-in: the learner's way from the code to the mark, and the trainer's screen that shows the code."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import qr

from . import attendance, checkin, checkin_codes, receipts
from . import roster as rosters
from .dates import say
from .forms import PinForm
from .models import Attendance, AttendanceEntry, Seat, SeminarRun, Session, WalkIn

How = AttendanceEntry.How
SESSIONS = Session.objects.select_related("run__seminar__course")

# --- The learner ---------------------------------------------------------------------------------------------------------


@require_safe
def scanned(request, code):
    """A code from the screen, signed in or not. Leaves a receipt in this browser; the mark is made by the button."""
    now = timezone.now()
    try:
        shown = checkin_codes.read(code, now)
    except checkin_codes.BadCode as bad:
        status = 410 if bad.reason == "expired" else 404
        return render(request, "seminars/checkin_bad.html", {"reason": bad.reason}, status=status)
    response = redirect("seminars:check_in")
    receipts.give(response, session=shown.session, how=How.CODE, shown_at=shown.at, now=now)
    receipts.name_device(request, response)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request):
    """Who is marked where, and the button. Without a receipt it leads to the PIN."""
    now = timezone.now()
    number, scan = receipts.of(request, now)
    session = SESSIONS.filter(pk=number).first() if number else None
    if session is None:
        return redirect("seminars:pin")
    if request.method != "POST":
        return render(request, "seminars/checkin.html", {"session": session, "refused": _refusal(session, scan)})
    return _mark(request, session, scan, now)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request):
    """Where the camera does not read the code: six digits from the screen."""
    form = PinForm(request.POST if request.method == "POST" else None)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            session, shown = checkin.read_pin(person=request.user, typed=form.cleaned_data["pin"], now=now)
        except checkin.WrongPin as wrong:
            form.add_error("pin", _why_wrong(wrong))
        else:
            return _mark(request, session, receipts.scan(request, How.PIN, shown.at, now), now)
    return render(request, "seminars/checkin_pin.html", {"form": form}, status=422 if form.errors else 200)


def _mark(request, session, scan, now):
    try:
        checkin.check_in(session=session, person=request.user, scan=scan, now=now)
    except attendance.NotMarkable:
        context = {"session": session, "refused": _refusal(session, scan)}
        return render(request, "seminars/checkin.html", context, status=422)
    response = redirect("seminars:checked_in", session.pk)
    receipts.take_back(response)
    receipts.name_device(request, response)
    return response


@login_required
@require_safe
def checked_in(request, pk):
    """How I stand in a session that I am expected at, or asked to be let in to."""
    if not 0 < pk < 2**63:
        raise Http404
    session = get_object_or_404(SESSIONS, pk=pk)
    row = Attendance.objects.filter(session=session, person=request.user).first()
    walk_in = WalkIn.objects.filter(session=session, person=request.user).first()
    seat = Seat.objects.booked().filter(run=session.run_id, person=request.user).exists()
    if not (row or walk_in or seat):
        raise Http404
    own = AttendanceEntry.objects.filter(session=session, person=request.user, how__in=AttendanceEntry.BY_ONESELF)
    context = {
        "session": session, "row": row, "walk_in": walk_in, "own": own.first(), "now": timezone.now(),
        "early": row is not None and timezone.now() < session.starts_at,
    }  # fmt: skip
    return render(request, "seminars/checked_in.html", context)


def _refusal(session, scan):
    """Why this scan marks nobody; "" if it does."""
    try:
        checkin.refuse_outside(session, scan.scanned_at)
    except attendance.NotMarkable as no:
        return {
            "called_off": _("This session has been called off. Nobody is marked."),
            "not_begun": _("The session opens at %(when)s. Scan the code again an hour before it at the earliest.")
            % {"when": say(session.starts_at)},
            "over": _("This session is over. If you were there, ask the trainer to mark you."),
        }[no.reason]
    return ""


def _why_wrong(wrong):
    if wrong.reason == "too_many":
        return _("Ten wrong PINs within an hour. Scan the code, or ask the trainer to mark you.")
    return _(
        "This PIN is not on a screen now. It changes every 30 seconds: type the one that stands there at this moment."
    )


# --- The trainer's screen --------------------------------------------------------------------------------------------------


def own_session(request, pk):
    """The session, if the user holds its run; else 404."""
    if not 0 < pk < 2**63:
        raise Http404
    return get_object_or_404(SESSIONS.filter(run__in=SeminarRun.objects.taught_by(request.user)), pk=pk)


@login_required
@require_safe
def screen(request, pk):
    """Code and PIN, how many are marked, and who asks to be let in. ?part=1 is what changes, alone."""
    session = own_session(request, pk)
    now = timezone.now()
    places = rosters.places(session)
    code = request.build_absolute_uri(f"/checkin/{checkin_codes.code(session.pk, now)}/")
    modules, runs = qr.runs(code)
    pin = checkin_codes.pin(session.pk, now)
    context = {
        "session": session, "modules": modules, "path": "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in runs),
        "pin": pin, "spelled": " ".join(pin), "pin_address": f"{request.get_host()}/pin/",
        "left": checkin_codes.seconds_left(now), "marked": sum(bool(place.mark) for place in places), "total": len(places),
        "signs": sum(bool(place.signs) for place in places),
        "asking": WalkIn.objects.filter(session=session, let_in=None).select_related("person__library"),
        "is_open": not session.is_called_off and session.starts_at - checkin.EARLY <= now <= session.ends_at,
        "opens_at": session.starts_at - checkin.EARLY, "over": now > session.ends_at,
    }  # fmt: skip
    context["percent"] = 100 * context["marked"] // max(1, len(places))
    part = "seminars/parts/checkin_now.html" if "part" in request.GET else "seminars/checkin_screen.html"
    return render(request, part, context)


@login_required
@require_POST
def walk_in(request, pk):
    """One tap: in, or out."""
    row = get_object_or_404(
        WalkIn.objects.select_related("session__run__seminar", "person").filter(
            session__run__in=SeminarRun.objects.taught_by(request.user)
        ),
        pk=pk if 0 < pk < 2**63 else 0,
    )
    let_in = request.POST.get("answer") == "in"
    try:
        checkin.decide(walk_in=row, let_in=let_in, by=request.user)
    except attendance.NotMarkable:
        messages.error(request, _("This session has been called off. Nobody is marked."))
    else:
        told = _("%(name)s is let in and marked.") if let_in else _("%(name)s is turned away.")
        messages.success(request, told % {"name": row.person.official_name})
    back = "seminars:roster" if request.POST.get("back") == "roster" else "seminars:checkin_screen"
    return redirect(back, row.session_id)

"""A trainer's runs and the rosters of their sessions. Only the runs that the trainer holds: another's is 404."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.roles import has_role
from courses.models import Submission

from . import attendance
from . import roster as rosters
from .checkin_views import own_session
from .dates import say
from .forms import MarksForm
from .models import Attendance, AttendanceEntry, SeminarRun, Session, WalkIn
from .teaching import runs_of

RUNS_A_PAGE = 20


@login_required
@require_safe
def teaching(request):
    """The runs to come, or with ?when=past those that are over."""
    if not has_role(request.user, Role.TRAINER, Role.ADMINISTRATOR):
        raise Http404
    past = request.GET.get("when") == "past"
    page = Paginator(runs_of(request.user, past=past), RUNS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "past": past,
        "may_plan": request.user.has_perm("seminars.add_seminarrun"),
        "now": timezone.now(),
        "strays": request.user.stray_marks.filter(settled_at=None).count(),
        "homework": Submission.objects.graded_by(request.user).waiting().count(),
    }
    return render(request, "seminars/teaching.html", context)


A_DAY = timedelta(days=1)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request, pk):
    """Who is expected, and the marks. What was typed stays when it could not be saved."""
    sessions = Session.objects.select_related("run__seminar__course").prefetch_related("run__trainers")
    session = get_object_or_404(sessions.filter(run__in=SeminarRun.objects.taught_by(request.user)), pk=pk)
    form = MarksForm(
        request.POST if request.method == "POST" else None, places=rosters.places(session),
        needs_reason=timezone.now() > session.ends_at + A_DAY,
    )  # fmt: skip
    refused = ""
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            saved = rosters.save(session=session, marks=form.marks, by=request.user, how=form.how, reason=reason)
        except attendance.NotMarkable as no:
            refused = _why_not(no, session)
        except attendance.NotOnTheRoster as no:
            refused = _("Nothing was saved: %(name)s no longer has a seat here.") % {"name": no.args[0]}
        else:
            messages.success(request, ngettext("Saved: %(n)d mark.", "Saved: %(n)d marks.", saved) % {"n": saved})
            return redirect("seminars:roster", pk)
    marked = sum(bool(place.mark) for place in form.places.values())
    context = {
        "session": session,
        "form": form,
        "refused": refused,
        "marked": marked,
        "percent": 100 * marked // max(1, len(form.places)),
        "disputed": sum(bool(place.conflict) for place in form.places.values()),
        "asking": WalkIn.objects.filter(session=session, let_in=None).select_related("person__library"),
        "is_open": not session.is_called_off and session.starts_at <= timezone.now(),
    }
    return render(request, "seminars/roster.html", context, status=422 if refused or form.errors else 200)


@login_required
@require_safe
def history(request, pk):
    """Every mark of a session: who, when, how and why, the newest first."""
    session = own_session(request, pk)
    entries = AttendanceEntry.objects.filter(session=session).select_related("person", "by").order_by("-at", "-pk")
    stand = {place.person.pk: place.mark for place in rosters.places(session)}
    lines = [(entry, Attendance.Mark(entry.mark).label, stand[entry.person_id] == entry.mark) for entry in entries]
    return render(request, "seminars/history.html", {"session": session, "lines": lines})


def _why_not(no, session):
    if no.reason == "called_off":
        return _("Nothing was saved: this session has been called off.")
    return _("Nothing was saved: marks can be set from the beginning of the session, %(when)s.") % {
        "when": say(session.starts_at)
    }

"""One session in /cms/: moved, shortened or called off, alone or with all that follow it in its run."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.widgets import AdminDateTimeInput

from . import planning
from .dates import say
from .models import SeminarRun, Session


class SessionForm(forms.Form):
    starts_at = forms.DateTimeField(label=_("Begins"), widget=AdminDateTimeInput)
    ends_at = forms.DateTimeField(label=_("Ends"), widget=AdminDateTimeInput)
    hours = forms.DecimalField(label=_("Academic hours"), max_digits=4, decimal_places=1, min_value=0.1)
    scope = forms.ChoiceField(
        label=_("What is changed"), initial="one", widget=forms.RadioSelect,
        choices=[("one", _("this session alone")), ("following", _("this session and all that follow it in the run"))],
        help_text=_("Those that follow move by as much as this one."),
    )  # fmt: skip
    call_off = forms.BooleanField(
        label=_("Call off"), required=False,
        help_text=_("Everybody with a seat or on the waiting list is told. This cannot be undone."),
    )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        begins, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", _("A session ends after it begins."))
        return cleaned


def change(request, pk):
    """The session is taken from the runs that the person may plan: another's is 404."""
    if not request.user.has_perm("seminars.change_seminarrun"):
        raise PermissionDenied
    runs = SeminarRun.objects.planned_by(request.user)
    session = get_object_or_404(Session.objects.filter(run__in=runs).select_related("run__seminar"), pk=pk)
    initial = {"starts_at": session.starts_at, "ends_at": session.ends_at, "hours": session.hours, "scope": "one"}
    form = SessionForm(request.POST if request.method == "POST" else None, initial=initial)
    n = planning.following(session)
    if request.method == "POST" and form.is_valid() and _saved(request, form, session, n):
        return redirect("runs:edit", session.run_id)
    context = {
        "form": form, "session": session, "n_following": len(n) - 1,
        "is_open": not session.is_called_off, "header_icon": "calendar",
        "page_title": say(session.starts_at), "page_subtitle": str(session.run.seminar),
    }  # fmt: skip
    return render(request, "seminars/cms/session.html", context, status=422 if form.errors else 200)


def _saved(request, form, session, following):
    """Whether it could be done; else the form says why not."""
    values = form.cleaned_data
    sessions = following if values["scope"] == "following" and following else [session]
    try:
        if values["call_off"]:
            planning.call_off_sessions(sessions=sessions, by=request.user)
            text = ngettext("%(n)d session is called off.", "%(n)d sessions are called off.", len(sessions))
        else:
            planning.move_sessions(
                sessions=sessions, begins=values["starts_at"], ends=values["ends_at"], hours=values["hours"],
                by=request.user,
            )  # fmt: skip
            text = ngettext("%(n)d session is changed.", "%(n)d sessions are changed.", len(sessions))
    except planning.CannotMove as no:
        form.add_error(None, why_not(no))
        return False
    messages.success(request, text % {"n": len(sessions)})
    return True


def why_not(no):
    """What a person is told of a planning.CannotMove."""
    return {
        "past": _("Nothing was changed: a session would stand at a time that is over. Choose a time to come."),
        "marked": _("Nothing was changed: attendance is marked for a session. What has been held stays as it was."),
        "called_off": _("Nothing was changed: this session has been called off."),
    }[no.reason]

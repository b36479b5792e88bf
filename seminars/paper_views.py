"""Attendance on paper and back: the sheet to be signed, the spreadsheet to be filled in, its import with a preview."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sheets import XLSX
from accounts.words import PINFL_THERE, has_pinfl
from courses.exchange import BadFile

from . import attendance, marks_workbook, paper_sheet
from . import roster as rosters
from .checkin_views import own_session
from .models import AttendanceEntry

SALT = "seminars.marks_import"
PREVIEW_HOLDS = timedelta(hours=12)


class MarksFileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("The spreadsheet, filled in (XLSX)"))


@login_required
@require_safe
def sheet(request, pk):
    """In the language that most of the group read, or with ?lang= in another."""
    session = own_session(request, pk)
    people = [place.person for place in rosters.places(session) if place.expected]
    language = request.LANGUAGE_CODE if "lang" in request.GET else paper_sheet.language_of(people)
    return file_answer(paper_sheet.draw(session, people, language), "application/pdf", f"davomat-{session.pk}.pdf")


@login_required
@require_safe
def workbook(request, pk):
    session = own_session(request, pk)
    return file_answer(marks_workbook.workbook(rosters.places(session)), XLSX, f"davomat-{session.pk}.xlsx")


def file_answer(data, kind, name):
    """A file to be saved."""
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request, pk):
    """First the file, then what it means line by line, then the marks. Nothing is written before the second button."""
    session = own_session(request, pk)
    if "read" in request.POST:
        return _write(request, session)
    form = MarksFileForm(request.POST or None, request.FILES or None) if request.method == "POST" else MarksFileForm()
    if request.method == "POST" and form.is_valid():
        places = rosters.places(session)
        try:
            lines = marks_workbook.read(form.cleaned_data["file"].read(marks_workbook.MOST_BYTES + 1), places)
        except BadFile as bad:
            form.add_error("file", str(bad))
        else:
            return _preview(request, session, places, lines)
    context = {"session": session, "form": form}
    return render(request, "seminars/marks_import.html", context, status=422 if form.errors else 200)


def _preview(request, session, places, lines):
    heads = {place.person.pk: [str(entry.key) for entry in place.heads] for place in places}
    marks = [(line.person.pk, line.mark, heads[line.person.pk]) for line in lines if line.counts]
    context = {
        "session": session,
        "lines": lines,
        "count": len(marks),
        "lost": [line for line in lines if line.answer in ("nobody", "mark", "twice")],
        "read": signing.dumps([session.pk, marks], salt=SALT, compress=True),
        "needs_reason": _is_late(session) and any(line.answer == "change" for line in lines),
    }
    return render(request, "seminars/marks_preview.html", context)


def _is_late(session):
    return timezone.now() > session.ends_at + timedelta(days=1)


def _write(request, session):
    """The marks of the preview, with what was known then: what somebody else marked meanwhile is shown beside them."""
    try:
        number, marks = signing.loads(request.POST["read"], salt=SALT, max_age=PREVIEW_HOLDS)
    except signing.BadSignature:
        number, marks = None, []
    if number != session.pk:
        messages.error(request, _("The preview is out of date. Nothing was saved: choose the file again."))
        return redirect("seminars:marks_import", session.pk)
    people = {place.person.pk: place for place in rosters.places(session)}
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:300]
    if has_pinfl(reason):
        messages.error(request, PINFL_THERE)
        return redirect("seminars:marks_import", session.pk)
    if not reason and _is_late(session) and any(people[pk].mark for pk, _mark, _knew in marks if pk in people):
        messages.error(request, _("Say why: marks are changed more than a day after the session."))
        return redirect("seminars:marks_import", session.pk)
    try:
        with transaction.atomic():
            for pk, mark, knew in sorted(marks):
                if pk not in people:
                    raise attendance.NotOnTheRoster(pk)
                attendance.mark(
                    session=session, person=people[pk].person, mark=mark, by=request.user, knew=knew, reason=reason,
                    how=AttendanceEntry.How.IMPORT,
                )  # fmt: skip
    except attendance.NotMarkable as no:
        words = {
            "called_off": _("Nothing was saved: this session has been called off."),
            "not_begun": _("Nothing was saved: the session has not begun."),
        }
        messages.error(request, words[no.reason])
        return redirect("seminars:marks_import", session.pk)
    except attendance.NotOnTheRoster:
        messages.error(request, _("The roster has changed meanwhile. Nothing was saved: choose the file again."))
        return redirect("seminars:marks_import", session.pk)
    messages.success(request, ngettext("Saved: %(n)d mark.", "Saved: %(n)d marks.", len(marks)) % {"n": len(marks)})
    return redirect("seminars:roster", session.pk)

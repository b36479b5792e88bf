"""HR's dashboard: how far the own libraries are, from the totals. Every number leads to the people behind it."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.roles import has_role, tops_of
from seminars.paper_views import file_answer

from . import half_year
from .asking import AskedBoard, keep, library_of, refuse_others
from .tree import tree


@login_required
@require_safe
def dashboard(request):
    """?library=CODE&course=CODE&position=CODE"""
    asked = AskedBoard(request.user, request.GET)
    found = asked.board
    context = {
        "form": asked.form,
        "tables": _tables(request, found),
        "library": asked.library,
        "is_top": asked.library in asked.tops,
        "board": found,
        "top": tree(asked.tops, asked.library, found.people),
        "may_require": has_role(request.user, Role.HR, Role.ADMINISTRATOR),
        "may_read_log": has_role(request.user, Role.ADMINISTRATOR),
        "keep": keep(request),
        "keep_in_tree": keep(request, "library"),
        "halves": half_year.halves(timezone.localdate()),
    }
    return render(request, "reports/board.html", context)


def _tables(request, found):
    """The tables of the page; each line with the question that narrows the page, or the list of people, to it."""
    wanted = [("library", _("Libraries"), found.places)]
    wanted += [("course", _("Courses"), found.courses)] if found.in_any else []
    wanted += [("position", _("Positions"), found.positions)]
    for name, _heading, lines in wanted:
        for line in lines:
            also = {name: line.code, "alone": "on"} if line.is_itself else {name: line.code}
            line.link = keep(request, name) + urlencode(also) if line.code else ""
    return [
        {
            "name": name,
            "list": f"progress-by-{name}",
            "heading": heading,
            "lines": lines,
            "height": 44 * len(lines) + 4,
        }
        for name, heading, lines in wanted
    ]


@login_required
@require_safe
def report(request):
    """The half-yearly report of a library with all below it: ?library=CODE&half=2026-2"""
    refuse_others(request.user)
    library = library_of(request.user, request.GET.get("library"))
    tops = tops_of(request.user, Role.HR, Role.DIRECTOR)
    library = library or (tops[0] if len(tops) == 1 else None)
    half = half_year.parse(request.GET.get("half", ""), timezone.localdate())
    if library is None or half is None:
        return HttpResponse(status=422)
    data = half_year.draw(library, half)
    return file_answer(data, "application/pdf", f"hisobot-{library.code}-{half.code}.pdf")

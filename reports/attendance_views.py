"""HR's and directors' page of attendance: filters in the address, the table, the same as a spreadsheet."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .asking import keep
from .attendance_form import AskedAttendance

LINES_A_PAGE = 100


@login_required
@require_safe
def report(request):
    """?by=library|region|seminar|course|month&library=CODE&course=CODE&seminar=CODE&begins=DAY&ends=DAY"""
    asked = AskedAttendance(request.user, request.GET)
    form = asked.form
    context = {"form": form, "keep": keep(request, "page")}
    if form.is_valid():
        rows, total = asked.counted()
        page = Paginator(rows, LINES_A_PAGE).get_page(request.GET.get("page"))
        context |= {"by": form.asked.by, "page_obj": page, "total": total}
    return render(request, "reports/attendance.html", context, status=422 if form.errors else 200)

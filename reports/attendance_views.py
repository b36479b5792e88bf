"""HR's and directors' page of attendance: filters in the address, the table, the same as a spreadsheet."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.roles import scope_of
from seminars.models import Seminar
from seminars.paper_views import XLSX, file_answer

from . import attendance, attendance_sheet
from .forms import PeriodForm
from .views import keep, people_of

LINES_A_PAGE = 100


class AttendanceForm(PeriodForm):
    by = forms.ChoiceField(label=gettext_lazy("Counted by"), choices=attendance.By.choices, required=False)
    seminar = forms.ModelChoiceField(
        label=gettext_lazy("Seminar"), queryset=Seminar.objects.order_by("code"), to_field_name="code", required=False,
        empty_label=gettext_lazy("All seminars"),
    )  # fmt: skip
    field_order = ["by", "library", "course", "seminar", "begins", "ends"]

    @property
    def asked(self):
        values = self.cleaned_data
        by = attendance.By(values["by"] or attendance.By.LIBRARY)
        return attendance.Asked(by=by, **{name: values[name] for name in ("begins", "ends", "course", "seminar")})

    @property
    def words(self):
        """[(label, what was chosen)] of the filters that narrow."""
        chosen = {name: self.cleaned_data[name] for name in ("library", "course", "seminar", "begins", "ends")}
        told = {
            name: formats.date_format(one) if name in ("begins", "ends") else str(one)
            for name, one in chosen.items()
            if one
        }
        return [(str(self.fields[name].label), words) for name, words in told.items()]


def _form(request):
    """(the people in scope, the form of what is asked). 404 for who is neither HR, director nor administrator."""
    people = people_of(request.user)
    libraries = scope_of(request.user, Role.HR, Role.DIRECTOR)
    return people, AttendanceForm(request.GET, libraries=libraries)


def _counted(people, form):
    library = form.cleaned_data["library"]
    return attendance.report(people.below(library) if library else people, form.asked)


@login_required
@require_safe
def report(request):
    """?by=library|region|seminar|course|month&library=CODE&course=CODE&seminar=CODE&begins=DAY&ends=DAY"""
    people, form = _form(request)
    context = {"form": form, "keep": keep(request, "page")}
    if form.is_valid():
        rows, total = _counted(people, form)
        page = Paginator(rows, LINES_A_PAGE).get_page(request.GET.get("page"))
        context |= {"by": form.asked.by, "page_obj": page, "total": total}
    return render(request, "reports/attendance.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def workbook(request):
    people, form = _form(request)
    if not form.is_valid():
        return HttpResponse(status=422)
    data = attendance_sheet.workbook(form.words, form.asked.by, *_counted(people, form))
    return file_answer(data, XLSX, f"davomat-{timezone.localdate():%Y-%m-%d}.xlsx")

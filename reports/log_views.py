"""The log of deeds, for administrators: ?deed=DEED&person=LOGIN&begins=DAY&ends=DAY. Whoever takes it along stands in it."""

import tempfile

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit, deeds, log_export
from accounts.models import Role, User
from accounts.roles import has_role

from .forms import DAY
from .views import keep

LINES_A_PAGE = 50


class LogForm(forms.Form):
    deed = forms.ChoiceField(label=_("What"), required=False)
    person = forms.CharField(label=_("Login"), required=False, max_length=40)
    begins = forms.DateField(label=_("First day"), required=False, widget=DAY)
    ends = forms.DateField(label=_("Last day"), required=False, widget=DAY)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        told = sorted(((deed, deeds.words_of(deed)) for deed in deeds.WORDS), key=lambda pair: pair[1])
        self.fields["deed"].choices = [("", _("Everything")), *told]

    def clean_person(self):
        login = self.cleaned_data["person"].strip()
        if not login:
            return None
        found = User.objects.filter(username__iexact=login).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has this login."))
        return found


def _asked(request):
    """(form, entries); entries are None where the question cannot be read. Raises Http404 for all but administrators."""
    if not has_role(request.user, Role.ADMINISTRATOR):
        raise Http404
    form = LogForm(request.GET)
    return form, log_export.find(**form.cleaned_data) if form.is_valid() else None


@login_required
@require_safe
def log(request):
    form, rows = _asked(request)
    page = None
    if rows is not None:
        rows = rows.select_related("actor", "person").order_by("-pk")
        page = Paginator(rows, LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "keep": keep(request, "page")}
    return render(request, "reports/log.html", context, status=200 if page is not None else 422)


@login_required
@require_POST
def download(request, ending):
    """The same as a file: csv as it is read, xlsx from a file on the disk. A POST, because it stands in the log who took it."""
    form, rows = _asked(request)
    if rows is None or (ending == "xlsx" and rows.count() > log_export.MOST_IN_A_BOOK):
        raise Http404
    asked = {name: str(form.cleaned_data[name]) for name in ("deed", "begins", "ends") if form.cleaned_data[name]}
    audit.record(
        actor=request.user, deed="log downloaded", subject="log", about=form.cleaned_data["person"], asked=asked
    )
    name = f"log-{timezone.localdate():%Y-%m-%d}.{ending}"
    if ending == "csv":
        response = StreamingHttpResponse(log_export.csv_lines(rows), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    log_export.write_book(rows, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)

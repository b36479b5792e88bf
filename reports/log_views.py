"""The log of deeds, for administrators: ?deed=DEED&person=LOGIN&begins=DAY&ends=DAY."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import log_export
from accounts.models import Role
from accounts.roles import has_role

from .asking import keep
from .log_form import LogForm

LINES_A_PAGE = 50


@login_required
@require_safe
def log(request):
    if not has_role(request.user, Role.ADMINISTRATOR):
        raise Http404
    form, page = LogForm(request.GET), None
    if form.is_valid():
        rows = log_export.find(**form.cleaned_data).select_related("actor", "person").order_by("-pk")
        page = Paginator(rows, LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "keep": keep(request, "page"), "list": "log"}
    return render(request, "reports/log.html", context, status=200 if page is not None else 422)

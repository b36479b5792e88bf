"""A course's translation as a PO file: take it along, give it back, look at what it would do, take it in."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts import jobs
from accounts.given_files import BadFile
from accounts.models import Job

from .translating import board, po, po_jobs
from .translation_views import own_course

NAMES = dict(settings.LANGUAGES)
ROWS_A_PAGE = 50
ROOM_FOR_THE_FORM = 100_000  # bytes of a request beside its file


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("PO file"), widget=forms.ClearableFileInput(attrs={"accept": ".po"}))


def own_language(user, pk, language):
    course = own_course(user, pk)
    if language not in board.languages_of(course)[1:]:
        raise Http404
    return course


@csrf_exempt  # only until the size is known: `_give` is protected
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(request, pk, language):
    """A request that is far too large is refused by what it says of its size: nothing of it is read or stored."""
    course = own_language(request.user, pk, language)
    if int(request.META.get("CONTENT_LENGTH") or 0) > po.MOST_BYTES + ROOM_FOR_THE_FORM:
        form = FileForm()
        messages.error(request, _("The file is larger than %(n)d MB.") % {"n": po.MOST_BYTES // 1024 // 1024})
        return _form(request, course, language, form, status=413)
    return _give(request, course, language)


@csrf_protect
def _give(request, course, language):
    if request.method != "POST":
        return _form(request, course, language, FileForm())
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = po_jobs.ask_to_read(
                course=course, language=language, data=file.read(po.MOST_BYTES + 1), name=file.name, by=request.user
            )
        except BadFile as fault:
            form.add_error("file", str(fault))
        else:
            return redirect("translation_po_one", course.pk, job.pk)
    return _form(request, course, language, form, status=422)


def _form(request, course, language, form, status=200):
    context = {"course": course, "target": language, "language_name": NAMES[language], "form": form}
    return render(request, "cms/translation_po.html", context, status=status)


@login_required
@require_safe
def export(request, pk, language):
    course = own_language(request.user, pk, language)
    response = HttpResponse(
        po.export(course, language, request.user), content_type="text/x-gettext-translation; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{course.code or course.pk}-{language}.po"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request, pk, job):
    """What a file would do, text by text, and the button that takes it in; or what was taken in."""
    course = own_course(request.user, pk)
    kinds = [po_jobs.READ, po_jobs.TAKE]
    job = get_object_or_404(Job, pk=job, made_by=request.user, kind__in=kinds, params__course=course.pk)
    if request.method == "POST":
        if job.kind != po_jobs.READ or job.state != Job.State.DONE:
            raise Http404
        taken = po_jobs.ask_to_take_in(job=job, by=request.user, seminars="seminars" in request.POST)
        return redirect("translation_po_one", course.pk, taken.pk)
    language = job.params["language"]
    context = {
        "course": course, "job": job, "target": language, "language_name": NAMES[language],
        "taken": job.kind == po_jobs.TAKE,
    }  # fmt: skip
    if job.state == Job.State.DONE:
        context |= _found(request, job)
    response = render(request, "cms/translation_po_one.html", context)
    if job.finished_at is None:
        response["Refresh"] = "3"
    return response


def _found(request, job):
    wanted = request.GET.get("verdict", "")
    rows = [row for row in jobs.rows_of(job) if wanted not in po.VERDICTS or row["verdict"] == wanted]
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row["told"] = po.VERDICTS[row["verdict"]]
    counts = job.result["counts"]
    return {
        "page_obj": page,
        "verdicts": [(key, label, counts[key], key == wanted) for key, label in po.VERDICTS.items() if key != po.SAME],
        "same": counts[po.SAME],
        "keep": f"verdict={wanted}&" if wanted in po.VERDICTS else "",
        "wanted": wanted,
    }

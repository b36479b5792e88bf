"""Import and export of questions in /cms/: give a file, look at what would become of each question, take in."""

from html import escape
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from accounts import jobs
from accounts.models import Job
from accounts.refusing import as_key
from accounts.text import in_language

from . import cloze, questions
from .exchange import FORMATS, BadFile, reading, taking_in, working, writing
from .kinds import KINDS
from .models import Question
from .policies import OwnRowsPolicy
from .question_blocks import unit_lines
from .question_form import PoolChoice

ROWS_A_PAGE = 50
ROOM_FOR_THE_FORM = 100_000  # bytes of a request beside its file


def own_pools(user):
    """The pools into which `user` may import. Raises PermissionDenied where there can be none."""
    if not OwnRowsPolicy(Question, questions.questions_of).user_has_permission(user, "add"):
        raise PermissionDenied
    return questions.pools_of(user)


def own_pool(user, pk):
    return get_object_or_404(own_pools(user), pk=as_key(str(pk)))


class ImportForm(forms.Form):
    pool = PoolChoice(None, label=gettext_lazy("Question pool"))
    file = forms.FileField(label=gettext_lazy("File"))
    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=[("auto", gettext_lazy("As the file says")), *FORMATS.items()]
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the questions"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE,
        help_text=gettext_lazy("Of what is not marked with a language in the file."),
    )  # fmt: skip

    def __init__(self, *args, pools, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pool"].queryset = pools
        if not self.initial.get("pool") and len(only := pools.values_list("pk", flat=True)[:2]) == 1:
            self.initial["pool"] = only[0]
        self.fields["file"].widget.attrs |= {"data-most": reading.MOST_BYTES, "data-says": str(reading.too_large())}


# --- Giving a file --------------------------------------------------------------------------------------------------------


@csrf_exempt  # only until the size is known: `_give` is protected
@require_http_methods(["GET", "HEAD", "POST"])
def give(request):
    """A request that is far too large is refused by what it says of its size: nothing of it is read or stored."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > reading.MOST_BYTES + ROOM_FOR_THE_FORM:
        form = ImportForm(pools=own_pools(request.user))
        return _form(request, form, status=413, fault=str(reading.too_large()))
    return _give(request)


@csrf_protect
def _give(request):
    pools = own_pools(request.user)
    if request.method != "POST":
        wanted = request.GET.get("pool", "")
        return _form(request, ImportForm(pools=pools, initial={"pool": wanted if wanted.isdecimal() else None}))
    if request.POST.get("pool"):
        own_pool(request.user, request.POST["pool"])  # somebody else's is not found
    form = ImportForm(request.POST, request.FILES, pools=pools)
    if not form.is_valid():
        return _form(request, form, status=422)
    clean = form.cleaned_data
    try:
        job = working.ask_to_read(
            pool=clean["pool"], data=reading.bytes_of(clean["file"]), name=clean["file"].name, by=request.user,
            format=clean["format"], language=clean["language"],
        )  # fmt: skip
    except BadFile as fault:
        form.add_error("file", str(fault))
        return _form(request, form, status=422)
    return redirect("question_import_one", job.pk)


def _form(request, form, status=200, fault=""):
    context = {**_head(_("Import questions")), "form": form, "fault": fault}
    return TemplateResponse(request, "courses/exchange_form.html", context, status=status)


def _head(title, *crumbs):
    """What Wagtail's pages want above them."""
    way = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}]
    way += [{"url": reverse("wagtailsnippets_courses_question:list"), "label": _("Questions")}, *crumbs]
    way.append({"url": "", "label": title})
    return {"header_title": title, "page_title": title, "header_icon": "upload", "breadcrumbs_items": way}


# --- What became of it ----------------------------------------------------------------------------------------------------


def own_job(user, pk):
    """A job of one's own, with `pool`, if the pool still is one's own."""
    job = get_object_or_404(Job, pk=pk, made_by=user, kind__in=[working.READ, working.TAKE])
    job.pool = own_pool(user, job.params["pool"])
    return job


@require_http_methods(["GET", "HEAD", "POST"])
def one(request, pk):
    """A file that was read, question by question, and the button that takes it in; or what was taken in."""
    job = own_job(request.user, pk)
    if request.method == "POST":
        if job.kind != working.READ or job.state != Job.State.DONE:
            raise Http404
        publish = "publish" in request.POST and taking_in.may_publish_in(request.user, job.pool)
        return redirect("question_import_one", working.ask_to_take_in(job=job, by=request.user, publish=publish).pk)
    taken = job.kind == working.TAKE
    title = _("What was taken in") if taken else _("What the file holds")
    crumb = {"url": f"{reverse('question_import')}?pool={job.pool.pk}", "label": _("Import questions")}
    context = {**_head(title, crumb), "job": job, "taken": taken}
    if job.state == Job.State.DONE:
        context |= _found(request, job)
    response = TemplateResponse(request, "courses/exchange_one.html", context)
    if job.finished_at is None:
        response["Refresh"] = "3"
    return response


def _found(request, job):
    counts = job.result["counts"]
    wanted = request.GET.get("verdict", "")
    rows = [row for row in jobs.rows_of(job) if wanted not in taking_in.VERDICTS or row["verdict"] == wanted]
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("p"))
    return {
        "page": page,
        "rows": [drawn(row, job.params["language"]) for row in page],
        "verdicts": [
            {"key": key, "label": label, "n": counts[key], "current": key == wanted}
            for key, label in taking_in.VERDICTS.items()
        ],
        "wanted": wanted if wanted in taking_in.VERDICTS else "",
        "total": sum(counts.values()),
        "new": counts[taking_in.ACCEPTED] + counts[taking_in.REPAIRED],
        "may_publish": taking_in.may_publish_in(request.user, job.pool),
    }


def drawn(row, language):
    """A question of a report as it is shown: its words, its parts with the right ones marked, or its key."""
    content = row["content"]

    def say(words):
        return in_language(words, language)

    parts, key, text = [], "", say(content.get("text"))
    if "gaps" in content:
        text = cloze.numbered(text)
        parts = [part for n, gap in enumerate(content["gaps"], 1) for part in _drawn_gap(n, gap, say)]
    elif "choices" in content:
        parts = [{"text": say(choice["text"]), "right": choice["right"]} for choice in content["choices"]]
    elif "steps" in content:
        parts = [{"text": say(step["text"])} for step in content["steps"]]
    elif "pairs" in content:
        parts = [{"text": f"{say(pair['left'])} → {say(pair['right'])}"} for pair in content["pairs"]]
    elif "accept" in content:
        key = " / ".join(dict.fromkeys(text for texts in content["accept"].values() for text in texts))
    elif "tolerance" in content:
        key = content["answer"] if content["tolerance"] == "0" else f"{content['answer']} ± {content['tolerance']}"
        key += " %" if content.get("percent") else ""
        key += f" ({'; '.join(unit_lines(content['units']))})" if content.get("units") else ""
    elif "answer" in content:
        key = _("True") if content["answer"] else _("False")
    return SimpleNamespace(
        line=row["line"], name=row["name"], kind=KINDS.get(row["kind"], ""), verdict=row["verdict"],
        told=taking_in.VERDICTS[row["verdict"]], notes=row["notes"], text=text, parts=parts, key=key,
        ordered="steps" in content, pictures=row["pictures"],
    )  # fmt: skip


def _drawn_gap(n, gap, say):
    if "choices" in gap:
        return [{"text": f"[{n}] {say(choice['text'])}", "right": choice["right"]} for choice in gap["choices"]]
    accepted = dict.fromkeys(text for texts in gap["accept"].values() for text in texts)
    return [{"text": f"[{n}] {escape(' / '.join(accepted))}", "right": True}]


@require_GET
def report(request, pk):
    """All rows as a workbook."""
    from .exchange import tables
    from .typed import plain

    job = own_job(request.user, pk)
    if job.state != Job.State.DONE:
        raise Http404
    rows = [
        [
            row["line"],
            row["name"] or plain(in_language(row["content"].get("text"), job.params["language"]))[:500],
            str(KINDS.get(row["kind"], "")),
            str(taking_in.VERDICTS[row["verdict"]]),
            " ".join(row["notes"]),
        ]
        for row in jobs.rows_of(job)
    ]
    heads = [_("Line"), _("Question"), _("Kind"), _("Result"), _("Why")]
    return _workbook(tables.report(rows, heads), f"{job.pool.code}-import-{job.pk}.xlsx")


@require_GET
def template(request):
    """The workbook to fill in."""
    from .exchange import tables

    own_pools(request.user)
    return _workbook(tables.template(), "questions.xlsx")


@require_GET
def export(request, pk, format):
    pool = own_pool(request.user, pk)
    left_out = writing.left_out(pool, format)
    if left_out and "anyway" not in request.GET:
        context = {**_head(_("Not all questions fit")), "pool": pool, "format": FORMATS[format], "left_out": left_out}
        return TemplateResponse(request, "courses/exchange_left_out.html", context)
    data, name, kind = writing.file_of(pool, format)
    return _download(data, name, kind)


def _workbook(data, name):
    return _download(data, name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def _download(data, name, kind):
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


urlpatterns = [
    path("question-import/", give, name="question_import"),
    path("question-import/template.xlsx", template, name="question_import_template"),
    path("question-import/<int:pk>/", one, name="question_import_one"),
    path("question-import/<int:pk>/report.xlsx", report, name="question_import_report"),
    path("question-export/<int:pk>/gift/", export, {"format": "gift"}, name="question_export_gift"),
    path("question-export/<int:pk>/moodle-xml/", export, {"format": "moodle-xml"}, name="question_export_moodle_xml"),
]

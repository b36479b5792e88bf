"""HR's pages of certificates: the register, one certificate and the deeds on it, what is to be looked at. Others' are 404."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import AuditEntry, Role
from accounts.refusing import as_key
from accounts.roles import has_role, scope_of
from certification import award, looking
from certification.models import Certificate, CertificateVersion, Look
from seminars.paper_views import file_answer

from . import certificate_paper, certificates
from .asking import keep
from .certificate_forms import CorrectForm, LookedAtForm, RegisterForm, RestoreForm, RevokeForm

LINES_A_PAGE = 50
MOST_ON_PAPER, MOST_FILES = 3_000, 1_000
MOST_NAMED = 20  # certificates of a group of the list «to look at» that are named


def _check(user):
    """Raises Http404 for who is neither HR nor administrator."""
    if not has_role(user, Role.HR, Role.ADMINISTRATOR):
        raise Http404


def _form(request):
    _check(request.user)
    return RegisterForm(request.GET, libraries=scope_of(request.user, Role.HR))


@login_required
@require_safe
def register(request):
    """?q=WORDS&library=CODE&course=CODE&state=STATE&begins=DAY&ends=DAY"""
    form = _form(request)
    context = {"form": form, "keep": keep(request, "page"), "list": "certificates"}
    if form.is_valid():
        today = timezone.localdate()
        page = Paginator(certificates.issued(request.user, form.asked), LINES_A_PAGE).get_page(request.GET.get("page"))
        lines = [(version, certificates.state_of(version, today)) for version in page]
        context |= {"page_obj": page, "lines": lines, "to_look_at": _looks(request.user).count()}
    return render(request, "reports/certificates.html", context, status=422 if form.errors else 200)


def _looks(user):
    return looking.to_look_at(Certificate.objects.kept_by(user))


def _rows(request, most):
    """(form, rows), or the answer that says why not."""
    form = _form(request)
    if not form.is_valid():
        return form, None, HttpResponse(status=422)
    rows = certificates.issued(request.user, form.asked)
    if rows.count() > most:
        context = {"form": form, "keep": keep(request, "page"), "too_many": most}
        return form, None, render(request, "reports/certificates.html", context, status=422)
    return form, rows, None


def _named(ending):
    return f"sertifikatlar-{timezone.localdate():%Y-%m-%d}.{ending}"


@login_required
@require_safe
def paper(request):
    form, rows, refused = _rows(request, MOST_ON_PAPER)
    if refused:
        return refused
    return file_answer(certificate_paper.draw(rows, form.words, request.user), "application/pdf", _named("pdf"))


@login_required
@require_POST
def archive(request):
    """The files as a ZIP, sent while it is made. A POST: who took them all stands in the log."""
    form, rows, refused = _rows(request, MOST_FILES)
    if refused:
        return refused
    asked = {name: str(value) for name, value in form.cleaned_data.items() if value}
    words = {"q": (None, asked.pop("q"))} if "q" in asked else None  # a name, mostly
    audit.record(
        actor=request.user, deed="certificates downloaded", subject="certificates", files=rows.count(), asked=asked,
        personal=words,
    )  # fmt: skip
    response = StreamingHttpResponse(certificates.archive(rows), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{_named("zip")}"'
    response.headers["Content-Encoding"] = "identity"
    return response


# --- One certificate ---------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request, number):
    """Its versions and its log; a POST names its deed: «correct», «revoke», «restore»."""
    rows = Certificate.objects.kept_by(request.user).select_related("enrolment__learner__library", "enrolment__course")
    found = get_object_or_404(rows.select_related("revoked_by"), number=number)
    versions = list(CertificateVersion.objects.stored().filter(certificate=found).select_related("corrected_by"))
    current = next((one for one in versions if one.is_current), None)
    if not versions:
        raise Http404
    asked = request.POST.get("deed") if request.method == "POST" else None
    forms = _forms(found, current, asked, request.POST)
    if asked is not None and asked not in forms:
        raise Http404
    if asked is not None and forms[asked].is_valid():
        if _do(request, asked, forms[asked], found):
            return redirect("reports:certificate", number)
    if asked is None:
        audit.looked_up(by=request.user, person=found.enrolment.learner_id, what="certificate")
    if current:
        current.certificate = found
    log = AuditEntry.objects.filter(subject=f"certificate {number}").select_related("actor").order_by("-pk")
    context = {
        "certificate": found,
        "person": found.enrolment.learner,
        "versions": versions[::-1],
        "current": current,
        "state": current and certificates.state_of(current),
        "forms": forms,
        "log": log[:100],
        "looks": Look.objects.filter(certificate=found).select_related("seen_by"),
    }
    return render(request, "reports/certificate.html", context, status=200 if asked is None else 422)


def _forms(found, current, asked, posted):
    """The deeds that are possible now."""
    if found.revoked_at:
        kinds = [RestoreForm]
    else:
        kinds = [CorrectForm, RevokeForm] if current else [RevokeForm]
    initial = {"holder": found.enrolment.learner.certificate_name or (current.payload["holder"] if current else "")}
    return {kind.deed: kind(posted if kind.deed == asked else None, initial=initial) for kind in kinds}


def _do(request, deed, form, found):
    """Whether it was done; what was not stands in the form."""
    from certification.drawing import MissingGlyph  # slow to load

    values = {**form.cleaned_data, "certificate": found, "by": request.user}
    try:
        made = {"correct": award.correct, "revoke": award.revoke, "restore": award.restore}[deed](**values)
    except MissingGlyph as no:
        form.add_error("holder", _("This sign cannot be printed: %(sign)s") % {"sign": no.sign})
        return False
    except award.NotPossible as no:
        if no.reason == "same":
            form.add_error("holder", _("This is how the name is printed already."))
            return False
        messages.error(request, _("Somebody was quicker: look at the certificate as it is now."))
        return True
    told = {
        "correct": _("Printed anew. The holder gets a notice with the new code."),
        "revoke": _("Revoked. Everybody who checks it is told so, and so is the holder."),
        "restore": _("In force again. The holder is told."),
    }
    if deed == "correct" and not made.sha256:
        told["correct"] = _("Corrected. The file could not be stored just now: it will be within minutes.")
    messages.success(request, told[deed])
    return True


# --- To look at --------------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def to_look_at(request):
    """By cause and course. A POST takes off the list: one certificate («look»), or a whole group («cause», «course»)."""
    _check(request.user)
    looks = _looks(request.user)
    form = LookedAtForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        chosen = _chosen(looks, request.POST)
        if form.is_valid():
            done = looking.looked_at(looks=chosen, by=request.user, note=form.cleaned_data["note"])
            messages.success(request, _("Off the list: %(n)s. The certificates stay as they are.") % {"n": done})
            return redirect("reports:to_look_at")
    rows = looks.order_by("cause", "certificate__enrolment__course", "certificate__number")
    groups = []
    for (cause, course), group in groupby(
        rows.iterator(500), lambda one: (one.cause, one.certificate.enrolment.course)
    ):
        own = list(group)
        groups.append(
            {
                "cause": cause,
                "label": own[0].get_cause_display(),
                "course": course,
                "n": len(own),
                "looks": own[:MOST_NAMED],
            }
        )
    context = {"groups": groups, "form": form, "most": MOST_NAMED}
    return render(request, "reports/to_look_at.html", context, status=422 if form.errors else 200)


def _chosen(looks, posted):
    """The rows that a POST means. Raises Http404 for what is not on the reader's list."""
    if look := as_key(posted.get("look", "")):
        rows = looks.filter(pk=look)
    elif course := as_key(posted.get("course", "")):
        rows = looks.filter(cause=posted.get("cause", ""), certificate__enrolment__course=course)
    else:
        raise Http404
    if not rows.exists():
        raise Http404
    return rows

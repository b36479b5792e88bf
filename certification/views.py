"""The public register, and the file for its holder and HR. A view finds, calls one rule, answers; nothing is drawn here."""

import hashlib
import logging
import time

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from . import codes, files, misses, register, register_page, wording
from .badges import credential
from .check_forms import FileForm
from .forms import LONGEST, CodeForm
from .models import CertificateVersion

log = logging.getLogger(__name__)


@require_safe
def verify(request):
    """Where the code is typed; a code that can be one leads to its result."""
    form = CodeForm(request.GET) if "code" in request.GET else CodeForm()
    if form.is_valid():
        return redirect(_address(request, form.cleaned_data["code"]))
    response = render(
        request,
        "certification/verify.html",
        {"form": form, "file_form": FileForm(), "verify_address": settings.VERIFY_BASE_URL},
    )
    if form.is_bound:
        keep_out(response)
    return response


def _address(request, code):
    """The page of a code, in the language that was asked for in the address."""
    return reverse("verify_result", args=[code]) + (f"?lang={get_language()}" if "lang" in request.GET else "")


def keep_out(response):
    """Yesterday's «valid» is kept nowhere: a certificate may be revoked today. And no search engine lists people."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _fresh(request, finding, response_of):
    """The answer for a certificate that exists: a copy may be kept, and is asked for again each time, for a few bytes and no page.

    So a revocation shows at once. The mark of a copy holds the minute, because the page says when it was checked; what a
    signed-in person sees is kept by nobody.
    """
    if request.user.is_authenticated or finding.version is None:
        return keep_out(response_of())
    parts = [finding.status, finding.version.sha256, finding.current and finding.current.code, get_language()]
    parts += [request.get_full_path(), finding.certificate.revoked_at, int(time.time()) // 60]
    mark = f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=mark) or response_of()
    response.headers["ETag"] = mark
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _find(request, code):
    """The Finding of a code as it stands in an address, or None for one who has asked for too many unknown codes."""
    code = codes.normalise(code[:LONGEST])
    missed = misses.count(request) if codes.is_well_formed(code) else 0
    if missed >= misses.FLOOD:
        return None
    finding = register.find(code)
    if finding.status == register.UNKNOWN:
        misses.note(request)
        return None if missed >= misses.MOST else finding
    return finding


@require_safe
def result(request, code):
    """What the register says, first its status; 404 for unknown and mistyped codes."""
    finding = _find(request, code)
    if finding is None:
        return wait(render(request, "429.html", status=429))
    if finding.status != register.MISTYPED and finding.code != code:
        return redirect(_address(request, finding.code))
    return _fresh(request, finding, lambda: register_page.answer(request, finding, code))


@require_safe
def result_json(request, code):
    """The same for a machine, from any site: certification/register.py lists the keys."""
    finding = _find(request, code)
    if finding is None:
        return open_to_all(wait(JsonResponse({"error": "too many unknown codes: wait a minute"}, status=429)))
    return open_to_all(_fresh(request, finding, lambda: _json(request, finding)))


def _json(request, finding):
    said = register.answer(finding, request.GET.get("lang"))
    response = JsonResponse(
        said, status=register_page.HTTP.get(finding.status, 200), json_dumps_params={"ensure_ascii": False}
    )
    if finding.version is not None:
        response.headers["Content-Language"] = said["words_in"]
    return response


@require_safe
def shared(request, code):
    """What the holder shows to others: name, course, issuer, day, and the way to the register. 404 unless the holder wants it."""
    finding = _find(request, code)
    if finding is None:
        return wait(render(request, "429.html", status=429))
    if finding.version is None or not finding.certificate.shared:
        raise Http404
    if finding.status == register.SUPERSEDED and finding.current:
        return redirect("share_page", finding.current.code)
    if finding.code != code:
        return redirect("share_page", finding.code)
    return _fresh(request, finding, lambda: _shared(request, finding))


def _shared(request, finding):
    language = finding.language(get_language())
    context = {
        "finding": finding,
        "kind": register_page.KINDS.get(finding.status, "none"),
        "words_in": language,
        "words": finding.payload["words"][language],
        "issued_on": wording.date(finding.payload["issued_on"], language),
        "hours": wording.academic_hours(finding.payload["hours"], language),
        "demo": finding.payload["demo"],
        "picture": credential.url(finding.payload, "png"),
    }
    return render(request, "certification/shared.html", context)


def wait(response):
    response.headers["Retry-After"] = str(misses.MINUTE)
    return keep_out(response)


def open_to_all(response):
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@login_required
@require_safe
def download(request, code):
    """The file, byte for byte as it was issued."""
    code = codes.normalise(code)
    version = files.OWN.first(code=code, learner=request.user.pk) or get_object_or_404(
        CertificateVersion.objects.stored().readable_by(request.user), code=code
    )
    try:
        pdf = files.file_of(version=version)
    except files.FileLost:
        return keep_out(render(request, "certification/file_lost.html", {"version": version}, status=503))
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Length"] = len(pdf)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=version.filename)
    response.headers["Content-Encoding"] = "identity"  # a PDF is packed already: GZipMiddleware leaves it alone
    return keep_out(response)

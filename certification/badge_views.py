"""Badges for machines and wallets, from any site: the credential, the list of what is revoked, the issuer's document."""

import hashlib
import json
import logging

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from . import codes, keys, misses
from .badges import issuer, keeping, status
from .forms import LONGEST
from .models import CertificateVersion
from .views import keep_out, open_to_all, wait

log = logging.getLogger(__name__)

MINUTE, HOUR = 60, 3600
JSON_LD = "application/ld+json"  # application/vc would be the newest name, which verifiers do not all read as JSON


@require_safe
def credential(request, code):
    """The badge of a certificate, the same bytes for ever; one query. 404 unless the holder wants it, or where there is no key."""
    found, refused = _badge(request, code)
    return refused or _answer(request, found.credential.encode(), JSON_LD, MINUTE)


@require_safe
def png(request, code):
    """The picture with the credential inside, as PNG. Drawn for whoever has no copy of it."""
    return _picture(request, code, "png", "image/png")


@require_safe
def svg(request, code):
    return _picture(request, code, "svg", "image/svg+xml")


def _picture(request, code, kind, content_type):
    found, refused = _badge(request, code)
    if refused:
        return refused
    from .badges import picture

    draw, payload = getattr(picture, kind), found.version.payload
    state = f"{picture.LOOK} {kind} {found.credential}".encode()
    return _answer(request, lambda: draw(payload, found.credential), content_type, HOUR, state)


def _badge(request, code):
    """Returns (Badge, None), or (None, the answer that says there is none)."""
    code = codes.normalise(code[:LONGEST])
    if not codes.is_well_formed(code):
        return None, _none()
    if misses.count(request) >= misses.MOST:
        return None, open_to_all(wait(JsonResponse({"error": "too many unknown codes: wait a minute"}, status=429)))
    rows = CertificateVersion.objects.stored().filter(certificate__shared=True)
    version = rows.select_related("badge").filter(code=code).first()
    if version is None:
        misses.note(request)
        return None, _none()
    try:
        return keeping.badge_of(version=version), None
    except keys.NoKeys as fault:
        log.error("no badge of certificate %s: %s", version.code, fault)
        return None, _none()


def _none():
    """Without a page: machines ask here."""
    return open_to_all(keep_out(JsonResponse({"error": "not here"}, status=404)))


@require_safe
def status_list(request, which):
    """Which certificates are revoked or replaced. Public whatever the holders want: it names nobody. Two queries."""
    try:
        found = status.credential(settings.VERIFY_BASE_URL, which)
    except keys.NoKeys:
        found = None
    if found is None:
        return _none()
    return _answer(request, json.dumps(found, indent=1).encode(), JSON_LD, MINUTE)


@require_safe
def issuer_document(request):
    """did:web: the keys of the issuer. No query."""
    try:
        found = issuer.document(settings.VERIFY_BASE_URL)
    except keys.NoKeys:
        return _none()
    return _answer(request, json.dumps(found, indent=1).encode(), "application/did+json", HOUR)


def _answer(request, content, kind, seconds, state=None):
    """Kept by anybody for so long, then asked for again for a few bytes. `content` that is dear to make is a function, with the
    `state` from which it follows.
    """
    mark = f'"{hashlib.sha256(state or content).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=mark)
    if response is None:
        response = HttpResponse(content() if callable(content) else content, content_type=kind)
        response.headers["Content-Security-Policy"] = "default-src 'none'; img-src data:; sandbox"  # an SVG is a page
    response.headers["ETag"] = mark
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return open_to_all(response)

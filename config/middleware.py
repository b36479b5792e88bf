"""Around every request: its id, its line in the log, its place in the figures; and the questions of machines, answered first.

Nobody is signed in here and no cookie is set: probes come by an address that ALLOWED_HOSTS does not name, without TLS, and must
be answered when sessions cannot be read.
"""

import hmac
import ipaddress
import logging
import re
import time
import uuid

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse, HttpResponseNotFound, JsonResponse

from cms import monitoring, readiness

from . import web_metrics
from .logs import REQUEST_ID, route_of

log = logging.getLogger("saboq.request")
HEADER, GIVEN_AS = "X-Request-ID", "HTTP_X_REQUEST_ID"
GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")  # any other is replaced: it comes from outside and goes into the log


class RequestMiddleware:
    """The id is the proxy's, else made here; it comes back with the answer and goes along with the tasks (config/celery.py)."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.static = settings.STATIC_URL

    def __call__(self, request):
        given = request.META.get(GIVEN_AS, "")  # `headers` would read all of them, for each request
        token = REQUEST_ID.set(given if GIVEN.fullmatch(given) else uuid.uuid4().hex)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers[HEADER] = REQUEST_ID.get()
            self.note(request, response, time.perf_counter() - began)
        finally:
            REQUEST_ID.reset(token)
        return response

    def note(self, request, response, seconds):
        if request.path_info in PROBES:
            return
        is_static = request.path_info.startswith(self.static)
        route = "static" if is_static else route_of(request)
        web_metrics.note(method=request.method, route=route, status=response.status_code, seconds=seconds)
        if not is_static and log.isEnabledFor(logging.INFO):
            said = {
                "method": request.method, "route": route, "status": response.status_code, "ms": round(seconds * 1000, 1),
                "language": getattr(request, "LANGUAGE_CODE", ""),
            }  # fmt: skip
            log.info("%(method)s %(route)s %(status)s %(ms)s ms", said, extra=said)


class ProbeMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = PROBES.get(request.path_info)
        if not answer:
            return self.get_response(request)
        response = answer(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def healthz(request):
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request):
    """503 where nothing could be shown: without the database, or before its migrations. All else is told as degraded."""
    state = readiness.look()
    return JsonResponse(state, status=200 if readiness.is_ready(state) else 503)


def metrics(request):
    """404 for whoever may not ask: METRICS_TOKEN or METRICS_FROM says who may."""
    if not may_read_metrics(request):
        return HttpResponseNotFound("not here", content_type="text/plain")
    return HttpResponse(web_metrics.text() + monitoring.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


PROBES = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


def may_read_metrics(request):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    if wanted and scheme == "Bearer" and hmac.compare_digest(token.encode(), wanted.encode()):
        return True
    try:
        # It knows TRUSTED_PROXY_COUNT, and unlike the adapter's it guesses nothing where fewer proxies have spoken.
        address = ipaddress.ip_address(get_client_ip(request))
    except (ImproperlyConfigured, ValueError):
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.METRICS_FROM)

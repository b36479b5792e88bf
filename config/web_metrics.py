"""What the web processes count for `/metrics`: requests by route, sign-ins. The facts of the database are in cms/monitoring.py.

Under gunicorn each worker writes into files of its own in PROMETHEUS_MULTIPROC_DIR, and whichever is asked adds them up. The
files are named by a worker's place and not by its process: a worker that takes the place of another goes on with its files,
so that there are never more of them than workers (config/gunicorn.py).
"""

import os

from django.contrib.auth.signals import user_logged_in, user_login_failed
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values

PLACE = ["main"]  # of this process among those of its gunicorn
MANY = "PROMETHEUS_MULTIPROC_DIR" in os.environ
if MANY:
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: PLACE[0])

OWN = CollectorRegistry()
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds
REQUESTS = Counter(
    "saboq_http_requests", "Requests answered, by route (a pattern, never an address).",
    ["method", "route", "status"], registry=OWN,
)  # fmt: skip
DURATION = Histogram(
    "saboq_http_request_duration_seconds",
    "Time until the headers of the answer.",
    ["route"],
    buckets=BUCKETS,
    registry=OWN,
)
SIGN_INS = Counter("saboq_sign_ins", "People signed in.", registry=OWN)
SIGN_IN_FAILURES = Counter("saboq_sign_in_failures", "Sign-ins with a wrong login or password.", registry=OWN)
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


def note(*, method, route, status, seconds):
    REQUESTS.labels(method if method in METHODS else "other", route, status).inc()
    DURATION.labels(route).observe(seconds)


def _signed_in(**_):
    SIGN_INS.inc()


def _failed(**_):
    SIGN_IN_FAILURES.inc()


user_logged_in.connect(_signed_in, dispatch_uid="config.web_metrics")
user_login_failed.connect(_failed, dispatch_uid="config.web_metrics")


def text():
    """In the text format of Prometheus, as bytes."""
    if not MANY:
        return generate_latest(OWN)
    from prometheus_client.multiprocess import MultiProcessCollector

    of_all = CollectorRegistry()
    MultiProcessCollector(of_all)
    return generate_latest(of_all)

"""How gunicorn serves: `gunicorn --config config/gunicorn.py config.wsgi`, in `make run` and in production alike.

Threads, though single-threaded workers answer a third more requests a second (docs/bench.md): browsers open connections ahead
of need, phones on a weak link send slowly, and either would hold a whole worker.
"""

import os
import shutil
import tempfile
from pathlib import Path

from config import logs

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", 0)) or max(2, min(len(os.sched_getaffinity(0)), 16))
threads = int(os.environ.get("WEB_THREADS", 4))
preload_app = True  # the code is read once and its memory shared
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests, max_requests_jitter = 5000, 500
loglevel = os.environ.get("WEB_LOG_LEVEL", "info")
kind = os.environ.get("LOG_FORMAT") or ("json" if os.environ.get("MODE") == "production" else "text")
logconfig_dict = logs.of_gunicorn(kind=kind, level=loglevel)
control_socket_disable = True  # would be written to the home directory, which may not be writable
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # nosec B108  # a heartbeat on disk stalls with the disk


def counted_in():
    """The folder of what the workers count for /metrics (config/web_metrics.py): of this gunicorn, and gone with it."""
    parent = Path(worker_tmp_dir or tempfile.gettempdir())
    for left in parent.glob("saboq-metrics-*-*"):  # by one that was killed
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"saboq-metrics-{os.getpid()}-", dir=parent)


if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:  # as it is when this file is read again (SIGHUP)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counted_in()


def pre_fork(server, worker):
    """A place among the workers, the least that is free: two that live at once never have the same. No connection goes along."""
    from config.environment import close_connections

    places = vars(server).setdefault("places", {})
    worker.place = min(set(range(len(places) + 1)) - set(places.values()))
    places[worker.age] = worker.place
    close_connections()  # also before a worker that comes later: two at one connection would read each other's answers


def post_fork(server, worker):
    from config import web_metrics

    web_metrics.PLACE[0] = str(worker.place)


def child_exit(server, worker):
    server.places.pop(worker.age, None)


def on_exit(server):
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    if folder.name.startswith(f"saboq-metrics-{os.getpid()}-"):
        shutil.rmtree(folder, ignore_errors=True)


def when_ready(server):
    """Read the addresses, with all that they import, once and before the workers are forked."""
    from django.urls import get_resolver

    get_resolver()._populate()

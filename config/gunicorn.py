"""How gunicorn serves: `gunicorn --config config/gunicorn.py config.wsgi`, in `make run` and in production alike.

Threads, though single-threaded workers answer a third more requests a second (docs/bench.md): browsers open connections ahead
of need, phones on a weak link send slowly, and either would hold a whole worker.
"""

import os

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
control_socket_disable = True  # would be written to the home directory, which may not be writable
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # nosec B108  # a heartbeat on disk stalls with the disk


def when_ready(server):
    """Read the addresses, with all that they import, once and before the workers are forked."""
    from django.urls import get_resolver

    get_resolver()._populate()

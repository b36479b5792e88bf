"""The processes that serve, and the CPU that each kind has had, by the system's own accounting."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from scripts.machine import ROOT, program, stop

WORKERS = "2"
KINDS = ("web", "worker", "database", "cache")


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


class Redis:
    """A cache and broker of our own, so that nobody else's commands are counted. Its `port` is None where it is not installed."""

    def __init__(self, wanted=True):
        self.port, self.process = None, None
        if wanted and (path := program("redis-server")):
            self.port = free_port()
            self.process = subprocess.Popen(
                [path, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
                stdout=subprocess.DEVNULL, cwd="/",
            )  # fmt: skip

    def end(self):
        end(self.process)


class Served:
    """gunicorn as config/gunicorn.py starts it, and a Celery worker where there is a broker. `environment` as place.py makes it."""

    def __init__(self, environment, redis, with_worker=True):
        self.port, self.redis = free_port(), redis
        place = environment | {
            "BIND": f"127.0.0.1:{self.port}", "WEB_WORKERS": WORKERS, "WEB_LOG_LEVEL": "error",
        }  # fmt: skip
        run = {"cwd": ROOT, "env": os.environ | place}
        # Its workers are not replaced by new ones in the middle of a round, which config/gunicorn.py wants every 5,000 requests.
        web = ["-m", "gunicorn", "--config", "config/gunicorn.py", "--max-requests", "0", "scripts.bench.served.wsgi"]
        self.web = subprocess.Popen([sys.executable, *web], **run)
        self.worker = None
        if with_worker and environment["CELERY_BROKER_URL"]:
            # Without the beat, whose sweep is no unit of work.
            celery = ["-m", "celery", "-A", "config", "worker", "--loglevel", "ERROR"]
            self.worker = subprocess.Popen([sys.executable, *celery], stdout=subprocess.DEVNULL, **run)
        self._wait()

    def _wait(self, seconds=300):
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.web.poll() is None:
            try:
                urllib.request.urlopen(f"http://localhost:{self.port}/healthz", timeout=2).close()
                break
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        else:
            stop("the server does not answer")
        while self.worker and time.monotonic() < until and len(tree(self.worker.pid)) < 2:
            time.sleep(0.1)  # its children are there when it has read everything

    def end(self):
        end(self.web, signal.SIGQUIT)  # at once: it would wait for clients to hang up
        end(self.worker)


def end(process, by=signal.SIGTERM):
    if process is None or process.poll() is not None:
        return
    process.send_signal(by)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Clock:
    """CPU milliseconds that the processes of a Served have had so far: {kind: {process: milliseconds}}.

    Nanoseconds of each thread on a CPU (/proc/PID/task/*/schedstat, Documentation/scheduler/sched-stats), not clock ticks. Of
    PostgreSQL's processes those that serve our database, but for the one that this process is connected to.
    """

    def __init__(self, served):
        self.served = served

    def now(self):
        served = self.served
        pids = {
            "web": tree(served.web.pid),
            "worker": tree(served.worker.pid) if served.worker else [],
            "database": backends(),
            "cache": [served.redis.process.pid] if served.redis.process else [],
        }
        return {kind: {pid: spent(pid) for pid in found} for kind, found in pids.items()}

    @staticmethod
    def between(before, after):
        """{kind: milliseconds}. A process that came in between counts from its beginning. Raises if a web process has ended."""
        if set(before["web"]) - set(after["web"]):
            raise RuntimeError("a web process ended in the middle of a round")
        return {
            kind: sum(now - before[kind].get(pid, 0) for pid, now in after[kind].items()) for kind in KINDS
        }  # fmt: skip

    def settle(self, seconds=10):
        """Wait until the workers have done what the web process has asked them for."""
        if not self.served.worker:
            return
        until, last = time.monotonic() + seconds, None
        while time.monotonic() < until:
            now = sum(spent(pid) for pid in tree(self.served.worker.pid))
            if last is not None and now - last < 0.5:
                return
            last = now
            time.sleep(0.03)


def spent(pid):
    """CPU milliseconds of a process and all its threads; 0 when it is gone."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(thread.read_text().split()[0])
        except (OSError, IndexError):
            continue
    return total / 1e6


def tree(pid):
    """A process and its descendants."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
        except (OSError, IndexError):
            continue
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += parents.get(found[-1], [])
    return found


def backends():
    """The processes of PostgreSQL that serve our database to others; none on SQLite, which works in ours."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type IN ('client backend', 'parallel worker')"
        )
        return [pid for (pid,) in cursor.fetchall()]


def of_all():
    """{name: CPU milliseconds} of the processes of PostgreSQL that serve every database, and so are not counted in any case."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return {}
    names = "'checkpointer', 'background writer', 'walwriter', 'autovacuum launcher'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT backend_type, pid FROM pg_stat_activity WHERE backend_type IN ({names})")
        return {name: spent(pid) for name, pid in cursor.fetchall()}

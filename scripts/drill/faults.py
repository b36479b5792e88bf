"""The faults. Each is a function of the drill that brings it about, holds it for the drill's time and takes it away again, and returns
when that was (time.time()): from then on the platform is to recover without a hand."""

import os
import random
import signal
import time

from .stack import NotReady, answers, until

CLIENT_BYTES = (100, 30_000)  # a page has some 10,000
DATABASE_BYTES = (2_000, 60_000)  # a page asks for some 5,000
BACK = 90 * 60  # seconds


def database_stopped(drill):
    stack = drill.stack
    stack.stop_postgres()
    drill.hold()
    stack.start_postgres()
    stack.await_postgres()
    return time.time()


def cache_stopped(drill):
    drill.stack.kill("redis")
    drill.hold()
    drill.stack.start_redis()
    until(lambda: answers(drill.stack.ports["redis"]), 30, "Redis")
    return time.time()


def broker_stopped(drill):
    drill.stack.kill("rabbit")
    drill.hold()
    drill.stack.start_rabbit()
    until(lambda: answers(drill.stack.ports["rabbit"]), 120, "RabbitMQ")
    return time.time()


def worker_killed(drill):
    """In the middle of a batch: it and the sweep are held back until some have finished, then it is killed at its work. What keeps
    processes alive starts another."""
    stack = drill.stack
    for name in ("worker", "sweep"):
        stack.signal(name, signal.SIGSTOP)
    before = drill.finished()
    try:
        until(lambda: drill.finished() >= before + drill.batch, 120, "people who finish")
    finally:
        for name in ("worker", "sweep"):
            stack.signal(name, signal.SIGCONT)
    stored = drill.certificates()
    until(lambda: drill.certificates() > stored, 60, "a certificate of the batch")
    stack.kill("worker")
    time.sleep(1)
    stack.start_worker()
    return time.time()


def web_killed(drill):
    """Each of the web server's processes in its turn, while it answers; its master starts another."""
    for number in drill.stack.web_workers():
        time.sleep(random.uniform(0.2, 1))  # nosec B311
        os.kill(number, signal.SIGKILL)
    return time.time()


def disk_refuses(drill):
    drill.stack.remount("ro")
    drill.hold()
    drill.stack.remount("rw")
    return time.time()


def disk_full(drill):
    filler = drill.stack.place / "disk" / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65536):
                pass
        except OSError:
            pass  # full
        drill.hold()
    filler.unlink()
    return time.time()


def clients_cut(drill):
    return _cut(drill, drill.stack.web_line, CLIENT_BYTES)


def database_cut(drill):
    return _cut(drill, drill.stack.database_line, DATABASE_BYTES)


def _cut(drill, line, bounds):
    before, line.breaks_after = line.cut, bounds
    try:
        drill.hold()
    finally:
        line.breaks_after = None
    if line.cut == before:
        raise NotReady("no connection was cut: nobody was there")
    return time.time()


def clock_set_back(drill):
    """It stays back for the rest of the fault's time and is then right again, as when a time server is found."""
    drill.stack.set_clock(-BACK)
    drill.hold()
    drill.stack.set_clock(0)
    return time.time()


ALL = {
    "PostgreSQL stopped at once and started": database_stopped,
    "Redis (the cache) stopped": cache_stopped,
    "RabbitMQ stopped": broker_stopped,
    "a worker killed in the middle of a batch": worker_killed,
    "web processes killed in the middle of requests": web_killed,
    "media storage refuses to write": disk_refuses,
    "disk for media full": disk_full,
    "connections of browsers cut after 100 to 30,000 bytes": clients_cut,
    "connections to the database cut after 2,000 to 60,000 bytes": database_cut,
    "clock set back by 90 minutes, then right again": clock_set_back,
}

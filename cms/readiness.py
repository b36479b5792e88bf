"""Whether this process can serve: each thing it stands on, in a word. No name, address or key of any of them is told."""

import functools
import shutil
import threading
import time
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import DatabaseError, connection

NEEDED = ("database", "migrations")
KEPT = 2  # seconds: whoever asks again and again costs nothing but the first time
LITTLE_DISK = 1024**3  # bytes


def look():
    """{"database": "ok" or "away", "migrations": "ok" or "missing", ...}; what nothing is known of is "unknown"."""
    with _lock:
        if not _kept or time.monotonic() - _kept["at"] > KEPT:
            _kept.update(at=time.monotonic(), state=_look())
        return _kept["state"]


_kept, _lock = {}, threading.Lock()


def forget():
    _kept.clear()
    _complete.clear()


def is_ready(state):
    return all(state[name] == "ok" for name in NEEDED)


def _look():
    return {
        "database": (database := _database()),
        "migrations": _migrations() if database == "ok" else "unknown",
        "cache": _cache(),
        "broker": _broker(),
        "media": _storage("default"),
        "private": _storage("private"),
        "disk": _disk(),
    }


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # the pool's own time-out too, which is no DatabaseError
        connection.close()
        return "away"
    return "ok"


def _migrations():
    """A database that is ahead of the code is fine: that is an upgrade under way, and old code survives it."""
    if _complete:
        return "ok"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            done = set(cursor.fetchall())
    except DatabaseError:  # an empty database
        connection.close()
        return "missing"
    if not of_the_code() <= done:
        return "missing"
    _complete.append(True)  # what is applied stays so
    return "ok"


_complete = []


@functools.cache
def of_the_code():
    """{(app, name)} of all migrations of this code, by their files: loading them would take a second and 30 MB."""
    return frozenset(
        (app.label, path.stem)
        for app in apps.get_app_configs()
        for path in (Path(app.path) / "migrations").glob("[0-9a-z]*.py")
    )


def _cache():
    cache.set("readyz", "1", 10)
    return "ok" if cache.get("readyz") == "1" else "degraded"


def _broker():
    if not settings.CELERY_BROKER_URL:
        return "none"
    from celery import current_app

    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=1)
        return "ok"
    except Exception:  # whatever the transport raises: it is away
        return "degraded"


def _storage(name):
    """A bucket that answers (config/s3.py); a folder into which can be written, or that can be made."""
    storage = storages[name]
    try:
        if hasattr(storage, "reach"):
            storage.reach()
        else:
            folder = Path(storage.location)
            folder.mkdir(parents=True, exist_ok=True)
            with _probe(folder):
                pass
    except Exception:  # whatever the storage raises
        return "degraded"
    return "ok"


def _probe(folder):
    import tempfile

    return tempfile.TemporaryFile(dir=folder)


def _disk():
    return "ok" if free_disk() >= LITTLE_DISK else "degraded"


def free_disk():
    """Bytes free where this process writes: the least of its places."""
    places = {Path(settings.VAR), Path(settings.MEDIA_ROOT)}
    return min(shutil.disk_usage(place).free for place in places if place.exists())

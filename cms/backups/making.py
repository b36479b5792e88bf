"""One backup: made under another name, checked, named when it is whole; only then what is old goes."""

import errno
import fcntl
import logging
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import django
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from accounts import log_keys, sealing

from . import BackupError, checking, databases, files, keeping, key_marks, manifest
from .manifest import Manifest

log = logging.getLogger(__name__)
SPARE = 64 * 1024 * 1024  # bytes left free on the disk


@dataclass
class Made:
    """What became of it, as the line of JSON says it; sizes in bytes, of which `linked` files take none anew."""

    name: str = ""
    seconds: float = 0
    database_bytes: int = 0
    tables: int = 0
    rows: int = 0
    files: int = 0
    files_bytes: int = 0
    linked: int = 0
    log_head: str = ""
    removed: list = field(default_factory=list)
    warnings: list = field(default_factory=list)

    def as_json(self):
        return {"event": "backup", "ok": True, **asdict(self)}


def make(folder, told=lambda line: None):
    """Make a backup in `folder`, let the old ones go by the rule. Returns (path, Made). Raises BackupError; then nothing was removed.

    `told` hears of each step. Must not be called within a transaction.
    """
    began, folder = time.monotonic(), Path(folder)
    with _private(), _sentences(folder):
        _refuse_place(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _clear_leftovers(folder)
            done = Made(warnings=_seal_the_log())
            path = _make(folder, done, told)
            _rotate(folder, done)
    done.seconds = round(time.monotonic() - began, 1)
    return path, done


def _make(folder, done, told):
    database, before = databases.present(), keeping.whole(folder)
    before = before[-1][1] if before else None
    _refuse_full_disk(folder, database, before)
    now, target = _free_name(folder)
    part = folder / f".{target.name}.part"
    try:
        part.mkdir(mode=0o700)
        said, named = _dump(database, part, now, done, told)
        _copy_files(said, part, before, done, told)
        _tell_missing(said, named, done)
        said.write(part)
        manifest.write_sums(part, {one["path"]: one["sha256"] for one in said.files})
        for name in (database.dump, manifest.NAME, manifest.SUMS):
            _to_disk(part / name)
        checking.check(part)
        told("checked: every file is as it was written")
        part.rename(target)
        _to_disk(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    done.name = target.name
    return target


def _to_disk(path):
    """Written for good, whatever happens to the machine; of a folder, the names in it."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _dump(database, part, now, done, told):
    """The dump, and the Manifest with all that is read out of the same snapshot; beside it the files that its rows name."""
    with database.frozen(part) as ask:
        tables = [name for (name,) in ask(database.TABLES)]
        columns = set(ask(database.COLUMNS))
        said = Manifest(
            taken_at=now.isoformat(), saboq=settings.VERSION, django=django.get_version(), database=database.kind,
            server=database.server(), tables=databases.count_all(ask, tables), keys=key_marks.here(),
            migrations=[f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations ORDER BY app, name")]
            if "django_migrations" in tables else [],
        )  # fmt: skip
        if "accounts_auditseal" in tables:
            heads = ask("SELECT mac FROM accounts_auditseal ORDER BY number DESC LIMIT 1")
            said.log_head = heads[0][0] if heads else ""
        named = files.named_by(ask, columns)
    done.database_bytes, done.log_head = (part / database.dump).stat().st_size, said.log_head
    done.tables, done.rows = len(tables), said.rows
    told(f"database: {done.tables} tables, {done.rows:,} rows, {done.database_bytes:,} bytes")
    if settings.SIGNING_DIR and not (log_keys.NAME in said.keys and "seal-key.pem" in said.keys):
        done.warnings.append(f"keys in {key_marks.where()} cannot be read: their fingerprints are not in the manifest")
    return said, named


def _copy_files(said, part, before, done, told):
    for area in files.AREAS:
        place = files.place(area)
        for path, _size in place.walk():
            name = f"{area}/{path}"
            try:
                size, digest, linked = place.take(path, part / name, before / name if before else None)
            except FileNotFoundError:  # removed meanwhile; if a row of the snapshot names it, that is told
                continue
            said.files.append({"path": name, "size": size, "sha256": digest})
            done.files, done.files_bytes, done.linked = done.files + 1, done.files_bytes + size, done.linked + linked
    told(f"files: {done.files:,}, {done.files_bytes:,} bytes; {done.linked:,} are those of the backup before")


def _tell_missing(said, named, done):
    said.missing = sorted(named - {one["path"] for one in said.files})
    if said.missing:
        few = ", ".join(said.missing[:3])
        done.warnings.append(f"rows name {len(said.missing)} files that are not there, or went meanwhile: {few}")


def _seal_the_log():
    """Everything that is in the log by now stands behind the manifest's head. Returns warnings."""
    try:
        sealing.seal_all()
    except (log_keys.NoLogKey, DatabaseError) as fault:  # of an older database, or one that cannot be written
        return [f"the newest entries of the log could not be sealed first: {fault}"]
    return []


def _rotate(folder, done):
    """The backup is there, whatever becomes of this."""
    try:
        done.removed = keeping.rotate(folder, timezone.now())
    except OSError as fault:
        done.warnings.append(f"old backups could not be removed: {fault}")


# --- The place ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _private():
    """Whatever is written here, by pg_dump too, only its owner can read."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _sentences(folder):
    """Faults of the system, in words that say what helps."""
    try:
        yield
    except DatabaseError as fault:
        raise BackupError(f"the database does not answer: {str(fault).strip().splitlines()[0]}") from None
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BackupError(
                f"the disk of {folder} is full; nothing was removed: free some space, or BACKUP_KEEP_…"
            ) from None
        raise BackupError(
            f"{fault.filename or folder}: {fault.strerror}; the folder must be writable by this user"
        ) from None


@contextmanager
def _alone(folder):
    with open(folder / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"another backup is just being made in {folder}") from None
        yield


def _refuse_place(folder):
    for area in files.AREAS:
        if files.place(area).holds(folder):
            raise BackupError(f"{folder} lies in the folder of {area}, which is backed up itself: choose another")


def _clear_leftovers(folder):
    """What a run that was killed has left; nobody else is at work here."""
    for left in folder.glob(".saboq-*.part"):
        shutil.rmtree(left)


def _refuse_full_disk(folder, database, before):
    """Files that the backup before holds already are linked; of a compressed dump the last one's size says more than the database's."""
    database_size = database.size()
    if before and (before / database.dump).exists():
        database_size = min(database_size, 2 * (before / database.dump).stat().st_size)
    needed = (
        database_size
        + SPARE
        + sum(
            size
            for area in files.AREAS
            for path, size in files.place(area).walk()
            if not (before and _has(before / area / path, size))
        )
    )
    free = shutil.disk_usage(folder).free
    if free < needed:
        mega = 1024 * 1024
        raise BackupError(
            f"{folder} has {free // mega} MB free, about {needed // mega} MB are needed; nothing was removed"
        )


def _has(file, size):
    try:
        return file.stat().st_size == size
    except OSError:
        return False


def _free_name(folder):
    """(UTC, path): names tell seconds apart."""
    while (target := folder / keeping.name_of(now := timezone.now())).exists():
        time.sleep(0.1)
    return now, target

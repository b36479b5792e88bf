"""The files of the two storages: walked, copied as a stream with their SHA-256, named by the rows.

A storage writes a file once, under a name that was free, and never over another (Django's FileSystemStorage, certification/files.py,
certification/images.py): a file that is there after the snapshot is the one that its rows mean. Files are *removed*, though; one
that goes away between the snapshot and its copying is told in the manifest.
"""

import hashlib
import os
from pathlib import Path

from django.apps import apps
from django.core.files.storage import FileSystemStorage, storages
from django.db.models import FileField

from . import BackupError
from .manifest import CHUNK

AREAS = {"media": "default", "private": "private"}  # folder in a backup: alias of the storage


def place(area):
    """The folder of a storage. Raises BackupError where it is none of this machine."""
    storage = storages[AREAS[area]]
    if not isinstance(storage, FileSystemStorage):
        raise BackupError(f"the storage «{AREAS[area]}» is no folder of this machine: back it up where it stands")
    return Path(storage.location)


def walk(folder):
    """(path below the folder, size in bytes) of each file, in order. What is neither file nor folder, or a link, is left out."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(here) / name
            try:
                if path.is_symlink() or not path.is_file():
                    continue
                yield path.relative_to(folder).as_posix(), path.stat().st_size
            except FileNotFoundError:  # gone meanwhile
                continue


def copy(source, target, earlier=None):
    """Copy a file, or link it to the same one of the backup before. Returns (size, SHA-256, whether linked). Raises OSError.

    FileNotFoundError: the source is gone. `earlier` is linked only if it is the same byte for byte: what has rotten there is copied anew.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if earlier and (found := _same(source, earlier)):
        try:
            os.link(earlier, target)
            return *found, True
        except OSError:  # another file system, or one without links
            pass
    size, words = 0, hashlib.sha256()
    with open(source, "rb") as opened, open(target, "xb") as out:
        while part := opened.read(CHUNK):
            out.write(part)
            words.update(part)
            size += len(part)
        out.flush()
        os.fsync(out.fileno())
    return size, words.hexdigest(), False


def _same(source, earlier):
    """(size, SHA-256) if both are equal, else None. Raises FileNotFoundError if the source is gone."""
    size, words = 0, hashlib.sha256()
    with open(source, "rb") as one:
        if not earlier.is_file() or os.fstat(one.fileno()).st_size != earlier.stat().st_size:
            return None
        with open(earlier, "rb") as other:
            while part := one.read(CHUNK):
                if part != other.read(CHUNK):
                    return None
                words.update(part)
                size += len(part)
    return size, words.hexdigest()


def named_by(ask, columns):
    """Paths, as they stand in a backup, of all files that rows name. `ask` gives the rows of a statement, `columns` are the (table,
    column) that the database has: it may be older than the code.
    """
    areas = {str(place(area)): area for area in AREAS}
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for column in model._meta.local_concrete_fields:
            table, name = model._meta.db_table, column.column
            area = isinstance(column, FileField) and areas.get(str(getattr(column.storage, "location", "")))
            if area and (table, name) in columns:
                rows = ask(f'SELECT DISTINCT "{name}" FROM "{table}" WHERE "{name}" <> \'\'')  # noqa: S608  # nosec B608: our own names
                found.update(f"{area}/{path}" for (path,) in rows)
    return found

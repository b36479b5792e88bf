"""The files of the two storages: where they stand, which of them rows name.

A storage writes a file once, under a name that was free, and never over another (Django's FileSystemStorage, config/s3.py,
certification/files.py, certification/images.py): a file that is there after the snapshot is the one that its rows mean. Files are
*removed*, though; one that goes away between the snapshot and its copying is told in the manifest.
"""

from pathlib import Path

from django.apps import apps
from django.core.files.storage import FileSystemStorage, storages
from django.db.models import FileField

from . import BackupError
from .folders import Folder

AREAS = {"media": "default", "private": "private"}  # folder in a backup: alias of the storage


def place(area):
    """The Folder or Bucket of a storage: either can be backed up, and restored from a backup of the other. Raises BackupError."""
    storage = storages[AREAS[area]]
    if isinstance(storage, FileSystemStorage):
        return Folder(Path(storage.location))
    if hasattr(storage, "bucket_name"):
        from .buckets import Bucket  # the library for S3 takes half a second to load

        return Bucket(storage)
    raise BackupError(f"the storage «{AREAS[area]}» is neither a folder nor a bucket: back it up where it stands")


def named_by(ask, columns):
    """Paths, as they stand in a backup, of all files that rows name. `ask` gives the rows of a statement, `columns` are the (table,
    column) that the database has: it may be older than the code.
    """
    areas = {_mark(storages[alias]): area for area, alias in AREAS.items()}
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for column in model._meta.local_concrete_fields:
            table, name = model._meta.db_table, column.column
            area = isinstance(column, FileField) and areas.get(_mark(column.storage))
            if area and (table, name) in columns:
                rows = ask(f'SELECT DISTINCT "{name}" FROM "{table}" WHERE "{name}" <> \'\'')  # noqa: S608  # nosec B608: our own names
                found.update(f"{area}/{path}" for (path,) in rows)
    return found


def _mark(storage):
    """What tells a storage from another, through Django's lazy ones too."""
    return getattr(storage, "bucket_name", None), str(getattr(storage, "location", ""))

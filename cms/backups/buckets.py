"""Files of a storage that is an S3-compatible bucket (config/s3.py)."""

import hashlib
import re
from contextlib import contextmanager
from pathlib import PurePosixPath

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File

from . import BackupError
from .folders import linked, written
from .manifest import CHUNK, digest_of

MD5 = re.compile(r"[0-9a-f]{32}")


class Bucket:
    def __init__(self, storage):
        self.storage = storage

    def __str__(self):
        return f"the bucket {self.storage.bucket_name}"

    def holds(self, path):
        return False

    def walk(self):
        """(name, size in bytes) of each object, in order. Raises BackupError for a name that no folder can have."""
        with self._sentences():
            for one in self.storage.bucket.objects.all():
                if one.key.endswith("/"):  # a program that shows buckets as folders has made an empty one
                    continue
                if one.key != str(PurePosixPath("/", one.key))[1:] or ".." in one.key.split("/"):
                    raise BackupError(f"{self} has «{one.key}», which no folder can hold: give it another name")
                yield one.key, one.size

    def take(self, name, target, earlier=None):
        """Fetch an object, or link the same one of the backup before. Returns (size, SHA-256, whether linked).

        The same: as long, and with the MD5 that the bucket tells of it, so that a night does not fetch all files once more. Of an
        object that came in parts the bucket tells none: it is fetched. Raises FileNotFoundError if it is gone, OSError, BackupError.
        """
        with self._sentences():
            one = self.storage.bucket.Object(name)
            tag, size = one.e_tag.strip('"'), one.content_length  # asks the bucket
            if earlier and MD5.fullmatch(tag) and earlier.is_file() and earlier.stat().st_size == size:
                md5, sha256 = _sums(earlier)
                if md5 == tag and linked(earlier, target):
                    return size, sha256, True
            return *written(one.get()["Body"].iter_chunks(CHUNK), target), False

    def give(self, source, name):
        """Write a file of a backup to where it belongs. Raises OSError, BackupError."""
        with self._sentences(), open(source, "rb") as opened:
            kept = self.storage.save(name, File(opened, name))
        if kept != name:
            self.remove(kept)
            raise BackupError(f"{self} has {name} already")

    def remove(self, name):
        with self._sentences():
            self.storage.delete(name)

    def digest(self, name):
        """SHA-256. Raises OSError, BackupError."""
        with self._sentences(), self.storage.open(name) as opened:
            return digest_of(opened)

    @contextmanager
    def _sentences(self):
        try:
            yield
        except ClientError as fault:
            if fault.response["Error"]["Code"] in ("404", "NoSuchKey"):  # not NoSuchBucket
                raise FileNotFoundError(str(fault)) from None
            raise BackupError(f"{self} refuses: {fault}") from None
        except BotoCoreError as fault:
            raise BackupError(f"{self} does not answer: {fault}") from None


def _sums(file):
    """(MD5, SHA-256)"""
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with open(file, "rb") as opened:
        while part := opened.read(CHUNK):
            md5.update(part)
            sha256.update(part)
    return md5.hexdigest(), sha256.hexdigest()

"""Files of a storage that is a folder of this machine."""

import hashlib
import os
import shutil
from pathlib import Path

from .manifest import CHUNK, digest


class Folder:
    def __init__(self, path):
        self.path = path

    def __str__(self):
        return str(self.path)

    def holds(self, path):
        return path.resolve().is_relative_to(self.path.resolve())

    def walk(self):
        """(path below the folder, size in bytes) of each file, in order. What is neither file nor folder, or a link, is left out."""
        for here, folders, names in os.walk(self.path):
            folders.sort()
            for name in sorted(names):
                path = Path(here, name)
                try:
                    if path.is_symlink() or not path.is_file():
                        continue
                    yield path.relative_to(self.path).as_posix(), path.stat().st_size
                except FileNotFoundError:  # gone meanwhile
                    continue

    def take(self, name, target, earlier=None):
        """Copy a file, or link it to the same one of the backup before. Returns (size, SHA-256, whether linked). Raises OSError.

        FileNotFoundError: it is gone. `earlier` is linked only if it is the same byte for byte: what has rotten there is copied anew.
        """
        source = self.path / name
        if earlier and (found := _same(source, earlier)) and linked(earlier, target):
            return *found, True
        with open(source, "rb") as opened:
            return *written(iter(lambda: opened.read(CHUNK), b""), target), False

    def give(self, source, name):
        """Write a file of a backup to where it belongs. Raises OSError."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

    def remove(self, name):
        (self.path / name).unlink(missing_ok=True)

    def digest(self, name):
        """SHA-256. Raises OSError."""
        return digest(self.path / name)


def linked(earlier, target):
    """Whether the file of the backup before could be taken into this one without a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(earlier, target)
    except OSError:  # another file system, or one without links
        return False
    return True


def written(parts, target):
    """Write these bytes to a new file, for good. Returns (size, SHA-256)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    size, words = 0, hashlib.sha256()
    with open(target, "xb") as out:
        for part in parts:
            out.write(part)
            words.update(part)
            size += len(part)
        out.flush()
        os.fsync(out.fileno())
    return size, words.hexdigest()


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

"""What a backup says of itself, and the sums of its files."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path

from . import BackupError

NAME, SUMS, FORMAT = "manifest.json", "SHA256SUMS", 1
CHUNK = 1024 * 1024


@dataclass
class Manifest:
    """Everything but `files`, `missing` and `keys` is of the one snapshot that the dump was made of."""

    taken_at: str  # UTC, ISO 8601
    saboq: str
    django: str
    database: str  # «sqlite» or «postgresql»
    server: str  # its version
    migrations: list = field(default_factory=list)  # «app.name», as recorded in the database
    tables: dict = field(default_factory=dict)  # {table: rows}
    log_head: str = ""  # accounts/sealing.py: head()
    files: list = field(default_factory=list)  # [{"path", "size" in bytes, "sha256"}] of media/ and private/
    missing: list = field(default_factory=list)  # paths that rows of the snapshot name, of which there was no file
    keys: dict = field(default_factory=dict)  # {key: fingerprint}, never a key
    format: int = FORMAT

    def write(self, folder):
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")

    @property
    def rows(self):
        return sum(self.tables.values())


def read(folder):
    """The Manifest of a backup. Raises BackupError."""
    file = Path(folder) / NAME
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if said["format"] > FORMAT:
            raise BackupError(f"{file} was written by a newer Saboq ({said['saboq']}): restore it with that one")
        made = Manifest(**{one.name: said[one.name] for one in fields(Manifest)})
        datetime.fromisoformat(made.taken_at)
    except OSError as fault:
        raise BackupError(f"{folder} is no backup: {NAME} cannot be read ({fault.strerror})") from None
    except (ValueError, KeyError, TypeError) as fault:
        raise BackupError(f"{file} is damaged: {type(fault).__name__} {fault}") from None
    return made


# --- Sums ------------------------------------------------------------------------------------------------------------


def digest(file):
    """SHA-256 of a file, as hex digits, in little memory. Raises OSError."""
    with open(file, "rb") as opened:
        return digest_of(opened)


def digest_of(opened):
    """The same of a file that is open; Django's own kind may be no file of the system."""
    words = hashlib.sha256()
    while part := opened.read(CHUNK):
        words.update(part)
    return words.hexdigest()


def write_sums(folder, known):
    """SHA256SUMS over everything in the folder; `known` are {path: hex digits} that need not be read again."""
    here = {path: known.get(path) or digest(folder / path) for path in contents(folder)}
    (folder / SUMS).write_text("".join(f"{sum_}  {path}\n" for path, sum_ in here.items()), encoding="utf-8")


def read_sums(folder):
    """{path: hex digits}. Raises BackupError."""
    file = Path(folder) / SUMS
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as fault:
        raise BackupError(f"{folder} is no whole backup: {SUMS} cannot be read ({fault})") from None
    pairs = [line.split("  ", 1) for line in lines]
    if not all(len(pair) == 2 and len(pair[0]) == 64 for pair in pairs):
        raise BackupError(f"{file} is damaged")
    return {path: sum_ for sum_, path in pairs}


def contents(folder):
    """Paths of all files in the folder but SHA256SUMS, in order."""
    folder = Path(folder)
    found = (
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()
    )
    return sorted(path for path in found if path != SUMS)

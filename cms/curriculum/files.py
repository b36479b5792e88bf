"""Reads files and names of files without ever failing: what cannot be read becomes a problem."""

import csv
import re
from datetime import date

KILOBYTE = 1024
LESSON_LIMIT = 100 * KILOBYTE
FILE_LIMIT = 500 * KILOBYTE
# Control signs, and what is seen by nobody: of no width, or turning the direction of writing.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
GLOSSARY_KEY = re.compile(r"[a-zA-Z0-9_-]{1,60}")
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_name(value):
    """Is this a plain name of a folder or file (a-z, 0-9, hyphens)? Keeps `../` and absolute paths out."""
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def read_text(path, notes, limit=FILE_LIMIT):
    """Give the text of a UTF-8 file with \\n line ends, or None and a problem. `limit` is in bytes."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        notes.error(0, "the file is missing")
        return None
    except OSError as error:
        notes.error(0, f"the file cannot be read: {error.strerror}")
        return None
    if len(raw) > limit:
        notes.error(0, f"the file has {len(raw) // KILOBYTE} KB, at most {limit // KILOBYTE} are allowed")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        notes.error(raw.count(b"\n", 0, error.start) + 1, "not UTF-8: save the file as UTF-8")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if stray := UNPRINTABLE.search(text):
        line = text.count("\n", 0, stray.start()) + 1
        notes.error(line, invisible(stray[0]))
        return None
    return text


def invisible(sign):
    return f"an invisible character (U+{ord(sign):04X}): delete it"


def read_glossary(path, notes):
    """Give the set of keys of glossary.csv; empty when there is no such file."""
    if not path.is_file():
        return frozenset()
    text = read_text(path, notes)
    if text is None:
        return frozenset()
    rows = csv.DictReader(text.splitlines())
    if "key" not in (rows.fieldnames or ()):
        notes.error(1, "the first line must name the columns: key,en,uz,ru,note")
        return frozenset()
    keys = set()
    for row in rows:
        if not GLOSSARY_KEY.fullmatch(row["key"] or ""):
            notes.error(rows.line_num, f"«{row['key'] or ''}» is no key: 1 to 60 Latin letters, digits, _ and -")
        if row["key"] in keys:
            notes.error(rows.line_num, f"{row['key']} stands here twice")
        keys.add(row["key"])
    return frozenset(keys)


def folders_in(folder):
    """Give the names of the folders in a folder, sorted, without hidden ones."""
    if not folder.is_dir():
        return []
    return sorted(child.name for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "_")))


def check_dates(checked, check_again, line, today, notes):
    """Compare the two dates every lesson and module has; `line` is that of check_again."""
    if not (isinstance(checked, date) and isinstance(check_again, date)):
        return
    if check_again <= checked:
        notes.error(line, "check_again must come after checked")
    elif check_again < today:
        notes.warning(line, "check_again is past: trainers are told")

"""The key that seals the log. It stands in SIGNING_DIR, never in the database: who can write there alone can forge no log.

    log-key.hex           64 hex digits; made by make_signing_keys, else with the first seal
    old/log-key-*.hex     keys that sealed before

Without SIGNING_DIR (never in production) the key follows from SECRET_KEY.
"""

import hashlib
import os
import secrets
import stat
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

NAME, OLD = "log-key.hex", "old"


class NoLogKey(Exception):
    """The key is not there, or cannot be read; the text says which file."""


def id_of(key):
    """16 hex digits by which a seal names its key."""
    return hashlib.sha256(b"saboq log key" + key).hexdigest()[:16]


def present(may_make=False):
    """The key (bytes) that seals now. Raises NoLogKey. `may_make`: nothing was ever sealed, so that a new one loses nothing."""
    if not settings.SIGNING_DIR:
        return salted_hmac("accounts.log", "key", algorithm="sha256").digest()
    file = Path(settings.SIGNING_DIR) / NAME
    if may_make and not file.exists():
        make(file)
    return _read(file)


def by_id():
    """{id: key} of all keys that are there."""
    keys = [present()]
    if settings.SIGNING_DIR:
        keys += [_read(file) for file in sorted((Path(settings.SIGNING_DIR) / OLD).glob("log-key-*.hex"))]
    return {id_of(key): key for key in keys}


def fingerprints():
    """{file: its id} of the keys of the log that are here, never a key; nothing is made."""
    if not settings.SIGNING_DIR:
        return {}
    here, found = Path(settings.SIGNING_DIR), {}
    for file in (here / NAME, *sorted((here / OLD).glob("log-key-*.hex"))):
        try:
            found[file.relative_to(here).as_posix()] = id_of(_read(file))
        except NoLogKey:
            continue
    return found


def _read(file):
    try:
        key = bytes.fromhex(file.read_text().strip())
    except (OSError, ValueError) as fault:
        raise NoLogKey(f"SIGNING_DIR: {file} cannot be read: {fault}") from None
    if len(key) < 32:
        raise NoLogKey(f"SIGNING_DIR: {file} is too short: 64 hex digits are wanted")
    if settings.MODE == "production" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NoLogKey(f"SIGNING_DIR: {file} can be read by others: chmod 600")
    return key


def make(file):
    """A new key, unless one is there. Raises NoLogKey."""
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_hex(32))
    except FileExistsError:  # another process was quicker
        pass
    except OSError as fault:
        raise NoLogKey(f"SIGNING_DIR: {file} cannot be made: {fault}") from None

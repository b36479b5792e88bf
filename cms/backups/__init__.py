"""Backups of all that cannot be made anew but the keys: database, media, private files; and the way back.

    saboq-20261127T021500Z/     one backup; until it is whole its name begins with a dot and ends in .part
        manifest.json           what it is and holds (manifest.py)
        SHA256SUMS              of every file here: `sha256sum -c SHA256SUMS`
        database.sqlite3        or database.pgdump (pg_dump's custom format)
        media/, private/        as in the two storages

Why so: docs/decisions/0030-backups.md. How it is used: docs/operations.md.
"""


class BackupError(Exception):
    """No backup can be made or restored; the text says why and what helps, for who looks after the machine."""

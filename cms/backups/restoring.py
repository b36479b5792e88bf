"""A backup into an empty installation, and whether everything is there again."""

from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError
from django.db.migrations.exceptions import BadMigrationError, InconsistentMigrationHistory, NodeNotFoundError

from accounts import log_keys, sealing
from certification.models import CertificateVersion
from cms import schema

from . import BackupError, checking, databases, files, key_marks, manifest

# What Django raises where the database and this code do not fit.
UNFIT = (DatabaseError, BadMigrationError, InconsistentMigrationHistory, NodeNotFoundError)


@dataclass
class Verdict:
    """One line of the table: what was looked at, whether it is right, what was found."""

    what: str
    right: bool
    found: str


def restore(folder, told=lambda line: None):
    """Read a backup back. Returns [Verdict]. Raises BackupError; then the installation is as empty as it was.

    The order: checksums, whether it can be read here, whether here is nothing yet, files, database, migrations, verdicts.
    """
    folder, database = Path(folder), databases.present()
    said = checking.check(folder)
    told(f"{folder.name}: every file is as it was written; taken {said.taken_at}, Saboq {said.saboq}, {said.database}")
    try:
        _refuse_foreign(said, database)
        refuse_unless_empty()
    except DatabaseError as fault:
        raise BackupError(f"the database does not answer: {_first_line(fault)}") from None
    _restore_files(said, folder)
    told(f"files: {len(said.files):,}")
    try:
        database.load(folder / database.dump)
    except BaseException:
        _remove_files(said)
        raise
    told(f"database: {len(said.tables)} tables")
    return list(_verdicts(said, database, told))


def _refuse_foreign(said, database):
    if said.database != database.kind:
        raise BackupError(
            f"this is a backup of {said.database}, DATABASE_URL names {database.kind}: restore it into {said.database}"
        )
    if newer := schema.unknown(said.migrations):
        few = ", ".join(newer[:3]) + (f" and {len(newer) - 3} more" if len(newer) > 3 else "")
        raise BackupError(f"it was made by newer code (Saboq {said.saboq}): this code lacks the migrations {few}")
    database.refuse(said)


def refuse_unless_empty():
    """Raise BackupError that says what is there."""
    there = []
    if tables := databases.tables_there():
        there.append(
            f"the database {databases.connection.settings_dict['NAME']} has {len(tables)} tables{_people(tables)}"
        )
    for area in files.AREAS:
        if count := sum(1 for _ in files.place(area).walk()):
            there.append(f"{files.place(area)} has {count} files")
    if there:
        raise BackupError(f"only an empty installation is restored into: {'; '.join(there)} (docs/operations.md)")


def _people(tables):
    if "accounts_user" not in tables:
        return ""
    return f" and {databases.count_all(databases.ask_now, ['accounts_user'])['accounts_user']} people"


def _restore_files(said, folder):
    targets = [(folder / one["path"], *_target(one["path"])) for one in said.files]
    try:
        for source, place, name in targets:
            place.give(source, name)
    except BackupError:
        _remove_files(said)
        raise
    except OSError as fault:
        _remove_files(said)
        raise BackupError(f"{fault.filename2 or fault.filename} cannot be written: {fault.strerror}") from None


def _remove_files(said):
    """Of those that were not there before this began."""
    for one in said.files:
        place, name = _target(one["path"])
        place.remove(name)


def _target(path):
    """(place, name) where a file of a backup belongs. Raises BackupError for a path that leads out of its folder."""
    area, _, name = path.partition("/")
    if area not in files.AREAS or not name or name.startswith("/") or {"", ".", ".."} & set(name.split("/")):
        raise BackupError(f"{path} does not belong into a backup")
    return files.place(area), name


# --- Is everything there? --------------------------------------------------------------------------------------------------


def _verdicts(said, database, told):
    looks = {
        "rows": lambda: _rows(said, database),  # before migrations change them
        "files": lambda: _files(said),
        "migrations": lambda: _migrations(told),
        "certificates": _certificates,
        "keys": lambda: _keys(said),
        "log": lambda: _log(said),
    }
    for what, look in looks.items():
        try:
            yield look()
        except UNFIT as fault:  # the tables are not those of this code: each line says so, the data is there
            yield Verdict(what, False, f"{type(fault).__name__}: {_first_line(fault)}")


def _rows(said, database):
    here = [name for (name,) in databases.ask_now(database.TABLES)]
    counts = databases.count_all(databases.ask_now, here)
    apart = [
        f"{name}: {counts.get(name, 'no table')} instead of {said.tables.get(name, 'no table')}"
        for name in sorted(set(counts) | set(said.tables))
        if counts.get(name) != said.tables.get(name)
    ]
    return Verdict(
        "rows", not apart, _few(apart) or f"{said.rows:,} in {len(said.tables)} tables, each as counted then"
    )


def _files(said):
    apart = [one["path"] for one in said.files if _digest(one["path"]) != one["sha256"]]
    missing = f"; {len(said.missing)} were not there when it was made: {_few(said.missing)}" if said.missing else ""
    whole = f"{len(said.files):,}, each as it was{missing}"
    return Verdict("files", not apart, _few([f"{path} differs" for path in apart]) or whole)


def _digest(path):
    place, name = _target(path)
    try:
        return place.digest(name)
    except OSError:
        return ""


def _migrations(told):
    due = schema.pending()
    if due:
        told(f"migrations: {len(due)} that are newer than the backup")
        call_command("migrate", interactive=False, verbosity=0)
    if apart := schema.apart_from_models():
        return Verdict("migrations", False, f"the database is not that of this code: {_few(apart)}")
    return Verdict("migrations", True, f"{len(due)} done now: {_few(due)}" if due else "none is newer than the backup")


def _certificates():
    count, apart = 0, []
    for version in CertificateVersion.objects.stored().only("code", "pdf", "sha256").order_by("pk").iterator(500):
        count += 1
        try:
            with version.pdf.storage.open(version.pdf.name) as stored:
                right = manifest.digest_of(stored) == version.sha256
        except OSError:
            apart.append(f"{version.code} has no file")
            continue
        if not right:
            apart.append(f"{version.code} is not the one that was issued")
    return Verdict("certificates", not apart, _few(apart) or f"{count:,} files, byte for byte as they were issued")


def _keys(said):
    apart = key_marks.lacking(said.keys)
    where = f"; put them back into {key_marks.where()}" if any(key_marks.SECRET not in one for one in apart) else ""
    return Verdict("keys", not apart, "; ".join(apart) + where if apart else f"{len(said.keys)}, all those of then")


def _log(said):
    """The log against its seals, up to the head that the manifest keeps."""
    try:
        found = sealing.verify(said.log_head)
    except log_keys.NoLogKey as fault:
        return Verdict("log", False, str(fault))
    return Verdict("log", not found.fault, found.fault or f"whole: {found.sealed:,} entries sealed, the head is in it")


def _few(names):
    names = list(names)
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _first_line(fault):
    return str(fault).strip().splitlines()[0]

"""The database as one file, made while others write, and read back: SQLite by VACUUM INTO, PostgreSQL by pg_dump and pg_restore.

`frozen(folder)` writes the dump and gives what answers statements out of the same snapshot as the dump: for SQLite the copy itself,
for PostgreSQL the transaction whose snapshot was exported to pg_dump.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from . import BackupError


def present():
    """What DATABASE_URL names."""
    return KINDS[connection.vendor]()


def tables_there():
    """Names of tables and views in the database."""
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor, include_views=True)


def count_all(ask, tables):
    """{table: rows}"""
    return {name: ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables}  # noqa: S608  # nosec B608: names from the database itself


def ask_now(statement):
    """Rows out of the database as it is."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


class SQLite:
    kind, dump = "sqlite", "database.sqlite3"
    TABLES = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    COLUMNS = "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"

    def server(self):
        return sqlite3.sqlite_version

    def size(self):
        """Bytes that a dump takes at most."""
        return ask_now("PRAGMA page_count")[0][0] * ask_now("PRAGMA page_size")[0][0]

    @contextmanager
    def frozen(self, folder):
        with connection.cursor() as cursor:
            try:
                cursor.execute("VACUUM INTO %s", [str(folder / self.dump)])
            except DatabaseError as fault:
                raise BackupError(f"the database cannot be copied: {fault}") from None
        with closing(_read_only(folder / self.dump)) as copy:
            yield lambda statement: copy.execute(statement).fetchall()

    def check(self, file):
        """What is wrong with a dump, beyond its checksum; "" if nothing."""
        try:
            with closing(_read_only(file)) as copy:
                said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as fault:
            said = str(fault)
        return "" if said == "ok" else f"SQLite says: {said}"

    def refuse(self, manifest):
        """Any SQLite reads the file of another."""

    def load(self, file):
        target = Path(connection.settings_dict["NAME"])
        connection.close()
        beside = target.with_name(f".{target.name}.restoring")
        try:
            shutil.copyfile(file, beside)
            for leftover in ("-wal", "-shm"):  # of the empty database that goes
                target.with_name(target.name + leftover).unlink(missing_ok=True)
            os.replace(beside, target)
        except OSError as fault:
            beside.unlink(missing_ok=True)
            raise BackupError(f"{target} cannot be written: {fault.strerror}") from None


def _read_only(file):
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


class PostgreSQL:
    kind, dump = "postgresql", "database.pgdump"
    TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"

    def server(self):
        connection.ensure_connection()
        return ".".join(str(part) for part in divmod(connection.pg_version, 10_000))

    def size(self):
        return ask_now("SELECT pg_database_size(current_database())")[0][0]

    @contextmanager
    def frozen(self, folder):
        program = self._program("pg_dump")
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # it waits for pg_dump
                cursor.execute("SELECT pg_export_snapshot()")
                snapshot = cursor.fetchone()[0]
            target = [f"--file={folder / self.dump}", f"--snapshot={snapshot}"]
            self._run(program, "--format=custom", "--no-owner", "--no-privileges", *target)
            yield ask_now

    def check(self, file):
        try:  # everything is unpacked and goes nowhere
            self._run(self._program("pg_restore"), f"--file={os.devnull}", str(file), connect=False)
        except BackupError as fault:
            return str(fault)
        return ""

    def refuse(self, manifest):
        """Raise BackupError for a dump of a newer server, which this one may not understand."""
        theirs, ours = (int(version.split(".")[0]) for version in (manifest.server, self.server()))
        if theirs > ours:
            raise BackupError(
                f"the dump was made by PostgreSQL {theirs}, this server is {ours}: restore into {theirs} or newer"
            )

    def load(self, file):
        """All of it, or nothing: in one transaction."""
        connection.close()
        arguments = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
        self._run(self._program("pg_restore"), *arguments, str(file))

    def _program(self, name):
        """The path of a program at least as new as the server. Raises BackupError."""
        path = shutil.which(name)
        if not path:
            raise BackupError(f"{name} is not installed: apt-get install postgresql-client (docs/operations.md)")
        said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
        version, server = int(re.search(r"\) (\d+)", said)[1]), int(self.server().split(".")[0])
        if version < server:
            raise BackupError(
                f"{name} is of version {version}, the server of {server}: install postgresql-client-{server}"
            )
        return path

    def _run(self, program, *arguments, connect=True):
        said, environment = connection.get_connection_params(), os.environ.copy()
        if connect:
            arguments = (f"--dbname={_conninfo(said)}", *arguments)
            if said.get("password"):
                environment["PGPASSWORD"] = said["password"]  # never among the arguments, which everybody sees
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)
        if done.returncode:
            told = done.stderr.strip().splitlines() or ["no reason given"]
            raise BackupError(f"{Path(program).name} failed: {' / '.join(told[:3])}")


def _conninfo(said):
    """Django's connection parameters as libpq's, without the password and what is ours alone."""
    from psycopg.conninfo import make_conninfo
    from psycopg.pq import Conninfo

    known = {option.keyword.decode() for option in Conninfo.get_defaults()} - {"password", "options"}
    return make_conninfo(**{name: value for name, value in said.items() if name in known})


KINDS = {"sqlite": SQLite, "postgresql": PostgreSQL}

"""Test databases as copies: migrating takes 15 s, copying a migrated one takes milliseconds.

A *template* is kept for each state of the migrations (SQLite: a file in var/cache; PostgreSQL: a database). A session copies
it, runs the set-up once and keeps a copy of that *base*, from which the database is restored after each test that commits.
Other states that are dear to make are kept beside it by name: `once("demonstration", fill)`; the processes of a session share
them, with the files that belong to them.
"""

import fcntl
import hashlib
import importlib.metadata
import os
import platform
import shutil
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections

CACHE = Path(settings.BASE_DIR) / "var" / "cache"
SESSION = os.environ.get("SABOQ_TEST_SESSION", str(os.getpid()))
SHARED = Path(os.environ["SABOQ_TEST_DIR"]) / "shared"
FILES = ("media", "private")  # folders of a process that belong to a state of its database
BASE = "base"


def migrations_key():
    """A hash of all that a migrated database depends on: migrations, ours and the installed packages', and the languages."""
    words = hashlib.sha256(repr((settings.INSTALLED_APPS, settings.LANGUAGES, platform.python_version())).encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            words.update(path.name.encode() + path.read_bytes())
    for package in sorted(f"{d.name} {d.version}" for d in importlib.metadata.distributions() if d.name):
        words.update(package.encode())
    return words.hexdigest()[:12]


def of(connection):
    return {"sqlite": SQLite, "postgresql": PostgreSQL}[connection.vendor](connection)


def make(connection):
    """The test database of this session, set up and connected. `restore()` brings a kept state back, `drop()` takes all away."""
    database = of(connection)
    database.copy_template()
    database.connect(database.name)
    from cms.setup import set_up

    set_up()
    connection.close()
    database.keep(BASE)
    return database


@contextmanager
def alone(name):
    """No other process is in here by that name."""
    name.parent.mkdir(parents=True, exist_ok=True)
    with open(name, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Kept:
    """States of the database, kept by name."""

    def __init__(self, connection):
        self.connection = connection
        self.files = set()  # states whose files this process has

    def once(self, state, fill):
        """Bring back `state`; the first process of the session that asks for it makes it by `fill()` on the base."""
        with alone(SHARED / f"{state}.lock"):
            if not (SHARED / state).exists():
                self.restore()
                fill()
                self.keep(state)
                for folder in FILES:
                    shutil.copytree(Path(settings.VAR) / folder, SHARED / state / folder, dirs_exist_ok=True)
                self.files.add(state)
                return
        if state not in self.files:
            shutil.copytree(SHARED / state, settings.VAR, dirs_exist_ok=True)
            self.files.add(state)
        self.restore(state)


class SQLite(Kept):
    def __init__(self, connection):
        super().__init__(connection)
        self.name = str(Path(settings.VAR) / "test.sqlite3")

    def copy_of(self, state):
        return str((Path(settings.VAR) if state == BASE else SHARED) / f"{state}.sqlite3")

    def connect(self, name):
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = name
        self.connection.settings_dict["NAME"] = name
        os.environ["DATABASE_URL"] = f"sqlite:///{name}"  # for child processes

    def copy_template(self):
        template = CACHE / f"test-{migrations_key()}.sqlite3"
        with alone(CACHE / "test.lock"):
            if not template.exists():
                for old in CACHE.glob("test-*.sqlite3*"):
                    old.unlink()
                self.connect(str(Path(settings.VAR) / "new.sqlite3"))
                call_command("migrate", verbosity=0, interactive=False)
                with self.connection.cursor() as cursor:
                    cursor.execute("VACUUM INTO %s", [f"{template}.new"])
                self.connection.close()
                os.replace(f"{template}.new", template)
            shutil.copyfile(template, self.name)

    def keep(self, state):
        with sqlite3.connect(self.name) as link:
            link.execute("VACUUM INTO ?", [self.copy_of(state)])
        link.close()

    def restore(self, state=BASE):
        """Write the kept state over the database, page by page, as one transaction: other connections may stay open."""
        connections.close_all()
        source, target = sqlite3.connect(self.copy_of(state)), sqlite3.connect(self.name, timeout=120)
        source.backup(target)
        source.close()
        target.close()

    def drop(self):
        self.connection.close()

    def drop_shared(self):
        """The files go with the session's folder."""


class PostgreSQL(Kept):
    def __init__(self, connection):
        super().__init__(connection)
        place = hashlib.sha256(f"{platform.node()} {settings.BASE_DIR}".encode()).hexdigest()[:6]
        self.ours = f"saboq_test_{place}_"
        self.name = f"{self.ours}{os.getpid()}"

    def copy_of(self, state):
        return f"{self.name if state == BASE else self.ours + SESSION}_{state}"

    def connect(self, name):
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = name
        self.connection.settings_dict["NAME"] = name
        said = self.connection.settings_dict
        who = f"{said['USER']}:{said['PASSWORD']}@" if said["PASSWORD"] else f"{said['USER']}@" if said["USER"] else ""
        where = f"{said['HOST']}:{said['PORT']}" if said["PORT"] else said["HOST"]
        os.environ["DATABASE_URL"] = f"postgres://{who}{where}/{name}"  # for child processes

    @contextmanager
    def server(self):
        """A cursor outside of the test database, as one needs to make and drop databases."""
        self.connection.close()
        with self.connection._nodb_cursor() as cursor:
            yield cursor

    def copy_template(self):
        template = f"saboq_template_{migrations_key()}"
        with self.server() as cursor:
            self._drop_leftovers(cursor)
            cursor.execute("SELECT pg_advisory_lock(hashtext('saboq_template'))")
            if not self._names(cursor, template):
                new = f"{self.name}_new"
                cursor.execute(f"CREATE DATABASE {new}")
                self.connect(new)
                call_command("migrate", verbosity=0, interactive=False)
                self.connection.close()
                for old in self._names(cursor, "saboq_template_%"):
                    cursor.execute(f"DROP DATABASE IF EXISTS {old}")
                cursor.execute(f"ALTER DATABASE {new} RENAME TO {template}")
            cursor.execute(f"CREATE DATABASE {self.name} TEMPLATE {template}")
            cursor.execute("SELECT pg_advisory_unlock(hashtext('saboq_template'))")

    def keep(self, state):
        connections.close_all()
        with self.server() as cursor:  # nobody may be connected to what is copied
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.name])
            cursor.execute(f"CREATE DATABASE {self.copy_of(state)} TEMPLATE {self.name}")

    def restore(self, state=BASE):
        connections.close_all()
        with self.server() as cursor:
            cursor.execute(f"DROP DATABASE {self.name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {self.name} TEMPLATE {self.copy_of(state)}")

    def drop(self):
        with self.server() as cursor:
            for name in (self.name, self.copy_of(BASE)):
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def drop_shared(self):
        with self.server() as cursor:
            for name in self._names(cursor, f"{self.ours}{SESSION}_%"):
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _names(self, cursor, pattern):
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return [name for (name,) in cursor.fetchall()]

    def _drop_leftovers(self, cursor):
        """Databases of sessions of this checkout that were killed."""
        for name in self._names(cursor, f"{self.ours}%"):
            process = name.removeprefix(self.ours).split("_")[0]
            if process.isdigit() and not Path(f"/proc/{process}").exists():
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def empty_beside(database):
    """Connect to a new database without a table, beside that of the session. Returns its name, for drop_beside()."""
    connections.close_all()
    if isinstance(database, SQLite):
        name = str(Path(settings.VAR) / "beside.sqlite3")
        for end in ("", "-wal", "-shm"):
            Path(name + end).unlink(missing_ok=True)
    else:
        name = f"{database.name}_beside"
        with database.server() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}")
    database.connect(name)
    return name


def drop_beside(database, name):
    """Back to the database of the session."""
    connections.close_all()
    database.connect(database.name)
    if isinstance(database, PostgreSQL):
        with database.server() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main():
    """Make the template of the database that DATABASE_URL names, SQLite's without; it is there for the sessions that follow (scripts/suite.py)."""
    django.setup()
    database = of(connections["default"])
    database.copy_template()
    database.drop()


if __name__ == "__main__":
    main()

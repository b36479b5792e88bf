"""Bring the demo to where it can be served: catalogues, database, curriculum, demo people, static files.

    python -m scripts.prepare           for `make run`
    python -m scripts.prepare --dev     without collecting static files, which a debugging server finds by itself

What was done is kept in var/state.json as hashes of what it was done from, so that a second start does nothing.
"""

import fcntl
import hashlib
import json
import os
import secrets
import subprocess
import sys

from scripts import messages
from scripts.machine import ROOT, reach, stop

VAR = ROOT / "var"
STATE = VAR / "state.json"
MIGRATIONS = ["*/migrations/*.py", "requirements.txt"]
SET_UP = ["cms/setup.py", "cms/teams.py", "accounts/roles.py"]
CURRICULUM = ["curriculum/**/*", "cms/curriculum/**/*.py", "cms/loading/**/*.py"]
PEOPLE = ["cms/demo.py", *CURRICULUM]
STATIC = ["static/**/*", "config/static.py", "requirements.txt"]


class State:
    """What was done already, by name of the step. Kept readable by its owner alone: it holds the demo's password."""

    def __init__(self):
        try:
            self.done = json.loads(STATE.read_text())
        except (OSError, ValueError):
            self.done = {}

    def __getitem__(self, name):
        return self.done.get(name)

    def __setitem__(self, name, value):
        self.done[name] = value
        new = STATE.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(self.done, indent=1))
        new.replace(STATE)


def fingerprint(patterns):
    """A hash of the names and contents of all files that match."""
    words = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        if "__pycache__" not in path.parts:
            words.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return words.hexdigest()


def main(dev):
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("LOG_LEVEL", "WARNING")  # before the settings are read: loading says a line a page
    try:
        import config.settings  # noqa: F401  reads them all, and refuses by name what cannot be
        from config.environment import MODE, env
    except ImproperlyConfigured as fault:
        stop(str(fault))
    except OSError as fault:
        stop(f"{fault.filename} cannot be written ({fault.strerror}): is this folder yours?")
    if MODE != "demo":
        stop(f"`make run` and `make dev` serve the demonstration, but MODE is «{MODE}» (docs/settings.md).")
    VAR.mkdir(exist_ok=True)
    with open(VAR / "prepare.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = State()
        messages.compile_changed()
        collecting = None if dev else begin_collecting(state)
        try:
            fill_database(state, env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'saboq.sqlite3'}"))
        except BaseException:
            if collecting:
                collecting[1].kill()
            raise
        if collecting:
            finish_collecting(state, *collecting)


# --- Static files: beside the database, on the other core -------------------------------------------------------------


def begin_collecting(state):
    wanted = fingerprint(STATIC)
    if state["static"] == wanted and (VAR / "static" / "staticfiles.json").exists():
        return None
    say("Collecting static files")
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "-v0"]
    return wanted, subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish_collecting(state, wanted, process):
    told, _ = process.communicate()
    if process.returncode:
        stop("Static files could not be collected:", told.strip())
    state["static"] = wanted


# --- The database -----------------------------------------------------------------------------------------------------


def fill_database(state, database):
    """Do the steps whose sources have changed since this very database saw them."""
    steps = {
        "migrate": (fingerprint(MIGRATIONS), migrate),
        "set_up": (
            fingerprint(SET_UP) + "".join(os.environ.get(name, "") for name in ("LANGUAGES", "SITE_NAME")),
            set_up,
        ),
        "curriculum": (fingerprint(CURRICULUM), load_curriculum),
        "demo": (fingerprint(PEOPLE), create_demo_people),
    }
    if state["database"] is None or state["database"] != identity(database):
        for name in (*steps, "people"):
            state[name] = None
    due = {name: step for name, step in steps.items() if state[name] != step[0]}
    if not due:
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    for name, (wanted, do) in due.items():
        do(state)
        state[name] = wanted
        state["database"] = identity(database)


def identity(database):
    """What tells this database from another one put in its place: its file's number, or its number in PostgreSQL."""
    if database["ENGINE"].endswith("sqlite3"):
        try:
            return f"{database['NAME']} {os.stat(database['NAME']).st_ino}"
        except OSError:
            return None
    import psycopg

    try:
        with reach(database, connect_timeout=5) as link:
            row = link.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    except psycopg.Error as fault:
        stop(f"The database of DATABASE_URL does not answer: {str(fault).strip().splitlines()[0]}")
    return f"{database['HOST']} {database['NAME']} {row[0]}"


def migrate(state):
    from django.core.management import call_command
    from django.core.management.base import CommandError
    from django.db import DatabaseError
    from django.db.migrations.exceptions import BadMigrationError, InconsistentMigrationHistory, NodeNotFoundError

    say("Migrating the database (about 15 s the first time)")
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except (DatabaseError, CommandError, BadMigrationError, InconsistentMigrationHistory, NodeNotFoundError) as fault:
        refuse(str(fault).strip().splitlines()[0])
    from cms.schema import apart_from_models

    if apart := apart_from_models():
        refuse(f"{apart[0]} differs" + (f" and {len(apart) - 1} more" if len(apart) > 1 else ""))


def refuse(reason):
    from django.db import connection

    name = connection.settings_dict["NAME"]
    where = os.path.relpath(name, ROOT) if connection.vendor == "sqlite" else f"the database {name}"
    stop(
        f"{where} was made by another state of the code and cannot be brought up to date ({reason}).",
        "`make fresh` throws the demonstration's data away; then `make run` again."
        if connection.vendor == "sqlite"
        else "Name an empty database in DATABASE_URL.",
    )


def set_up(state):
    from cms.setup import set_up

    set_up()


def load_curriculum(state):
    say("Loading the curriculum")
    command("load_curriculum", verbosity=0)


def create_demo_people(state):
    """Make the demo people; remember what the command said of them, password and all, for later starts."""
    say("Making the demo people")
    os.environ.setdefault("DEMO_PASSWORD", secrets.token_urlsafe(9))
    told = command("create_demo_people")
    if any("@" in line for line in told) or not state["people"]:
        state["people"] = told


def command(name, **options):
    """The lines that a manage.py command said; its refusal ends us with its own words."""
    import io

    from django.core.management import call_command
    from django.core.management.base import CommandError

    said = io.StringIO()
    try:
        call_command(name, stdout=said, **options)
    except CommandError as fault:
        stop(f"manage.py {name}: {fault}")
    return said.getvalue().splitlines()


def say(line):
    print(line, flush=True)


if __name__ == "__main__":
    main(dev="--dev" in sys.argv)

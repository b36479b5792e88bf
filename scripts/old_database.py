"""Databases as older code made them, which today's code has to bring up to date and serve (tests/cms/backups/test_old_databases.py).

    python -m scripts.old_database            that of today's code, while there is no release: called «unreleased»
    python -m scripts.old_database v0.1.0     at a release: made once, kept for ever

Each is a backup of the small nation of tests/world.py, one for SQLite and one for PostgreSQL, packed into tests/old_databases/. Beside them
stands what the migrations were then: «unreleased» is made anew when one of them is rewritten, a released one never.
"""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from scripts import machine
from scripts.machine import ROOT, stop

FOLDER = ROOT / "tests" / "old_databases"
UNRELEASED = "unreleased"
ROOMS = ("accounts", "courses", "seminars", "certification", "reports", "cms")
SCRATCH = "saboq_old_database_scratch"


def main(name=UNRELEASED):
    server = machine.postgres()
    if not server:
        stop("PostgreSQL is wanted too:", machine.INSTALLS["PostgreSQL"])
    if name != UNRELEASED and (FOLDER / f"{name}.json").exists():
        stop(f"{name} is there already: what was released is never made anew.")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        make("sqlite", f"sqlite:///{folder}/old.sqlite3", name)
    with scratch(server) as address:
        make("postgresql", address, name)
    (FOLDER / f"{name}.json").write_text(json.dumps({"migrations": migrations()}, indent=1, sort_keys=True) + "\n")


def make(kind, address, name):
    """Fill the database of this address in a process of its own, and pack its backup."""
    with tempfile.TemporaryDirectory() as folder:
        told = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": address}
        child = [sys.executable, "-c", f"from scripts.old_database import fill; fill({folder!r})"]
        subprocess.run(child, cwd=ROOT, env=os.environ | told, check=True)
        (backup,) = Path(folder).glob("saboq-*")
        packed = FOLDER / f"{name}-{kind}.tar.xz"
        with tarfile.open(packed, "w:xz", preset=9) as archive:
            archive.add(backup, arcname="backup", filter=nobodys)
    print(f"{packed.relative_to(ROOT)}: {packed.stat().st_size // 1024} KB")


def fill(folder):
    """In the child: migrate, make the nation, back it up."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    from cms.setup import set_up
    from tests import world

    set_up()
    world.build()
    call_command("backup", to=Path(folder), verbosity=0)


class scratch:
    """A database of our own on that server, dropped afterwards; gives its address."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self._do(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)", f"CREATE DATABASE {SCRATCH}")
        return f"{self.server.rpartition('/')[0]}/{SCRATCH}"

    def __exit__(self, *fault):
        self._do(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")

    def _do(self, *statements):
        import environ

        with machine.reach(environ.Env.db_url_config(self.server), autocommit=True) as link:
            for statement in statements:
                link.execute(statement)


def nobodys(member):
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def migrations():
    """{«room/0001_initial»: hash} of our migrations, without their comments: the first line says when Django wrote them."""
    found = {}
    for room in ROOMS:
        for file in sorted((ROOT / room / "migrations").glob("0*.py")):
            lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
            found[f"{room}/{file.stem}"] = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return found


if __name__ == "__main__":
    main(*sys.argv[1:2])

"""A database of its own with the whole curriculum and the demo people, thrown away at the end."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

PASSWORD = "uzun-parol-ibora"


def make(server=None, kept=None):
    """Migrate a scratch database and let Django know it. Its name, without its ending, ends in _scratch.

    `server`: the address of a PostgreSQL server that is to hold it; else it is a file of SQLite. `kept`: the address of a database
    that is there already, and stays.
    """
    address = kept or (on_server(server) if server else None)
    folder = Path(tempfile.mkdtemp(prefix="saboq-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("CACHE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "LANGUAGES", "REQUIRE_MFA"):
        os.environ.pop(name, None)
    os.environ |= {
        "MODE": "test",
        "SABOQ_BENCH_DIR": str(folder),
        "DATABASE_URL": address or f"sqlite:///{folder / 'bench_scratch.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "scripts.bench._settings",
        "LOG_LEVEL": "ERROR",
    }
    (folder / "static").mkdir()
    import django

    from scripts import messages

    messages.compile_changed()
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    assert Path(connection.settings_dict["NAME"]).stem.endswith("_scratch")
    call_command("migrate", verbosity=0, interactive=False)
    return folder


def on_server(address):
    """A new database on this PostgreSQL server, dropped at the end. Returns its address."""
    import environ

    from scripts.machine import reach

    settings, name = environ.Env.db_url_config(address), f"saboq_bench_{os.getpid()}_scratch"

    def say(statement):
        with reach(settings, autocommit=True) as link:
            link.execute(statement)

    say(f"CREATE DATABASE {name}")
    atexit.register(say, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"/{name}"))

"""A folder and a database of their own for production's settings; copies of that database; all thrown away at the end."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from scripts.bench import _scratch
from scripts.machine import ROOT

HOST = "saboq.example.org"
SETTINGS = "scripts.bench.served.settings"
NEUTRAL = ("TIMESTAMP_URL", "OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "OUTGOING_HOSTS")


def environment(folder, database, redis):
    """What production is told in the bench. A proxy in front is played by the client, which says that TLS ended there."""
    caches = {"CACHE_URL": f"redis://127.0.0.1:{redis}/1", "CELERY_BROKER_URL": f"redis://127.0.0.1:{redis}/0"}
    return dict.fromkeys(NEUTRAL, "") | (caches if redis else dict.fromkeys(caches, "")) | {
        "MODE": "production",
        "SECRET_KEY": "of the bench alone: 0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJ",
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "BASE_URL": f"https://{HOST}",
        "VERIFY_BASE_URL": f"https://{HOST}",
        "DATABASE_URL": database,
        "SQLITE_IN_PRODUCTION": "1",
        "SIGNING_DIR": str(folder / "signing"),
        "EMAIL_URL": "dummymail://",
        "TRUSTED_PROXY_COUNT": "1",
        "LANGUAGES": "uz,ru,en",
        "LOG_LEVEL": "ERROR",
        "SABOQ_BENCH_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def folder():
    made = Path(tempfile.mkdtemp(prefix="saboq-served-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    for name in ("static", "bare", "media", "private"):
        (made / name).mkdir()
    return made


def database(folder, server):
    """The address of an empty database whose name ends in _scratch: in a file, or on this PostgreSQL server."""
    return _scratch.on_server(server) if server else f"sqlite:///{folder / 'base_scratch.sqlite3'}"


def copy(address, scale):
    """The address of a copy, to be filled `scale` times; nothing may be connected to the original."""
    made = address.replace("_scratch", f"_{scale}x_scratch")
    old, new = urlsplit(address).path, urlsplit(made).path
    if address.startswith("sqlite"):
        shutil.copyfile(old, new)
        return made
    say(address, f"CREATE DATABASE {new[1:]} TEMPLATE {old[1:]}")
    atexit.register(drop, made)
    return made


def drop(address):
    """Throw a copy away."""
    path = urlsplit(address).path
    if address.startswith("sqlite"):
        for ending in ("", "-wal", "-shm"):
            Path(path + ending).unlink(missing_ok=True)
    else:
        say(address, f"DROP DATABASE IF EXISTS {path[1:]} WITH (FORCE)")


def say(address, statement):
    """To the server, through a database that is always there."""
    import environ

    from scripts.machine import reach

    settings = environ.Env.db_url_config(urlunsplit(urlsplit(address)._replace(path="/postgres")))
    with reach(settings, autocommit=True) as link:
        link.execute(statement)


def enter(environment):
    """Let this process be one of that place."""
    os.environ.update(environment)
    import django

    django.setup()
    from django.db import connection

    assert Path(connection.settings_dict["NAME"]).stem.endswith("_scratch")

"""SQLite's connections stay open from one request to the next, and end where that would lose something."""

import os
import sqlite3
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django import db
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from scripts.machine import ROOT
from scripts.production import SAFE

pytestmark = pytest.mark.pure  # files of its own


def filled(file, word):
    with sqlite3.connect(file) as link:
        link.execute("PRAGMA journal_mode=WAL")
        link.execute("CREATE TABLE said (word)")
        link.execute("INSERT INTO said VALUES (?)", [word])
    link.close()
    return file


@pytest.fixture
def connection(tmp_path, django_db_blocker, monkeypatch):
    file = filled(tmp_path / "now.sqlite3", "old")
    said = {"ENGINE": "config.sqlite3", "NAME": str(file), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    handler = ConnectionHandler({"default": said})
    monkeypatch.setattr(db, "connections", handler)
    with django_db_blocker.unblock():
        yield handler["default"]
        handler["default"].close()


def asked(connection, statement="SELECT word FROM said"):
    """What a request gets, and the connection on which it was asked."""
    connection.close_if_unusable_or_obsolete()  # as each request begins and ends
    with connection.cursor() as cursor:
        return [word for (word,) in cursor.execute(statement).fetchall()], connection.connection


def test_the_next_request_asks_on_the_same_connection(connection):
    before, link = asked(connection)
    assert asked(connection) == (before, link) == (["old"], link)


def test_a_database_that_was_put_in_its_place_is_asked_by_the_next_request(connection, tmp_path):
    """As `manage.py restore` does beside a server that runs: what is written into the file before would be lost."""
    asked(connection)
    new = filled(tmp_path / "new.sqlite3", "new")
    for leftover in ("-wal", "-shm"):
        (tmp_path / f"now.sqlite3{leftover}").unlink()

    os.replace(new, connection.settings_dict["NAME"])

    assert asked(connection)[0] == ["new"]
    asked(connection, "INSERT INTO said VALUES ('more') RETURNING word")
    connection.close()
    with sqlite3.connect(connection.settings_dict["NAME"]) as link:
        assert link.execute("SELECT word FROM said").fetchall() == [("new",), ("more",)]


def test_after_an_error_the_next_request_opens_another(connection):
    _said, link = asked(connection)
    with pytest.raises(OperationalError):
        asked(connection, "SELECT word FROM nowhere")

    said, other = asked(connection)

    assert (said, other is link) == (["old"], False)


def test_no_worker_is_forked_from_a_process_that_holds_one(connection, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    from config import gunicorn

    asked(connection)
    gunicorn.pre_fork(SimpleNamespace(), SimpleNamespace(age=1))

    assert connection.connection is None


def test_production_keeps_them_for_a_minute():
    asked = "from config.settings import DATABASES; print({name: DATABASES['default'][name] for name in NAMES})"
    names = "NAMES = 'ENGINE', 'CONN_MAX_AGE', 'CONN_HEALTH_CHECKS'\n"
    environment = SAFE | {"DATABASE_URL": "sqlite:////nowhere.sqlite3", "SQLITE_IN_PRODUCTION": "1"}

    done = subprocess.run(
        [sys.executable, "-c", names + asked], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert done.stdout == "{'ENGINE': 'config.sqlite3', 'CONN_MAX_AGE': 60, 'CONN_HEALTH_CHECKS': True}\n", done.stderr

"""A backup is made while everybody works, alone, or not at all; what there was before is left as it is."""

import fcntl
import json
import threading
import time
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from wagtail.documents import get_document_model

from accounts.models import Position
from cms.backups import files, manifest
from cms.backups import making as backups
from cms.models import GlossaryTerm
from tests import making
from tests.cms.backups.conftest import back_up, failed, forge, once


@pytest.fixture
def writer(installation):
    """Somebody who in one transaction after the other makes a position and a term, and with every tenth a document with its file."""
    ended, written = threading.Event(), []

    def write():
        try:
            while not ended.is_set():
                with transaction.atomic():
                    Position.objects.create(code=f"w{len(written)}", titles=making.words("Lavozim"))
                    GlossaryTerm.objects.create(key=f"w{len(written)}", titles=making.words("Soz"))
                    if len(written) % 10 == 0:
                        document = get_document_model()(title="x")
                        document.file.save(f"w{len(written)}.txt", ContentFile(b"x"))
                        document.file.close()
                        document.save()
                written.append(1)
                time.sleep(0.001)
        finally:
            connection.close()

    thread = threading.Thread(target=write)

    def stop():
        ended.set()
        thread.join()

    thread.start()
    yield SimpleNamespace(written=written, stop=stop)
    stop()


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(tmp_path, writer, empty):
    while len(writer.written) < 15:
        time.sleep(0.01)
    before = len(writer.written)
    backup = back_up(tmp_path / "b")
    said, after = manifest.read(backup), len(writer.written)
    writer.stop()

    assert after - before > 5  # there was something to tear apart
    assert before <= said.tables["accounts_position"] <= after + 1
    with empty():
        call_command("restore", backup)  # counts every table against the manifest
        assert Position.objects.count() == GlossaryTerm.objects.count() == said.tables["accounts_position"]
        documents = get_document_model().objects.all()
        assert documents and all(one.file.storage.exists(one.file.name) for one in documents)


@once
def test_two_at_once_are_one(installation, tmp_path):
    with open(tmp_path / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert failed("backup", to=tmp_path) == (f"another backup is just being made in {tmp_path}", 1)
    back_up(tmp_path)


@once
def test_where_there_is_no_room_nothing_is_begun_and_nothing_removed(installation, tmp_path, monkeypatch, capsys):
    before = back_up(tmp_path)
    monkeypatch.setattr(backups, "SPARE", 2**60)

    told, code = failed("backup", to=tmp_path, json=True)

    assert code == 1
    assert told.startswith(f"{tmp_path} has ") and told.endswith(" MB are needed; nothing was removed")
    assert json.loads(capsys.readouterr().out) == {"event": "backup", "ok": False, "error": told}
    assert [path.name for path in tmp_path.iterdir() if path.name != ".lock"] == [before.name]


@once
def test_a_place_that_cannot_be_written_or_is_backed_up_itself_is_refused(installation, tmp_path):
    (tmp_path / "file").touch()
    within = files.place("media").path / "backups"

    assert failed("backup", to=tmp_path / "file" / "b") == (
        f"{tmp_path / 'file' / 'b'}: Not a directory; the folder must be writable by this user", 1,
    )  # fmt: skip
    assert failed("backup", to=within) == (
        f"{within} lies in the folder of media, which is backed up itself: choose another", 1,
    )  # fmt: skip


@once
def test_what_a_run_that_was_killed_has_left_is_no_backup_and_goes(installation, tmp_path):
    (tmp_path / ".saboq-20261101T000000Z.part").mkdir()

    made = back_up(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", made.name]


@pytest.mark.postgres
def test_without_pg_dump_or_with_one_that_is_too_old_it_says_what_to_install(installation, tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    server = connection.pg_version // 10_000

    assert failed("backup", to=tmp_path / "b") == (
        "pg_dump is not installed: apt-get install postgresql-client (docs/operations.md)", 1,
    )  # fmt: skip
    (programs / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    (programs / "pg_dump").chmod(0o755)
    assert failed("backup", to=tmp_path / "b") == (
        f"pg_dump is of version 9, the server of {server}: install postgresql-client-{server}", 1,
    )  # fmt: skip
    assert [path.name for path in (tmp_path / "b").iterdir()] == [".lock"]


@pytest.mark.postgres
def test_the_dump_of_a_newer_server_is_refused(installation, empty, tmp_path):
    backup, server = back_up(tmp_path), connection.pg_version // 10_000
    forge(backup, server="99.1")

    with empty():
        assert failed("restore", backup) == (
            f"the dump was made by PostgreSQL 99, this server is {server}: restore into 99 or newer", 1,
        )  # fmt: skip

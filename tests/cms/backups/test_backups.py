"""A backup holds what is there and nothing secret; it comes back into an empty installation, and what is wrong with it is named."""

import json
import os
import re
import stat
import subprocess

from django.core.management import call_command
from django.db import connection

from accounts import audit, sealing
from accounts.models import AuditEntry, User
from certification import keys
from certification.models import CertificateVersion
from cms.backups import databases, files, keeping, manifest
from tests.cms.backups.conftest import CUT_OFF, back_up, by_force, failed, forge, once

DUMP = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


def test_all_of_it_comes_back(backup, empty, capsys):
    said = manifest.read(backup)
    code, issued = CertificateVersion.objects.values_list("code", "sha256").get()
    capsys.readouterr()

    with empty():
        call_command("restore", backup)

        told = capsys.readouterr().out.splitlines()
        assert told[-6:] == [
            f"rows          ok     {said.rows:,} in {len(said.tables)} tables, each as counted then",
            f"files         ok     {len(said.files)}, each as it was",
            "migrations    ok     none is newer than the backup",
            "certificates  ok     1 files, byte for byte as they were issued",
            f"keys          ok     {len(said.keys)}, all those of then",
            f"log           ok     whole: {AuditEntry.objects.count()} entries sealed, the head is in it",
        ]
        assert CertificateVersion.objects.values_list("code", "sha256").get() == (code, issued)
        assert sealing.head() == said.log_head
        User.objects.create(username="new")  # keys are drawn on from where they were


def test_the_manifest_says_what_it_is_and_tells_no_key(backup, settings):
    said = manifest.read(backup)

    assert (said.database, said.saboq, said.tables["accounts_user"]) == (connection.vendor, settings.VERSION, 1)
    assert said.log_head == sealing.head() != ""
    assert "accounts.0001_initial" in said.migrations
    assert {one["path"].split("/")[0] for one in said.files} == {"media", "private"}
    assert sorted(said.keys) == ["SECRET_KEY", "badge-key.pem", "seal-chain.pem", "seal-key.pem"]
    assert all(re.fullmatch("[0-9a-f]{64}", mark) for mark in said.keys.values())
    assert settings.SECRET_KEY not in (backup / manifest.NAME).read_text()
    assert sorted(path.name for path in backup.iterdir()) == sorted(
        ["SHA256SUMS", DUMP[connection.vendor], "manifest.json", "media", "private"]
    )


@once
def test_only_the_owner_can_read_it_and_the_systems_own_program_can_check_it(backup):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [backup, *backup.rglob("*")] if path.is_dir()}
    assert modes == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in backup.rglob("*") if path.is_file()} == {0o600}
    done = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=backup, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_not_sealed_yet_is_sealed_first(installation, tmp_path):
    audit.record(actor=None, deed="tried", subject="the newest")

    said = manifest.read(back_up(tmp_path / "b"))

    assert (said.log_head, sealing.verify(said.log_head).waiting) == (sealing.head(), 0)


@once
def test_one_line_of_json_tells_a_program(installation, tmp_path, capsys):
    call_command("backup", to=tmp_path / "b", json=True)

    told = json.loads(capsys.readouterr().out)
    path = next((tmp_path / "b").glob("saboq-*"))
    assert (told["event"], told["ok"], told["name"], told["removed"], told["warnings"]) == (
        "backup",
        True,
        path.name,
        [],
        [],
    )
    assert told["database_bytes"] == (path / DUMP[connection.vendor]).stat().st_size
    assert told["files"] == len(manifest.read(path).files)
    assert keeping.age_of_newest(tmp_path / "b").total_seconds() < 60


# --- Altered afterwards ----------------------------------------------------------------------------------------------------


def test_one_altered_byte_of_a_file_is_found_and_nothing_is_restored(backup, empty):
    name = next(one["path"] for one in manifest.read(backup).files if one["path"].startswith("media"))
    content = bytearray((backup / name).read_bytes())
    content[len(content) // 2] ^= 1
    (backup / name).write_bytes(content)
    told = (f"{backup} is not whole: {name} was altered", 1)

    assert failed("backup", check=backup) == told
    with empty():
        assert failed("restore", backup) == told
        assert databases.tables_there() == []


@once
def test_a_missing_file_and_one_too_many_are_found(backup):
    name = manifest.read(backup).files[0]["path"]
    (backup / name).unlink()
    (backup / "private" / "zz").write_text("x")

    assert failed("backup", check=backup) == (
        f"{backup} is not whole: {name} is missing, private/zz does not belong to it", 1,
    )  # fmt: skip


def test_a_row_that_is_missing_is_found_though_the_sums_are_right(backup, empty):
    tables = manifest.read(backup).tables
    forge(backup, tables=tables | {"accounts_user": tables["accounts_user"] + 1})

    with empty():
        assert failed("restore", backup) == ("restored, but not right: rows", 2)


def test_a_certificate_whose_file_is_another_is_named_though_the_sums_are_right(backup, empty, capsys):
    version = CertificateVersion.objects.get()
    (backup / "private" / version.pdf.name).write_bytes(b"%PDF-1.7 another")
    listed = [one | {"sha256": manifest.digest(backup / one["path"])} for one in manifest.read(backup).files]
    forge(backup, files=listed)

    with empty():
        assert failed("restore", backup) == ("restored, but not right: certificates", 2)
    assert f"certificates  FAULT  {version.code} is not the one that was issued\n" in capsys.readouterr().out


def test_a_log_that_was_cut_off_is_found_by_the_manifest_alone(backup, capsys):
    by_force(*CUT_OFF)
    call_command("verify_log")  # what is left is whole

    head = manifest.read(backup).log_head
    told = f"the head {head} is not in the log: it was cut off or made anew after {AuditEntry.objects.count()} entries"
    assert failed("verify_log", manifest=backup / manifest.NAME) == (told, 1)
    assert failed("verify_log", head=head) == (told, 1)


def test_a_backup_with_another_log_than_its_manifest_says_is_found(backup, installation, empty, tmp_path, capsys):
    head = manifest.read(backup).log_head
    by_force(*CUT_OFF)
    cut = back_up(tmp_path / "cut")
    forge(cut, log_head=head)

    with empty():
        assert failed("restore", cut) == ("restored, but not right: log", 2)
    assert "log           FAULT  the head " in capsys.readouterr().out


# --- What is refused -------------------------------------------------------------------------------------------------------


def test_into_what_is_not_empty_nothing_is_restored(backup):
    tables, kept = (
        len(databases.tables_there()),
        {area: len(list(files.place(area).walk())) for area in files.AREAS},
    )

    told, code = failed("restore", backup)

    assert code == 1
    assert told == (
        f"only an empty installation is restored into: the database {connection.settings_dict['NAME']} has {tables} tables "
        f"and 1 people; {files.place('media')} has {kept['media']} files; {files.place('private')} has {kept['private']} files "
        "(docs/operations.md)"
    )
    assert User.objects.count() == 1


def test_a_backup_of_newer_code_is_refused(backup, empty, settings):
    forge(backup, migrations=[*manifest.read(backup).migrations, "accounts.0999_later"])

    with empty():
        assert failed("restore", backup) == (
            f"it was made by newer code (Saboq {settings.VERSION}): this code lacks the migrations accounts.0999_later", 1,
        )  # fmt: skip
        assert databases.tables_there() == []


def test_a_backup_of_the_other_database_is_refused_by_name(backup, empty):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    (backup / DUMP[connection.vendor]).rename(backup / DUMP[other])
    forge(backup, database=other)

    with empty():
        assert failed("restore", backup) == (
            f"this is a backup of {other}, DATABASE_URL names {connection.vendor}: restore it into {other}", 1,
        )  # fmt: skip


@once
def test_what_is_no_backup_is_said_so(installation, tmp_path):
    assert failed("backup", check=tmp_path)[0].startswith(f"{tmp_path} is no whole backup: SHA256SUMS cannot be read")


@once
def test_a_dump_of_an_older_database_is_brought_up_to_the_code(installation, empty, tmp_path, capsys):
    with connection.cursor() as cursor:  # a migration that does nothing to our tables
        cursor.execute("DELETE FROM django_migrations WHERE app = 'wagtailredirects' AND name LIKE '0008%'")
    backup = back_up(tmp_path / "b")

    with empty():
        call_command("restore", backup)
    told = "migrations    ok     1 done now: wagtailredirects.0008_add_verbose_name_plural\n"
    assert told in capsys.readouterr().out


# --- Files and keys --------------------------------------------------------------------------------------------------------


def test_a_file_that_rows_name_and_that_is_not_there_is_told_and_the_backup_made(installation, empty, tmp_path, capsys):
    name = CertificateVersion.objects.get().pdf.name
    lost = files.place("private").path / name
    lost.rename(tmp_path / "lost.pdf")
    try:
        told = failed("backup", to=tmp_path / "b")
    finally:
        (tmp_path / "lost.pdf").rename(lost)

    assert told == (f"made, but: rows name 1 files that are not there, or went meanwhile: private/{name}", 2)
    backup = next((tmp_path / "b").glob("saboq-*"))
    assert manifest.read(backup).missing == [f"private/{name}"]
    with empty():
        assert failed("restore", backup) == ("restored, but not right: certificates", 2)


@once
def test_an_unchanged_file_takes_no_room_again_and_a_rotten_copy_is_not_passed_on(installation, tmp_path):
    first = back_up(tmp_path / "b")
    picture, pdf = (
        next(one["path"] for one in manifest.read(first).files if one["path"].startswith(area)) for area in files.AREAS
    )
    (first / pdf).write_bytes(b"x" * (first / pdf).stat().st_size)

    second = back_up(tmp_path / "b")

    assert os.path.samefile(first / picture, second / picture)
    assert not os.path.samefile(first / pdf, second / pdf)
    call_command("backup", check=second)


@once
def test_it_says_which_key_is_missing_and_which_is_another(installation, empty, settings, tmp_path, capsys):
    settings.SIGNING_DIR = str(tmp_path / "keys")
    keys.make(tmp_path / "keys")
    (tmp_path / "keys" / "log-key.hex").write_text("5a" * 32)
    backup = back_up(tmp_path / "b")
    marks = manifest.read(backup).keys
    keys.rotate(tmp_path / "keys")
    next((tmp_path / "keys" / "old").glob("badge-*")).unlink()
    (tmp_path / "keys" / "log-key.hex").unlink()
    settings.SECRET_KEY = "another key for tests, which is long enough: 987654321"

    with empty():
        assert failed("restore", backup) == ("restored, but not right: keys, log", 2)
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("keys"))
    assert line == (
        f"keys          FAULT  SECRET_KEY is another ({marks['SECRET_KEY'][:16]}…): people sign in anew; private addresses of "
        f"calendars and links given out before lead nowhere; badge-key.pem is another ({marks['badge-key.pem'][:16]}…): no badge is "
        f"signed; log-key.hex is missing ({marks['log-key.hex']}…): the log is neither sealed nor checked; seal-key.pem is another ({marks['seal-key.pem'][:16]}…): no certificate is issued; put them back into "
        f"{settings.SIGNING_DIR}"
    )


@once
def test_a_database_that_does_not_fit_the_code_is_told_line_by_line(installation, empty, tmp_path, capsys):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE certification_certificateversion RENAME COLUMN sha256 TO digest")
    backup = back_up(tmp_path / "b")

    with empty():
        assert failed("restore", backup) == ("restored, but not right: migrations, certificates", 2)
    told = capsys.readouterr().out
    assert (
        "migrations    FAULT  the database is not that of this code: certification_certificateversion.digest, "
        "certification_certificateversion.sha256\n"
        "certificates  FAULT  OperationalError: no such column: certification_certificateversion.sha256\n"
    ) in told

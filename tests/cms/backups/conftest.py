"""A small installation that is backed up, and an empty one beside it into which it is restored: both are real databases."""

import json
import shutil
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import audit, log_triggers, sealing
from accounts.models import AuditLink, AuditSeal
from certification import keys
from cms.backups import files, manifest
from tests import databases, making
from tests.certification import studying

once = pytest.mark.pure  # with SQLite alone: what it tests is not about the database


def fill():
    """A graduate with a certificate, a picture, three entries of the log in two seals."""
    person = studying.learner()
    studying.graduate(making.course(modules=1, lessons=1, quiz=False, code="SEC"), person)
    making.picture().file.close()
    sealing.seal_all()
    for n in (1, 2):
        audit.record(actor=None, deed="tried", subject=f"thing {n}", about=person)
    sealing.seal_all()


@pytest.fixture
def installation(transactional_db, django_db_setup, fresh):
    django_db_setup.once("backups", fill)
    return django_db_setup


@pytest.fixture
def empty(installation):
    """`with empty():` the database is a new one without a table, the folders of files are not there."""

    @contextmanager
    def elsewhere():
        aside = {folder(area): folder(area).with_name(f"{area}-aside") for area in files.AREAS}
        for here, there in aside.items():
            here.rename(there)
        name = databases.empty_beside(installation)
        try:
            yield
        finally:
            databases.drop_beside(installation, name)
            for here, there in aside.items():
                remove(here)
                there.rename(here)

    return elsewhere


def folder(area):
    return files.place(area).path


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def backup(installation, tmp_path):
    """The folder of a backup of the installation, which has issued certificates and badges."""
    keys.seal(), keys.badge()  # made when they are first asked for
    return back_up(tmp_path / "backups")


def back_up(folder):
    call_command("backup", to=folder, verbosity=0)
    return max(folder.glob("saboq-*"))


def forge(folder, **changed):
    """The manifest says something else, and whoever did it has made the sums anew."""
    said = json.loads((folder / manifest.NAME).read_text())
    (folder / manifest.NAME).write_text(json.dumps(said | changed))
    manifest.write_sums(folder, {})


def failed(*command, **options):
    """(what a command's refusal says, its exit code)"""
    with pytest.raises(CommandError) as refusal:
        call_command(*command, **options)
    return str(refusal.value), refusal.value.returncode


def by_force(*statements):
    """What somebody does who may drop the triggers of the log."""
    with connection.cursor() as cursor:
        for table in (AuditSeal, AuditLink, AuditLink.entry.field.related_model):
            for name in ["stays", "remains"] + ["whole"] * (connection.vendor == "postgresql"):
                on = f" ON {table._meta.db_table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {table._meta.db_table}_{name}{on}")
        for statement in statements:
            cursor.execute(statement)
    log_triggers.install(connection)


CUT_OFF = (
    "DELETE FROM accounts_auditlink WHERE place > (SELECT last FROM accounts_auditseal WHERE number = 1)",
    "DELETE FROM accounts_auditseal WHERE number > 1",
    "DELETE FROM accounts_auditentry WHERE subject LIKE 'thing %'",
)

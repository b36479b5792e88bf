"""Drawn, sealed, stored once: what fails in the middle leaves a reserved certificate that is issued later, and no loose file."""

import hashlib

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError
from django.test import override_settings

from certification import award, files, keys
from certification.models import CertificateVersion, Seal

from . import studying
from .authority import timestamp_authority


def stored(version):
    with version.pdf.storage.open(version.pdf.name) as file:
        return file.read()


def there():
    """Names of all files of certificates in the storage."""
    try:
        return set(storages["private"].listdir("certificates/2026")[1])
    except FileNotFoundError:
        return set()


@pytest.fixture
def reserved(course_page):
    """(completion, names of the files before): all is done, the certificate lacks."""
    return studying.finish(course_page).completion.pk, there()


def assert_reserved_and_issued_later(completion, before, client):
    version = CertificateVersion.objects.get()
    assert (version.sha256, version.pdf.name, there()) == ("", "", before)
    assert not Seal.objects.exists()
    assert client.get(f"/verify/{version.code}/").status_code == 404
    return version


def assert_healed(version, before):
    assert award.heal()["issued"] == 1
    version.refresh_from_db()
    assert hashlib.sha256(stored(version)).hexdigest() == version.sha256
    assert there() - before == {f"{version.sha256}.pdf"}


def test_without_keys_it_stays_reserved_and_is_issued_when_they_are_there(reserved, client, tmp_path, settings, caplog):
    settings.SIGNING_DIR = str(tmp_path / "signing")
    with pytest.raises(keys.NoKeys, match=r"seal-key\.pem cannot be read"):
        award.issue(completion=reserved[0], now=studying.ISSUED)
    version = assert_reserved_and_issued_later(*reserved, client)
    assert award.heal()["issued"] == 0
    assert "SIGNING_DIR: " in caplog.text and "make_signing_keys" in caplog.text

    keys.make(tmp_path / "signing")
    award.CourseCompletion.objects.update(tried_at=None)  # a minute later

    assert_healed(version, reserved[1])


def test_a_storage_that_fails_leaves_no_row_that_says_stored(reserved, client, monkeypatch):
    storage = storages["private"]
    with monkeypatch.context() as patched:
        patched.setattr(storage, "_save", fails)
        with pytest.raises(OSError, match="no space"):
            award.issue(completion=reserved[0], now=studying.ISSUED)
    version = assert_reserved_and_issued_later(*reserved, client)

    assert_healed(version, reserved[1])


def fails(*args, **kwargs):
    raise OSError("no space left")


def test_a_database_that_fails_after_storing_leaves_no_file_that_no_row_knows(reserved, client, monkeypatch):
    def refuses(*args, **kwargs):
        raise DatabaseError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(files.NEW_SEAL, "run", refuses)
        with pytest.raises(DatabaseError):
            award.issue(completion=reserved[0], now=studying.ISSUED)
    version = assert_reserved_and_issued_later(*reserved, client)

    assert_healed(version, reserved[1])


def test_an_authority_that_does_not_answer_holds_it_up_and_no_more(reserved, client, settings):
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    with timestamp_authority() as authority:
        settings.TIMESTAMP_URL = authority.address
    with pytest.raises(TimestampRequestError):  # it is shut
        award.issue(completion=reserved[0], now=studying.ISSUED)
    version = assert_reserved_and_issued_later(*reserved, client)
    settings.TIMESTAMP_URL = ""

    assert_healed(version, reserved[1])


def test_a_lost_file_comes_back_with_its_timestamp_after_the_keys_were_changed(reserved, tmp_path):
    keys.make(tmp_path / "signing")
    with override_settings(SIGNING_DIR=str(tmp_path / "signing")):
        with timestamp_authority() as authority, override_settings(TIMESTAMP_URL=authority.address):
            version = award.issue(completion=reserved[0], now=studying.ISSUED)
        pdf = stored(version)
        keys.rotate(tmp_path / "signing")
        version.pdf.storage.delete(version.pdf.name)

        assert files.file_of(version=version) == pdf == stored(version)


def test_what_is_kept_of_the_seal_is_small(version):
    assert 2_000 < len(version.seal.appended) < 4_500

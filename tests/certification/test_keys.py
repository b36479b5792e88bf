"""The issuer's keys: made by a command, rotated without orphaning what they sealed, and refused by name where they are unfit."""

import datetime
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509 import ExtendedKeyUsage, KeyUsage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import audit, sealing
from certification import drawing, keys, signing
from config.environment import refuse_without_keys

from . import judges
from .samples import PAYLOAD


@pytest.fixture
def folder(tmp_path, settings):
    keys.make(tmp_path / "signing")
    settings.SIGNING_DIR = str(tmp_path / "signing")
    return tmp_path / "signing"


def modes(folder):
    return {path.name: f"{path.stat().st_mode & 0o777:o}" for path in folder.iterdir()}


def private(path):
    return serialization.load_pem_private_key(path.read_bytes(), None)


def test_the_command_makes_a_whole_set_that_others_cannot_read(tmp_path, capsys):
    call_command("make_signing_keys", tmp_path / "made" / "here")

    here = tmp_path / "made" / "here"
    assert modes(here) == {
        "seal-key.pem": "600", "root-key.pem": "600", "badge-key.pem": "600", "log-key.hex": "600", "seal-chain.pem": "644",
        "old": "755",
    }  # fmt: skip
    assert f"{here.stat().st_mode & 0o777:o}" == "700"
    assert isinstance(private(here / "seal-key.pem").curve, ec.SECP256R1)
    assert isinstance(private(here / "badge-key.pem"), ed25519.Ed25519PrivateKey)
    assert "Move root-key.pem to a safe place" in capsys.readouterr().out


def test_they_are_made_in_the_very_folder_and_nothing_beside_it(tmp_path):
    """It may be a mount (compose.yaml), or belong to us in a folder that does not (one-machine.md)."""
    here = tmp_path / "signing"
    here.mkdir(mode=0o700)
    before = here.stat().st_ino, tmp_path.stat().st_mtime_ns

    call_command("make_signing_keys", here, verbosity=0)

    assert (here.stat().st_ino, tmp_path.stat().st_mtime_ns) == before
    assert [path.name for path in here.iterdir() if path.name.startswith(".")] == []


def test_in_a_folder_that_is_read_only_afterwards_the_log_is_sealed(folder, db):
    """As compose.yaml and the units have it."""
    audit.record(actor=None, deed="published", subject="course 1")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    assert sealing.seal_all() == 1
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert sealing.verify().fault == ""


def test_a_key_of_the_log_that_is_there_stays(tmp_path):
    (tmp_path / "log-key.hex").write_text("5a" * 32)

    call_command("make_signing_keys", tmp_path, verbosity=0)

    assert (tmp_path / "log-key.hex").read_text() == "5a" * 32


def test_the_certificate_is_for_signing_documents_and_comes_from_the_root(folder):
    seal, root = keys.seal().chain

    seal.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    usage = seal.extensions.get_extension_for_class(KeyUsage).value
    assert usage.digital_signature and usage.content_commitment and not usage.key_cert_sign
    assert [one.dotted_string for one in seal.extensions.get_extension_for_class(ExtendedKeyUsage).value] == [
        "1.3.6.1.5.5.7.3.36"
    ]
    years = [round((one.not_valid_after_utc - one.not_valid_before_utc).days / 365.25) for one in (seal, root)]
    assert (years, keys.is_demo(seal)) == ([3, 20], False)


def test_keys_are_never_written_over(folder):
    before = (folder / "seal-key.pem").read_bytes()

    with pytest.raises(CommandError, match="has keys already: --rotate makes new ones"):
        call_command("make_signing_keys", folder)

    assert (folder / "seal-key.pem").read_bytes() == before


@pytest.mark.parametrize("root_is_there", [True, False])
def test_after_a_rotation_what_was_sealed_before_is_still_trusted(folder, root_is_there):
    old_chain, old_badge = keys.seal().chain, private(folder / "badge-key.pem").public_key()
    before = signing.seal(drawing.draw(PAYLOAD))
    if not root_is_there:
        (folder / "root-key.pem").unlink()

    call_command("make_signing_keys", folder, "--rotate", verbosity=0)

    after, chains = signing.seal(drawing.draw(PAYLOAD)), keys.chains()
    assert [chain[0] for chain in chains] == [keys.seal().chain[0], old_chain[0]]
    assert (chains[0][1] == chains[1][1]) == root_is_there
    for file in (before, after):
        assert judges.hanko(file, [chain[1] for chain in chains]).bottom_line
    (kept,) = (folder / "old").glob("badge-*.pem")
    assert serialization.load_pem_public_key(kept.read_bytes()) == old_badge
    assert private(folder / "badge-key.pem").public_key() != old_badge


def test_without_a_folder_a_demonstration_makes_keys_that_say_so_once(settings, tmp_path):
    settings.SIGNING_DIR, settings.VAR, settings.MODE = "", tmp_path, "demo"

    with ThreadPoolExecutor(4) as pool:
        seals = list(pool.map(lambda _: keys.seal(), range(4)))

    assert {one.chain[0].serial_number for one in seals} == {keys.seal().chain[0].serial_number}
    assert seals[0].is_demo
    keys.make(tmp_path / "signing", demo=True)  # by a process that saw none a moment ago
    assert keys.seal() is seals[0]
    assert [path.name for path in tmp_path.iterdir()] == ["signing"]


def refusal(folder):
    with pytest.raises(ImproperlyConfigured) as told:
        refuse_without_keys()
    assert str(told.value).startswith("production refuses to start:\n  SIGNING_DIR: ")
    with pytest.raises(keys.NoKeys) as also:
        signing.seal(drawing.draw(PAYLOAD))
    assert str(also.value) in str(told.value)
    return str(also.value).replace(str(folder), "FOLDER")


def test_production_starts_with_its_own_keys(folder, settings):
    settings.MODE = "production"
    refuse_without_keys()


@pytest.mark.parametrize("missing", ["seal-key.pem", "seal-chain.pem"])
def test_production_refuses_without_a_file_and_names_it(folder, settings, missing):
    settings.MODE = "production"
    (folder / missing).unlink()

    assert refusal(folder).startswith(f"SIGNING_DIR: FOLDER/{missing} cannot be read (No such file")


def test_production_refuses_without_a_usable_badge_key(folder, settings):
    settings.MODE = "production"
    told = {}
    for name, change in {
        "by others": lambda file: file.chmod(0o644),
        "other kind": lambda file: file.write_bytes((folder / "seal-key.pem").read_bytes()),
        "nonsense": lambda file: file.write_bytes(b"nonsense"),
        "gone": lambda file: file.unlink(),
    }.items():
        change(folder / "badge-key.pem")
        with pytest.raises(ImproperlyConfigured) as fault:
            refuse_without_keys()
        told[name] = str(fault.value).splitlines()[1].replace(str(folder), "FOLDER").split(": ", 1)[1]

    assert told["by others"] == "FOLDER/badge-key.pem can be read by others: chmod 600"
    assert told["other kind"] == "FOLDER/badge-key.pem is not an Ed25519 key"
    assert told["nonsense"].startswith("FOLDER/badge-key.pem cannot be read: ")
    assert told["gone"].startswith("FOLDER/badge-key.pem cannot be read: [Errno 2] No such file")


def test_production_refuses_the_keys_of_a_demonstration(tmp_path, settings):
    keys.make(tmp_path / "demo", demo=True)
    settings.MODE, settings.SIGNING_DIR = "production", str(tmp_path / "demo")

    assert "is a demonstration's" in refusal(tmp_path)


def test_production_refuses_a_key_that_others_can_read(folder, settings):
    settings.MODE = "production"
    os.chmod(folder / "seal-key.pem", 0o640)

    assert refusal(folder) == "SIGNING_DIR: FOLDER/seal-key.pem can be read by others: chmod 600"


def test_production_makes_no_keys_by_itself(settings, tmp_path):
    settings.MODE, settings.SIGNING_DIR, settings.VAR = "production", "", tmp_path

    assert refusal(tmp_path) == "SIGNING_DIR: name the folder of the keys (manage.py make_signing_keys)"
    assert list(tmp_path.iterdir()) == []


def test_an_expired_certificate_seals_nothing(folder, settings, monkeypatch):
    settings.MODE, later = "production", timezone.now() + datetime.timedelta(days=366 * 3)
    monkeypatch.setattr(keys.timezone, "now", lambda: later)

    assert "make_signing_keys --rotate makes the next" in refusal(folder)


def test_a_key_that_does_not_fit_its_certificate_or_is_no_p_256_is_refused(folder, settings, tmp_path):
    settings.MODE = "production"
    keys.make(tmp_path / "other")
    good = (folder / "seal-key.pem").read_bytes()
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    for key, told in (
        ((tmp_path / "other" / "seal-key.pem").read_bytes(), "does not begin with the certificate of seal-key.pem"),
        (ec.generate_private_key(ec.SECP384R1()).private_bytes(*pem), "is not a P-256 key"),
        (b"nonsense", "cannot be read"),
        (good[:-60], "cannot be read"),
    ):
        (folder / "seal-key.pem").write_bytes(key)
        assert told in refusal(folder)

"""Keys, passwords and what is installed: nothing weak, nothing in a file, nothing without its hash."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from config.environment import is_weak
from scripts import no_secrets
from tests.config.test_production import start

ROOT = Path(settings.BASE_DIR)


@pytest.mark.parametrize("key", ["", "short", "x" * 60, "abcdefgh" * 8, "django-insecure-" + "k3y!w0rd-7q" * 5])
def test_a_key_that_can_be_guessed_is_weak(key):
    assert is_weak(key)


def test_a_key_as_it_is_made_is_not_weak():
    import secrets

    assert not any(is_weak(secrets.token_urlsafe(50)) for _ in range(50))


def test_production_says_https_and_binds_its_cookies():
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE",
             "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS",
             "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT", "DEBUG", "REQUIRE_MFA"]  # fmt: skip
    done = start(
        "-c", f"import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    )

    assert json.loads(done.stdout) == [
        "__Host-sessionid", "__Host-csrftoken", True, True, True, True, True, "Lax", "Lax", 63072000, True, True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("ninesigns", False),
        ("1q2w3e4r5t", False),
        ("password123", False),
        ("uzun-parol-ibora", True),
        ("uzoq " * 40, True),
    ],
)
def test_which_passwords_are_taken(password, taken):
    try:
        validate_password(password)
    except ValidationError:
        assert not taken
    else:
        assert taken


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-audit.txt"])
def test_every_dependency_is_pinned_with_hashes_and_installed_by_them(name):
    entries = re.split(r"\n(?=[a-zA-Z])", (ROOT / name).read_text("utf-8").strip())

    assert [entry.split("\n")[0] for entry in entries if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry)] == []
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert '"--require-hashes"' in (ROOT / "scripts" / "setup.py").read_text("utf-8")


def test_a_key_that_is_left_in_a_file_is_found(tmp_path, monkeypatch, capsys):
    parts = ["-----BEGIN", "RSA PRIVATE KEY-----"]
    (tmp_path / "left.py").write_text(" ".join(parts) + "\n")
    monkeypatch.setattr(no_secrets, "ROOT", tmp_path)
    monkeypatch.setattr(no_secrets, "files", lambda: [tmp_path / "left.py"])

    assert no_secrets.main([]) == 1
    assert capsys.readouterr().out.startswith("left.py:1: Private Key.")

"""Databases that older code made are brought up to date by `restore` and are served: each in tests/old_databases/ (scripts/old_database.py)."""

import hashlib
import json
import tarfile

import pytest
from django.db import connection
from django.test import Client

from accounts import sealing
from accounts.models import User
from certification.models import CertificateVersion
from cms import schema
from scripts import old_database
from tests.cms.backups.conftest import failed
from tests.world import PASSWORD

NAMES = sorted(file.stem for file in old_database.FOLDER.glob("*.json"))
PAGES = {
    None: ["/uz/", "/ru/", "/verify/", "/healthz", "/readyz"],
    "learner": ["/learning/", "/accounts/profile/", "/seminars/", "/certificates/"],
    "trainer": ["/teach/", "/cms/"],
    "hr": ["/hr/", "/hr/people/", "/hr/certificates/"],
    "admin": ["/hr/log/", "/cms/"],
}


@pytest.mark.parametrize("name", NAMES)
def test_an_older_database_is_brought_up_to_date_and_served(name, installation, empty, tmp_path):
    with tarfile.open(old_database.FOLDER / f"{name}-{connection.vendor}.tar.xz") as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # of a later 3.11
        archive.extractall(tmp_path)

    with empty():
        # its keys are kept nowhere: what was sealed is there as it was, nothing new is sealed in their name
        assert failed("restore", tmp_path / "backup") == ("restored, but not right: keys", 2)
        assert (schema.pending(), schema.apart_from_models()) == ([], [])
        for who, addresses in PAGES.items():
            browser = signed_in(who)
            assert {address: browser.get(address, follow=True).status_code for address in addresses} == dict.fromkeys(
                addresses, 200
            )
        the_certificate_verifies()
        assert sealing.verify().fault == ""
        sealing.seal_all()
        assert sealing.verify().fault == ""


def signed_in(name):
    browser = Client()
    if name == "learner":  # by the old password; staff would be asked for a second factor
        browser.post("/accounts/login/", {"login": person(name).username, "password": PASSWORD})
        assert browser.session["_auth_user_id"] == str(person(name).pk)
    elif name:
        browser.force_login(person(name))
    return browser


def person(name):
    return User.objects.get(first_name=name.title())


def the_certificate_verifies():
    version = CertificateVersion.objects.current().earliest("pk")
    told = Client().get(f"/verify/{version.code}.json").json()
    assert (told["status"], told["number"]) == ("valid", version.payload["number"])
    file = signed_in("learner").get(f"/certificates/{version.code}.pdf")
    assert hashlib.sha256(file.getvalue()).hexdigest() == version.sha256


@pytest.mark.pure
def test_what_migrations_an_older_database_has_seen_are_still_those():
    """A migration that was released is never rewritten. Before the first release an initial one may be, and then this says so."""
    present, rewritten = old_database.migrations(), {}
    for name in NAMES:
        seen = json.loads((old_database.FOLDER / f"{name}.json").read_text())["migrations"]
        apart = sorted(one for one, mark in seen.items() if present.get(one) != mark)
        if apart:
            rewritten[name] = apart
    unreleased = rewritten.pop(old_database.UNRELEASED, None)

    assert rewritten == {}, "released migrations are never changed: write a new one"
    assert unreleased is None, (
        f"{unreleased} rewritten: run `python -m scripts.old_database` and commit tests/old_databases"
    )


@pytest.mark.pure
def test_there_is_an_older_database_of_both_kinds_and_none_is_large():
    sizes = {file.name: file.stat().st_size for file in old_database.FOLDER.glob("*.tar.xz")}

    assert NAMES and set(sizes) == {f"{name}-{kind}.tar.xz" for name in NAMES for kind in ("sqlite", "postgresql")}
    assert [name for name, size in sizes.items() if size > 400_000] == []

"""A staff role and its second step: an app for codes set up before anything else, asked for at each sign-in, recovery codes."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import second_factor
from accounts.roles import grant
from tests import making
from tests.accounts.conftest import PASSWORD


@pytest.fixture
def editor(learner, settings):
    cache.clear()
    settings.REQUIRE_MFA = True
    grant(person=learner, role="editor")
    return learner


def digits(secret, ago=0):
    """What an app shows."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 - ago))


def come_in(client):
    return client.post("/accounts/login/", {"login": "SAM-0001", "password": PASSWORD}, follow=True)


def set_up(client):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": digits(secret)}).status_code == 302
    return secret


def test_an_app_is_set_up_first_and_asked_for_ever_after(client, editor):
    assert come_in(client).redirect_chain[-1][0] == "/accounts/2fa/"
    assert client.get("/cms/").headers["Location"] == "/accounts/2fa/"
    secret = set_up(client)
    assert client.get("/learning/").status_code == 200

    later = Client()
    assert come_in(later).redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    assert later.get("/learning/").status_code == 302
    cache.clear()  # a code works once: the app would show the next one in half a minute
    assert later.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert later.post("/accounts/2fa/authenticate/", {"code": digits(secret)}).headers["Location"] == "/learning/"
    assert later.get("/learning/").status_code == 200
    assert later.session.get_expire_at_browser_close() is True


def test_who_lost_the_phone_comes_in_by_a_recovery_code_once(client, editor):
    come_in(client)
    set_up(client)
    codes = Authenticator.objects.get(user=editor, type="recovery_codes").wrap().get_unused_codes()

    for status in (302, 200):
        later = Client()
        come_in(later)
        assert later.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == status


def test_after_an_administrator_removed_it_a_new_one_is_set_up_first(client, editor):
    come_in(client)
    set_up(client)
    second_factor.remove(person=editor, by=making.person("admin"), reason="x", now=timezone.now())

    assert client.get("/learning/").headers["Location"].startswith("/accounts/login/")
    assert come_in(Client()).redirect_chain[-1][0] == "/accounts/2fa/"

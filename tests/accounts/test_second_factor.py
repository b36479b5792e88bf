"""A staff role and its second step: an app for codes set up before anything else, asked for at each sign-in, recovery codes."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import second_factor
from accounts.models import RoleGrant
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


def test_whether_one_is_due_costs_no_query_of_its_own(learner, client, settings):
    """Production asks it at every request."""
    client.force_login(learner)
    client.get("/accounts/first-steps/")

    counts = []
    for settings.REQUIRE_MFA in (False, True):
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/accounts/first-steps/").status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a_deputy_needs_one_in_the_days_of_the_role_alone(learner, client, settings, days):
    settings.REQUIRE_MFA = True
    today = timezone.localdate()
    grant(person=learner, role="editor")
    RoleGrant.objects.update(
        role="hr", library=learner.library, deputy_for=making.person(), begins_on=today - timezone.timedelta(days=1),
        ends_on=today + timezone.timedelta(days=days),
    )  # fmt: skip
    client.force_login(learner)

    answer = client.get("/accounts/first-steps/")

    assert answer.status_code == (302 if days >= 0 else 200)


def test_ten_wrong_codes_of_an_app_hold_up_the_right_one(client, editor):
    come_in(client)
    secret = set_up(client)
    cache.clear()
    later = Client()
    come_in(later)
    said = [later.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}).status_code for n in range(10)]
    right = later.post("/accounts/2fa/authenticate/", {"code": digits(secret)})

    assert (said, right.status_code, later.get("/learning/").status_code) == ([200] * 10, 200, 302)
    elsewhere = Client(REMOTE_ADDR="203.0.113.7")  # they are the account's, wherever they were typed
    come_in(elsewhere)
    assert elsewhere.post("/accounts/2fa/authenticate/", {"code": digits(secret)}).status_code == 200
    cache.clear()
    assert later.post("/accounts/2fa/authenticate/", {"code": digits(secret)}).headers["Location"] == "/learning/"

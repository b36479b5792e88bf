"""Sign-in by an identity provider: a real one on loopback, asked over HTTP."""

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils.html import escape

from accounts import outgoing
from accounts.models import RoleGrant, User
from config.environment import half_of_oidc
from tests.accounts import identity_provider

LOGIN = "/accounts/oidc/org/login/"
REFUSED = "/accounts/3rdparty/login/error/"


@pytest.fixture
def provider(settings):
    with identity_provider.running() as server:
        settings.OIDC_SERVER_URL, settings.OIDC_NAME = server.address, "Vazirlik"
        settings.OUTGOING_HOSTS, settings.OUTGOING_PRIVATE_NETWORK = ["127.0.0.1"], True
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [{
            "provider_id": "org", "name": "Vazirlik", "client_id": identity_provider.CLIENT,
            "secret": identity_provider.SECRET, "settings": {"server_url": server.address, "oauth_pkce_enabled": True},
        }]}}  # fmt: skip
        yield server


def onwards(answer):
    """Where the page that answers the button leads to, by itself and by its link: a redirect would be held against form-action."""
    address = answer.headers["Refresh"].removeprefix("0; url=")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store, private")
    assert f'href="{escape(address)}"' in answer.text
    return address


def come_by(client, provider, **claims):
    """Press the button, sign in there, come back. Returns the last answer of ours."""
    provider.claims = claims
    address = onwards(client.post(LOGIN))
    assert address.startswith(f"{provider.address}/authorize?")
    back = requests.get(address, allow_redirects=False, timeout=60).headers["Location"]
    return client.get(back.removeprefix("http://testserver"))


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_an_active_person_comes_in_by_a_verified_email(client, learner, provider):
    response = come_by(client, provider, email="Nigora@Example.org", email_verified=True)

    assert response.headers["Location"] == "/learning/"
    assert client.session["_auth_user_id"] == str(learner.pk)
    assert client.session.get_expire_at_browser_close() is True
    assert (User.objects.count(), SocialAccount.objects.count(), RoleGrant.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nigora@example.org"},
        {"email": "nigora@example.org", "email_verified": "true"},
        {"email": "nobody@example.org", "email_verified": True},
        {"email": None, "email_verified": True},
        {"email": ["nigora@example.org"], "email_verified": True},
        {"preferred_username": "SAM-0001"},
    ],
)
def test_nobody_comes_in_by_less_and_nobody_is_made(client, learner, provider, claims):
    response = come_by(client, provider, **claims)

    assert response.headers["Location"] == REFUSED
    assert client.get(f"{REFUSED}?lang=en").status_code == 401
    assert not is_signed_in(client)
    assert User.objects.count() == 1


def test_an_inactive_person_is_answered_like_an_unknown_one(client, learner, provider):
    User.objects.update(is_active=False)

    assert come_by(client, provider, email="nigora@example.org", email_verified=True).headers["Location"] == REFUSED


def test_with_a_login_claim_the_email_counts_no_more(client, learner, provider, settings):
    settings.OIDC_LOGIN_CLAIM = "preferred_username"

    assert come_by(client, provider, email="nigora@example.org", email_verified=True).headers["Location"] == REFUSED
    assert come_by(client, provider, preferred_username="sam-0001").headers["Location"] == "/learning/"
    assert client.session["_auth_user_id"] == str(learner.pk)


def test_two_answers_that_speak_of_two_people_let_nobody_in(client, learner, provider):
    provider.told_otherwise = {"sub": "8"}

    assert come_by(client, provider, email="nigora@example.org", email_verified=True).headers["Location"] == REFUSED
    assert not is_signed_in(client)


def test_a_second_factor_is_asked_for_here_too(client, learner, provider):
    Authenticator.objects.create(user=learner, type="totp", data={"secret": "x"})

    response = come_by(client, provider, email="nigora@example.org", email_verified=True)

    assert response.headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(client, learner, provider):
    provider.claims = {"email": "nigora@example.org", "email_verified": True}
    begun = client.post(LOGIN)
    back = requests.get(onwards(begun), allow_redirects=False, timeout=60).headers["Location"]
    client.cookies.clear()

    assert client.get(back.removeprefix("http://testserver")).status_code == 401
    assert not is_signed_in(client)


def test_nobody_connects_another_account_to_the_own_one(signed_in, provider):
    begun = signed_in.post(f"{LOGIN}?process=connect")
    back = requests.get(onwards(begun), allow_redirects=False, timeout=60).headers["Location"]
    signed_in.get(back.removeprefix("http://testserver"))

    assert SocialAccount.objects.count() == 0


@pytest.mark.parametrize(("hosts", "private"), [([], True), (["example.org"], True), (["127.0.0.1"], False)])
def test_only_named_hosts_and_no_private_ones_are_called(client, learner, provider, settings, hosts, private):
    settings.OUTGOING_HOSTS, settings.OUTGOING_PRIVATE_NETWORK = hosts, private

    response = client.post(LOGIN)

    assert provider.asked == []
    assert response.headers["Location"] == REFUSED


@pytest.mark.parametrize("answer", [("<html>", 200), ("{}", 503)])
def test_a_provider_that_answers_nonsense_is_said_so(client, learner, provider, answer):
    provider.nonsense = answer

    assert client.post(LOGIN).headers["Location"] == REFUSED


def test_a_provider_that_is_away_is_said_so(client, learner, provider, settings):
    provider.shutdown()
    provider.server_close()

    assert client.post(LOGIN).headers["Location"] == REFUSED


@pytest.mark.parametrize(
    ("host", "answer"),
    [("127.0.0.1", True), ("10.1.2.3", True), ("::1", True), ("no.such.host.invalid", True), ("8.8.8.8", False)],
)
def test_which_addresses_are_private(host, answer):
    assert outgoing.is_private(host) is answer


def test_without_settings_there_is_no_button_and_no_address(client, learner):
    assert "openid_connect" not in client.get("/accounts/login/?lang=en").content.decode()
    assert "/oidc/" not in client.get("/accounts/login/?lang=en").content.decode()
    assert client.get(LOGIN).status_code == 404


def test_the_button_names_the_organisation(client, provider, db, seen):
    assert "Log in with Vazirlik" in seen(client.get("/accounts/login/?lang=en"))


WHOLE = {
    "OIDC_SERVER_URL": "https://id.example.uz", "OIDC_CLIENT_ID": "saboq", "OIDC_CLIENT_SECRET": "x", "OIDC_NAME": "Vazirlik",
    "OIDC_LOGIN_CLAIM": "", "OUTGOING_HOSTS": ["id.example.uz"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({}, []),
        ({name: "" for name in WHOLE if name.startswith("OIDC_")}, []),
        ({"OIDC_CLIENT_SECRET": ""}, ["OIDC_CLIENT_SECRET"]),
        ({"OIDC_SERVER_URL": "", "OIDC_NAME": ""}, ["OIDC_SERVER_URL", "OIDC_NAME"]),
        ({"OUTGOING_HOSTS": []}, ["OUTGOING_HOSTS"]),
        ({"OIDC_SERVER_URL": "ftp://id.example.uz"}, ["OIDC_SERVER_URL"]),
    ],
)
def test_half_a_configuration_is_refused_by_name(change, named):
    assert [fault.partition(":")[0] for fault in half_of_oidc(WHOLE | change)] == named

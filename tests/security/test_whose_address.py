"""From which address somebody is taken to come: with no proxy in front, with one, with two, and whatever the sender says."""

import pytest
from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.test import Client, RequestFactory

from tests import making

SENDER, CONTENT_NETWORK, BALANCER, NGINX = "203.0.113.9", "192.0.2.4", "10.0.0.1", "10.0.0.2"
LIE = "198.51.100.7"


@pytest.mark.parametrize(
    ("proxies", "connected", "said", "address"),
    [
        (0, SENDER, None, SENDER),
        (0, SENDER, LIE, SENDER),
        (1, NGINX, SENDER, SENDER),
        (1, NGINX, f"{LIE}, {SENDER}", SENDER),
        (1, NGINX, f"nonsense, {LIE},,{SENDER}", SENDER),
        (1, NGINX, f"{SENDER}:4711", SENDER),
        (1, NGINX, "[2001:db8::9]:4711", "2001:db8::9"),
        (2, NGINX, f"{SENDER}, {CONTENT_NETWORK}", SENDER),
        (2, NGINX, f"{LIE}, {SENDER}, {CONTENT_NETWORK}", SENDER),
        (3, NGINX, f"{LIE}, {SENDER}, {CONTENT_NETWORK}, {BALANCER}", SENDER),
        # The proxies said less than the setting counts on: whoever is connected, and never what the sender could have said.
        (1, NGINX, None, NGINX),
        (1, NGINX, "nonsense", NGINX),
        (2, NGINX, SENDER, NGINX),
        (2, NGINX, f"nonsense, {CONTENT_NETWORK}", NGINX),
        (1, "", None, "0.0.0.0"),  # a socket of the machine has no address
    ],
)
def test_the_address_is_the_one_that_the_farthest_trusted_proxy_saw(settings, proxies, connected, said, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    ahead = {} if said is None else {"HTTP_X_FORWARDED_FOR": said}

    assert get_adapter().get_client_ip(RequestFactory().get("/", REMOTE_ADDR=connected, **ahead)) == address


@pytest.mark.parametrize("said", [None, "nonsense", SENDER])
def test_nobody_is_turned_away_where_setting_and_proxies_disagree(base, settings, caplog, said):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    person = making.person(username="SAM-0001")
    client = Client(REMOTE_ADDR=NGINX, headers={"x-forwarded-for": said} if said else {})

    answer = client.post("/accounts/login/", {"login": "SAM-0001", "password": "uzun-parol-ibora"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/learning/")
    assert list(UserSession.objects.values_list("user", "ip")) == [(person.pk, NGINX)]
    assert ("TRUSTED_PROXY_COUNT is 2" in caplog.text) is bool(said)


@pytest.mark.parametrize("said", ["nonsense", NGINX])
def test_figures_are_not_shown_by_what_nobody_trusted_has_said(client, db, settings, said):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT, settings.METRICS_FROM = 2, ["10.0.0.0/8"]

    assert client.get("/metrics", REMOTE_ADDR=NGINX, headers={"x-forwarded-for": said}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR=NGINX).status_code == 200  # asked for directly

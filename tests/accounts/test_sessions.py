"""A desk shared by four: sessions end with the browser, after a while without a request, everywhere at once, and with the job."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone, translation

from accounts import sessions
from accounts.models import AuditEntry
from accounts.templatetags.look import device
from tests.accounts.conftest import PASSWORD

PROFILE = "/accounts/profile/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def come_in(agent=FIREFOX, **fields):
    client = Client(headers={"user-agent": agent})
    client.post("/accounts/login/", {"login": "SAM-0001", "password": PASSWORD, **fields})
    return client


def is_in(client):
    return client.get(PROFILE).status_code == 200


def expires_in(client):
    return Session.objects.get(pk=client.session.session_key).expire_date - timezone.now()


def let_pass(client, time):
    """As if the last request had been so long ago."""
    row = Session.objects.get(pk=client.session.session_key)
    row.expire_date -= time
    row.save()


def test_without_a_word_a_session_ends_after_half_an_hour_without_a_request(learner):
    client = come_in()
    assert timedelta(minutes=29) < expires_in(client) <= timedelta(minutes=30)

    let_pass(client, timedelta(minutes=29))
    assert is_in(client)
    assert timedelta(minutes=29) < expires_in(client)  # and begins anew
    let_pass(client, timedelta(minutes=30))
    assert not is_in(client)


def test_on_the_own_device_a_session_stays(learner):
    client = come_in(remember="on")

    let_pass(client, timedelta(days=13))
    assert is_in(client)
    assert timedelta(days=13, hours=23) < expires_in(client)


def test_the_idle_time_is_a_setting(learner, settings):
    settings.SESSION_IDLE_MINUTES = 10
    client = come_in()

    assert timedelta(minutes=9) < expires_in(client) <= timedelta(minutes=10)
    assert "after 10 minutes without a click" in Client().get("/accounts/login/?lang=en").content.decode()


def test_a_page_writes_nothing_within_five_minutes_and_twice_after(learner, django_assert_num_queries):
    client = come_in()
    client.get("/accounts/first-steps/")
    with django_assert_num_queries(3):  # session, person, roles
        client.get("/accounts/first-steps/")

    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    let_pass(client, timedelta(minutes=6))
    with django_assert_num_queries(5):  # the device, the session
        client.get("/accounts/first-steps/")
    assert timezone.now() - UserSession.objects.get().last_seen_at < timedelta(minutes=1)


def test_who_has_left_is_out_with_the_next_request(learner):
    client = come_in()
    learner.is_active = False
    learner.save()

    assert not is_in(client)
    assert not is_in(come_in())


def test_all_sessions_of_a_person_end_at_once_also_those_that_no_list_knows(learner, other):
    first, second, unlisted, neighbour = come_in(), come_in(), Client(), Client()
    unlisted.force_login(learner)
    neighbour.force_login(other)
    assert all(map(is_in, (first, second, unlisted, neighbour)))

    sessions.end_all(person=learner)

    assert [is_in(client) for client in (first, second, unlisted, neighbour)] == [False, False, False, True]
    assert UserSession.objects.filter(user=learner).count() == 0
    assert is_in(come_in())


def test_the_list_of_devices_names_them_and_signs_out_everywhere_else(learner, other, seen):
    here, elsewhere, unlisted = come_in(), come_in("Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile"), Client()
    unlisted.force_login(learner)
    page = seen(here.get("/accounts/sessions/?lang=en"))
    assert "Firefox, Windows This device" in page
    assert "Chrome, Android" in page

    response = here.post("/accounts/sessions/?lang=en", follow=True)

    assert "You are logged out everywhere else." in response.content.decode()
    assert [is_in(client) for client in (here, elsewhere, unlisted)] == [True, False, False]
    assert AuditEntry.objects.get().deed == "signed out elsewhere"


def test_looking_at_the_list_signs_nobody_out(learner):
    here, elsewhere = come_in(), come_in()
    here.get("/accounts/sessions/")

    assert is_in(elsewhere)


def test_nobody_sees_the_devices_of_another(learner, other, seen):
    come_in()
    client = Client()
    client.force_login(other)

    assert "Firefox" not in seen(client.get("/accounts/sessions/?lang=en"))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131 Safari/537.36 Edg/131", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/131 YaBrowser/24 Safari/537.36", "Yandex Browser, Linux"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_device_in_words(agent, words):
    with translation.override("en"):
        assert device(agent) == words


def test_a_way_out_stands_on_every_page_of_a_person(signed_in):
    for address in (
        "/uz/",
        "/learning/",
        PROFILE,
        "/seminars/",
        "/verify/",
        "/accounts/first-steps/",
        "/accounts/sessions/",
    ):
        assert 'id="logout"' in signed_in.get(address).content.decode(), address

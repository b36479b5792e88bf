"""The list of devices: a sign-in costs the same however many sessions there are, the list tells the open ones, the sweep drops the others."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import devices, employment, privacy, sessions
from tests.accounts.conftest import PASSWORD

LOGIN, LIST = "/accounts/login/", "/accounts/sessions/?lang=en"


def come_in(login="SAM-0001", **more):
    client = Client(headers={"user-agent": "Firefox"})
    client.answer = client.post(LOGIN, {"login": login, "password": PASSWORD, **more})
    return client


def give_sessions(person, number, *, name="open", expires=timedelta(minutes=30), round_of=""):
    """So many rows of a device and a session, as sign-ins an hour and more ago have left them; keys such as «open-0»."""
    now = timezone.now()
    said = sessions.SessionStore().encode({
        SESSION_KEY: str(person.pk), BACKEND_SESSION_KEY: "accounts.backends.AuthenticationBackend",
        HASH_SESSION_KEY: round_of + person.get_session_auth_hash(), sessions.BEGAN: int(now.timestamp()),
    })  # fmt: skip
    keys = [f"{name}-{n}" for n in range(number)]
    Session.objects.bulk_create(Session(session_key=key, session_data=said, expire_date=now + expires) for key in keys)
    then = now - timedelta(hours=2)
    UserSession.objects.bulk_create(
        UserSession(user=person, session_key=key, ip="192.0.2.1", user_agent=name, created_at=then, last_seen_at=then)
        for key in keys
    )


def listed(person):
    return [device.session_key for device in devices.of(person, timezone.now())]


@pytest.mark.parametrize("number", [0, 1, 160])
def test_a_sign_in_asks_the_same_however_many_sessions_there_are(learner, django_assert_num_queries, number):
    come_in()
    UserSession.objects.all().delete()
    give_sessions(learner, number)

    # person, second factor, time of sign-in, e-mail, device, consent, session
    with django_assert_num_queries(7):
        client = come_in()

    assert client.answer.headers["Location"] == "/learning/"
    assert listed(learner) == [*(f"open-{n}" for n in range(number)), client.session.session_key]


def test_a_sign_in_by_email_asks_one_thing_more(learner, django_assert_num_queries):
    come_in()
    with django_assert_num_queries(8):  # not confirmed: allauth's addresses, then people's own
        assert come_in("Nigora@Example.org").answer.status_code == 302


@pytest.mark.parametrize("number", [1, 160])
def test_the_list_is_read_in_bulk_and_tells_the_open_ones_alone(learner, django_assert_num_queries, number):
    client = come_in()
    give_sessions(learner, number)
    give_sessions(learner, 1, name="lapsed", expires=timedelta(minutes=-1))
    give_sessions(learner, 1, name="of an earlier round", round_of="7.")
    give_sessions(learner, 1, name="gone")
    Session.objects.filter(pk="gone-0").delete()

    with django_assert_num_queries(5):  # session, person and roles of the request; sessions, devices
        page = client.get(LIST).content.decode()

    assert page.count("Unknown browser") == number
    assert "Firefox" in page
    assert listed(learner) == [*(f"open-{n}" for n in range(number)), client.session.session_key]
    assert UserSession.objects.count() == number + 4  # who looks deletes nothing


def test_a_new_secret_gives_the_same_device_another_key(learner, settings):
    client = come_in()
    before = client.session.session_key
    secrets = [settings.SECRET_KEY], "another key, which is long enough: 0123456789 abc"
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = secrets
    assert listed(learner) == [before]

    for _ in range(2):
        assert client.get("/accounts/profile/").status_code == 200

    assert listed(learner) == [client.session.session_key] != [before]
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)


def test_the_sweep_drops_devices_of_ended_sessions_and_no_other(learner, other, django_assert_num_queries):
    mine, theirs = come_in(), come_in(other.username)
    give_sessions(learner, 3)
    Session.objects.filter(pk__in=["open-0", "open-1"]).delete()
    just_now = UserSession.objects.create(user=other, ip="192.0.2.1", session_key="under way", user_agent="")

    with django_assert_num_queries(1):
        assert devices.drop_ended(timezone.now()) == 2

    left = set(UserSession.objects.values_list("session_key", flat=True))
    assert left == {mine.session.session_key, theirs.session.session_key, "open-2", just_now.session_key}
    assert privacy.drop_devices(timezone.now() + timedelta(minutes=61)) == 1  # no session has come of it


def test_who_logs_out_everywhere_ends_all_of_many_sessions_but_this(learner):
    client = come_in()
    give_sessions(learner, 160)

    client.post(LIST)

    learner.refresh_from_db()
    assert listed(learner) == [client.session.session_key]
    assert Session.objects.count() == UserSession.objects.count() == 1


def test_who_leaves_has_no_session_left_of_many(learner, other):
    client = come_in()
    give_sessions(learner, 160)
    employment.leave(person=learner, by=other, on=timezone.localdate(), reason="x")

    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)
    assert client.get("/accounts/profile/").status_code == 302


def test_a_sign_in_within_a_session_that_goes_on_is_one_device(learner):
    client = come_in()
    session, device = client.session, UserSession.objects.get()
    client.force_login(learner)

    request = type(
        "Request", (), {"session": session, "user": learner, "META": {"REMOTE_ADDR": "192.0.2.7"}, "headers": {}}
    )()
    devices.note(None, request)

    again = UserSession.objects.get()
    assert (again.pk, again.ip) == (device.pk, "192.0.2.7")


def test_a_session_that_is_ended_while_its_request_runs_is_not_written_anew(learner):
    session = come_in().session
    session["x"] = 1
    Session.objects.all().delete()

    with pytest.raises(sessions.UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_two_sessions_never_have_one_key(learner, monkeypatch):
    keys = iter(["a" * 32, "a" * 32, "b" * 32])
    monkeypatch.setattr(sessions, "get_random_string", lambda *_: next(keys))
    first, second = sessions.SessionStore(), sessions.SessionStore()
    first.create()
    second.create()

    assert (first.session_key, second.session_key) == ("a" * 32, "b" * 32)

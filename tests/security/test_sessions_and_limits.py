"""Who comes in, for how long, how often one may try, and what is written of it."""

import logging
from datetime import timedelta

import pytest
import requests
from allauth.account.adapter import get_adapter
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client, RequestFactory

from accounts import limits, notices, outgoing, sessions
from accounts.roles import grant
from tests import making

PASSWORD, LOGIN, PROFILE = "uzun-parol-ibora", "/accounts/login/", "/accounts/profile/"


@pytest.fixture
def learner(base):
    return making.person(username="SAM-0001")


def come_in(client=None, login="SAM-0001", password=PASSWORD, headers=None, **fields):
    client = client or Client()
    client.answer = client.post(LOGIN, {"login": login, "password": password, **fields}, headers=headers or {})
    return client


def is_in(client):
    return client.get(PROFILE).status_code == 200


# --- Sessions -------------------------------------------------------------------------------------------------------------


def test_the_token_of_a_session_is_new_after_the_sign_in(learner):
    client = Client()
    session = client.session
    session["planted"] = "by another"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    assert is_in(come_in(client))
    assert client.session.session_key != planted
    other = Client()
    other.cookies["sessionid"] = planted
    assert not is_in(other)


@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaaaaaaa"', "' OR 1=1 --aaaaaaaa", "\u200baaaaaaaaaaaaaaaaaaa"])
def test_what_cannot_be_the_token_of_a_session_is_asked_of_no_database(base, key, django_assert_num_queries):
    cookie = f"sessionid={key}".encode().decode("latin-1")  # as servers hand it on
    with django_assert_num_queries(0):
        answer = Client().get(PROFILE, HTTP_COOKIE=cookie)

    assert answer.headers["Location"].startswith(LOGIN)


@pytest.mark.parametrize(("fields", "longest"), [({}, timedelta(hours=12)), ({"remember": "on"}, timedelta(days=90))])
def test_no_session_is_for_ever_however_busy(learner, fields, longest):
    client = come_in(**fields)
    began = client.session[sessions.BEGAN]

    for age, stays in ((longest - timedelta(minutes=5), True), (longest + timedelta(minutes=5), False)):
        session = client.session
        session[sessions.BEGAN] = began - int(age.total_seconds())
        session.save()
        assert is_in(client) is stays
    assert is_in(come_in())


def test_a_session_that_does_not_say_when_it_began_is_over(learner):
    client = come_in()
    session = client.session
    del session[sessions.BEGAN]
    session.save()

    assert not is_in(client)


def test_a_new_password_ends_the_sessions_elsewhere_and_not_the_own(learner):
    here, elsewhere = come_in(), come_in()
    answer = here.post("/accounts/password/change/", {
        "oldpassword": PASSWORD, "password1": "boshqa-uzun-ibora", "password2": "boshqa-uzun-ibora",
    })  # fmt: skip

    assert answer.status_code == 302
    assert (is_in(here), is_in(elsewhere)) == (True, False)


# --- Limits ---------------------------------------------------------------------------------------------------------------


def wrong(times, headers=lambda n: {}):
    return [come_in(password="not it", headers=headers(n)).answer for n in range(times)]


def test_hundreds_of_people_behind_one_address_come_in_within_a_minute(base):
    people = [making.person() for _ in range(10)]
    before = [limits.take(asking(), "sign_in") for _ in range(290)]

    assert all(before)
    assert [come_in(login=one.username).answer.status_code for one in people] == [302] * 10


@pytest.mark.parametrize("proxies", [0, 1])
def test_no_header_resets_the_count_of_wrong_passwords(learner, settings, proxies):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    spoofed = lambda n: {"x-forwarded-for": f"198.51.100.{n}, 203.0.113.9", "x-real-ip": f"10.0.0.{n}"}  # noqa: E731

    wrong(10, spoofed)
    assert not is_in(come_in(headers=spoofed(99)))


def asking(address="127.0.0.1", said=""):
    """A POST whose proxy saw it come from `address`; `said` by the sender."""
    ahead = {"HTTP_X_FORWARDED_FOR": f"{said}, {address}"} if said else {}
    return RequestFactory().post(LOGIN, REMOTE_ADDR=address, **ahead)


def test_who_goes_through_many_logins_is_held_up_by_the_place_whatever_header_it_sends(learner, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the last address is the proxy's word, those before it the sender's
    place = "203.0.113.9"
    tries = [limits.take(asking(place, f"198.51.100.{n}"), "login_failed", f"X-{n}") for n in range(301)]

    assert [bool(one) for one in tries] == [True] * 300 + [False]
    assert not is_in(come_in(headers={"x-forwarded-for": f"198.51.100.7, {place}"}))
    assert is_in(come_in(headers={"x-forwarded-for": "198.51.100.7, 203.0.113.10"}))


def test_a_flood_of_sign_ins_from_one_place_is_answered_nothing(learner):
    tries = [limits.take(asking(), "sign_in") for _ in range(600)]

    assert all(tries)
    assert come_in().answer.status_code == 429
    assert Client().post("/accounts/code/", {"login": "SAM-0001", "code": "x"}).status_code == 429
    assert Client().get(LOGIN).status_code == 200


def test_right_passwords_do_not_use_up_the_wrong_ones(learner):
    wrong(9)
    assert all(is_in(come_in()) for _ in range(3))
    wrong(1)

    assert not is_in(come_in())


def test_a_new_password_begins_with_no_wrong_ones(learner):
    wrong(10)
    get_adapter()._delete_login_attempts_cached_email(asking(), username="SAM-0001")  # as allauth after a reset

    assert is_in(come_in())


def test_the_place_of_one_who_is_held_up_does_not_hold_up_the_neighbours(learner):
    neighbour = making.person()
    wrong(12)

    assert not is_in(come_in())
    assert is_in(come_in(login=neighbour.username))


def test_wrong_passwords_are_counted_while_redis_is_away(learner, settings, unused_tcp_port):
    settings.CACHES = {"default": {
        "BACKEND": "config.cache.ForgivingRedisCache", "LOCATION": f"redis://127.0.0.1:{unused_tcp_port}/0",
    }}  # fmt: skip
    wrong(10)

    assert not is_in(come_in())


@pytest.fixture
def unused_tcp_port():
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        yield door.getsockname()[1]  # bound and not listening


class Counting(MD5PasswordHasher):
    done = 0

    def encode(self, password, salt):
        Counting.done += 1
        return super().encode(password, salt)


def test_an_unknown_login_costs_the_time_of_a_wrong_password(learner, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]

    def hashed(**fields):
        Counting.done = 0
        come_in(password="not it", **fields)
        return Counting.done

    invited, gone = making.person(username="SAM-0002"), making.person(username="SAM-0003", is_active=False)
    invited.set_unusable_password()
    invited.save()
    known = [learner.username, learner.email, invited.username, invited.email, gone.username]

    assert [hashed(login=login) for login in (*known, "SAM-9999", "x@example.org")] == [1] * 7


# --- What is written of it ------------------------------------------------------------------------------------------------


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.INFO, "accounts.access_log")
    return lambda: [one.getMessage() for one in caplog.records if one.name == "accounts.access_log"]


def test_sign_ins_failures_and_refusals_are_told_by_key_and_never_by_what_was_typed(learner, said):
    come_in(password="not it")
    client = come_in()
    client.get("/hr/people/")
    client.post("/accounts/logout/")

    key = learner.pk
    assert said() == [
        "sign-in failed person=- from='127.0.0.0/24'", f"signed in person={key} from='127.0.0.0/24'",
        f"refused 404 GET '/hr/people/' person={key} from='127.0.0.0/24'", f"signed out person={key} from='127.0.0.0/24'",
    ]  # fmt: skip


def test_nobody_writes_a_line_of_their_own(learner, said):
    client = come_in()
    client.get("/certificates/x%0A2026-01-01 INFO signed in.pdf")

    assert said()[1:] == [
        f"refused 404 GET '/certificates/x\\n2026-01-01 INFO signed in.pdf' person={learner.pk} from='127.0.0.0/24'"
    ]


def test_a_line_end_in_a_title_makes_no_header_of_a_mail(learner):
    notice = notices.tell(
        person=learner, kind="external_returned", subject="external 1", title="Kurs\r\nBcc: hammaga@example.org", issuer="x", reason="x",
        link="/",
    )  # fmt: skip
    letter = notices.message(notice)

    assert "Kurs Bcc: hammaga@example.org" in letter.subject
    assert "\n" not in letter.subject and "\r" not in letter.subject
    assert letter.message()["Bcc"] is None
    assert letter.recipients() == [learner.email]


# --- Calls that we make ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "fd00::1",
    "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "::ffff:127.0.0.1",
])  # fmt: skip
def test_an_address_of_a_private_network_is_known_in_any_clothes(address):
    assert outgoing.is_private(address)


def test_a_name_server_that_answers_otherwise_the_second_time_opens_nothing(settings, monkeypatch):
    """The first answer is public, so that the name is let pass; at the connection it leads into the machine itself."""
    import socket
    from http.server import BaseHTTPRequestHandler, HTTPServer

    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # a connection to it would wait for an answer
    settings.OUTGOING_HOSTS, settings.OUTGOING_PRIVATE_NETWORK = ["hook.example.org"], False
    answers, asked = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"]), []
    true = socket.getaddrinfo

    def hostile(host, port, *args, **kwargs):
        asked.append(host)
        return true(next(answers) if host == "hook.example.org" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", hostile)
    with pytest.raises(requests.RequestException, match="leads nowhere"):  # whoever is waited for «timed out»
        outgoing.session().post(f"http://hook.example.org:{server.server_port}/", data=b"x", timeout=2)
    server.server_close()

    assert asked == ["hook.example.org"] * 2


def test_what_may_be_called_is_called_at_the_address_that_was_looked_at(settings, monkeypatch):
    import socket
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.headers["Host"].encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    settings.OUTGOING_HOSTS, settings.OUTGOING_PRIVATE_NETWORK = ["hook.example.org"], True
    true = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: true("127.0.0.1" if host == "hook.example.org" else host, *a, **k)
    )
    with outgoing.session() as calls:
        answer = calls.get(f"http://hook.example.org:{server.server_port}/", timeout=5)
    thread.join()
    server.server_close()

    assert answer.text == f"hook.example.org:{server.server_port}"


# --- Headers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/uz/", LOGIN, "/verify/", "/nowhere/", "/cms/", "/api/v1/people/", PROFILE])
def test_every_answer_says_what_a_browser_may_do_with_it(learner, address):
    grant(person=learner, role="editor")
    headers = come_in().get(address).headers
    policy = headers["Content-Security-Policy"]

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=(), geolocation=(), microphone=()")
    assert ("default-src 'none'" in policy, "frame-ancestors 'self'" in policy, "'unsafe-eval'" in policy) == (
        True,
        True,
        False,
    )
    assert ("'unsafe-inline'" in policy) is (address == "/cms/")

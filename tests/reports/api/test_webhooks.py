"""Other organisations' programs are told: signed, once, again until they answer, and nowhere else."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts import outgoing
from certification import life
from reports.api import clients, endpoints, webhooks
from reports.models import Delivery
from tests import making
from tests.certification import studying

NOW = timezone.now()


@pytest.fixture
def receiver():
    """A program that listens: `heard` (headers, body), answers with `status`."""
    said = SimpleNamespace(heard=[], status=204)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said.heard.append((self.path, dict(self.headers), body))
            self.send_response(said.status)
            if said.status == 302:
                self.send_header("Location", "/elsewhere/")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    said.address = f"http://127.0.0.1:{server.server_port}/told/"
    yield said
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hook(people, libraries, receiver, settings):
    settings.OUTGOING_HOSTS, settings.OUTGOING_PRIVATE_NETWORK = ["127.0.0.1"], True
    client, _token = clients.make(organisation="Kadrlar tizimi", library=libraries.region, by=people.admin)
    return clients.tell(client=client, address=receiver.address, by=people.admin, now=NOW - timedelta(hours=1))


@pytest.fixture
def graduate(hook, libraries):
    """Completed and certified after the webhook was made."""
    page = making.course(modules=1, lessons=1, quiz=False, code="SEC2")
    named = {"certificate_name": "Namunayeva Nigora", "certificate_name_confirmed_at": NOW}
    return studying.graduate(page, making.person("g", library=libraries.district, **named), NOW)


def heard(receiver):
    return [(json.loads(body)["type"], json.loads(body)["data"]) for _path, _headers, body in receiver.heard]


def test_what_happens_is_told_once_and_signed(hook, graduate, receiver):
    assert webhooks.run(NOW) == 4  # two made, two acknowledged
    assert webhooks.run(NOW) == 0

    assert [event for event, _data in heard(receiver)] == ["completion.created", "certificate.issued"]
    assert heard(receiver)[1][1]["code"] == graduate.code
    path, headers, body = receiver.heard[1]
    name, seconds = headers["webhook-id"], headers["webhook-timestamp"]
    assert (path, headers["Content-Type"]) == ("/told/", "application/json")
    assert headers["webhook-signature"] == webhooks.signature(hook.secret, name, seconds, body)
    assert set(Delivery.objects.values_list("status", "tries")) == {(204, 1)}


def test_the_signature_is_that_of_the_standard():
    """The example of the specification (github.com/standard-webhooks/standard-webhooks, its libraries' tests)."""
    body = b'{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    told = webhooks.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_revoked_and_in_force_again_and_revoked_once_more(hook, graduate, receiver, people):
    webhooks.run(NOW)
    receiver.heard.clear()
    for _ in range(2):
        life.revoke(certificate=graduate.certificate, by=people.hr, ground="mistake", reason="xato")
        webhooks.run(timezone.now())
        life.restore(certificate=graduate.certificate, by=people.hr, reason="emas")
        webhooks.run(timezone.now())

    assert [(event, data["state"]) for event, data in heard(receiver)] == [
        ("certificate.revoked", "revoked"), ("certificate.restored", "valid"),
    ] * 2  # fmt: skip


def test_a_corrected_certificate_has_its_own_message(hook, graduate, receiver, people):
    webhooks.run(NOW)
    receiver.heard.clear()
    life.correct(certificate=graduate.certificate, holder="Namunayeva Nargiza", by=people.hr, reason="xato")
    webhooks.run(timezone.now())

    assert [(event, data["holder"]) for event, data in heard(receiver)] == [
        ("certificate.corrected", "Namunayeva Nargiza")
    ]


def test_another_region_is_none_of_its_business(hook, libraries, receiver):
    page = making.course(modules=1, lessons=1, quiz=False, code="SEC2")
    named = {"certificate_name": "Namunayeva Nigora", "certificate_name_confirmed_at": NOW}
    studying.graduate(page, making.person("g", library=libraries.other, **named), NOW)

    assert webhooks.run(NOW) == 0


def test_who_has_but_a_second_workplace_here_is_told_of_no_more_than_listed(hook, libraries, receiver, people):
    from accounts import employment

    page = making.course(modules=1, lessons=1, quiz=False, code="SEC2")
    person = making.person(
        "g", library=libraries.other, certificate_name="Namunayeva Nigora", certificate_name_confirmed_at=NOW
    )
    employment.add_second(person=person, library=libraries.district, by=people.admin)
    studying.graduate(page, person, NOW)

    assert webhooks.note(NOW) == 0
    assert person not in endpoints.people_of(hook.client, endpoints.AskedPeople(limit=100))


def test_what_was_before_the_webhook_is_not_told(graduate, people, libraries, receiver):
    client, _token = clients.make(organisation="Boshqa", library=libraries.region, by=people.admin)
    clients.tell(client=client, address=receiver.address, by=people.admin, now=NOW + timedelta(hours=1))
    assert webhooks.note(NOW + timedelta(hours=2)) == 2  # of the first organisation alone
    assert set(Delivery.objects.values_list("webhook__client__organisation", flat=True)) == {"Kadrlar tizimi"}


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_is_not_acknowledged_is_sent_again_later_and_given_up_in_the_end(hook, graduate, receiver, status):
    receiver.status = status
    webhooks.note(NOW)
    now = NOW
    assert webhooks.deliver(now) == 0
    assert len(receiver.heard) == 1  # who did not answer is left alone for this round
    Delivery.objects.filter(tries=0).delete()
    assert webhooks.deliver(now + timedelta(seconds=59)) == 0
    assert len(receiver.heard) == 1
    for pause in webhooks.PAUSES:
        now += pause
        webhooks.deliver(now)
    one = Delivery.objects.get()
    assert (one.tries, one.status, one.given_up_at, one.next_try_at) == (10, status, now, None)
    assert {path for path, _headers, _body in receiver.heard} == {"/told/"}
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.heard}) == 1

    receiver.status = 200
    webhooks.again(delivery=one, now=now)
    assert webhooks.deliver(now) == 1
    one.refresh_from_db()
    assert (one.delivered_at, one.given_up_at) == (now, None)


def test_who_is_gone_is_told_nothing_more(hook, graduate, receiver):
    receiver.status = 410
    webhooks.note(NOW)
    webhooks.deliver(NOW)
    assert Delivery.objects.filter(given_up_at=NOW).count() == 1


def test_a_host_that_is_named_no_more_is_not_called(hook, graduate, receiver, settings):
    webhooks.note(NOW)
    settings.OUTGOING_HOSTS = []
    assert webhooks.deliver(NOW) == 0
    settings.OUTGOING_HOSTS, settings.OUTGOING_PRIVATE_NETWORK = ["127.0.0.1"], False
    assert webhooks.deliver(NOW + timedelta(minutes=1)) == 0
    assert receiver.heard == []


def test_nobody_answers_there(hook, graduate, receiver, settings):
    type(hook).objects.update(address="http://127.0.0.1:9/")
    webhooks.note(NOW)
    assert webhooks.deliver(NOW) == 0
    assert Delivery.objects.filter(tries=1, status=None).count() == 1


@pytest.mark.parametrize(("address", "why"), [
    ("https://elsewhere.example/", "not in OUTGOING_HOSTS"), ("https://127.0.0.1/", "private network"),
    ("https://10.0.0.1/", "private network"), ("https://[::1]/", "private network"), ("https://169.254.169.254/", "private network"),
    ("https://no-such-host.invalid/", "private network"),
])  # fmt: skip
def test_only_named_hosts_with_a_public_address_may_be_called(settings, address, why):
    settings.OUTGOING_HOSTS = ["127.0.0.1", "10.0.0.1", "::1", "169.254.169.254", "no-such-host.invalid"]
    with pytest.raises(outgoing.NotAllowed, match=why):
        outgoing.refuse(address)


@pytest.mark.parametrize(("address", "private"), [
    ("8.8.8.8", False), ("2a00:1450:4001:82a::200e", False), ("2002:808:808::", False), ("64:ff9b::808:808", False),
    ("::ffff:127.0.0.1", True), ("::127.0.0.1", True), ("::ffff:0:7f00:1", True), ("2002:7f00:1::", True), ("64:ff9b::7f00:1", True),
    ("fec0::1", True), ("fd00::1", True), ("fe80::1", True), ("5f00::1", True),
])  # fmt: skip
def test_a_private_address_is_known_in_every_clothing(address, private):
    assert outgoing.is_private(address) is private


def test_two_sweeps_at_once_send_it_once(hook, graduate, receiver):
    webhooks.note(NOW)
    one = Delivery.objects.order_by("pk").first()
    same = Delivery.objects.get(pk=one.pk)

    assert [webhooks._claim(row, NOW) for row in (one, same)] == [True, False]


def test_the_address_of_a_withdrawn_token_is_told_nothing(hook, graduate, receiver, people):
    webhooks.note(NOW)
    clients.withdraw(client=hook.client, by=people.admin)
    assert webhooks.run(NOW) == 0
    assert receiver.heard == []


def test_what_was_told_is_kept_for_ninety_days_and_who_was_told_of_it_longer(hook, graduate, receiver, people):
    from cms import privacy

    webhooks.run(NOW)
    privacy.keep_to_retention(NOW + timedelta(days=89))
    assert all(Delivery.objects.values_list("payload", flat=True))

    privacy.keep_to_retention(NOW + timedelta(days=91))

    assert set(map(str, Delivery.objects.values_list("payload", flat=True))) == {"{}"}
    assert webhooks.run(NOW + timedelta(days=91)) == 0  # told already
    receiver.heard.clear()
    life.revoke(certificate=graduate.certificate, by=people.hr, ground="mistake", reason="xato")
    webhooks.run(timezone.now())
    assert [event for event, _data in heard(receiver)] == ["certificate.revoked"]


def test_of_a_depersonalised_person_no_message_says_anything_nor_is_sent(hook, graduate, receiver, people):
    from accounts import employment
    from cms import privacy

    left = graduate.certificate.enrolment.learner
    receiver.status = 500
    webhooks.run(NOW)
    life.revoke(certificate=graduate.certificate, by=people.hr, ground="mistake", reason="xato")
    webhooks.note(timezone.now())
    assert Delivery.objects.count() == 3
    employment.leave(person=left, by=people.admin, reason="x")

    privacy.depersonalise(person=left, by=people.admin, reason="asked")

    assert not any(Delivery.objects.values_list("payload", flat=True))
    receiver.heard.clear()
    for row in Delivery.objects.all():
        webhooks.again(delivery=row)
    webhooks.deliver(NOW + timedelta(days=9))
    assert receiver.heard == []

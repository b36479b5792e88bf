"""What another organisation's program reads with its token: its own part of the nation, page by page, and nothing else."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import libraries as tree
from accounts.models import AuditEntry, User
from certification import life
from reports.api import clients
from reports.models import ApiClient
from tests import making
from tests.certification.studying import ISSUED


@pytest.fixture
def token(people, libraries):
    return clients.make(organisation="Kadrlar tizimi", library=libraries.region, by=people.admin)[1]


def ask(token, address, **query):
    return Client().get(f"/api/v1/{address}", query, headers={"authorization": f"Bearer {token}"})


def test_people_of_the_own_part_by_login_page_by_page(token, people, django_assert_num_queries):
    with django_assert_num_queries(3):  # the token, the note that it was used, the people
        first = ask(token, "people/", limit=3)
    assert [one["login"] for one in first.json()["items"]] == sorted(
        person.username for person in (people.learner, people.trainer, people.editor, people.hr, people.director)
    )[:3]
    second = Client().get(first.json()["next"], headers={"authorization": f"Bearer {token}"}).json()
    assert (len(second["items"]), second["next"]) == (2, None)
    assert first.headers["Cache-Control"] == "no-store"
    assert not first.cookies
    one = ask(token, "people/", login=people.learner.username.lower()).json()["items"]
    assert one == [{
        "login": people.learner.username, "personnel_number": "", "last_name": people.learner.last_name,
        "first_name": people.learner.first_name, "patronymic": people.learner.patronymic,
        "library": people.learner.library.code, "position": "librarian", "active": True,
    }]  # fmt: skip


def test_nobody_of_another_region_is_found_in_any_way(token, people, libraries, graduates):
    other = people.hr2.username
    assert ask(token, "people/", login=other).json()["items"] == []
    assert ask(token, "people/", library="TSH").json()["items"] == []
    assert ask(token, "people/", library="UZ").json()["items"] == []
    assert [one["holder"] for one in ask(token, "certificates/").json()["items"]] == ["=Namunayeva Nigora"] * 2
    assert len(ask(token, "completions/").json()["items"]) == 2
    assert ask(token, "completions/", login=graduates[2].certificate.enrolment.learner.username).json()["items"] == []


def test_the_code_of_a_library_that_was_merged_away_finds_where_it_went(token, people, libraries):
    tree.merge(library=libraries.district, into=libraries.branch_less, by=people.admin, reason="x")

    found = ask(token, "people/", library=libraries.district.code.lower()).json()["items"]

    moved = User.objects.filter(library=libraries.branch_less).values_list("username", flat=True)
    assert {people.learner.username, people.director.username} <= {one["login"] for one in found} == set(moved)
    tree.merge(library=libraries.branch_less, into=libraries.other, by=people.admin, reason="x")
    assert ask(token, "people/", library=libraries.district.code).json()["items"] == []


def test_certificates_tell_their_state_and_what_is_new_since(token, people, graduates, django_assert_num_queries):
    one, two, _other = graduates
    ask(token, "people/")
    life.revoke(certificate=two.certificate, by=people.hr, ground="mistake", reason="xato")
    life.correct(certificate=one.certificate, holder="Namunayeva Nargiza", by=people.hr, reason="xato")
    with django_assert_num_queries(2):
        told = ask(token, "certificates/").json()["items"]

    assert [(row["number"], row["state"]) for row in told] == [
        (one.certificate.number, "replaced"), (two.certificate.number, "revoked"), (one.certificate.number, "valid"),
    ]  # fmt: skip
    assert told[0]["verify_url"].endswith(f"/verify/{one.code}/")
    since = (ISSUED + timedelta(days=1)).isoformat()
    assert next(iter(ask(token, "certificates/", since=since).json()["items"]))["code"] == two.code
    assert [row["id"] for row in ask(token, "certificates/", after=told[0]["id"], limit=1).json()["items"]] == [
        told[1]["id"]
    ]


def test_completions_by_course(token, graduates):
    [row, _other] = ask(token, "completions/", course="sec2").json()["items"]

    assert (row["course"], row["login"]) == ("SEC2", graduates[0].certificate.enrolment.learner.username)
    assert ask(token, "completions/", course="sec").json()["items"] == []


@pytest.mark.parametrize("address", ["people/", "completions/", "certificates/"])
def test_without_a_token_in_force_nothing_is_told(address, token, people):
    assert Client().get(f"/api/v1/{address}").status_code == 401
    assert ask("sbq_" + "x" * 43, address).status_code == 401
    client = ApiClient.objects.get()
    ApiClient.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert ask(token, address).status_code == 401
    ApiClient.objects.update(expires_on=timezone.localdate())
    assert ask(token, address).status_code == 200
    clients.withdraw(client=client, by=people.admin)
    assert ask(token, address).status_code == 401
    deeds = AuditEntry.objects.filter(subject=f"api client {client.pk}").values_list("deed", flat=True)
    assert list(deeds) == ["api token withdrawn", "api token made"]


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 501}, {"after": "x"}, {"after": 2**63}, {"since": "yesterday"}], ids=str
)
def test_what_cannot_be_read_is_422(token, query):
    assert ask(token, "certificates/", **query).status_code == 422


def test_it_is_read_only_and_keeps_to_a_rate(token):
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(Client(), method)("/api/v1/people/", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 405
    with time_machine.travel(timezone.now(), tick=False):  # all within a minute, however long they take
        statuses = [ask(token, "people/", login="nobody").status_code for _ in range(301)]
    assert statuses[-1] == 429
    assert set(statuses[:290]) == {200}


def test_the_token_is_kept_nowhere_and_its_use_is_noted_once_a_day(token, people):
    assert token not in str(list(ApiClient.objects.values()))
    ask(token, "people/")
    assert ApiClient.objects.get().last_used_on == timezone.localdate()


def test_the_description_names_every_address_and_the_way_to_sign_in(client):
    told = client.get("/api/v1/openapi.json").json()

    assert set(told["paths"]) == {"/api/v1/people/", "/api/v1/completions/", "/api/v1/certificates/"}
    assert all(set(deeds) == {"get"} for deeds in told["paths"].values())
    assert told["components"]["securitySchemes"] == {"Token": {"type": "http", "scheme": "bearer"}}
    assert client.get("/api/").headers["Location"] == "/api/v1/openapi.json"


def test_a_person_without_a_library_is_nobodys(token):
    lost = making.person("lost")
    assert ask(token, "people/", login=lost.username).json()["items"] == []


@pytest.mark.parametrize(
    "since",
    [
        "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00",
        "1e300",
        "gestern",
        "2026-02-30",
    ],
)
def test_a_moment_that_no_database_knows_is_no_fault_of_ours(token, graduates, since):
    for address in ("completions/", "certificates/"):
        response = Client().get(f"/api/v1/{address}?since={since}", headers={"authorization": f"Bearer {token}"})
        assert response.status_code in (200, 422)

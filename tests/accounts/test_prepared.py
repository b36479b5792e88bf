"""A query that is built once answers as the ORM does, each time with the values of that call."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models import CharField, F
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.prepared import Given, Prepared, PreparedUpdate
from tests import making

BY_KEY = Prepared(lambda: User.objects.select_related("library").filter(pk=Given("pk")))
NAMED = Prepared(lambda: User.objects.filter(last_name=Given("name", CharField())).order_by("-pk"))
RENAME = PreparedUpdate(
    lambda: (
        User.objects.filter(pk=Given("pk")),
        {"last_name": Given("name", CharField()), "first_name": F("username")},
    )
)


@pytest.fixture
def people(base):
    return [making.person("one"), making.person("two")]


def test_each_call_has_its_own_values_and_gives_whole_rows(people):
    for person in (*people, people[0]):
        found, asked = BY_KEY.get(pk=person.pk), User.objects.get(pk=person.pk)
        assert found == asked
        assert {name: value for name, value in vars(found).items() if name != "_state"} == {
            name: value for name, value in vars(asked).items() if name != "_state"
        }
        assert (found.library, found._state.adding, found._state.db) == (asked.library, False, "default")


def test_all_come_in_their_order_and_none_where_there_is_none(people):
    User.objects.update(last_name="Namuna")

    assert NAMED.all(name="Namuna") == people[::-1]
    assert (NAMED.all(name="'; --"), NAMED.first(name="Yoʻq")) == ([], None)


@pytest.mark.parametrize("pk", [0, -1, 10**8, 2**63, 10**30, -(10**30)])
def test_a_number_that_is_no_row_is_not_there(people, pk):
    assert BY_KEY.first(pk=pk) is None
    with pytest.raises(User.DoesNotExist):
        BY_KEY.get(pk=pk)


def test_it_costs_one_query_each_time(people, django_assert_num_queries):
    with django_assert_num_queries(3):
        BY_KEY.get(pk=people[0].pk)
        BY_KEY.get(pk=people[1].pk)
        RENAME.run(pk=people[0].pk, name="Yangi")


def test_an_update_writes_its_row_alone_and_says_how_many(people):
    assert (RENAME.run(pk=people[0].pk, name="Oʻzgargan"), RENAME.run(pk=10**8, name="x")) == (1, 0)

    assert [(one.last_name, one.first_name == one.username) for one in User.objects.filter(pk=people[0].pk)] == [
        ("Oʻzgargan", True)
    ]
    assert User.objects.get(pk=people[1].pk).last_name != "Oʻzgargan"


@pytest.mark.parametrize("ended", ["expired", "deleted", "the person is not active"])
def test_a_session_that_is_over_signs_nobody_in(people, ended):
    client = Client()
    client.force_login(people[0])
    assert client.get("/attempts/token/").status_code == 200
    if ended == "expired":
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    elif ended == "deleted":
        Session.objects.all().delete()
    else:
        User.objects.filter(pk=people[0].pk).update(is_active=False)

    assert client.get("/attempts/token/").status_code == 401

"""A query that is built once answers as the ORM does, each time with the values of that call."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, Count, F, Max
from django.db.models.signals import post_init
from django.db.transaction import TransactionManagementError
from django.test import Client
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image

from accounts.models import AuditEntry, Library, Position, User
from accounts.prepared import Given, Prepared, PreparedInsert, PreparedUpdate, PreparedValues, _Plain
from tests import making

BY_KEY = Prepared(lambda: User.objects.select_related("library").filter(pk=Given("pk")))
NAMED = Prepared(lambda: User.objects.filter(last_name=Given("name", CharField())).order_by("-pk"))
RENAME = PreparedUpdate(
    lambda: (
        User.objects.filter(pk=Given("pk")),
        {"last_name": Given("name", CharField()), "first_name": F("username")},
    )
)

NAMESAKES = PreparedValues(
    lambda: User.objects.filter(last_name=Given("name", CharField())).order_by().values("last_name")
    .annotate(n=Count("pk"), newest=Max("date_joined")).values_list("n", "newest")
)  # fmt: skip
ENTRY, ENTRIES = PreparedInsert(AuditEntry, returning=True), PreparedInsert(AuditEntry)
POSITIONS = PreparedInsert(Position, ignoring=True)


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


def test_what_was_not_asked_for_comes_when_it_is_read(people, django_assert_num_queries):
    library = Library.add_root(code="UZ", titles={"uz": "Milliy"})
    User.objects.filter(pk=people[0].pk).update(library=library)
    some = Prepared(
        lambda: User.objects.filter(pk=Given("pk")).only("username", "library__code").select_related("library")
    )
    found = some.get(pk=people[0].pk)

    with django_assert_num_queries(2):
        assert (found.last_name, found.library.titles) == (people[0].last_name, library.titles)
    assert (found.library, found.library._state.adding) == (library, False)
    assert found.library.get_deferred_fields() == {field.attname for field in Library._meta.concrete_fields} - {
        "id",
        "code",
        "titles",
    }


def test_models_whose_making_does_more_are_made_by_it(base):
    """Files are wrapped, a picture reads its size: such rows come as from the ORM."""
    assert (_Plain.of(Image), _Plain.of(Document)) == (Image, Document)
    assert isinstance(_Plain.of(User), _Plain)

    def heard(**_made):
        pass

    post_init.connect(heard, sender=User)
    try:
        assert _Plain.of(User) is User
    finally:
        post_init.disconnect(heard, sender=User)


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


def test_columns_come_as_the_database_field_reads_them(people):
    User.objects.update(last_name="Namuna")

    assert NAMESAKES.all(name="Namuna") == [(2, max(person.date_joined for person in people))]
    assert NAMESAKES.first(name="Yoʻq") is None


def entry(people, n, **more):
    details = {"n": n, "oʻ": None}
    return AuditEntry(at=timezone.now(), actor=people[n % 2], deed="tried", subject=f"{n}", details=details, **more)


def test_new_rows_are_written_as_the_orm_writes_them(people, django_assert_num_queries):
    one, some = entry(people, 0), [entry(people, n, reason="'; --") for n in range(1, 4)]
    with django_assert_num_queries(2):
        ENTRY.run(one)
        ENTRIES.run(*some)
    ENTRIES.run()

    kept = list(AuditEntry.objects.order_by("pk"))
    assert (kept[0], one._state.adding, one._state.db) == (one, False, "default")
    assert [(row.at, row.actor, row.subject, row.reason, row.details) for row in kept] == [
        (row.at, row.actor, row.subject, row.reason, row.details) for row in (one, *some)
    ]


def test_many_new_rows_are_written_in_as_many_statements_as_the_database_takes(people):
    ENTRIES.run(*(entry(people, n) for n in range(400)))

    assert AuditEntry.objects.values_list("subject").distinct().count() == 400


def test_what_is_there_already_stays_where_that_is_wanted(base):
    Position.objects.create(code="x", titles={"uz": "bor"})

    POSITIONS.run(Position(code="x", titles={"uz": "yangi"}), Position(code="y"))

    assert dict(Position.objects.filter(code__in="xy").values_list("code", "titles")) == {"x": {"uz": "bor"}, "y": {}}


def test_errors_are_djangos(base):
    with pytest.raises(IntegrityError), transaction.atomic():
        PreparedInsert(Position).run(Position(code="x"), Position(code="x"))


def test_nothing_is_asked_in_a_transaction_that_is_broken(people):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            BY_KEY.first(pk=people[0].pk)


def test_who_watches_the_statements_sees_these(people):
    seen = []

    def watch(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        RENAME.run(pk=people[0].pk, name="Yangi")
    RENAME.run(pk=people[0].pk, name="Yana")

    assert [sql.split()[0] for sql in seen] == ["UPDATE"]


def test_a_sign_of_percent_in_the_statement_stays_one(people):
    rest = PreparedValues(lambda: User.objects.filter(pk=Given("pk")).annotate(n=F("pk") % 7).values_list("n"))

    assert rest.all(pk=people[0].pk) == [(people[0].pk % 7,)]


def kept_by_the_server():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%SET \"last_name\" =%'")
        return cursor.fetchone()[0]


def test_postgresql_compiles_no_statement(db):
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_postgresql_keeps_these_statements_and_no_others_unless_it_may_not(people, settings):
    if connection.vendor != "postgresql":
        return
    settings.DATABASE_PREPARES = False
    RENAME.run(pk=people[0].pk, name="a")
    User.objects.filter(pk=people[0].pk).update(last_name="b")
    assert kept_by_the_server() == 0
    settings.DATABASE_PREPARES = True
    RENAME.run(pk=people[0].pk, name="c")
    User.objects.filter(pk=people[0].pk).update(last_name="d")
    assert kept_by_the_server() == 1


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

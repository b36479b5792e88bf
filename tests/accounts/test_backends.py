"""Who is meant by what was typed: a login or an e-mail in any case, found by an index however many people there are."""

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from accounts import backends
from accounts.models import User
from tests.accounts.conftest import PASSWORD
from tests.making import person


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("SAM-0001", ["SAM-0001"]), (" sam-0001 ", ["SAM-0001"]), ("Nigora@Example.org", ["SAM-0001"]), ("sam-000", []),
        ("", []), ("@", []), ("other@example.org", []),
    ],
)  # fmt: skip
def test_a_login_or_an_email_in_any_case(learner, other, typed, found):
    assert [one.username for one in backends.typed_as(typed)] == found


def test_a_confirmed_address_goes_before_one_that_is_only_said(learner):
    claiming = person("claiming")
    EmailAddress.objects.create(user=claiming, email=learner.email, verified=False)
    both = {one.username for one in backends.typed_as(learner.email)}
    EmailAddress.objects.create(user=learner, email=learner.email, verified=True)

    assert both == {claiming.username, "SAM-0001"}
    assert backends.typed_as(learner.email) == [learner]


@pytest.mark.parametrize(
    ("query", "index"), [("BY_LOGIN", "login_is_unique_in_any_case"), ("BY_EMAIL", "email_is_unique_in_any_case")]
)
def test_no_sign_in_reads_the_table_of_people(learner, query, index):
    sql = getattr(backends, query)._statement(connection).sql
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # of a few rows it would read them all
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}", ["x"])
        plan = " ".join(str(row) for row in cursor.fetchall())

    assert index in plan


def test_a_time_of_sign_in_changes_nothing_else_and_a_new_name_is_found(learner):
    learner.first_name = "Guli"
    learner.save(update_fields=["last_login"])
    assert User.objects.get().folded_name == "karimova nigora"

    learner.save(update_fields=["first_name"])
    assert User.objects.get().folded_name == "karimova guli"


def test_a_login_goes_before_an_email_that_comes_with_it(learner, other):
    """As where somebody says the password once more: allauth gives both, and the address may be another's by now."""
    EmailAddress.objects.create(user=other, email=learner.email, verified=True)

    asked = {"username": learner.username, "email": learner.email, "password": PASSWORD}
    assert backends.AuthenticationBackend().authenticate(None, **asked) == learner

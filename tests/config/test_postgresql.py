"""A connection that ended while it lay in the pool is found before a request gets it."""

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

pytestmark = pytest.mark.postgres


@pytest.fixture
def pooled(db):
    """As production has it: connections out of a pool of two."""
    said = connection.settings_dict
    options = said["OPTIONS"] | {"pool": {"timeout": 3, "min_size": 2, "max_size": 2}}
    handler = ConnectionHandler({"default": said | {"OPTIONS": options, "CONN_MAX_AGE": 0}})["default"]
    yield handler
    handler.close()
    handler.close_pool()


def asked(pooled):
    """The process of the server that answers a request, which then gives its connection back."""
    with pooled.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    pooled.close()
    return pid


def test_connections_that_the_server_has_ended_are_given_to_nobody(pooled):
    pooled.pool.open(wait=True)
    before = {asked(pooled) for _ in range(4)}
    with connection.cursor() as cursor:
        for pid in before:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    after = [asked(pooled) for _ in range(4)]

    assert len(before) == 2
    assert not before & set(after)


def test_one_that_has_not_ended_is_given_again(pooled):
    assert asked(pooled) in {asked(pooled) for _ in range(2)}

"""The bench of the served platform: one round of one case beside a bare one, against the production server on this database."""

import pytest
from django.conf import settings as now
from django.db import connection

from accounts.hashers import Argon2
from accounts.models import User
from scripts.bench.served import cases, place, processes, tables
from scripts.bench.served.filling import LEARNER, PASSWORD
from scripts.bench.served.measuring import Bench

pytestmark = pytest.mark.skipif("sqlite" not in now.DATABASES["default"]["ENGINE"], reason="once is enough")


@pytest.mark.django_db(transaction=True)
def test_a_round_counts_what_the_server_did_and_tells_it(tmp_path, settings, monkeypatch):
    from certification import keys

    for name in ("static", "bare"):
        (tmp_path / name).mkdir()
    keys.make(tmp_path / "signing")
    environment = place.environment(tmp_path, f"sqlite:///{connection.settings_dict['NAME']}", None)
    settings.SECRET_KEY = environment["SECRET_KEY"]  # sessions are written here and read by the server
    password = Argon2().encode(PASSWORD, Argon2().salt())
    person = User.objects.create(username=LEARNER, last_name="B", first_name="B", password=password)
    connection.close()
    server = processes.Served(environment, processes.Redis(wanted=False))
    try:
        bare, (sign_in,) = cases.bare_page(3_000, person, "a test"), cases.signing_in()
        sign_in.base = bare.name
        monkeypatch.setattr("scripts.bench.served.measuring.A_ROUND", 20)
        Bench(server, processes.Clock(server), [bare, sign_in]).rounds(1)
    finally:
        server.end()

    assert (bare.requests, bare.queries) == (1, 2)  # session and user
    assert 3_000 < bare.size < 4_000  # with its head
    assert [set(spent) for spent in bare.spent] == [set(processes.KINDS)]
    assert 0 < tables.total(bare.told()) < tables.total(sign_in.told())
    result = {
        "scale": 1, "sizes": {"staff": 1}, "database": "SQLite", "cases": [bare.told(), sign_in.told()], "shared": {}, "weight": [],
    }  # fmt: skip
    told = tables.whole([result], 1)
    assert "| bare Django view, as many bytes as a test | " in told
    assert "| sign-in: name and password | ≤ 69 CPU ms | " in told

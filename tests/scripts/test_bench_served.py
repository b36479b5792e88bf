"""The bench of the served platform: one round of one case beside a bare one, against the production server on this database."""

import pytest
from django.conf import settings as now
from django.db import connection

from accounts.hashers import Argon2
from accounts.models import User
from scripts.bench import served
from scripts.bench.served import cases, place, processes, tables
from scripts.bench.served.filling import LEARNER, PASSWORD
from scripts.bench.served.measuring import Bench


@pytest.mark.skipif("sqlite" not in now.DATABASES["default"]["ENGINE"], reason="once is enough")
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
    told = tables.whole([result], 1, 0.2)
    assert "| bare Django view, as many bytes as a test | " in told
    assert "| sign-in: name and password | ≤ 69 CPU ms | " in told


def test_a_part_of_the_bench_is_chosen_by_words():
    assert served.read(["--rounds", "1", "sqlite", "lesson"]) == {
        "rounds": 1, "databases": ["sqlite"], "scales": {1}, "weight": False, "cases": ["lesson"],
    }  # fmt: skip
    assert served.read(["sqlite", "10x"]) == {
        "rounds": 5, "databases": ["sqlite"], "scales": {10}, "weight": True, "cases": [],
    }  # fmt: skip
    assert served.read(["sqlite", "weight"])["scales"] == {1}


def test_each_goal_is_told_with_what_was_reached():
    def case(name, spent, base="", queries=0):
        rounds = [{"web": one, "worker": 0, "database": 1.0, "cache": 0} for one in spent]
        return {"name": name, "base": base, "spent": rounds, "queries": queries}

    bare, report = case("bare Wagtail page", [9, 19, 1]), case("bare report", [9])
    small = [
        bare,
        case("lesson", [3, 2, 90], "bare Wagtail page", queries=4),
        report,
        case("HR's first page", [17], "bare report"),
    ]
    large = [report, case("HR's first page", [20.6], "bare report")]
    results = [{"database": "SQLite", "scale": 1, "cases": small}, {"database": "SQLite", "scale": 10, "cases": large}]

    assert tables.goals(results).splitlines() == [
        "| what | goal | SQLite |",
        "| --- | ---: | ---: |",
        "| lesson | ≤ 0.45 × bare | met: 0.40 |",
        "| lesson | ≤ 3 queries | **missed**: 4 |",
        "| HR's first page | ≤ 2 × bare | met: 1.80 |",
        "| HR's first page | ≤ 1.1 × at 1x | **missed**: 1.20 |",
    ]

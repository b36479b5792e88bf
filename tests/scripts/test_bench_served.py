"""The bench of the served platform: one round of one case beside a bare one, against the production server on this database."""

import json

import pytest
from django.conf import settings as now
from django.contrib.staticfiles.finders import get_finders
from django.db import connection

from accounts.hashers import Argon2
from accounts.models import User
from scripts.bench import served
from scripts.bench.served import cases, place, processes, signins, tables
from scripts.bench.served.filling import LEARNER, PASSWORD
from scripts.bench.served.measuring import Bench


@pytest.mark.skipif("sqlite" not in now.DATABASES["default"]["ENGINE"], reason="once is enough")
@pytest.mark.django_db(transaction=True)
def test_a_round_counts_what_the_server_did_and_tells_it(tmp_path, settings, monkeypatch):
    from certification import keys

    for name in ("static", "bare"):
        (tmp_path / name).mkdir()
    keys.make(tmp_path / "signing")
    found = {path: path for finder in get_finders() for path, _storage in finder.list([])}
    (tmp_path / "static" / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": found, "hash": ""}))
    environment = place.environment(tmp_path, f"sqlite:///{connection.settings_dict['NAME']}", None)
    settings.SECRET_KEY = environment["SECRET_KEY"]  # sessions are written here and read by the server
    settings.PASSWORD_HASHERS = ["accounts.hashers.Argon2"]  # and so are passwords
    password = Argon2().encode(PASSWORD, Argon2().salt())
    person = User.objects.create(username=LEARNER, last_name="B", first_name="B", password=password)
    for n in range(3):
        User.objects.create(username=f"SAM-000{n}", last_name="B", first_name="B")
    connection.close()
    server = processes.Served(environment, processes.Redis(wanted=False))
    try:
        bare, (sign_in,) = cases.bare_page(3_000, person, "a test"), cases.signing_in()
        sign_in.base = bare.name
        monkeypatch.setattr("scripts.bench.served.measuring.A_ROUND", 20)
        clock = processes.Clock(server)
        Bench(server, clock, [bare, sign_in]).rounds(1)
        crowd = signins.measure(server, clock, behind=(2, 1), seconds=0.1)
    finally:
        server.end()

    assert (bare.requests, bare.queries) == (1, 2)  # session and user
    assert 3_000 < bare.size < 4_000  # with its head
    assert [set(spent) for spent in bare.spent] == [set(processes.KINDS)]
    assert 0 < tables.total(bare.told()) < tables.total(sign_in.told())
    assert [crowd[name] for name in ("people", "addresses", "in", "refused")] == [3, 2, 3, []]
    assert len(crowd["seconds"]) == 3
    result = {
        "scale": 1, "sizes": {"staff": 4}, "database": "SQLite", "cases": [bare.told(), sign_in.told()], "shared": {}, "weight": [],
        "signins": crowd,
    }  # fmt: skip
    told = tables.whole([result], 1, 0.2)
    assert "| bare Django view, as many bytes as a test | " in told
    assert "| sign-in: name and password | ≤ 69 CPU ms | " in told
    assert "**3 people sign in within a minute**" in told
    assert "| SQLite | 3 | 2 | 3 | " in told


def test_a_part_of_the_bench_is_chosen_by_words():
    assert served.read(["--rounds", "1", "sqlite", "lesson"]) == {
        "rounds": 1, "databases": ["sqlite"], "scales": {1}, "signins": False, "weight": False, "cases": ["lesson"],
    }  # fmt: skip
    assert served.read(["sqlite", "10x"]) == {
        "rounds": 5, "databases": ["sqlite"], "scales": {10}, "signins": True, "weight": True, "cases": [],
    }  # fmt: skip
    assert served.read(["sqlite", "weight"])["scales"] == {1}
    assert served.read(["sqlite", "signins"]) == {
        "rounds": 5, "databases": ["sqlite"], "scales": {1}, "signins": True, "weight": False, "cases": ["none of them"],
    }  # fmt: skip


def test_who_was_not_let_in_is_told():
    spent = dict.fromkeys(processes.KINDS, 2_000)
    told = {
        "people": 3,
        "addresses": 1,
        "in": 2,
        "refused": ["POST /accounts/login/: 429 "],
        "seconds": [0.1, 0.3],
        "spent": spent,
    }

    assert tables.crowd([{"database": "SQLite", "signins": told}]).splitlines()[4:] == [
        "| SQLite | 3 | 1 | **2** | 200 | 300 | 8.0 | 2.0 | 2.0 | 2.0 | 2.0 |",
        "",
        "Not let in: SQLite: POST /accounts/login/: 429 .",
    ]


def test_those_behind_one_address_come_spread_over_the_minute():
    assert [address[-1] for address in signins.in_turn((4, 2, 1))] == ["1", "2", "3", "1", "1", "2", "1"]


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

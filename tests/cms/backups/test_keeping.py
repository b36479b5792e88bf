"""Which backups stay: a rule on dates alone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from cms.backups import keeping

RULE = {"days": 14, "weeks": 14, "months": 12}
NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)  # a Friday


def days(*numbers):
    """Backups made so many days ago."""
    return [NOW - timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ([], []),
        (range(15), range(15)),  # all of fourteen days, to the hour
        ([0, 0.1, 0.2, 13.9], [0, 0.1, 0.2, 13.9]),  # all of a day too
        ([0, 15, 16, 17, 18], [0, 18]),  # of Mon 9 to Thu 12 November the first, Monday's
        ([0, 19, 20], [0, 20]),  # Sun 8 and Sat 7 November: the first of its week
        ([0, 26, 25, 20], [0, 26, 25]),  # Sun 1 and Mon 2 November: the first of the month, the first of the week; 7 goes
        ([0, 98, 99], [0, 99]),  # Fri 21 and Thu 20 August: no first of its week; the first there is of its month
        ([0, 100, 110, 118], [0, 118]),  # older than 14 weeks: the first of August alone
        ([0, 372], [0, 372]),  # 20 November 2025
        ([0, 373], [0]),
        ([400, 500], [400]),  # however old: never the last one
        ([-3, 20, 400], [-3, 20]),  # a clock that was wrong: what is of the future stays
    ],
)  # fmt: skip
def test_the_rule(made, kept):
    assert keeping.to_keep(days(*made), NOW, **RULE) == set(days(*kept))


def test_a_year_and_a_half_of_nightly_backups_thinned_every_night_always_holds_three_months():
    there, gone_too_early = [], []
    for night in range(550):
        now = NOW + timedelta(days=night)
        there = sorted(keeping.to_keep([*there, now], now, **RULE))
        ages = [(now - moment).days for moment in reversed(there)]
        # no hole longer than a week in three months, none longer than a month in the year
        gaps = [(older, older - younger) for younger, older in pairwise(ages)]
        gone_too_early += [(night, gap) for gap in gaps if gap[1] > (7 if gap[0] <= 92 else 31)]
        if night >= 92:
            assert ages[-1] >= 92

    assert gone_too_early == []
    assert 14 + 12 + 8 <= len(there) <= 15 + 14 + 12


def test_what_is_no_backup_is_not_touched(tmp_path, settings):
    old = "saboq-20200101T000000Z"
    for name in (old, "saboq-20260101T000000Z", "saboq-20200102T000000Z", "notes", "saboq-2020"):
        (tmp_path / name).mkdir()
    for name in (old, "saboq-20260101T000000Z", "notes"):
        (tmp_path / name / "SHA256SUMS").touch()

    assert keeping.rotate(tmp_path, NOW) == [old]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "notes", "saboq-2020", "saboq-20200102T000000Z", "saboq-20260101T000000Z",
    ]  # fmt: skip


def test_the_age_of_the_newest_is_told_to_who_watches(tmp_path):
    assert keeping.age_of_newest(tmp_path, NOW) is None
    (tmp_path / "saboq-20261126T030000Z").mkdir()
    (tmp_path / "saboq-20261126T030000Z" / "SHA256SUMS").touch()

    assert keeping.age_of_newest(tmp_path, NOW) == timedelta(days=1)

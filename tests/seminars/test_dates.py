"""Dates carry the weekday, in Tashkent's time, in the reader's language."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from seminars.dates import say

SATURDAY = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)  # 10:00 in Tashkent


@pytest.mark.parametrize(
    ("language", "this_year", "later"),
    [
        ("uz", "28-noyabr, shanba, 10:00", "2026-yil 28-noyabr, shanba, 10:00"),
        ("ru", "28 ноября, суббота, 10:00", "28 ноября 2026 г., суббота, 10:00"),
        ("en", "Saturday, 28 November, 10:00", "Saturday, 28 November 2026, 10:00"),
    ],
)
def test_a_sitting_is_said_with_its_weekday(monkeypatch, language, this_year, later):
    with translation.override(language):
        monkeypatch.setattr(timezone, "now", lambda: SATURDAY)
        assert say(SATURDAY) == this_year
        monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 1, 2, tzinfo=UTC))
        assert say(SATURDAY) == later


def test_the_day_is_the_one_in_tashkent(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: SATURDAY)
    with translation.override("en"):
        assert say(datetime(2026, 11, 28, 20, 30, tzinfo=UTC)) == "Sunday, 29 November, 01:30"

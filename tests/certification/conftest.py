"""A course, and its graduate. What learners do stands in studying.py."""

import pytest

from certification import misses, views
from tests import making
from tests.kept import kept

from . import studying


@kept
def course_page(bedrock):
    """A course of two modules of one lesson each: enough for a certificate. The judge's tests have a larger one."""
    return making.course(modules=2, lessons=1, quiz=False, code="SEC")


@pytest.fixture
def version(course_page):
    """The certificate of one who has done everything, issued on 22 November 2026."""
    return studying.graduate(course_page)


@pytest.fixture
def minute(monkeypatch):
    """A clock that stands still until it is told: what is counted by the minute is counted within one."""

    class Clock:
        now = 1_800_000_000.0

        def time(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(misses, "time", clock)
    monkeypatch.setattr(views, "time", clock)
    return clock

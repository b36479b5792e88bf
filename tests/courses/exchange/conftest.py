"""Reading a file of a few lines, and what came of it in short."""

import pytest
from django.utils import translation

from courses.exchange import reading


@pytest.fixture(autouse=True)
def in_english():
    """Verdicts are asked for in their own words."""
    with translation.override("en"):
        yield


@pytest.fixture
def read():
    """The settled drafts of a file."""

    def drafts(text, format="auto", language="en"):
        data = text if isinstance(text, bytes) else text.encode()
        return reading.settled(reading.drafts(data, format, language)[2], language)

    return drafts


@pytest.fixture
def one(read):
    """The only draft of a file."""

    def draft(text, *args, **kwargs):
        (only,) = read(text, *args, **kwargs)
        return only

    return draft


def choices(draft):
    """[(words, right, why)] of a draft, in English."""
    return [
        (choice["text"].get("en"), choice["right"], choice["why"].get("en", "")) for choice in draft.content["choices"]
    ]


def words(draft):
    return draft.content["text"]["en"]

"""Nothing is remembered of the test before; verdicts are in English."""

import pytest
from django.utils import translation

from tests.courses.item_analysis.independent import taken
from tests.courses.simulation import Item


@pytest.fixture(autouse=True)
def english(fresh):
    translation.activate("en")


@pytest.fixture
def mixed():
    """Six kinds of items, drawn four at a time."""
    items = [
        Item(b=-1), Item(b=0.5, options=3), Item(b=0), Item(kind="numerical", b=0),
        Item(kind="multiple", right="c1 c2", options=5), Item(b=1, a=1.8),
    ]  # fmt: skip
    return taken(items, 120, draw=4)

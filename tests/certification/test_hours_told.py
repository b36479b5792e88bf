"""What the learner reads of seminar hours: so many of the planned ones, so many needed, and what was missed with reason."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags

from certification.conditions import Facts, conditions


def told(earned, excused):
    facts = Facts(
        whole=True, homework_counts=False, activities=(), done=frozenset(), seminar_share=60, hours_earned=Decimal(earned),
        hours_planned=Decimal(10), hours_needed=Decimal(6), name_confirmed=False, hours_excused=Decimal(excused),
    )  # fmt: skip
    with translation.override("en"):
        return " ".join(strip_tags(render_to_string("cms/parts/needs.html", {"needs": conditions(facts)})).split())


@pytest.mark.parametrize(
    ("earned", "excused", "words"),
    [
        ("5.0", "0", "Seminar hours5 / 65 of 10 hours, 6 needed Book"),
        ("5.5", "2", "5.5 of 10 hours, 6 needed. Missed with reason: 2; another date of the seminar makes them up"),
        ("6.0", "0", "6 of 10 hours, 6 needed Academic"),
    ],
)
def test_the_learner_reads_how_many_of_how_many(earned, excused, words):
    assert words.replace(" Book", "").replace(" Academic", "") in told(earned, excused)

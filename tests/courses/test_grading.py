"""From answers to the score of an attempt: one pure function for submitting and regrading."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import grading
from tests import making
from tests.courses.regrades import keyed


def rows(*scores):
    """None: not answered."""
    return [
        SimpleNamespace(score=Decimal(0) if one is None else Decimal(one), answer=None if one is None else "c1")
        for one in scores
    ]


@pytest.mark.parametrize(
    ("scores", "penalty", "total"),
    [
        (["1", "1", "1"], 0, "100"),
        (["1", "1", "0"], 0, "66.67"),
        (["1", "1", "0"], 25, "58.33"),  # (2 - 0.25) / 3
        (["1", "1", None], 25, "66.67"),  # left out: nothing is taken off
        (["1", "0.5", "0"], 100, "16.67"),
        (["0", "0", "1"], 100, "0"),
        (["0.5"], 100, "50"),  # partly right is not wrong
        ([], 50, "0"),
    ],
)
def test_the_score_of_an_attempt(scores, penalty, total):
    assert grading.total(rows(*scores), penalty) == Decimal(total)


@given(
    st.lists(st.one_of(st.none(), st.decimals(0, 1, places=4)), max_size=40),
    st.integers(0, 100),
)
def test_a_score_stays_within_bounds_and_a_penalty_never_helps(scores, penalty):
    made = rows(*scores)

    assert 0 <= grading.total(made, penalty) <= grading.total(made) <= 100


def version(content, kind="single"):
    return SimpleNamespace(kind=kind, content=content)


STEPS = {"text": making.words("Q"), "steps": [{"id": "a", "text": making.words("a")}, {"id": "b", "text": {}}]}
PAIRS = {"text": {}, "pairs": [{"id": n, "left": making.words(n), "right": making.words(n)} for n in "ab"]}


def gaps(first=None, accept=()):
    """making.CLOZE with another first choice, other accepted answers (None: a list to choose from)."""
    one, two = making.CLOZE["gaps"]
    one = {**one, "choices": [{**one["choices"][0], **(first or {})}, one["choices"][1]]}
    if accept is None:
        two = {"id": "g2", "choices": [{"id": "g2-1", "text": {"all": "x"}, "right": True}]}
    elif accept:
        two = {"id": "g2", "accept": accept}
    return {**making.CLOZE, "gaps": [one, two]}


@pytest.mark.parametrize(
    ("kind", "before", "after", "same"),
    [
        ("single", making.SINGLE, {**making.SINGLE, "text": {"uz": "Boshqa"}, "feedback": {}}, True),
        ("single", making.SINGLE, {**making.SINGLE, "choices": making.SINGLE["choices"][::-1]}, True),
        ("single", making.SINGLE, keyed(), False),
        ("single", making.SINGLE, {**making.SINGLE, "choices": making.SINGLE["choices"][:2]}, False),
        ("ordering", STEPS, {**STEPS, "steps": STEPS["steps"][::-1]}, False),
        ("ordering", STEPS, {**STEPS, "steps": [{**one, "text": making.words("x")} for one in STEPS["steps"]]}, True),
        ("matching", PAIRS, {**PAIRS, "pairs": [{**one, "right": {"ru": "я"}} for one in PAIRS["pairs"]]}, True),
        ("numerical", {"text": {}, "answer": "1", "tolerance": "0"}, {"text": {}, "answer": "1", "tolerance": "1"}, False),
        ("true_false", {"text": {}, "answer": True}, {"text": {}, "answer": False}, False),
        ("short_answer", {"text": {}, "accept": {"all": ["a"]}}, {"text": {}, "accept": {"all": ["a", "b"]}}, False),
        ("short_answer", {"text": {}, "accept": {"all": ["a", "b"]}}, {"text": {}, "accept": {"all": ["b", "a"]}}, True),
        ("cloze", making.CLOZE, gaps(first={"text": {"all": "13"}}), True),
        ("cloze", making.CLOZE, gaps(first={"text": making.words("12")}), True),
        ("cloze", making.CLOZE, gaps(first={"right": False}), False),
        ("cloze", making.CLOZE, gaps(accept={"uz": ["uzun"]}), False),
        ("cloze", making.CLOZE, {**making.CLOZE, "text": {"uz": "[[2]] [[1]]"}}, True),
    ],
)  # fmt: skip
def test_only_wording_is_told_from_another_key(kind, before, after, same):
    assert grading.same_key(kind, after, version(before, kind)) is same


@pytest.mark.parametrize(
    ("by", "drawn", "can"),
    [
        (version(keyed()), version(making.SINGLE), True),
        (version({**making.SINGLE, "choices": making.SINGLE["choices"][:2]}), version(making.SINGLE), False),
        (version(making.SINGLE, "multiple"), version(making.SINGLE), False),
        (version({**STEPS, "steps": STEPS["steps"][::-1]}, "ordering"), version(STEPS, "ordering"), True),
        (version(PAIRS, "matching"), version({**PAIRS, "pairs": PAIRS["pairs"][:1]}, "matching"), False),
        (version(gaps(first={"right": False}, accept={"all": ["x"]}), "cloze"), version(making.CLOZE, "cloze"), True),
        (version({**making.CLOZE, "gaps": making.CLOZE["gaps"][:1]}, "cloze"), version(making.CLOZE, "cloze"), False),
        (version(gaps(accept=None), "cloze"), version(making.CLOZE, "cloze"), False),
        (version({"text": {}, "answer": False}, "true_false"), version({"text": {}, "answer": True}, "true_false"), True),
    ],
)  # fmt: skip
def test_a_key_judges_answers_to_the_same_parts_alone(by, drawn, can):
    assert grading.can_grade(by, drawn) is can

"""Item analysis against an independent computation on simulated learners, and what it says of planted mistakes."""

import math
import statistics
from collections import Counter, defaultdict

import pytest

from courses import item_verdicts
from courses.item_analysis import analyse
from tests.courses import simulation
from tests.courses.item_analysis.independent import by_hand, healthy, kinds_of, taken
from tests.courses.simulation import Item

pytestmark = pytest.mark.django_db


def test_every_figure_is_that_of_an_independent_computation(mixed):
    found = analyse(mixed.quiz)
    expected = by_hand(mixed.rows)

    assert found.attempts == 120
    assert {item.version.pk for item in found.items} == set(expected)
    for item in found.items:
        hand = expected[item.version.pk]
        assert item.sums.n == hand["n"]
        assert item.facility == pytest.approx(hand["facility"], abs=1e-12)
        assert item.discrimination == pytest.approx(hand["discrimination"], abs=1e-9)
        assert item.seconds == hand["seconds"]
        offered = [choice["id"] for choice in item.version.content.get("choices", [])] or [
            choice.words for choice in item.choices
        ]
        assert {key: choice.count for key, choice in zip(offered, item.choices, strict=True)} == {
            key: hand["choices"][key] for key in offered
        }
        for key, choice in zip(offered, item.choices, strict=True):
            assert choice.share == pytest.approx(hand["choices"][key] / hand["n"])
            assert choice.rest == pytest.approx(hand["rests"][key], abs=1e-12)
            assert choice.r == pytest.approx(hand["r"][key], abs=1e-9)


def test_answers_left_empty_are_counted_as_wrong_and_as_empty(mixed):
    empty = Counter(row["version"] for row in mixed.rows if row["answer"] is None)

    assert sum(empty.values()) > 0
    assert {item.version.pk: item.sums.empty for item in analyse(mixed.quiz).items} == {
        item.version.pk: empty[item.version.pk] for item in mixed.items
    }


# --- Reliability ----------------------------------------------------------------------------------------------------------


def test_alpha_of_a_fixed_form_is_that_of_cronbach():
    made = taken(healthy(8), 150)
    table = defaultdict(list)
    for row in made.rows:
        table[row["attempt"]].append(row["score"])  # in the order of the items, the same for all
    parts = sum(statistics.variance(column) for column in zip(*table.values(), strict=True))
    totals = [sum(line) for line in table.values()]
    alpha = 8 / 7 * (1 - parts / statistics.variance(totals))

    found = analyse(made.quiz)

    assert found.reliability.fixed is True
    assert found.reliability.alpha == pytest.approx(alpha, abs=1e-9)
    assert found.reliability.error == pytest.approx(statistics.stdev(totals) * math.sqrt(1 - alpha) / 8, abs=1e-9)
    assert found.mean == pytest.approx(statistics.fmean(totals) / 8)
    assert found.deviation == pytest.approx(statistics.stdev(totals) / 8)


def test_of_random_draws_it_is_kuder_and_richardsons_formula_21():
    made = taken(healthy(20), 300, draw=6)
    totals = defaultdict(float)
    for row in made.rows:
        totals[row["attempt"]] += row["score"]
    n, mean, variance = 300, statistics.fmean(totals.values()), statistics.pvariance(totals.values())
    # Formula 21 with the variance of n-1 where it stands for the population's, of n where it is taken off the observed.
    observed = variance * n / (n - 1)
    kr21 = 1 - (mean * (6 - mean) - variance) / (5 * observed)

    found = analyse(made.quiz).reliability

    assert found.fixed is False
    assert found.alpha == pytest.approx(kr21, abs=1e-9)
    assert found.error == pytest.approx(math.sqrt((mean * (6 - mean) - variance) / (5 * 6 * 6)), abs=1e-9)


def test_more_questions_measure_more_reliably_and_with_less_error():
    short, long = (analyse(taken(healthy(40), 200, draw=draw).quiz).reliability for draw in (5, 30))

    assert short.alpha < long.alpha
    assert short.error > long.error


def test_attempts_of_different_length_stand_side_by_side():
    made = taken(healthy(12), 80, draw=4)
    course = made.quiz.activity.course
    simulation.take(made, simulation.enrolled(simulation.people(80), course), draw=8, seed=2)

    found = analyse(made.quiz)

    assert found.reliability.fixed is False and 0 < found.reliability.alpha < 1
    expected = by_hand(made.rows)
    assert {item.version.pk: item.discrimination for item in found.items} == pytest.approx(
        {version: hand["discrimination"] for version, hand in expected.items()}, abs=1e-9
    )


# --- Planted mistakes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", [None, 10])
def test_a_planted_wrong_key_comes_first_and_names_the_answer_that_is_right(draw):
    items = [*healthy(14), Item(b=0, right="c1", key="c3")]
    found = item_verdicts.worst_first(analyse(taken(items, 300, draw=draw).quiz).items)

    worst, said = found[0]
    assert worst.version == items[-1].version
    assert [verdict.kind for verdict in said] == ["key", "strong"]
    assert said[0].words == "Those who did well otherwise get this one wrong: check the key."
    assert "«Savol 15 c1 en»" in said[1].words
    assert [kinds_of(item) for item, _said in found[1:]] == [["good"]] * 14


def test_a_planted_dead_distractor_is_found_and_named():
    items = [*healthy(9), Item(b=0, dead=("c4",))]
    found = item_verdicts.worst_first(analyse(taken(items, 300).quiz).items)

    worst, said = found[0]
    assert worst.version == items[-1].version
    assert [verdict.kind for verdict in said] == ["dead"] and "«Savol 10 c4 en»" in said[0].words
    assert [kinds_of(item) for item, _said in found[1:]] == [["good"]] * 9


def test_a_wrong_mark_in_a_question_with_several_right_answers_is_found():
    items = [*healthy(9), Item(kind="multiple", right="c1 c2", key="c1 c4", options=5, b=0)]
    made = taken(items, 400)
    item = next(item for item in analyse(made.quiz).items if item.version == items[-1].version)

    assert {verdict.kind for verdict in item_verdicts.verdicts(item)} >= {"strong", "avoided"}


def test_a_right_answer_that_the_key_lacks_is_found_among_what_was_typed():
    items = [*healthy(9), Item(kind="numerical", b=0)]
    made = simulation.quiz(simulation.course(), items)
    content = items[-1].version.content | {"answer": "41"}
    type(items[-1].version).objects.filter(pk=items[-1].version.pk).update(content=content)
    items[-1].version.refresh_from_db()
    simulation.take(made, simulation.enrolled(simulation.people(300), made.quiz.activity.course))

    item = next(item for item in analyse(made.quiz).items if item.version == items[-1].version)

    assert kinds_of(item)[0] == "strong"
    assert "«40»" in item_verdicts.verdicts(item)[0].words
    assert item.choices[0].words == "40"


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (Item(b=-6), "easy"),
        (Item(b=9), "hard"),
        (Item(a=0.0, b=0), "weak"),
        (Item(kind="numerical", b=4), "hard"),
    ],
)
def test_what_is_too_easy_too_hard_or_measures_nothing(item, kind):
    found = analyse(taken([*healthy(9), item], 400).quiz).items

    assert kind in kinds_of(next(one for one in found if one.version == item.version))


@pytest.mark.parametrize("seed", range(1, 6))
def test_healthy_questions_are_left_in_peace(seed):
    found = analyse(taken(healthy(12, seed=seed), 150, seed=seed).quiz).items

    assert [kinds_of(item) for item in found] == [["good"]] * 12

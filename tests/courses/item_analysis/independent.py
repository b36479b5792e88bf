"""The figures once more, computed from the answers without the database; and learners who gave them."""

import random
import statistics
from collections import Counter, defaultdict

from courses import item_verdicts
from tests.courses import simulation
from tests.courses.simulation import Item


def healthy(number, seed=5):
    dice = random.Random(seed)
    return [Item(a=dice.uniform(1, 2), b=dice.uniform(-1.5, 1), options=dice.choice([3, 4, 5])) for _ in range(number)]


def taken(items, learners=200, *, draw=None, seed=1, **rules):
    """A quiz of these items that so many simulated learners have taken once."""
    made = simulation.quiz(simulation.course(), items, **rules)
    simulation.take(
        made, simulation.enrolled(simulation.people(learners), made.quiz.activity.course), draw=draw, seed=seed
    )
    return made


def by_hand(rows):
    """{version: figures}, computed anew in the plainest way from the list of all answers."""
    attempts = defaultdict(list)
    for row in rows:
        attempts[row["attempt"]].append(row)
    lines = defaultdict(list)
    for answers in attempts.values():
        for row in answers:
            others = [other["score"] for other in answers if other is not row]
            lines[row["version"]].append((row, statistics.fmean(others) if others else None))
    return {
        version: {
            "n": len(pairs),
            "facility": statistics.fmean(row["score"] for row, _rest in pairs),
            "discrimination": statistics.correlation([row["score"] for row, _ in pairs], [rest for _, rest in pairs]),
            "seconds": statistics.median(row["seconds"] for row, _ in pairs if row["seconds"] is not None),
            "choices": Counter(key for row, _ in pairs for key in _chosen(row["answer"])),
            "rests": {
                key: statistics.fmean(rest for row, rest in pairs if key in _chosen(row["answer"]))
                for key in {key for row, _ in pairs for key in _chosen(row["answer"])}
            },
            "r": {
                key: statistics.correlation([key in _chosen(row["answer"]) for row, _ in pairs], [rest for _, rest in pairs])
                for key in {key for row, _ in pairs for key in _chosen(row["answer"])}
            },
        }
        for version, pairs in lines.items()
    }  # fmt: skip


def _chosen(answer):
    return [] if answer is None else answer if isinstance(answer, list) else [answer]


def kinds_of(item):
    return [verdict.kind for verdict in item_verdicts.verdicts(item)]

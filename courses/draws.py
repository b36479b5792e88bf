"""What a quiz draws: so many questions of each pool, of those with a label where one is named, and no question twice."""

import random

from . import attempt_rows
from .models import Question

_dice = random.SystemRandom()


def draw(quiz, draws=None):
    """The versions of a new attempt in mixed order; fewer than `wanted` where the pools hold too few.

    `draws`: the quiz's rows, if known.
    """
    draws = list(quiz.draws.all()) if draws is None else draws
    chosen = [pk for part in _assigned(draws, candidates(draws)) for pk in part]
    versions = attempt_rows.versions(chosen)
    drawn = [versions[pk] for pk in chosen]
    _dice.shuffle(drawn)
    return drawn


def wanted(draws):
    """How many questions an attempt has."""
    return sum(draw.count for draw in draws)


def candidates(draws):
    """For each Draw the published versions (primary keys) that it may take. One query; one more where a tag is named."""
    pools = {draw.pool_id for draw in draws}
    rows = attempt_rows.candidates(sorted(pools)) if pools else []
    tags = {}
    if any(draw.tag for draw in draws):
        named = Question.objects.ready().filter(pool__in=pools, tags__isnull=False).order_by()
        for pk, tag in named.values_list("pk", "tags__name"):
            tags.setdefault(pk, set()).add(tag.casefold())
    return [
        [
            version
            for pk, pool, version, level, competence in rows
            if pool == draw.pool_id
            and draw.level in ("", level)
            and draw.competence in ("", competence)
            and (not draw.tag or draw.tag.casefold() in tags.get(pk, ()))
        ]
        for draw in draws
    ]


def shortfalls(draws, found=None):
    """[(draw, how many it gets)] for the draws that cannot have all they want. `found`: their candidates, if known."""
    given = _assigned(draws, candidates(draws) if found is None else found)
    return [(draw, len(part)) for draw, part in zip(draws, given, strict=True) if len(part) < draw.count]


def _assigned(draws, found):
    """For each draw the versions it takes, at random. Where labels overlap, questions are passed on until everybody has enough,
    if that can be (augmenting paths of a bipartite matching; Kuhn 1955)."""
    mixed = [_dice.sample(part, len(part)) for part in found]
    owner = {}  # version: the number of the draw that takes it

    def take_one(n, asked):
        asked.add(n)
        for pk in mixed[n]:
            if pk not in owner:
                owner[pk] = n
                return True
        for pk in mixed[n]:
            if owner[pk] not in asked and take_one(owner[pk], asked):
                owner[pk] = n
                return True
        return False

    for n, draw in enumerate(draws):
        for _one in range(draw.count):
            if not take_one(n, set()):
                break
    taken = [[] for _draw in draws]
    for pk, n in owner.items():
        taken[n].append(pk)
    return taken

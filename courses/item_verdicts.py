"""What the figures of a question say, in plain words, the worst first. Pure functions; the figures: courses/item_statistics.py.

A verdict is only spoken when chance hardly explains it: with one-sided certainty of 95 % (99 % for single answers, of which there
are many). So a healthy question among few answers is left in peace, and nothing at all is said below FEWEST answers.
"""

from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .item_statistics import bounds, known

FEWEST = (
    30  # answers, below which nothing is judged: the standard error of a correlation is still 0.19 there (1/√(n-3))
)
TOO_EASY = (
    0.95  # facility above which a question tells next to nothing apart: its variance is under a fifth of the greatest
)
TOO_HARD = 0.10  # share of those who know it, guessing taken off
# Ebel (Measuring Educational Achievement, 1965) calls a discrimination under 0.2 poor; he looked at long tests. The rest of a
# quiz of ten questions is itself uncertain and lowers the correlation: half of his mark.
WEAK = 0.10
# An option that under 5 % choose does nothing (Haladyna & Downing, How many options is enough for a multiple-choice test item?,
# Educational and Psychological Measurement 53, 1993). Nobody among 20 wrong answers: surely under 15 % of those who err (the rule
# of three: Hanley & Lippman-Hand, If nothing goes wrong, is everything all right?, JAMA 249, 1983).
FUNCTIONS = 0.05
WRONG_NEEDED = 20
OF_ONE_IN_MANY = 2.326  # z of one-sided 99 %

BAD, LOOK, FEW, GOOD = "bad", "due", "idle", "done"  # the words of the look's states
ORDER = {BAD: 0, LOOK: 1, FEW: 2, GOOD: 3}


@dataclass(frozen=True)
class Verdict:
    kind: str  # key, strong, avoided, hard, weak, easy, dead, few, good
    state: str
    words: str


def verdicts(item):
    """What is to be said of an item, the worst first; never empty."""
    n = item.sums.n
    if n < FEWEST:
        said = ngettext(
            "%(n)s answer so far: too few to judge. Wait for %(needed)s.",
            "%(n)s answers so far: too few to judge. Wait for %(needed)s.",
            n,
        )
        return [Verdict("few", FEW, said % {"n": n, "needed": FEWEST})]
    # With a wrong key facility, discrimination and idle options follow from it: to be looked at when the key is right.
    found = _of_the_key(item) or [*_of_the_figures(item), *_of_dead_options(item)]
    return found or [Verdict("good", GOOD, _("Nothing stands out."))]


def state(item):
    """The worst state of an item."""
    return verdicts(item)[0].state


def worst_first(items):
    """[(item, its verdicts)]: the bad ones first, among equals the ones that discriminate least; what is not asked any more last."""

    def place(one):
        item, said = one
        return (
            not item.is_current,
            ORDER[said[0].state],
            item.discrimination if item.discrimination is not None else 1,
        )

    return sorted(((item, verdicts(item)) for item in items), key=place)


def _of_the_key(item):
    """Signs of a wrong key: those who do well otherwise fail here, or agree on an answer that does not count as right."""
    r, n = item.discrimination, item.sums.with_rest
    told = []
    if r is not None and bounds(r, n)[1] < 0:
        told.append(Verdict("key", BAD, _("Those who did well otherwise get this one wrong: check the key.")))
    for choice in item.choices:
        if choice.r is None or choice.share < FUNCTIONS:
            continue
        low, high = bounds(choice.r, n, OF_ONE_IN_MANY)
        name = {"answer": Truncator(choice.words).chars(60)}
        if not choice.right and low > 0:
            if item.are_options:
                words = _(
                    "Those who did well otherwise choose «%(answer)s», which counts as wrong: check the key and the words."
                )
            else:
                words = (
                    _(
                        "Those who did well otherwise answer «%(answer)s», which counts as right only in part: look at the key."
                    )
                    if choice.partly
                    else _(
                        "Those who did well otherwise answer «%(answer)s», which counts as wrong: should it be right too?"
                    )
                )
            told.append(Verdict("strong", LOOK if choice.partly else BAD, words % name))
        elif choice.right and high < 0 and item.version.kind == "multiple":
            words = _("Those who did well otherwise leave out «%(answer)s», which counts as right: check the key.")
            told.append(Verdict("avoided", BAD, words % name))
    return told


def _of_the_figures(item):
    facility, r, n = item.facility, item.discrimination, item.sums.with_rest
    if facility > TOO_EASY:
        words = _(
            "Nearly everybody knows it (%(percent)s %%): it tells nobody apart. Keep it only if everybody must know it."
        )
        return [Verdict("easy", LOOK, words % {"percent": round(100 * facility)})]
    told = []
    if known(facility, item.chance) < TOO_HARD:
        if item.chance:
            words = _("Hardly better than guessing: %(percent)s %% are right, and guessing alone gives %(chance)s %%.")
        else:
            words = _("Hardly anybody knows it: %(percent)s %%. Is it taught, and is it asked clearly?")
        told.append(
            Verdict("hard", LOOK, words % {"percent": round(100 * facility), "chance": round(100 * item.chance)})
        )
    if r is not None and 0 <= bounds(r, n)[1] < WEAK:
        words = _(
            "Those who did well otherwise are hardly better here than the others: it does not measure what the rest measures."
        )
        told.append(Verdict("weak", LOOK, words))
    return told


def _of_dead_options(item):
    wrong = [choice for choice in item.choices if item.are_options and not choice.right]
    if len(wrong) < 2 or sum(choice.count for choice in wrong) < WRONG_NEEDED:
        return []  # of one wrong option facility tells all
    words = _("Nobody chooses «%(answer)s»: write a wrong answer that somebody might believe, or leave it out.")
    return [
        Verdict("dead", LOOK, words % {"answer": Truncator(choice.words).chars(60)})
        for choice in wrong
        if not choice.count
    ]


# --- Single figures in words ----------------------------------------------------------------------------------------------


def of_facility(item):
    """How hard a question is, in a few words."""
    facility = item.facility
    if facility > TOO_EASY:
        return _("very easy")
    if known(facility, item.chance) < TOO_HARD:
        return _("very hard")
    if facility > 0.8:
        return _("easy")
    return _("hard") if facility < 0.4 else _("of middle difficulty")


def of_discrimination(item):
    """How well a question tells apart those who do well otherwise from the others; the marks are Ebel's (1965)."""
    r = item.discrimination
    if r is None:
        return _("cannot be told: everybody has the same score")
    if r < 0:
        return _("the wrong way round")
    if r < 0.2:
        return _("tells little apart")
    return _("tells apart") if r < 0.4 else _("tells apart well")


def of_reliability(alpha):
    """What may rest on a score. 0.7 and 0.9: Nunnally & Bernstein, Psychometric Theory (3rd ed. 1994), ch. 7."""
    if alpha < 0.5:
        return _("Chance decides much here: the same person might well have another result tomorrow.")
    if alpha < 0.7:
        return _("Good for practice. For a decision about a person it is uncertain near the pass mark.")
    if alpha < 0.9:
        return _("Good. Results far from the pass mark would repeat themselves.")
    return _("Very good: results would repeat themselves.")

"""The figures of item analysis: facility, discrimination, reliability. Pure functions of sums, so that the database may add up.

The score of a question is 0 to 1 (below 0 where a wrong answer is penalised). The *rest* of an answer is the mean score of
the other questions of the same attempt.
"""

import math
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Sums:
    """Sums over the answers to one question. They add up: over the answers of a version, over editorial versions.

    The last six are over the answers that have a rest: those of attempts with two questions or more.
    """

    n: int = 0  # answers, also those left empty
    empty: int = 0
    credit: float = 0.0  # scores, nothing below 0
    score: float = 0.0
    squares: float = 0.0
    with_rest: int = 0
    score_with_rest: float = 0.0
    squares_with_rest: float = 0.0
    rest: float = 0.0
    rest_squares: float = 0.0
    products: float = 0.0  # score x rest

    def __add__(self, other):
        return Sums(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def facility(sums):
    """The mean score, 0 to 1; None without answers. For right and wrong alone it is the share of right answers, p.

    A penalty says nothing of how hard a question is: scores below 0 count as 0.
    Source: Crocker & Algina, Introduction to Classical and Modern Test Theory (1986), ch. 14, «item difficulty».
    """
    return sums.credit / sums.n if sums.n else None


def discrimination(sums):
    """The corrected item-total correlation, -1 to 1: Pearson's r of the score with the rest. None where either does not vary.

    Corrected: the question is taken out of the total with which it is correlated, or it would correlate with itself
    (Henrysson, Correction of item-total correlations in item analysis, Psychometrika 28, 1963; Crocker & Algina 1986, ch. 14).
    The rest is a mean and not a sum, so that attempts with different numbers of questions can stand side by side; where all
    have the same number, the correlation is that with the sum.
    """
    return correlation(
        sums.with_rest, sums.score_with_rest, sums.squares_with_rest, sums.rest, sums.rest_squares, sums.products
    )


def option_discrimination(chosen, chosen_rest, sums):
    """How choosing one answer goes with the rest: r of «chosen» (0 or 1) with the rest, the point-biserial correlation.

    `chosen`: how many of the answers with a rest are this one; `chosen_rest`: the sum of their rests; `sums`: of all answers.
    A wrong answer should be below 0. Source: Crocker & Algina 1986, ch. 14; Attali & Fraenkel, The point-biserial as a
    discrimination index for distractors, Journal of Educational Measurement 37, 2000.
    """
    return correlation(sums.with_rest, chosen, chosen, sums.rest, sums.rest_squares, chosen_rest)


def correlation(n, x, xx, y, yy, xy):
    """Pearson's r from n, sums, sums of squares and sum of products; None where either does not vary."""
    if n < 2:
        return None
    spread = (n * xx - x * x) * (n * yy - y * y)
    if (n * xx - x * x) <= 1e-9 * n * n or (n * yy - y * y) <= 1e-9 * n * n:  # what rounding leaves of nothing
        return None
    return max(-1.0, min(1.0, (n * xy - x * y) / math.sqrt(spread)))


def bounds(r, n, z=1.645):
    """Between what the true correlation is likely to lie: one-sided 95 % each by default. (-1, 1) with fewer than 4 answers.

    Fisher's transformation: artanh r is nearly normal with a standard error of 1/√(n-3).
    Source: Fisher, On the «probable error» of a coefficient of correlation deduced from a small sample, Metron 1, 1921.
    """
    if r is None or n < 4:
        return -1.0, 1.0
    middle, reach = math.atanh(max(-0.999999, min(0.999999, r))), z / math.sqrt(n - 3)
    return math.tanh(middle - reach), math.tanh(middle + reach)


def known(share, chance):
    """The share of those who know it when the others guess: (p - c) / (1 - c), not below 0.

    Source: the classical correction for guessing; Crocker & Algina 1986, ch. 17; Frary, Formula scoring of multiple-choice
    tests, Educational Measurement: Issues and Practice 7, 1988.
    """
    return max(0.0, (share - chance) / (1 - chance))


def median(histogram):
    """The median of {value: how often}; None of nothing. Between two middle values their mean."""
    total = sum(histogram.values())
    if not total:
        return None
    wanted, seen, found = ((total - 1) // 2, total // 2), 0, []
    for value in sorted(histogram):
        seen += histogram[value]
        while len(found) < 2 and seen > wanted[len(found)]:
            found.append(value)
    return sum(found) / 2


# --- The whole quiz -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """Sums over attempts. An attempt has k questions, total t of their scores and sum q of their squares."""

    attempts: int = 0
    k: float = 0.0
    kk: float = 0.0
    total: float = 0.0
    total_squares: float = 0.0  # t²
    squares: float = 0.0  # q
    mean: float = 0.0  # t/k
    mean_squares: float = 0.0  # (t/k)²
    weighted: float = 0.0  # t²/k


@dataclass(frozen=True)
class Reliability:
    """`alpha` (at most 1; below 0 says that the questions measure nothing in common) and `error`, a share of the whole score."""

    alpha: float
    error: float
    fixed: bool  # everybody had the same questions


def mean_and_deviation(totals):
    """Mean and standard deviation (n-1) of the attempts' scores as shares of 1. (None, None) without attempts."""
    n = totals.attempts
    if not n:
        return None, None
    mean = totals.mean / n
    return mean, math.sqrt(max(0.0, totals.mean_squares / n - mean * mean) * n / (n - 1)) if n > 1 else None


def fixed_form(totals, questions):
    """Cronbach's alpha of a quiz in which everybody had the same k questions: k/(k-1) · (1 - Σ var(question) / var(total)).

    `questions`: a Sums for each. None with fewer than two questions or attempts, or where the totals do not vary. The standard
    error of measurement is s·√(1-alpha). Sources: Cronbach, Coefficient alpha and the internal structure of tests,
    Psychometrika 16, 1951; Crocker & Algina 1986, ch. 6 (error) and 7 (alpha). Equal to KR-20 where scores are 0 or 1.
    """
    n, k = totals.attempts, len(questions)
    if n < 2 or k < 2:
        return None
    whole = _variance(n, totals.total, totals.total_squares)
    if whole <= 1e-12:
        return None
    parts = sum(_variance(n, each.score, each.squares) for each in questions)
    alpha = k / (k - 1) * (1 - parts / whole)
    return Reliability(alpha, math.sqrt(whole * max(0.0, 1 - alpha)) / k, fixed=True)


def drawn_form(totals):
    """The same for a quiz that draws other questions for each attempt: how far the score would repeat itself with another draw.

    Alpha does not exist here: nobody has answered all questions, and most pairs of questions were never met together. Instead
    questions are taken as nested in persons, and variance is split by a one-way analysis: between = variance of persons + within/k.
    The coefficient is persons / (persons + within/k) with k the mean number of questions; the luck of an easier or harder draw
    counts as error. With scores of 0 or 1 and an equal k it is Kuder and Richardson's formula 21 (but for n-1 against n); for a
    fixed form it is a lower bound of alpha. The standard error of measurement is √(within/k).
    Sources: Kuder & Richardson, The theory of the estimation of test reliability, Psychometrika 2, 1937; Brennan,
    Generalizability Theory (2001), ch. 2 and 7 (nested designs, unequal numbers); Crocker & Algina 1986, ch. 8.
    """
    n, answers = totals.attempts, totals.k
    if n < 2 or answers <= n:
        return None
    within = max(0.0, totals.squares - totals.weighted) / (answers - n)
    between = (totals.weighted - totals.total * totals.total / answers) / (n - 1)
    if between <= 1e-12:
        return None
    length = (answers - totals.kk / answers) / (n - 1)  # k where all have the same
    persons, mean_k = (between - within) / length, answers / n
    observed = persons + within / mean_k
    if observed <= 1e-12:
        return None
    return Reliability(persons / observed, math.sqrt(within / mean_k), fixed=False)


def _variance(n, total, squares):
    return max(0.0, (squares - total * total / n) / (n - 1))

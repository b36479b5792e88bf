"""Item analysis: which questions of a quiz are bad. The database adds up; what comes to Python are sums, a few rows a question.

Counted are graded attempts; of each learner the first one, unless all are asked for: later ones are taken by those who
failed, who have seen the questions. The formulas and their sources: courses/item_statistics.py; what is said of them:
courses/item_verdicts.py. What the database adds up, and how long it is kept: courses/item_sums.py.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from html import escape, unescape

from django.db.models import Count, Q
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from accounts.text import in_language

from . import cloze, kinds, questions
from . import item_statistics as stats
from .item_statistics import Sums, Totals
from .item_sums import CHOOSING, COMMON, add, added_up
from .models import QuestionVersion, Quiz


@dataclass(frozen=True)
class Choice:
    """One answer that can be, or was, given."""

    html: str
    count: int
    share: float  # of all answers to the question
    right: bool
    rest: float | None  # mean score, 0 to 1, of those who chose it in the other questions
    r: float | None  # of choosing it with the rest
    partly: bool = False  # it has a part of the points

    @property
    def words(self):
        return plain(self.html)


@dataclass
class Item:
    """One question as it was asked: one version, or several between which only the wording changed."""

    question: object
    versions: list  # the newest last
    is_current: bool  # new attempts may draw it
    sums: Sums
    seconds: float | None = None  # median, from when it was first shown to its first answer; None: nobody's is known
    choices: list[Choice] = field(default_factory=list)
    are_options: bool = True  # choices: all that are offered; else: the answers that were given most

    @property
    def version(self):
        return self.versions[-1]

    @property
    def numbers(self):
        """The numbers of its versions, such as «2» or «2–3»."""
        first, last = self.versions[0].number, self.versions[-1].number
        return str(first) if first == last else f"{first}–{last}"

    @property
    def html(self):
        html = in_language(self.version.content["text"])
        return cloze.numbered(html) if self.version.kind == "cloze" else html

    @property
    def words(self):
        return plain(self.html)

    @property
    def facility(self):
        return stats.facility(self.sums)

    @property
    def discrimination(self):
        return stats.discrimination(self.sums)

    @property
    def chance(self):
        """What guessing gives: the share of right answers of somebody who knows nothing."""
        if self.version.kind == "single":
            return 1 / max(2, len(self.version.content["choices"]))
        if self.version.kind == "cloze":
            gaps = self.version.content["gaps"]
            return sum(1 / max(2, len(gap["choices"])) for gap in gaps if "choices" in gap) / len(gaps)
        return 0.5 if self.version.kind == "true_false" else 0.0


@dataclass
class Analysis:
    quiz: Quiz
    attempts: int
    mean: float | None  # of the attempts' scores, 0 to 1
    deviation: float | None
    reliability: stats.Reliability | None
    items: list[Item]


def plain(html):
    """The words of clean HTML, in one line."""
    return " ".join(unescape(strip_tags(html)).split())


def quizzes_of(user):
    """The quizzes whose answers `user` may look at: those of the courses that the trainer has; for an editor all."""
    return Quiz.objects.filter(activity__course__in=questions.courses_of(user)).select_related("activity__course")


def with_graded(quizzes):
    """`graded`: how many attempts are graded."""
    return quizzes.annotate(graded=Count("attempt_rows", filter=Q(attempt_rows__submitted_at__isnull=False)))


def analyse(quiz, *, every=False, by_version=False, question=None):
    """The Analysis of a quiz, or of one of its questions (then without the quiz's own figures).

    `every`: all attempts count, not only the first of each learner. `by_version`: editorial versions stand for themselves.
    Three queries where the sums are kept, four to six more where not, however many attempts there are.
    """
    added = added_up(quiz, every=every)
    sums, totals = added.sums, Totals() if question else added.totals
    versions = QuestionVersion.objects.filter(question__versions__in=list(sums))
    if question:
        versions = versions.filter(question=question)
    versions = versions.select_related("question__pool").order_by("question", "number").distinct()
    items = [
        _item(group, sums, added.chosen, added.times)
        for group in _groups(versions, by_version)
        if _answered(group, sums)
    ]
    mean, deviation = stats.mean_and_deviation(totals)
    return Analysis(quiz, totals.attempts, mean, deviation, _reliability(totals, items), items)


def _reliability(totals, items):
    by_question = defaultdict(Sums)
    for item in items:
        by_question[item.question.pk] += item.sums
    if all(each.n == totals.attempts for each in by_question.values()) and totals.k == totals.attempts * len(
        by_question
    ):
        return stats.fixed_form(totals, list(by_question.values()))
    return stats.drawn_form(totals)


# --- From sums to items ---------------------------------------------------------------------------------------------------


def _groups(versions, by_version):
    """The versions of each question, those together between which only the wording changed."""
    groups = []
    for version in versions:
        follows = groups and groups[-1][-1].question_id == version.question_id and version.editorial
        if follows and not by_version:
            groups[-1].append(version)
        else:
            groups.append([version])
    return groups


def _answered(group, sums):
    return any(version.pk in sums for version in group)


def _item(group, sums, chosen, times):
    question = group[0].question
    current = next((version for version in group if version.pk == question.current_id), None)
    shown = [version for version in group if version.pk in sums or version == current]
    histogram = sum((times.get(version.pk, Counter()) for version in shown), Counter())
    item = Item(
        question=question,
        versions=shown,
        is_current=current is not None and not question.retired,
        sums=sum((sums[version.pk] for version in shown if version.pk in sums), Sums()),
        seconds=stats.median(histogram),
        are_options=shown[-1].kind in CHOOSING,
    )
    counts = defaultdict(lambda: [0, 0.0, 0, 0.0])
    for version in shown:
        for answer, numbers in chosen.get(version.pk, {}).items():
            add(counts[answer], *numbers)
    item.choices = _options(item, counts) if item.are_options else _common(item, counts)
    return item


def _options(item, counts):
    """Every option that is offered, also those that nobody chose; then those of older wordings that are gone."""
    offered = {}
    for version in reversed(item.versions):
        for key, html, right in _offered(version):
            offered.setdefault(key, (html, right))
    for key in counts:
        offered.setdefault(key, (key, False))
    return [_choice(item, html, right, counts.get(key, [0, 0.0, 0, 0.0])) for key, (html, right) in offered.items()]


def _offered(version):
    if version.kind == "true_false":
        return [("true", _("True"), version.content["answer"]), ("false", _("False"), not version.content["answer"])]
    return [
        (choice["id"], in_language(choice["text"]), choice["right"])
        for choice in kinds.parts(version.kind, version.content)
    ]


def _common(item, counts):
    """The answers that were given most, the commonest first."""
    version = item.version
    most = sorted(counts.items(), key=lambda one: (-one[1][0], one[0]))[:COMMON]
    return [
        _choice(item, _said(version, json.loads(given)), numbers[1] >= 0.9999 * numbers[0], numbers)
        for given, numbers in most
    ]


def _said(version, answer):
    """An answer in words, as clean HTML; what was typed is escaped."""
    given = kinds.explained(version.kind, version.content, answer, None)["given"]
    return "; ".join(part["text"] if "text" in part else escape(part.get("typed", "")) for part in given)


def _choice(item, html, right, numbers):
    count, score, with_rest, rest = numbers
    return Choice(
        html=html,
        count=count,
        share=count / item.sums.n,
        right=right,
        rest=rest / with_rest if with_rest else None,
        r=stats.option_discrimination(with_rest, rest, item.sums),
        partly=not item.are_options and not right and score > 0,
    )

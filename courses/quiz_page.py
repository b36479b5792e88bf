"""What the pages of an attempt show. No key leaves from here while the attempt is open."""

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.text import in_language

from . import attempt_rows, kinds


class AttemptPage:
    """What stands over the questions of an attempt, in whatever shape they are shown. `rows`: its questions, if known."""

    def __init__(self, attempt, language):
        self.attempt, self.language = attempt, language

    @property
    def activity(self):
        return self.attempt.quiz.activity

    @property
    def title(self):
        return in_language(self.activity.titles, self.language)

    given = mark_safe("<span data-given></span>")  # how many are answered, where the page's script finds it

    @property
    def course_title(self):
        return in_language(self.activity.course.titles, self.language)


class QuestionPage(AttemptPage):
    """One question of an attempt; the others come along for the page's script, each as its own page would show it. One query
    where the rows are not known.

    `is_alone`: they do not, because no script is there; a script that is all the same sends the form as if it were not.
    """

    def __init__(self, attempt, number, language, rows=None, is_alone=False):
        super().__init__(attempt, language)
        rows = rows or questions_of(attempt)
        self.total = len(rows)
        self.number = min(max(1, number), self.total)
        self.rows = rows
        self.shown = Part(rows[self.number - 1], language, self.title)
        others = [] if is_alone else rows
        self.others = [Part(row, language, self.title) for row in others if row.slot != self.number]
        self.pips = [(row.slot, row.answer is not None, row.flagged, row.slot == self.number) for row in rows]
        self.sequences = sequences(rows)
        self.answered = sum(row.answer is not None for row in rows)
        self.saved_at = self.shown.row.saved_at

    @property
    def done(self):
        """How many are answered, where the page's script finds it."""
        return format_html("<span data-done>{}</span>", self.answered)


class Overview(AttemptPage):
    """What is answered of an attempt, and what not. One query, which brings no question."""

    def __init__(self, attempt, language):
        super().__init__(attempt, language)
        self.rows = attempt_rows.STATES.all(attempt=attempt.pk)
        self.total = len(self.rows)
        self.unanswered = [row.slot for row in self.rows if row.answer is None]
        self.answered = self.total - len(self.unanswered)
        self.sequences = sequences(self.rows)
        self.saved_at = max((row.saved_at for row in self.rows if row.saved_at), default=None)


class WholePage(AttemptPage):
    """All questions of an attempt on one page. One query where the rows are not known."""

    def __init__(self, attempt, language, rows=None):
        super().__init__(attempt, language)
        self.parts = [Part(row, language) for row in rows or questions_of(attempt)]
        self.total = len(self.parts)
        self.sequences = sequences(part.row for part in self.parts)
        self.saved_at = max((part.row.saved_at for part in self.parts if part.row.saved_at), default=None)


class Part:
    """One question; among others on a page its fields are told apart by `suffix`. Where it is alone there is none, and it has a
    `heading` for its page: with the title of the quiz."""

    def __init__(self, row, language, title=None):
        version = row.version
        self.row, self.number, self.is_alone = row, row.slot, title is not None
        self.slot, self.sequence = str(row.slot), str(row.sequence)
        self.suffix = "" if self.is_alone else f"-{row.slot}"
        self.heading = _("Question %(n)s. %(title)s") % {"n": row.slot, "title": title} if self.is_alone else ""
        self.question = kinds.shown(version.kind, version.content, row.order, row.answer, language)
        self.other_language = language not in kinds.languages(version.content)
        self.answered = row.answer is not None
        self.seen = self._seen()

    def _seen(self):
        """What its fields say untouched; but who goes on from lines in an order alone has answered with the order that is shown."""
        is_answer = self.is_alone and self.question["kind"] == "ordering" and not self.answered
        return None if is_answer else seen(self.question)


def questions_of(attempt):
    """Its questions with the versions drawn, in order. One query."""
    return attempt_rows.QUESTIONS.all(attempt=attempt.pk)


def sequences(rows):
    """Which answers the server holds, for the page's script: «slot:sequence» of each."""
    return " ".join(f"{row.slot}:{row.sequence}" for row in rows)


def seen(question):
    """What its fields send while nobody touches them: a form that says the same changes nothing. None: not known."""
    values = untouched(question)
    return None if values is None else "|".join(values)


def untouched(question):
    """The values that a question's fields hold as they are shown (kinds.shown), or None for a kind that is not known here."""
    if question["kind"] in ("single", "multiple", "true_false"):
        return [str(option["value"]) for option in question["options"] if option["chosen"]]
    if question["kind"] == "ordering":
        return [str(row["value"]) for row in question["rows"]]
    if question["kind"] == "matching":
        chosen = [next((right for right in row["rights"] if right["chosen"]), None) for row in question["rows"]]
        return [str(one["value"]) if one else "" for one in chosen]
    if question["kind"] == "cloze":
        return [
            value for piece in question["pieces"] if "gap" in piece for value in (str(piece["gap"]), _in_gap(piece))
        ]
    return [question["typed"]] if "typed" in question else None


def _in_gap(piece):
    if "typed" in piece:
        return piece["typed"]
    return next((str(option["value"]) for option in piece["options"] if option["chosen"]), "")


def graded_rows(attempt):
    """The answers of a graded attempt with the versions by which they were asked and judged."""
    return attempt_rows.GRADED.all(attempt=attempt.pk)


def verdicts(rows, language, *, with_key):
    """After grading, what to say of each question, wrong ones first. Without the key neither the right answers nor what explains them.

    What was graded anew is told by the key that judged it.
    """
    told = []
    for row in rows:
        version = row.graded_by or row.version
        one = kinds.explained(version.kind, version.content, row.answer, language)
        one |= {
            "number": row.slot,
            "score": row.score,
            "answered": row.answer is not None,
            "percent": round(row.score * 100),
            "anew": row.graded_by_id is not None,
        }
        if not with_key:
            one.pop("right")
            if row.score != 1:
                one["feedback"] = ""  # it says what would have been right
        told.append(one)
    return sorted(told, key=lambda one: (one["score"] == 1, one["number"]))

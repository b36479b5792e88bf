"""What the pages of an attempt show. No key leaves from here while the attempt is open."""

from accounts.text import in_language

from . import kinds


class QuestionPage:
    """One question of an attempt, and where it stands among the others. Two queries: the slots, and the question shown."""

    def __init__(self, attempt, number, language):
        self.attempt, self.language = attempt, language
        rows = list(attempt.questions.order_by("slot").select_related("version"))
        self.total = len(rows)
        self.number = min(max(1, number), self.total)
        self.row = rows[self.number - 1]
        self.sequences = sequences(rows)
        self.pips = [
            {
                "number": row.slot,
                "answered": row.answer is not None,
                "flagged": row.flagged,
                "current": row.slot == self.number,
            }
            for row in rows
        ]
        version = self.row.version
        self.question = kinds.shown(version.kind, version.content, self.row.order, self.row.answer, language)
        self.other_language = language not in kinds.languages(version.content)

    @property
    def saved_at(self):
        return self.row.saved_at

    @property
    def unopened(self):
        """The questions on the page of which it is not kept that they were shown: numbers for the page's script."""
        return _unopened([self.row])

    @property
    def seen(self):
        """As of a Part; but who goes on from lines in an order has answered with the order that is shown."""
        return None if self.question["kind"] == "ordering" and self.row.answer is None else seen(self.question)

    @property
    def answered(self):
        return sum(pip["answered"] for pip in self.pips)

    @property
    def unanswered(self):
        return [pip["number"] for pip in self.pips if not pip["answered"]]

    @property
    def is_first(self):
        return self.number == 1

    @property
    def is_last(self):
        return self.number == self.total

    @property
    def activity(self):
        return self.attempt.quiz.activity

    @property
    def title(self):
        return in_language(self.activity.titles, self.language)

    @property
    def course_title(self):
        return in_language(self.activity.course.titles, self.language)


class Overview:
    """What is answered of an attempt, and what not. One query, which brings no question."""

    def __init__(self, attempt, language):
        self.attempt, self.language = attempt, language
        self.rows = list(attempt.questions.order_by("slot").only("slot", "answer", "sequence", "saved_at", "attempt"))
        self.total = len(self.rows)
        self.unanswered = [row.slot for row in self.rows if row.answer is None]
        self.answered = self.total - len(self.unanswered)
        self.sequences = sequences(self.rows)
        self.saved_at = max((row.saved_at for row in self.rows if row.saved_at), default=None)

    activity, title, course_title = QuestionPage.activity, QuestionPage.title, QuestionPage.course_title


class WholePage:
    """All questions of an attempt on one page. One query."""

    def __init__(self, attempt, language):
        self.attempt, self.language = attempt, language
        self.parts = [Part(row, language) for row in attempt.questions.order_by("slot").select_related("version")]
        self.total = len(self.parts)
        self.sequences = sequences(part.row for part in self.parts)
        self.unopened = _unopened(part.row for part in self.parts)
        self.saved_at = max((part.row.saved_at for part in self.parts if part.row.saved_at), default=None)

    activity, title, course_title = QuestionPage.activity, QuestionPage.title, QuestionPage.course_title


class Part:
    """One question among others on a page: its fields are told apart by `suffix`."""

    def __init__(self, row, language):
        version = row.version
        self.row, self.number, self.suffix = row, row.slot, f"-{row.slot}"
        self.question = kinds.shown(version.kind, version.content, row.order, row.answer, language)
        self.other_language = language not in kinds.languages(version.content)

    @property
    def seen(self):
        return seen(self.question)


def _unopened(rows):
    return " ".join(str(row.slot) for row in rows if row.opened_at is None)


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
    return list(attempt.questions.order_by("slot").select_related("version", "graded_by"))


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

"""How answers become the score of an attempt: pure, and the one place for it. Submitting and regrading both come here."""

from decimal import Decimal

from django.conf import settings

from . import kinds

LANGUAGES = {code for code, _name in settings.LANGUAGES}


def mark(version, answer):
    """The score of an answer by the key of `version`, 0 to 1, in ten-thousandths."""
    return kinds.grade(version.kind, version.content, answer).quantize(Decimal("0.0001"))


def total(rows, penalty=0):
    """The score of an attempt in per cent, 0 to 100; every question weighs the same.

    `rows` have `score` (0 to 1) and `answer`. `penalty` per cent of a question are taken off for each that was answered
    wholly wrong; nothing is taken off for one left out, and no attempt falls below 0.
    """
    if not rows:
        return Decimal(0)
    wrong = sum(1 for row in rows if row.answer is not None and row.score == 0)
    points = sum(row.score for row in rows) - Decimal(penalty) * wrong / 100
    return max(Decimal(0), 100 * points / len(rows)).quantize(Decimal("0.01"))


def key(content):
    """What of a content decides about points: all but the words, and the order of parts where it is not the key itself."""
    if isinstance(content, dict):
        return {
            name: [key(step) for step in part] if name == "steps" else key(part)
            for name, part in content.items()
            if not _is_words(part)
        }
    if isinstance(content, list):
        return sorted((key(part) for part in content), key=repr)
    return content


def _is_words(part):
    """{language: text}, with any or none of the languages; «all» is what is the same in each."""
    return (
        isinstance(part, dict)
        and set(part) <= {*LANGUAGES, "all"}
        and all(isinstance(text, str) for text in part.values())
    )


def same_key(kind, content, version):
    """Whether this content gives every answer the points that `version` gives it: only words differ."""
    return kind == version.kind and key(content) == key(version.content)


def can_grade(version, drawn):
    """Whether the key of `version` can judge answers given to `drawn`: the same kind, with the same parts."""
    return version.kind == drawn.kind and _ids(version.content) == _ids(drawn.content)


def _ids(content):
    """The ids of all parts in lists, at any depth."""
    if isinstance(content, dict):
        return set().union(*(_ids(part) for part in content.values()))
    if isinstance(content, list):
        own = {part["id"] for part in content if isinstance(part, dict) and "id" in part}
        return own.union(*(_ids(part) for part in content))
    return set()

"""Answers as they are typed and chosen: what cannot be one, and when two say the same. Pure functions."""

import re
from decimal import Decimal, InvalidOperation

from accounts.text import comparable

MAX_TYPED = 300  # characters of a typed answer
_STAR = re.compile(r"(?<!\\)\*")
_MEASURED = re.compile(r"([+\-−]?[\d\s_.,]*\d[.,]?)\s*(\D.*)?", re.S)


class BadAnswer(ValueError):
    """The answer sent cannot be one to this question: forged, or for another question."""


def typed(values):
    """The one text that a form sent, None for «nothing». Raises BadAnswer."""
    text = (values[0] if values else "").strip()
    if len(text) > MAX_TYPED or len(values) > 1 or "\x00" in text:  # PostgreSQL keeps no NUL
        raise BadAnswer("typed")
    return text or None


def at(order, value):
    """The id that stands at the position `value`, as a form sent it. Raises BadAnswer."""
    if not re.fullmatch(r"[0-9]{1,3}", value) or int(value) >= len(order):
        raise BadAnswer(value)
    return order[int(value)]


# --- numbers ------------------------------------------------------------------------------------------------------------


def to_number(text):
    """A number as people type it: «1 000 000», «0,5», «65 %»; None if it is none."""
    text = re.sub(r"[\s\u00a0\u202f_%]", "", text).replace("−", "-").replace(",", ".")
    if text.count(".") > 1 or not re.fullmatch(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def measured(text, units=None):
    """What was typed, in the first of `units` ([{name, factor}]); None if it is no number or has another unit.

    A factor says how many of the first unit one of this unit is: MB = 1, GB = 1024. Without a unit it is the first one.
    Small and capital letters count only where two units differ in nothing else (Mb and MB).
    """
    if not units:
        return to_number(text)
    found = _MEASURED.fullmatch(text.strip())
    number = to_number(found[1]) if found else None
    if number is None:
        return None
    name = (found[2] or units[0]["name"]).strip()
    same = [unit for unit in units if unit["name"] == name]
    same = same or [unit for unit in units if comparable(unit["name"]) == comparable(name)]
    return number * Decimal(same[0]["factor"]) if len(same) == 1 else None


# --- words --------------------------------------------------------------------------------------------------------------


def accepted(accept, text):
    """Whether `text` says one of the accepted answers of any language, in any spelling; Russian ё may be written е."""
    patterns = [pattern for patterns in accept.values() for pattern in patterns]
    return any(
        _says(pattern, comparable(text)) or _says(_plain(pattern), comparable(_plain(text))) for pattern in patterns
    )


def _plain(text):
    return text.replace("ё", "е").replace("Ё", "Е")


def fixed(pattern):
    """The pieces of an accepted answer between its wildcards, as they are compared. «\\*» is a star itself."""
    return [comparable(piece.replace("\\*", "*")) for piece in _STAR.split(pattern)]


def _says(pattern, said):
    """Whether the text is the pieces one after the other with anything between; without going back, so hostile ones are quick too."""
    first, *middle = fixed(pattern)
    if not middle:
        return said == first
    last = middle.pop()
    if not said.startswith(first) or not said.endswith(last) or len(said) < len(first) + len(last):
        return False
    said = said[len(first) : len(said) - len(last)]
    for piece in middle:
        _before, found, said = said.partition(piece) if piece else ("", True, said)
        if not found:
            return False
    return True


def readable(accept, language):
    """The first accepted answer as it is told to people, in a list; [] if there is none."""
    known = accept.get(language) or accept.get("all") or next(iter(accept.values()), [])
    return [_STAR.sub("…", pattern).replace("\\*", "*") for pattern in known[:1]]

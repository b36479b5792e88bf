"""Missing words: a text with numbered gaps [[1]], [[2]], ...; each is chosen from a list or typed. Pure functions.

A page sends two values a gap, its number and what was given: languages put the gaps in different places of the sentence.
"""

import re
from decimal import Decimal
from html import escape

from accounts.text import in_language

from .answers import BadAnswer, accepted, at, readable, typed

MOST_GAPS = 20
# A tag, which is left alone with whatever stands in it, or a marker.
_MARKER = re.compile(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)|\[\[([1-9][0-9]?)\]\]""")


def numbers(html):
    """The numbers of the gaps in the order in which a text has them, twice where it has them twice."""
    return [int(marker[2]) for marker in _MARKER.finditer(html) if marker[2]]


def cut(html, count):
    """The text as pieces of HTML (strings) and gaps (their numbers, 1 to `count`) in turn. A gap's second marker is text."""
    pieces, start, seen = [], 0, set()
    for marker in _MARKER.finditer(html):
        number = int(marker[2] or 0)
        if 0 < number <= count and number not in seen:
            pieces += [html[start : marker.start()], number]
            start = marker.end()
            seen.add(number)
    return [*pieces, html[start:]]


def numbered(html):
    """The text with its gaps as [1], [2], ... for places without fields."""
    return _MARKER.sub(lambda marker: marker[1] or f"[{marker[2]}]", html)


def choices(content):
    """The choices of all gaps: an attempt draws one order for them all, and each gap shows its own of them."""
    return [choice for gap in content["gaps"] for choice in gap.get("choices", ())]


def _own(gap, order):
    ids = {choice["id"] for choice in gap["choices"]}
    return [key for key in order if key in ids]


def read(content, order, values):
    """{gap id: choice id or text} of the pairs that a form sent, without gaps left empty; None for nothing. Raises BadAnswer."""
    asked, given = values[::2], values[1::2]
    if len(asked) != len(given) or len(asked) > len(content["gaps"]) or len(set(asked)) != len(asked):
        raise BadAnswer("cloze")
    gaps = {str(n): gap for n, gap in enumerate(content["gaps"], 1)}
    answer = {}
    for number, value in zip(asked, given, strict=True):
        if number not in gaps:
            raise BadAnswer(number)
        gap = gaps[number]
        if value := typed([value]):
            answer[gap["id"]] = at(_own(gap, order), value) if "choices" in gap else value
    kept = {
        gap["id"]: answer[gap["id"]] for gap in content["gaps"] if gap["id"] in answer
    }  # the same from every language
    return kept or None


def right_values(content, order):
    """What a form sends for the right answer."""
    values = []
    for n, gap in enumerate(content["gaps"], 1):
        right = [choice["id"] for choice in gap.get("choices", ()) if choice["right"]]
        said = str(_own(gap, order).index(right[0])) if right else next(t for ts in gap["accept"].values() for t in ts)
        values += [str(n), said]
    return values


def grade(content, answer):
    """The share of gaps that are right, 0 to 1."""
    return Decimal(sum(_right(gap, answer.get(gap["id"])) for gap in content["gaps"])) / len(content["gaps"])


def _right(gap, given):
    if given is None:
        return False
    if "choices" in gap:
        return any(choice["id"] == given and choice["right"] for choice in gap["choices"])
    return accepted(gap["accept"], given)


def shown(content, order, answer, language):
    """The text for places without fields, and its pieces: {"html"} or {"gap", "options" or "typed"}. No key."""
    html = in_language(content["text"], language)
    pieces = []
    for piece in cut(html, len(content["gaps"])):
        if isinstance(piece, str):
            pieces.append({"html": piece})
            continue
        gap = content["gaps"][piece - 1]
        given = (answer or {}).get(gap["id"])
        if "choices" in gap:
            texts = {choice["id"]: in_language(choice["text"], language) for choice in gap["choices"]}
            options = [
                {"value": n, "text": texts[key], "chosen": key == given} for n, key in enumerate(_own(gap, order))
            ]
            pieces.append({"gap": piece, "options": options})
        else:
            pieces.append({"gap": piece, "typed": given or ""})
    return {"text": numbered(html), "pieces": pieces}


def told(content, answer, language):
    """After grading: what was given and what would have been right, each with the number of its gap; as HTML."""
    given, right = [], []
    for n, gap in enumerate(content["gaps"], 1):
        if (answer or {}).get(gap["id"]) is not None:
            given.append({"text": f"[{n}] {_said(gap, answer[gap['id']], language)}"})
        if "choices" in gap:
            best = next((choice["id"] for choice in gap["choices"] if choice["right"]), None)
            right.append(f"[{n}] {_said(gap, best, language)}")
        else:
            right += [f"[{n}] {escape(text)}" for text in readable(gap["accept"], language)]
    return {"text": numbered(in_language(content["text"], language)), "given": given, "right": right}


def _said(gap, given, language):
    if "choices" not in gap:
        return escape(given)
    return next((in_language(choice["text"], language) for choice in gap["choices"] if choice["id"] == given), "")

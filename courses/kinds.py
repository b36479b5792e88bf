"""The kinds of questions: what their content looks like, how an answer is read, shown and graded. Pure functions.

Content is plain JSON, all languages in one; `Words` is {"uz": ..., "ru": ..., "en": ...} with clean HTML:
  every kind     text: Words, feedback: Words, and where there is one image: {id, alt: Words, ...} (courses/pictures.py)
  single         choices: [{id, text: Words, right: bool, why: Words}]      answer: id              (a choice may have an image)
  multiple       the same, two or more right                                answer: [id, ...]
  true_false     answer: bool                                               answer: true | false
  numerical      answer: "12.5", tolerance: "0.5"                           answer: "12,4 MB" as typed
                 percent: true where the tolerance is per cent of the answer; units: [{name, factor}], the answer is in the first
  ordering       steps: [{id, text: Words}] in the right order              answer: [id, ...]
  matching       pairs: [{id, left: Words, right: Words}]                   answer: {left id: right id}
                 pairs with the same right side, in every language, share it: it is offered once
  short_answer   accept: {"all": [...], "uz": [...]}; * is any run of signs   answer: the text as typed
  cloze          gaps: [{id, choices: [{id, text, right}]} or {id, accept}]   answer: {gap id: choice id or the text as typed}
                 the text holds the gaps as [[1]], [[2]], ... (courses/cloze.py)

Browsers see positions in the order drawn for the attempt, never ids: an id could tell the order in which a key was written.
"""

from decimal import Decimal
from html import escape
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from accounts.text import in_language

from . import cloze
from .answers import BadAnswer, accepted, at, measured, readable, to_number, typed

__all__ = ["KINDS", "BadAnswer", "explained", "grade", "languages", "parts", "read", "shown", "to_number"]
ZERO, ONE = Decimal(0), Decimal(1)
KINDS = {
    "single": _("One right answer"),
    "multiple": _("Several right answers"),
    "true_false": _("True or false"),
    "numerical": _("A number"),
    "ordering": _("Put in order"),
    "matching": _("Match"),
    "short_answer": _("A short answer"),
    "cloze": _("Missing words"),
}
PARTS = {"single": "choices", "multiple": "choices", "ordering": "steps", "matching": "pairs"}


def parts(kind, content):
    """The parts that are shown in an order of the attempt's own; [] for kinds without."""
    if kind == "cloze":
        return cloze.choices(content)
    return content[PARTS[kind]] if kind in PARTS else []


# --- reading ------------------------------------------------------------------------------------------------------------


def read(kind, content, order, values):
    """The answer in ids from what a form sent: `values` is a list of strings, empty for «not answered». Raises BadAnswer.

    Positions refer to `order`. For matching, `values` has one entry a pair, "" where nothing was chosen; for cloze two entries
    a gap: its number and what was chosen or typed.
    """
    if kind in ("numerical", "short_answer"):
        return typed(values)
    if kind == "cloze":
        return cloze.read(content, order, values)
    if kind == "true_false":
        if values in ([], [""]):
            return None
        if values not in (["true"], ["false"]):
            raise BadAnswer(kind)
        return values == ["true"]
    if kind == "matching":
        return _read_matching(content, order, values)
    chosen = [at(order, value) for value in values if value != ""]
    if len(set(chosen)) != len(chosen):
        raise BadAnswer(kind)
    if kind == "single":
        if len(chosen) > 1:
            raise BadAnswer(kind)
        return chosen[0] if chosen else None
    if kind == "ordering":
        if chosen and len(chosen) != len(order):
            raise BadAnswer(kind)
        return chosen or None
    return chosen or None  # multiple


def _read_matching(content, order, values):
    lefts = [pair["id"] for pair in content["pairs"]]
    if not values:
        return None
    if len(values) != len(lefts):
        raise BadAnswer("matching")
    return {left: at(order, value) for left, value in zip(lefts, values, strict=True) if value != ""} or None


# --- grading ------------------------------------------------------------------------------------------------------------


def grade(kind, content, answer):
    """The score of an answer, 0 to 1. Not answered scores 0.

    multiple: (right ones chosen - wrong ones chosen) / all right ones, not below 0. matching: the share of pairs that are
    right. ordering: the share of neighbours that follow each other as they should; all of them is 1. cloze: the share of gaps.
    """
    if answer is None:
        return ZERO
    return _GRADERS[kind](content, answer)


def _single(content, answer):
    return ONE if any(choice["id"] == answer and choice["right"] for choice in content["choices"]) else ZERO


def _multiple(content, answer):
    right = {choice["id"] for choice in content["choices"] if choice["right"]}
    chosen = set(answer)
    return max(ZERO, Decimal(len(chosen & right) - len(chosen - right)) / len(right))


def _true_false(content, answer):
    return ONE if answer is content["answer"] else ZERO


def _numerical(content, answer):
    number, right, tolerance = measured(answer, content.get("units")), Decimal(content["answer"]), content["tolerance"]
    allowed = abs(right) * Decimal(tolerance) / 100 if content.get("percent") else Decimal(tolerance)
    return ONE if number is not None and abs(number - right) <= allowed else ZERO


def _ordering(content, answer):
    right = [step["id"] for step in content["steps"]]
    follows = dict(pairwise(right))
    good = sum(follows.get(a) == b for a, b in pairwise(answer))
    return Decimal(good) / (len(right) - 1)


def _matching(content, answer):
    offered = _offered(content)
    good = sum(offered.get(answer.get(pair["id"])) == offered[pair["id"]] for pair in content["pairs"])
    return Decimal(good) / len(content["pairs"])


def _offered(content):
    """{id of a pair: the id under which its right side is offered}: that of the first pair that has the same."""
    rights = [pair["right"] for pair in content["pairs"]]
    return {pair["id"]: content["pairs"][rights.index(pair["right"])]["id"] for pair in content["pairs"]}


def _short_answer(content, answer):
    return ONE if accepted(content["accept"], answer) else ZERO


_GRADERS = {
    "single": _single, "multiple": _multiple, "true_false": _true_false, "numerical": _numerical,
    "ordering": _ordering, "matching": _matching, "short_answer": _short_answer,
    "cloze": cloze.grade,
}  # fmt: skip


# --- showing ------------------------------------------------------------------------------------------------------------


def shown(kind, content, order, answer, language):
    """What a page needs to draw the question while it is open: words in one language, positions, what was answered. No key."""
    view = {"kind": kind, "text": in_language(content["text"], language), "picture": picture(content, language)}
    by_id = {part["id"]: part for part in parts(kind, content)}
    if kind in ("single", "multiple"):
        chosen = [answer] if kind == "single" else answer or []
        view["options"] = [
            {
                "value": n,
                "text": in_language(by_id[key]["text"], language),
                "picture": picture(by_id[key], language),
                "chosen": key in chosen,
            }
            for n, key in enumerate(order)
        ]
    elif kind == "ordering":
        now = answer or order
        view["rows"] = [{"value": order.index(key), "text": in_language(by_id[key]["text"], language)} for key in now]
    elif kind == "matching":
        offered = _offered(content)
        rights = [
            {"value": n, "text": in_language(by_id[key]["right"], language)}
            for n, key in enumerate(order)
            if offered[key] == key
        ]
        view["rows"] = [
            {
                "text": in_language(pair["left"], language),
                "rights": [
                    {**right, "chosen": (answer or {}).get(pair["id"]) == order[right["value"]]} for right in rights
                ],
            }
            for pair in content["pairs"]
        ]
    elif kind == "true_false":
        view["options"] = [{"value": "true", "chosen": answer is True}, {"value": "false", "chosen": answer is False}]
    elif kind == "cloze":
        view |= cloze.shown(content, order, answer, language)
    else:
        view["typed"] = answer or ""
        view["units"] = [unit["name"] for unit in content.get("units", ())]
    return view


def picture(part, language):
    """What a page needs to draw the image of a question or a choice; None where there is none."""
    image = part.get("image")
    if not image:
        return None
    drawn = {"alt": in_language(image["alt"], language)}
    if "file" in image:
        return drawn | {name: image[name] for name in ("file", "width", "height")}
    return drawn | {"library": image["id"]}  # not published yet: the library's own


def explained(kind, content, answer, language):
    """After grading: what was answered, what would have been right, and why; words in one language."""
    told = {
        "kind": kind,
        "text": in_language(content["text"], language),
        "picture": picture(content, language),
        "feedback": in_language(content.get("feedback"), language),
    }
    by_id = {part["id"]: part for part in parts(kind, content)}

    def say(key, side="text"):
        return in_language(by_id[key][side], language) if key in by_id else ""

    if kind in ("single", "multiple"):
        chosen = [] if answer is None else [answer] if kind == "single" else answer
        told["given"] = [
            {"text": say(key), "why": in_language(by_id[key].get("why"), language)} for key in chosen if key in by_id
        ]
        told["right"] = [say(choice["id"]) for choice in content["choices"] if choice["right"]]
    elif kind == "ordering":
        told["given"] = [{"text": say(key)} for key in answer or []]
        told["right"] = [in_language(step["text"], language) for step in content["steps"]]
    elif kind == "matching":
        told["given"] = [
            {"text": f"{say(left, 'left')} → {say(right, 'right')}"} for left, right in (answer or {}).items()
        ]
        told["right"] = [f"{say(pair['id'], 'left')} → {say(pair['id'], 'right')}" for pair in content["pairs"]]
    elif kind == "true_false":
        told["given"] = [] if answer is None else [{"truth": answer}]
        told["right"] = [content["answer"]]
    elif kind == "cloze":
        told |= cloze.told(content, answer, language)
    else:
        told["given"] = [{"typed": answer}] if answer else []
        if kind == "numerical":
            unit = next((f" {unit['name']}" for unit in content.get("units", ())), "")
            told["right"] = [escape(content["answer"] + unit)]
        else:
            told["right"] = [escape(text) for text in readable(content["accept"], language)]  # among what is HTML
    return told


def languages(content):
    """The languages in which a question is there."""
    return {code for code, text in content["text"].items() if text}

"""GIFT, written: Moodle reads it, and courses/exchange/gift.py reads the same questions from it.

What GIFT has no syntax for stands in comments (see gift.py): the steps of an ordering are written as a matching with numbers.
Pictures cannot be in GIFT: a comment says that there were some. Of texts with gaps GIFT knows those with one alone.
"""

import re

from .. import cloze
from ..question_blocks import unit_lines
from .gift import SPECIAL
from .writing import LANGUAGE, marked, marks, percent_of

ENDING, TYPE = ".gift.txt", "text/plain; charset=utf-8"


def write(versions):
    """The bytes of a file."""
    return "\n\n".join(question(one) if holds(one) else _named(one) for one in versions).encode() + b"\n"


def holds(version):
    return version.kind != "cloze" or len(version.content["gaps"]) == 1


def _named(version):
    return f"// Not in this file, because GIFT knows one gap a question: {_in_one_line(version.question.note)}"


def question(version):
    content, kind = version.content, version.kind
    comments = [_comment("tag", tag.name) for tag in version.question.tags.all()]
    if kind in ("ordering", "cloze"):
        comments.append(f"[kind:{kind}]")
    if content.get("percent"):
        comments.append(f"[percent:{content['tolerance']}]")
    comments += [_comment("unit", line) for line in unit_lines(content.get("units", ()))]
    if kind == "short_answer" and any("->" in text for texts in content["accept"].values() for text in texts):
        comments.append("[kind:short_answer]")
    lines = [f"// {' '.join(comments)}"] if comments else []
    if content.get("image"):
        lines.append("// GIFT holds no pictures: those of this question are left out.")
    before, after = _around(content) if kind == "cloze" else (marked(content["text"]), "")
    lines.append(f"::{escaped(_in_one_line(version.question.note))}::[html]{escaped(before)}{{")
    lines += _WRITERS[kind](content)
    if feedback := marked(content.get("feedback")):
        lines.append(f"####[html]{escaped(feedback)}")
    return "\n".join([*lines, f"}}{escaped(after)}"])


def _comment(name, text):
    return f"[{name}:{text.replace(']', chr(92) + ']')}]"


def _around(content):
    """What stands before the only gap and behind it."""
    sides = {}, {}
    for code, text in content["text"].items():
        before, _gap, after = [*cloze.cut(text, 1), "", ""][:3]
        sides[0][code], sides[1][code] = before, after
    write = marked if set(content["text"]) <= {LANGUAGE} else marks
    return tuple(write(words) for words in sides)


def escaped(text):
    text = "".join(f"\\{sign}" if sign in SPECIAL else sign for sign in text)
    return text.replace("\n", "\\n")


def _in_one_line(text):
    return re.sub(r"\s+", " ", text)


def _html(words):
    return f"[html]{escaped(marked(words))}"


def _choices(content):
    right = sum(choice["right"] for choice in content["choices"])
    share = f"{100 / right:.5f}".rstrip("0").rstrip(".")
    for choice in content["choices"]:
        sign = ("=" if choice["right"] else "~") if right == 1 else f"~%{'' if choice['right'] else '-'}{share}%"
        why = marked(choice.get("why"))
        yield f"{sign}{_html(choice['text'])}" + (f"#[html]{escaped(why)}" if why else "")


def _true_false(content):
    yield "TRUE" if content["answer"] else "FALSE"


def _numerical(content):
    yield f"#{content['answer']}:{percent_of(content)}"


def _ordering(content):
    for n, step in enumerate(content["steps"], 1):
        yield f"={n} -> {_arrowless(step['text'])}"


def _matching(content):
    for pair in content["pairs"]:
        yield f"={_arrowless(pair['left'])} -> {_arrowless(pair['right'])}"


def _arrowless(words):
    """An arrow inside of a text must not be taken for the one between the sides."""
    return _html(words).replace("->", "-&gt;")


def _short_answer(content):
    for code, texts in content["accept"].items():
        for text in texts:
            if code != "all":
                yield f"// [lang:{code}]"
            yield f"={escaped(text)}"


def _gap(content):
    (gap,) = content["gaps"]
    if "accept" in gap:
        yield from _short_answer(gap)
    for choice in gap.get("choices", ()):
        yield f"{'=' if choice['right'] else '~'}[html]{escaped(marks(choice['text']))}"


_WRITERS = {
    "single": _choices, "multiple": _choices, "true_false": _true_false, "numerical": _numerical,
    "ordering": _ordering, "matching": _matching, "short_answer": _short_answer,
    "cloze": _gap,
}  # fmt: skip

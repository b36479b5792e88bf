r"""GIFT, the text format of Moodle: https://docs.moodle.org/en/GIFT_format

A blank line ends a question. `\` before one of ~ = # { } : \ takes its meaning away; `\n` is a new line. Lines that begin
with // are comments; Moodle reads [id:...] and [tag:...] in them. We write more there, which Moodle passes over:
[kind:ordering], [kind:short_answer], [kind:cloze], [percent:5] and [unit:GB = 1024] before a question, and [lang:ru] among
the accepted answers.
"""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from .checks import decimal, spelled
from .neutral import Draft, Gap, Part, Text, tags_of, with_gap

SPECIAL = "~=#{}:\\"
_HELD = {sign: chr(n) for n, sign in enumerate(SPECIAL, 1)}  # an escaped sign on its way through the parser
_BACK = {held: sign for sign, held in _HELD.items()} | {"\x0e": "\n"}
_LANGUAGE = "\x0f"  # stands before a language's code, where a comment named it
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.I)
_WEIGHT = re.compile(r"\s*%\s*([+-]?\d+(?:[.,]\d+)?)\s*%")
MARKER = re.compile(r"\[\[\d{1,3}\]\]")  # of a gap, as courses/cloze.py and Moodle's own kinds with gaps write it
TOLD = 0.001  # weights are written with five decimals
_ENDED = re.compile(r"[?!.…]\s*(</\w+>\s*)*$")


def parse(text):
    """The drafts of a file, questions that are refused among them."""
    found, block, comments, category = [], [], [], ""
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)  # what the parser itself puts in must not come from a file
    for number, row in enumerate([*re.split(r"\r\n|\r|\n", text), ""], 1):
        stripped = row.strip()
        if stripped.startswith("//"):
            comments.append(stripped)
            if language := re.search(r"\[lang:(\w+)\]", stripped):
                block.append((number, f"{_LANGUAGE}{language[1]}{_LANGUAGE}"))
        elif stripped.upper().startswith("$CATEGORY:") and not block:
            category = stripped[10:].strip()
            comments = []
        elif stripped:
            block.append((number, row))
        elif block:
            found.append(_question(block, comments, category))
            block, comments = [], []
        else:
            comments = []
    return found


def _question(block, comments, category):
    line = block[0][0]
    text = "\n".join(row for _number, row in block).strip()
    text = re.sub(r"\\([~=#{}:\\n])", lambda m: _HELD.get(m[1], "\x0e"), text)
    told = " ".join(comments)[:2000]
    draft = Draft(line, tags=tags_of(category))
    draft.tags += _said(told, "tag")
    meant = (_said(told, "kind") or [""])[0]

    if name := re.match(r"::(.*?)::", text, re.S):
        draft.name, text = _plain(name[1]), text[name.end() :].lstrip()
    format, text = _format(text, "moodle")
    start, end = text.find("{"), text.find("}")
    if start < 0:
        if end >= 0:
            draft.text = Text(_plain(text), format)
            return draft.refuse(_("«}» stands without «{»."))
        draft.text = Text(_plain(text), format)
        return draft.refuse(_("This is a description, no question: there is nothing to answer in {…}."))
    before, after = text[:start], text[end + 1 :]
    draft.text = Text(_plain(before), format)
    if end < start:
        return draft.refuse(_("«{» is not closed. A blank line inside of a question ends it."))
    inside = text[start + 1 : end]
    if "{" in inside or "{" in after:
        return draft.refuse(_("The question has several {…}: write \\{ for the sign itself; only one gap is possible."))
    if meant != "cloze" and _ENDED.search(before) and not re.search(r"\w", after):
        after = ""  # «...?{#4}.»: the sentence had ended, so the sign behind the answers says nothing
    if after.strip():
        draft.text = Text(_plain(with_gap(before, after)), format)
    general = re.search(r"####(.*)", inside, re.S)
    if general:
        inside = inside[: general.start()]
        feedback_format, words = _format(general[1], format)
        draft.feedback = Text(_plain(words), feedback_format)
    draft = _answers(draft, inside.strip(), format, meant)
    if draft.kind == "numerical":
        draft.units = _said(told, "unit")
        if percent := _said(told, "percent"):
            draft.tolerance, draft.percent = percent[0], True
    missing = after.strip() and not MARKER.search(before) and not MARKER.search(after)
    if (missing or meant == "cloze") and draft.kind in ("single", "short_answer"):
        draft.text = Text(_plain(f"{before}[[1]]{after}"), format)
        draft.gaps = [gap(draft)]
        draft.kind = "cloze"
    return draft


def _said(told, name):
    """What comments say in [name:...]."""
    return [one.replace("\\]", "]").strip() for one in re.findall(rf"\[{name}:((?:\\\]|[^\]])*)\]", told)]


def _answers(draft, inside, format, meant):
    if not inside:
        return draft.refuse(_("This is an essay: it belongs to assignments, where a trainer reads it."))
    if inside.startswith("#"):
        return _numerical(draft, inside[1:].strip(), format)
    truth = re.match(r"(TRUE|T|FALSE|F)\s*(#.*)?$", inside, re.S | re.I)
    if truth:
        return _true_false(draft, truth[1][0] in "Tt", truth[2] or "", format)
    if _split(inside)[0].strip():
        return draft.refuse(_("Every answer begins with = or ~: «%(text)s».") % {"text": _plain(inside)[:60]})
    answers = _split(inside)[1:]
    if "~" in inside:
        return choices(draft, [_answer(one, format) for one in answers])
    pairs = [one for one in answers if "->" in one]
    if pairs and meant not in ("short_answer", "cloze"):
        if len(pairs) < len(answers):
            return draft.refuse(_("Some answers have «->» and others do not."))
        return _matching(draft, pairs, format, meant)
    return short_answer(draft, [_answer(one, format) for one in answers])


# --- Pieces ---------------------------------------------------------------------------------------------------------------


def _plain(text):
    return "".join(_BACK.get(sign, sign) for sign in re.sub(f"{_LANGUAGE}\\w+{_LANGUAGE}", "", text)).strip()


def _format(text, otherwise):
    said = _FORMAT.match(text)
    return (said[1].lower(), text[said.end() :]) if said else (otherwise, text)


def _split(inside):
    """The answers, each with its sign; the first is what stands before them."""
    pieces = re.split(f"(?=[=~])|(?={_LANGUAGE}\\w+{_LANGUAGE}\\s*[=~])", inside)
    made = [pieces[0]]
    for piece in pieces[1:]:
        if re.fullmatch(f"\\s*{_LANGUAGE}\\w+{_LANGUAGE}\\s*", made[-1]):
            made[-1] += piece  # the language belongs to the answer that follows
        else:
            made.append(piece)
    return made


class Answer:
    """One answer: `right` as its sign says, `weight` 0 to 100 and below, `text`, `why`, `language` if a comment named one."""

    def __init__(self, right, weight, text, why=None, language="all", weighed=False):
        self.right, self.weight, self.text, self.why = right, weight, text, why
        self.language, self.weighed = language, weighed


def _answer(piece, format):
    language = re.match(f"\\s*{_LANGUAGE}(\\w+){_LANGUAGE}\\s*", piece)
    piece = piece[language.end() :] if language else piece.strip()
    right, rest = piece[0] == "=", piece[1:]
    weight = _WEIGHT.match(rest)
    if weight:
        rest = rest[weight.end() :]
    words, _hash, why = rest.partition("#")
    own, words = _format(words, format)
    why_format, why = _format(why, format)
    return Answer(
        right,
        Decimal(weight[1].replace(",", ".")) if weight else Decimal(100 if right else 0),
        Text(_plain(words), own),
        Text(_plain(why), why_format) if why.strip() else None,
        language[1] if language else "all",
        bool(weight),
    )


# --- Kinds: also used by moodle_xml.py ------------------------------------------------------------------------------------


def choices(draft, answers, single=None):
    """One right answer where a «=» says so, else several. Weights between follow the platform's own rule, and that is told."""
    single = any(answer.right for answer in answers) if single is None else single
    if single:
        draft.kind = "single"
        most = max(answer.weight for answer in answers)
        right = [answer.weight == most and most > 0 for answer in answers]
        if not 99 < most <= 100:
            draft.repaired(_("No answer has all points: the best one counts as right."))
        if any(0 < answer.weight < most for answer in answers):
            draft.repaired(_("Part of the points for an answer that is half right is not kept: it counts as wrong."))
    else:
        draft.kind = "multiple"
        right = [answer.weight > 0 for answer in answers]
        share = Decimal(100) / max(1, sum(right))
        kept = all(
            abs(answer.weight - (share if good else -share)) < TOLD for answer, good in zip(answers, right, strict=True)
        )
        if not kept:
            draft.repaired(
                _(
                    "Its own weights are not kept: points are the right ones chosen less the wrong ones, of all right ones."
                )
            )
    draft.parts = [Part(answer.text, good, answer.why) for answer, good in zip(answers, right, strict=True)]
    return draft


def short_answer(draft, answers):
    draft.kind = "short_answer"
    whole = [answer for answer in answers if answer.weight >= 100]
    if any(0 < answer.weight < 100 for answer in answers):
        draft.repaired(_("Answers with part of the points are left out."))
    one_feedback(draft, whole, answers)
    draft.accept = [(answer.language, answer.text.raw) for answer in whole]
    return draft


def cloze_answers(inside):
    """The answers of one gap of Moodle's cloze: «~%50%a#why~=b». What has no sign before it is wrong, the first one too."""
    text = re.sub(r"\\([~=#{}:\\n])", lambda m: _HELD.get(m[1], "\x0e"), inside.strip())
    found = []
    for piece in re.split("~", text.removeprefix("~")):
        found.append(_answer(piece.strip() if piece.strip().startswith("=") else f"~{piece.strip()}", "html"))
    for answer in found:
        answer.right = answer.weight > 0
    return found


def gap(draft):
    """The answers of a question with one right answer, or with one that is typed, as a gap. There is one feedback then."""
    one_feedback(draft, [part for part in draft.parts if part.right], draft.parts)
    found, draft.parts, draft.accept = Gap(draft.parts, draft.accept), [], []
    return found


def one_feedback(draft, right, answers):
    """Where answers are typed, there is one feedback: the question's own, else that of the right answer."""
    whys = [answer.why for answer in right if answer.why]
    if whys and not draft.feedback:
        draft.feedback = whys.pop(0)
    if whys or any(answer.why for answer in answers if answer not in right):
        draft.repaired(_("What is said to single answers is left out: such a question has one text after the answer."))


def _true_false(draft, truth, rest, format):
    draft.kind, draft.answer = "true_false", truth
    wrong, _hash, right = rest.removeprefix("#").partition("#")
    said = [
        Text(_plain(words), own) for own, words in (_format(right, format), _format(wrong, format)) if words.strip()
    ]
    if said and not draft.feedback:
        draft.feedback = said.pop(0)
    if said:
        draft.repaired(_("What is said to single answers is left out: such a question has one text after the answer."))
    return draft


def _matching(draft, pairs, format, meant):
    draft.kind = "matching"
    for piece in pairs:
        left, _arrow, right = piece.strip().lstrip("=~").partition("->")
        left_format, left = _format(left, format)
        right_format, right = _format(right, format)
        if not left.strip():
            draft.repaired(_("A right side without a left one is left out: «%(text)s».") % {"text": _plain(right)[:60]})
            continue
        draft.parts.append(Part(Text(_plain(left), left_format), other=Text(_plain(right), right_format)))
    if meant == "ordering":
        draft.kind = "ordering"
        draft.parts = [Part(part.other) for part in draft.parts]
    return draft


def _numerical(draft, inside, format):
    pieces = _split(inside)
    if pieces[0].strip() and len(pieces) > 1 and all(not piece.startswith("=") for piece in pieces[1:]):
        pieces = ["", "=" + pieces[0], *pieces[1:]]
    elif len(pieces) == 1:
        pieces = ["", "=" + pieces[0]]
    answers = [_answer(piece, format) for piece in pieces[1:]]
    return numbers(draft, [answer for answer in answers if answer.right], answers)


def numbers(draft, right, answers):
    """A number with its tolerance («1822:5») or a range («1..5»). Of several with a weight, the one that is fully right."""
    draft.kind = "numerical"
    whole = [answer for answer in right if answer.weight >= 100]
    if not whole:
        return draft.refuse(_("No answer is right."))
    if len(whole) > 1:
        return draft.refuse(_("Several numbers are fully right: only one number, with a tolerance, is possible."))
    if len(right) > 1:
        draft.repaired(_("Answers with part of the points are left out."))
    one_feedback(draft, whole, answers)
    typed = whole[0].text.raw
    span = ".." in typed
    first, _sign, second = typed.partition(".." if span else ":")
    one, two = decimal(first), decimal(second or "0")
    draft.percent = not span and "%" in second
    if one is None or two is None:
        return draft.refuse(_("«%(text)s» is no number.") % {"text": typed[:60]})
    if span:
        if two < one:
            return draft.refuse(_("The range «%(text)s» ends before it begins.") % {"text": typed[:60]})
        one, two = (one + two) / 2, (two - one) / 2
    draft.answer, draft.tolerance = spelled(one), spelled(two)
    return draft

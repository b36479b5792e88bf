"""What must be true of a question of each kind. What the editor refuses (courses/question_blocks.py), an import refuses."""

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from .. import cloze, kinds
from ..answers import MAX_TYPED, fixed
from ..typed import plain

MOST_PARTS = 10  # as in the editor
MOST_CHOICES = 50  # of one gap


def decimal(text):
    """A number of a file as kinds.to_number reads it, or written with an exponent; None if it is none."""
    number = kinds.to_number(text)
    if number is None and re.fullmatch(r"\s*[+-]?\d+([.,]\d+)?[eE][+-]?\d{1,2}\s*", text):
        try:
            number = Decimal(text.strip().replace(",", "."))
        except InvalidOperation:
            return None
    return number


def spelled(number):
    return format(number, "f")


def _look_at_parts(draft, texts, least=2, most=MOST_PARTS):
    if len(texts) < least:
        draft.refuse(_("There are fewer than two answers."))
    if len(texts) > most:
        draft.refuse(too_many_parts(len(texts), most))
    if not all(texts):
        draft.refuse(_("An answer has no words."))
    _look_at_doubles(draft, texts)


def _look_at_doubles(draft, texts):
    for code in {code for words in texts for code in words}:
        said = [plain(words[code]).casefold() for words in texts if code in words]
        if len(set(said)) < len(said):
            draft.refuse(_("Two answers say the same."))


def _look(draft, content):
    if not content["text"]:
        draft.refuse(_("The question has no words."))


def _look_at_choices(draft, content):
    _look(draft, content)
    _look_at_parts(draft, [choice["text"] for choice in content["choices"]])
    right = sum(choice["right"] for choice in content["choices"])
    if draft.kind == "single" and right != 1:
        draft.refuse(
            _("No answer is right.") if not right else _("Several answers are right where only one can be chosen.")
        )
    if draft.kind == "multiple" and right == 0:
        draft.refuse(_("No answer is right."))
    if draft.kind == "multiple" and right == 1:
        draft.kind = "single"
        draft.repaired(_("Only one answer is right: it has become a question with one right answer."))
    elif draft.kind == "multiple" and right == len(content["choices"]):
        draft.refuse(_("Every answer is right: at least one must be wrong."))


def _look_at_steps(draft, content):
    _look(draft, content)
    _look_at_parts(draft, [step["text"] for step in content["steps"]])


def _look_at_pairs(draft, content):
    _look(draft, content)
    _look_at_parts(draft, [pair["left"] for pair in content["pairs"]])
    rights = [pair["right"] for pair in content["pairs"]]
    if not all(rights):
        draft.refuse(_("An answer has no words."))
    different = [words for n, words in enumerate(rights) if words not in rights[:n]]  # one may belong to several
    if len(rights) > 1 and len(different) == 1:
        draft.refuse(_("All pairs have the same right side: there is nothing to choose."))
    _look_at_doubles(draft, different)


def _look_at_number(draft, content):
    _look(draft, content)
    for name in ("answer", "tolerance"):
        number = decimal(str(content[name]))
        if number is None or len(spelled(number)) > 40 or (name == "tolerance" and number < 0):
            draft.refuse(_("«%(text)s» is no number.") % {"text": content[name]})
        else:
            content[name] = spelled(number)
    if content.get("percent") and not decimal(str(content["tolerance"])):
        del content["percent"]  # as the editor keeps it


def _look_at_accepted(draft, content):
    _look(draft, content)
    _look_at_accept(draft, content["accept"], content["text"])


def _look_at_accept(draft, accept, languages):
    if any(len(text) > MAX_TYPED for texts in accept.values() for text in texts):
        draft.refuse(_("An accepted answer is longer than what can be typed."))
    if any(not any(fixed(text)) for texts in accept.values() for text in texts):
        draft.refuse(_("An answer needs letters or digits."))
    if not accept.get("all"):
        if not all(accept.get(code) for code in languages):
            draft.refuse(_("No answer is right."))


def too_many_gaps(n):
    return _("The text has %(n)s gaps: at most %(limit)s.") % {"n": n, "limit": cloze.MOST_GAPS}


def too_many_parts(n, most=MOST_PARTS):
    return _("There are %(n)s answers, lines or pairs: at most %(limit)s.") % {"n": n, "limit": most}


def _look_at_gaps(draft, content):
    _look(draft, content)
    gaps = content["gaps"]
    if len(gaps) > cloze.MOST_GAPS:
        draft.refuse(too_many_gaps(len(gaps)))
        return
    if any(sorted(cloze.numbers(text)) != list(range(1, len(gaps) + 1)) for text in content["text"].values()):
        draft.refuse(_("Each gap stands in the text once: [[1]] to [[%(n)s]].") % {"n": len(gaps)})
    for gap in gaps:
        if "accept" in gap:
            _look_at_accept(draft, gap["accept"], content["text"])
            continue
        _look_at_parts(draft, [choice["text"] for choice in gap["choices"]], most=MOST_CHOICES)
        right = sum(choice["right"] for choice in gap["choices"])
        if right != 1:
            draft.refuse(
                _("Several answers are right where only one can be chosen.") if right else _("No answer is right.")
            )


LOOKS = {
    "single": _look_at_choices, "multiple": _look_at_choices, "true_false": _look, "numerical": _look_at_number,
    "ordering": _look_at_steps, "matching": _look_at_pairs, "short_answer": _look_at_accepted,
    "cloze": _look_at_gaps,
}  # fmt: skip

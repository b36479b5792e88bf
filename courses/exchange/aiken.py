"""Aiken: a question, its answers as lettered lines, then «ANSWER: B». Of one right answer only."""

import re

from django.utils.translation import gettext as _

from .neutral import Draft, Part, Text

_CHOICE = re.compile(r"\s*([^\W\d_])\s*(?:\)|\.(?=\s))\s*(.*)")  # «A)So» too; «A.M.» is no answer
_ANSWER = re.compile(r"\s*(?:ANSWER|JAVOB|TO[ʻʼ'`‘’]?G[ʻʼ'`‘’]?RI JAVOB|ЖАВОБ|ОТВЕТ)\s*:(.*)", re.I)
_ALIKE = str.maketrans("АВСЕНКМОРТХ", "ABCEHKMOPTX")  # typed on a Cyrillic keyboard


def looks_like(text):
    return any(_ANSWER.fullmatch(line) for line in text.splitlines()) and not re.search(
        r"(?m)^[^\\{\n]*\{[^{}]*[=~]", text
    )


def parse(text):
    """The drafts of a file."""
    found = []
    line, words, choices = 0, [], []
    for number, row in enumerate([*text.splitlines(), None], 1):
        answer = row is not None and _ANSWER.fullmatch(row)
        choice = row is not None and _CHOICE.fullmatch(row)
        if row is None or answer:
            if words or choices:
                found.append(_draft(line, words, choices, answer[1] if answer else None))
            line, words, choices = 0, [], []
        elif choice and words:
            choices.append((choice[1].upper(), choice[2]))
        elif row.strip():
            if choices:  # the answers have begun, and this is none: a new question without its ANSWER before it
                found.append(_draft(line, words, choices, None))
                line, words, choices = 0, [], []
            line = line or number
            words.append(row.strip())
    return found


def _draft(line, words, choices, answer):
    draft = Draft(line, kind="single", text=Text("\n".join(words)))
    if not choices:
        return draft.refuse(_("There are no answers: lines such as «A. …» are expected."))
    if answer is None:
        return draft.refuse(_("The line «ANSWER: …» is missing."))
    letters = [letter for letter, _words in choices]
    wanted = answer.strip().rstrip(".)").upper()
    if wanted not in letters:
        letters, wanted = [letter.translate(_ALIKE) for letter in letters], wanted.translate(_ALIKE)
    if letters.count(wanted) != 1:
        return draft.refuse(_("«ANSWER: %(letter)s» names none of the answers.") % {"letter": answer.strip()[:20]})
    draft.parts = [
        Part(Text(said), right=letter == wanted) for letter, (_typed, said) in zip(letters, choices, strict=True)
    ]
    return draft

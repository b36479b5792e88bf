"""Words that people type about people. No PINFL and no passport data belong into them; a PINFL that was pasted is refused here."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

NOTE = _("No PINFL, no passport data.")
PINFL_THERE = _(
    "There is a PINFL in this text, it seems: 14 digits with a day of birth. Take it out: it is not kept here."
)
_APART = "[ \u00a0-]?"  # as people group digits
_PINFL = re.compile(rf"(?<!\d)(?<!\d[ \u00a0-])([1-6])(?:{_APART}\d){{13}}(?!{_APART}\d)")
_CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}  # men odd, women even


def has_pinfl(text):
    """Whether a number in the text is built as a PINFL: 14 digits, which may stand in groups; the first says the century of birth and the
    sex, the next six the day of birth (DDMMYY)."""
    return any(_is_pinfl(re.sub(r"\D", "", found[0])) for found in _PINFL.finditer(text))


def _is_pinfl(digits):
    try:
        date(_CENTURIES[digits[0]] + int(digits[5:7]), int(digits[3:5]), int(digits[1:3]))
    except ValueError:
        return False
    return True


def refuse_pinfl(text):
    """A validator. The number is not repeated: it would stand in pages and logs."""
    if has_pinfl(text):
        raise ValidationError(PINFL_THERE, code="pinfl")


class WordsField(forms.CharField):
    """Words about people or deeds: some lines, with the note of what does not belong there. `help_text` comes before it."""

    default_validators = [refuse_pinfl]

    def __init__(self, *, help_text="", rows=2, **kwargs):
        note = format_lazy("{} {}", help_text, NOTE) if help_text else NOTE
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(help_text=note, **kwargs)

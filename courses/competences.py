"""The competences of DigComp 3.0 (European Commission, Joint Research Centre), by which questions are labelled; the list is digcomp.csv."""

import csv
import re
from functools import cache
from pathlib import Path

from django.utils.functional import lazy
from django.utils.translation import get_language

_FILE = Path(__file__).with_name("digcomp.csv")
_COLUMNS = {"uz": "uz", "ru": "ru"}  # any other language reads English


@cache
def _rows():
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def title(code, language=None):
    """«4.2 Protecting personal data» in the reader's language; the code alone if the list has it not, "" for none."""
    row = _rows().get(code)
    return f"{code} {row[_COLUMNS.get(language or get_language(), 'en_3_0')]}" if row else code


def choices():
    """Of a form's field: [(area, [(code, title), ...]), ...], the words in the language of whoever reads the form."""
    areas = [code for code in _rows() if "." not in code]
    return [(_later(area), [(code, _later(code)) for code in _rows() if code.startswith(f"{area}.")]) for area in areas]


def codes():
    return [code for code in _rows() if "." in code]


def named_in(text):
    """The codes in what people have typed, each once, as the list orders them: «4.1, 2.6» gives ["2.6", "4.1"]. Others are left out."""
    said = re.findall(r"\d+\.\d+", text)
    return [code for code in codes() if code in said]


_later = lazy(title, str)

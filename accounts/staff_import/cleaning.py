"""A row of text to clean values, or why it cannot be taken. Asks no database."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ..forms import _is_letter, strange_signs
from ..text import fold, is_mixed, normalise_name
from ..words import has_pinfl
from .reading import Dated, Formula, Mistake
from .words import told

LONGEST = {"last_name": 80, "first_name": 80, "patronymic": 80, "personnel_number": 40, "email": 254, "login": 40}
NAMES = ("last_name", "first_name", "patronymic")
LANGUAGES = {
    fold(word): code
    for code, words in {
        "uz": ("uz", "oʻzbekcha", "oʻzbek", "ўзбекча", "ўзбек", "узбекский", "uzbek"),
        "ru": ("ru", "ruscha", "rus", "русча", "русский", "russian"),
        "en": ("en", "inglizcha", "ingliz", "инглизча", "английский", "english"),
    }.items()
    for word in words
}
_PINFL, _PASSPORT = re.compile(r"\d{14}"), re.compile(r"[A-ZА-Я]{2}[\s№-]*\d{7}", re.I)
_NO_PASSPORT = ("login", "library", "email")  # two letters and seven digits may be a code there
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.\s*)+|[^\W\d_]", re.I)


def clean(row):
    """({field: text}, faults) of a row as it was read. Empty fields are left out; full names are divided."""
    faults = [fault for name, text in row.items() if (fault := _strange(name, text))]
    given = {name: str(text) for name, text in row.items() if text and not isinstance(text, Formula | Dated | Mistake)}
    faults += _personal_numbers(given)
    if faults:
        return {name: text[:80] for name, text in given.items()}, faults
    _divide(given)
    for name in NAMES:
        if name in given:
            given[name] = normalise_name(given[name])
            faults += _name_faults(name, given[name])
    if not given.get("last_name") or not given.get("first_name"):
        faults.append(told("no_name"))
    elif _INITIALS.fullmatch(given["first_name"]):
        faults.append(told("initials"))
    faults += _email_faults(given) + _language_faults(given)
    for name, most in LONGEST.items():
        if (n := len(given.get(name, ""))) > most:
            faults.append(told("too_long", field=name, n=n, most=most))
    return given, faults


def _strange(name, text):
    if isinstance(text, Formula):
        return told("formula", field=name)
    if isinstance(text, Dated):
        return told("date", field=name)
    if isinstance(text, Mistake):
        return told("cell_error", field=name, text=text[:20])
    return None


def _personal_numbers(given):
    """A PINFL or passport number in whatever column is not even kept beside the refusal."""
    if "personnel_number" in given:
        given["personnel_number"] = re.sub(r"(?<=\d)\.0+$", "", given["personnel_number"])
    found = [name for name, text in given.items() if _is_personal(name, text)]
    for name in found:
        del given[name]
    return [told("personal_number")] if found else []


def _is_personal(name, text):
    if has_pinfl(text) or (name == "personnel_number" and _PINFL.fullmatch(text.replace(" ", ""))):
        return True
    return name not in _NO_PASSPORT and bool(_PASSPORT.fullmatch(text))


def _divide(given):
    """«Karimova Nigora Salim qizi» in one cell: family name, given name, all the rest. Columns of their own win."""
    words = given.pop("full_name", "").split()
    for name, text in zip(NAMES, (*words[:2], " ".join(words[2:])), strict=False):
        if text:
            given.setdefault(name, text)


def _name_faults(name, text):
    if strangers := strange_signs(text):
        return [told("name_signs", field=name, signs=" ".join(strangers))]
    if is_mixed(text):
        return [told("name_mixed", field=name)]
    return [] if any(_is_letter(sign) for sign in text) else [told("no_letters", field=name)]


def _email_faults(given):
    if "email" not in given:
        return []
    given["email"] = given["email"].removeprefix("mailto:").strip()
    try:
        validate_email(given["email"])
    except ValidationError:
        return [told("bad_email", text=given["email"][:80])]
    return []


def _language_faults(given):
    if "language" not in given:
        return []
    code = LANGUAGES.get(fold(given["language"]))
    if code in dict(settings.LANGUAGES):
        given["language"] = code
        return []
    return [told("language_unknown", text=given["language"][:40])]

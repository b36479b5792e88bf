"""Pieces from which the form of a YAML file is described; each piece checks one value and says what is wrong with it.

A check is a function `(value, spot)`. On the way through a file the checks collect every text in several languages
(`Texts`), so that languages and letters can be looked at afterwards in one go.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from numbers import Real

from cms.curriculum.files import is_name
from cms.curriculum.model import LANGUAGES, LONGEST_NAME
from cms.curriculum.problems import Notes, did_you_mean
from cms.curriculum.yamlfiles import List, Map

ONE_OF = {
    "accept": "answer",
    "bring": "thing to bring",
    "choose": "choice",
    "columns": "column",
    "gaps": "gap",
    "if_it_goes_wrong": "case of if_it_goes_wrong",
    "levels": "level",
    "options": "option",
    "pairs": "pair",
    "plan": "part of the plan",
    "questions": "question",
    "results": "result",
    "rows": "row",
    "rubric": "criterion",
    "steps": "step",
    "units": "unit",
}


@dataclass(frozen=True)
class Texts:
    """One text in several languages: `words[language]` = (line, text). `owner` is the id of its question, or empty."""

    owner: str
    name: str
    line: int
    words: dict[str, tuple[int, str]]

    def has(self, language):
        return bool(self.words.get(language, (0, ""))[1].strip())


@dataclass(frozen=True)
class Spot:
    """Where in a file a value stands: its line, how it is called (`why of option 2`) and whose it is (`sec1-q05`)."""

    notes: Notes
    line: int = 1
    name: str = ""
    owner: str = ""
    texts: list[Texts] = field(default_factory=list)

    def say(self, text, line=None):
        self.notes.error(line or self.line, f"{self.owner}: {text}" if self.owner else text)

    def called(self, name):
        """How a value inside is called: `why` inside `option 2` is `why of option 2`."""
        return f"{name} of {self.name}" if self.name else name


def a_map(required=None, optional=None, languages=False, owner=False):
    """Check a mapping with these keys; with `languages` it holds uz, ru, en too, with `owner` messages give its id."""
    required, optional = required or {}, optional or {}
    checks = {**required, **optional}

    def check(value, spot):
        if not isinstance(value, Map):
            wanted = "uz, ru and en" if languages and not required else ", ".join(required)
            spot.say(f"{spot.name or 'the file'} must have {wanted}")
            return
        if owner and isinstance(value.get("id"), str):
            spot = replace(spot, owner=value["id"], name="")
        for key in value:
            if key not in checks and not (languages and key in LANGUAGES):
                say_unknown(key, value, [*checks, *(LANGUAGES if languages else ())], spot)
        for key in required:
            if key not in value:
                spot.say(f"no {spot.called(key)}", line=value.line)
        for key, check_value in checks.items():
            if key in value:
                check_value(value[key], replace(spot, line=value.lines[key], name=spot.called(key)))
        if languages:
            collect(value, spot)

    return check


def say_unknown(key, value, known, spot):
    if value.flow and value[key] in (None, ""):
        spot.say(f"unknown key «{key}»: inside {{ }} a text with a comma needs quotes", line=value.lines[key])
    else:
        hint = did_you_mean(key, known) or f": use {', '.join(known)}"
        spot.say(f"unknown key «{key}»{hint}", line=value.lines[key])


def collect(value, spot):
    """Keep a text in several languages for the checks of languages and letters."""
    words = {}
    for language in LANGUAGES:
        text = value.get(language, "")
        if isinstance(text, str):
            words[language] = (value.lines.get(language, value.line), text)
        else:
            spot.say(f"{spot.name} in {language} must be one text in quotes", line=value.lines[language])
            words[language] = (value.lines[language], "?")
    # An alias (*mail) stands on another line than its words: missing words are reported where it is used.
    spot.texts.append(Texts(spot.owner, spot.name or "text", spot.line, words))


a_text_in_languages = a_map(languages=True)


def texts_up_to(most):
    """A text in languages, each of at most so many characters: no more fit in the page's field."""

    def check(value, spot):
        a_text_in_languages(value, spot)
        for language in LANGUAGES if isinstance(value, Map) else ():
            text = value.get(language, "")
            if isinstance(text, str) and len(text) > most:
                spot.say(too_long(f"{spot.name} in {language}", text, most), line=value.lines[language])

    return check


def too_long(name, text, most):
    return f"{name} has {len(text)} characters: at most {most} fit"


def a_list(check_item, least=1):
    """Check a list with at least so many items."""

    def check(value, spot):
        if not isinstance(value, List):
            spot.say(f"{spot.name} must be a list: lines that begin with -")
            return
        if len(value) < least:
            spot.say(f"{spot.name} needs at least {least}, not {len(value)}")
        kind, _, place = spot.name.partition(" of ")
        for number, (item, line) in enumerate(zip(value, value.lines, strict=True), 1):
            name = f"{ONE_OF.get(kind, kind)} {number}" + (f" of {place}" if place else "")
            check_item(item, replace(spot, line=line, name=name))

    return check


def a_whole_number(least, most):
    def check(value, spot):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            spot.say(f"{spot.name} must be a whole number from {least} to {most}, not «{value}»")

    return check


MOST = 10**12  # beyond it a database or a spreadsheet would round


def a_number(least=None, most=MOST):
    def check(value, spot):
        if isinstance(value, bool) or not isinstance(value, Real) or value != value:  # .nan of YAML
            spot.say(f"{spot.name} must be a number, not «{value}»")
        elif least is not None and value < least:
            spot.say(f"{spot.name} must be at least {least}, not {value}")
        elif abs(value) > most:
            spot.say(f"{spot.name} must be at most {most}")

    return check


def one_of(*words):
    def check(value, spot):
        if value not in words:
            spot.say(f"unknown {spot.name} «{value}»" + (did_you_mean(value, words) or f": use {', '.join(words)}"))

    return check


def a_text(value, spot):
    if isinstance(value, Map):
        spot.say(f"{spot.name} was read as a key and its value: put the line in quotes")
    elif not isinstance(value, str) or not value.strip():
        spot.say(f"{spot.name} must be a text")


def a_code(most):
    def check(value, spot):
        if not isinstance(value, str) or not value.strip():
            a_text(value, spot)
        elif not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{most}}}", value):
            spot.say(f"{spot.name} must be 1 to {most} Latin letters, digits, hyphens and _, not «{value}»")

    return check


def a_name(value, spot):
    if not is_name(value):
        spot.say(f"«{value}» is no name: use a-z, 0-9 and hyphens")
    elif len(value) > LONGEST_NAME:
        spot.say(too_long(f"«{value}»", value, LONGEST_NAME))


def a_role(value, spot):
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9_-]+", value):
        spot.say(f"«{value}» is no role: use a-z, 0-9, hyphens and _")


def a_date(value, spot):
    if type(value) is not date:
        spot.say(f"{spot.name} must be a date like 2026-11-22")


def true_or_false(value, spot):
    if not isinstance(value, bool):
        spot.say(f"{spot.name} must be true or false, not «{value}»")


def anything(value, spot):
    """For what is checked elsewhere."""

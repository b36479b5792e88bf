"""A file as it is given: how large it may be, in which signs it is written, which format it has; then its drafts.

Nothing here trusts a name or a type that a browser sends. Raises BadFile with words for who gave the file.
"""

import codecs
import re

from django.utils.translation import gettext as _

from . import BadFile, neutral

MOST_BYTES = 20 * 1024 * 1024
MOST_QUESTIONS = 10_000
_SIGNS = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp1252", "iso8859-1", "koi8-r", "ascii"}


def bytes_of(file):
    """The bytes of an open file, but never more than are allowed: one more is read, to know that there are more."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large()
    return data


def too_large():
    return BadFile(_("The file is larger than %(n)s MB. Divide it.") % {"n": MOST_BYTES // 1024 // 1024})


def drafts(data, format="auto", language="uz"):
    """(format, notes, drafts) of the bytes of a file. The drafts are read, not settled yet (neutral.settle): that is dear."""
    if not data.strip():
        raise BadFile(_("The file is empty."))
    notes, text = [], None
    if data.startswith(b"PK\x03\x04"):
        found = "xlsx"
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadFile(_("This is an old Excel file (XLS). Save it as XLSX or CSV."))
    else:
        text, signs = decoded(data)
        if signs.startswith("cp"):
            notes.append(_("The file is read as %(signs)s.") % {"signs": signs.replace("cp", "Windows-")})
        found = _format_of(text) if format == "auto" else format
    if format != "auto" and (format != found or (format == "xlsx") != (text is None)):
        raise BadFile(_("The file is not in the format that was chosen."))
    if found is None:
        raise BadFile(_("The format of the file is not recognised. Choose it."))
    made = _read(found, data, text, language)
    if len(made) > MOST_QUESTIONS:
        raise BadFile(_("The file holds more than %(n)s questions. Divide it.") % {"n": MOST_QUESTIONS})
    if not made:
        raise BadFile(_("There is no question in the file."))
    return found, notes, made


def settled(rows, language, step=lambda n: None):
    for n, draft in enumerate(rows, 1):
        neutral.settle(draft, language)
        step(n)
    return rows


def _read(format, data, text, language):
    if format == "gift":
        from .gift import parse
    elif format == "aiken":
        from .aiken import parse
    elif format == "moodle-xml":
        from .moodle_xml import parse
    else:
        from . import tables

        return tables.parse_xlsx(data, language) if format == "xlsx" else tables.parse_csv(text, language)
    return parse(text)


# --- Signs ----------------------------------------------------------------------------------------------------------------


def decoded(data):
    """(text, name of its encoding): by its mark (BOM), by what an XML file says of itself, as UTF-8, or guessed."""
    for mark, signs in (
        (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):  # fmt: skip
        if data.startswith(mark):
            return _strictly(data[len(mark) :], signs), signs
    for signs in filter(None, (_said_by_xml(data), _without_mark(data), "utf-8", *_guesses(data))):
        try:
            text = data.decode(signs)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in text:
            return text, signs
    raise BadFile(_("The signs of the file cannot be read. Save it as UTF-8."))


def _strictly(data, signs):
    try:
        return data.decode(signs)
    except UnicodeDecodeError:
        raise BadFile(_("The signs of the file cannot be read. Save it as UTF-8.")) from None


def _said_by_xml(data):
    said = re.match(rb"""\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.:-]{1,40})["']""", data[:400])
    if not said:
        return None
    try:
        name = codecs.lookup(said[1].decode("ascii")).name
    except LookupError:
        return None
    return name if name in _SIGNS and not name.startswith("utf-16") else None


def _without_mark(data):
    """UTF-16 without its mark: of plain text every second byte is one of very few."""
    even, odd = data[:400:2], data[1:400:2]
    if len(data) % 2 or len(odd) < 4:
        return None
    high = b"\x00\x04\x20"  # plain Latin, Cyrillic, quotes
    for signs, half, other in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if sum(half.count(byte) for byte in high) > 0.95 * len(half) and other.count(0) < 0.05 * len(other):
            return signs
    return None


def _guesses(data):
    """Windows-1251 or -1252: Cyrillic letters stand in rows, accented Latin ones alone among plain letters."""
    rows = sum(len(run) for run in re.findall(rb"[\xa8\xb8\xc0-\xff]{2,}", data))
    alone = len(re.findall(rb"(?<![\xc0-\xff])[\xc0-\xff](?![\xc0-\xff])", data))
    return ("cp1251", "cp1252") if rows > alone else ("cp1252", "cp1251")


# --- Format ---------------------------------------------------------------------------------------------------------------


def _format_of(text):
    """The format by what is written in the file; None if it looks like none."""
    from . import aiken, tables

    if re.match(r"\s*<(\?xml|quiz\b|question\b|!--|!DOCTYPE)", text):
        return "moodle-xml"
    if tables.looks_like_csv(text):
        return "csv"
    if aiken.looks_like(text):
        return "aiken"
    if re.search(r"(?<!\\)\{", text) or re.search(r"(?m)^\s*(::|\$CATEGORY:)", text):
        return "gift"
    return None

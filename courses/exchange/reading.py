"""A file as it is given: how large it may be, in which signs it is written, which format it has; then its drafts.

Nothing here trusts a name or a type that a browser sends. Raises BadFile with words for who gave the file.
"""

import re

from django.utils.translation import gettext as _

from accounts.given_files import decoded

from . import BadFile, neutral

MOST_BYTES = 20 * 1024 * 1024
MOST_QUESTIONS = 10_000


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
    if re.search(r"(?<!\\)\{", text) or re.search(r"(?m)^[ \t]*(::|\$CATEGORY:)", text):
        return "gift"
    return None

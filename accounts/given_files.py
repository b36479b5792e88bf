"""Files that people give: the signs they are written in, and archives that would fill the memory. Nothing here trusts a name or a
type that a browser sends. Raises BadFile with words for who gave the file."""

import codecs
import io
import re
import zipfile

from django.utils.translation import gettext as _

MOST_UNPACKED = 60 * 1024 * 1024  # bytes of all parts of a workbook together
MOST_MEMBERS = 500
_SIGNS = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp1252", "iso8859-1", "koi8-r", "ascii"}


class BadFile(ValueError):
    """The file as a whole cannot be read; the words are for who gave it."""


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


# --- Archives ---------------------------------------------------------------------------------------------------------------


def check_archive(data):
    """Refuse an archive that would fill the memory, before anything of it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, OverflowError):
        raise BadFile(_("The workbook is damaged.")) from None
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise BadFile(
            _("The workbook unpacks to more than %(n)s MB: it is refused.") % {"n": MOST_UNPACKED // 1024 // 1024}
        )
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise BadFile(_("This archive is no Excel workbook."))

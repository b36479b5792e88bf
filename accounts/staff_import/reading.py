"""A file to rows of text under the fields that it has. Formulas are never evaluated, and nothing outside of the file is asked.

Raises BadFile with words for who gave it.
"""

import csv
import io
import itertools
import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from django.utils.translation import gettext as _

from ..given_files import BadFile, check_archive, decoded
from . import headings
from .words import FIELDS, told

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 256
LAST_ROW = 1_048_576  # of a sheet; a workbook can claim more
HEAD_WITHIN = 30  # rows: titles and empty rows may stand above the headings
LONGEST = 500  # signs of a cell that are kept
MOST_MERGED = 20_000
MOST_NAMED = 20  # columns and sheets that are named one by one
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


class Formula(str):
    """A cell that holds a formula, with its text."""


class Dated(str):
    """A cell that Excel made a date of: nobody knows what was typed."""


class Mistake(str):
    """A cell that shows an error, such as #N/A."""


@dataclass
class Table:
    fields: dict  # {field: column}
    rows: list  # [(line, {field: text})]; a text may be a Formula, Dated, Mistake
    notes: list = field(default_factory=list)


def too_large():
    return BadFile(_("The file is larger than %(n)s MB. Divide it.") % {"n": MOST_BYTES // 1024 // 1024})


def bytes_of(file):
    """The bytes of an open file, but never more than are allowed: one more is read, to know that there are more."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large()
    return data


def read(data):
    """The Table of a file's bytes."""
    if not data.strip():
        raise BadFile(_("The file is empty."))
    if data.startswith(b"PK\x03\x04"):
        return _workbook(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadFile(
            _("This is an old Excel file (XLS), or one with a password. Save it as XLSX without a password, or as CSV.")
        )
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise BadFile(_("This is neither an Excel workbook (XLSX) nor a CSV file."))
    return _csv(data)


def _table(lines, notes):
    """The Table of (line, cells); the headings stand in one of the first rows."""
    head, rows, found, fields, above = None, [], None, {}, ()
    for line, cells in lines:
        better = _better(fields, cells, above) if head is None or line == head + 1 else None
        above = cells
        if better:
            head, found, fields = line, better, better[0]
            continue
        if head is None:
            if line >= HEAD_WITHIN:
                return None
            continue
        row = {name: cells[column] for name, column in fields.items() if column < len(cells) and cells[column]}
        if row and (rows or not _numbers_columns(row, fields)):
            rows.append((line, row))
        if len(rows) > MOST_ROWS:
            raise BadFile(_("The file has more than %(n)s rows. Divide it.") % {"n": MOST_ROWS})
    if head is None:
        return None
    _fields, unknown, not_kept, twice = found
    for said, names in (("unknown_columns", unknown), ("not_kept", not_kept), ("twice", twice)):
        if names:
            notes.append(told(said, names=_listed(names)))
    return Table(fields, rows, notes) if rows else _no_rows()


def _better(fields, cells, above):
    """What a row of headings says, if it knows more fields than the row above did; else None. Headings may stand in two rows."""
    found = headings.columns(cells, above)
    return found if headings.is_head(found[0]) and len(found[0]) > len(fields) else None


def _numbers_columns(row, fields):
    """Whether a row below the headings says 1, 2, 3 … under them, as official forms do."""
    texts = [str(row[name]) for name in sorted(row, key=fields.get)]
    return len(texts) > 1 and all(text.isdecimal() and len(text) < 4 for text in texts) and _rise(list(map(int, texts)))


def _rise(numbers):
    return all(one < other for one, other in itertools.pairwise(numbers))


def _no_rows():
    raise BadFile(_("There is nobody in the file: below the headings there are no rows."))


def _listed(names):
    shown = ", ".join(name[:40] for name in names[:MOST_NAMED])
    return f"{shown}, … (+{len(names) - MOST_NAMED})" if len(names) > MOST_NAMED else shown


def _no_head(sheets=()):
    wanted = ", ".join(_(FIELDS[name]) for name in ("last_name", "first_name", "library"))
    words = _("The headings are not found. In one row there must stand: %(names)s. Or take the template.")
    words %= {"names": wanted}
    if sheets:
        words += " " + _("Looked at: %(sheets)s.") % {"sheets": _listed(sheets)}
    return BadFile(words)


# --- CSV --------------------------------------------------------------------------------------------------------------------


def _csv(data):
    text, signs = decoded(data)
    notes = [told("signs", signs=signs.replace("cp", "Windows-").upper())] if not signs.startswith("utf-8") else []
    text = text.removeprefix("\ufeff")
    start = text[:20_000]
    made = {sign: start.count(sign) for sign in ";,\t"}
    csv.field_size_limit(1_000_000)
    fault = None
    for delimiter in sorted(made, key=made.get, reverse=True):  # the one that gives headings, the most frequent first
        try:
            table = _table(_csv_lines(text, delimiter), list(notes))
        except csv.Error as error:
            raise BadFile(_("The table cannot be read: %(why)s.") % {"why": error}) from None
        except BadFile as found:  # with another separator it may be none
            fault = fault or found
            continue
        if table:
            return table
    raise fault or _no_head()


def _csv_lines(text, delimiter):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line, most = 1, 0
    for cells in reader:
        most = max(most, len(cells))
        if most > 1 and any(_holds_rows(cell, delimiter, most) for cell in cells):
            raise BadFile(
                _("A quotation mark in row %(line)s is not closed: the rows below it would be lost.") % {"line": line}
            )
        yield line, [_csv_cell(cell) for cell in cells[:MOST_COLUMNS]]
        line = reader.line_num + 1


def _holds_rows(cell, delimiter, most):
    """Whether lines of a cell look like rows of the table: they have its separators."""
    return "\n" in cell and any(line.count(delimiter) >= most - 1 for line in cell.splitlines()[1:])


def _csv_cell(text):
    text = tidy(text)
    return Formula(text) if text.startswith("=") else text


# --- XLSX -------------------------------------------------------------------------------------------------------------------


def _workbook(data):
    """The sheet with the most known headings among those that are shown; the first of equals."""
    check_archive(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        heads = [(sheet, _head_of(sheet)) for sheet in sheets]
    except BadFile:
        raise
    except Exception:  # openpyxl raises whatever a broken part makes it stumble over
        raise _damaged() from None
    fitting = [(len(head[1]), -n) for n, (_sheet, head) in enumerate(heads) if head]
    if not fitting:
        raise _no_head([sheet.title for sheet in sheets])
    place = -max(fitting)[1]
    sheet, (line, fields) = heads[place]
    notes = [told("sheet", name=sheet.title, line=line)]
    if others := [one.title for n, (one, head) in enumerate(heads) if head and n != place]:
        notes.append(told("other_sheets", names=_listed(others)))
    try:
        lines = list(_filled(sheet, book, fields, line))
    except BadFile:
        raise
    except Exception:
        raise _damaged() from None
    finally:
        book.close()
    if (sheet.max_column or 0) > MOST_COLUMNS:
        notes.append(told("far_columns", n=MOST_COLUMNS))
    return _table(lines, notes) or _no_rows()


def _damaged():
    return BadFile(_("The workbook is damaged."))


def _head_of(sheet):
    """(line, fields) of the headings, or None."""
    head, fields, above = None, {}, ()
    for line, cells in enumerate(sheet.iter_rows(max_row=HEAD_WITHIN + 1, max_col=MOST_COLUMNS), 1):
        texts = [_text(cell) for cell in cells]
        if better := _better(fields, texts, above) if head or line <= HEAD_WITHIN else None:
            head, fields = line, better[0]
        elif head:
            break
        above = texts
    return (head, fields) if head else None


def _filled(sheet, book, fields, head):
    """(line, cells) from the headings on; what is merged downwards stands in each of its rows.

    Below the headings columns beyond the last known one are not looked at."""
    merged, most = _merged(sheet, book), max(fields.values()) + 1
    standing = {}  # {column: (last line, text)} of what is merged
    seen = 0
    for line, cells in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS), 1):
        if line < head - 1:  # the row above may belong to the headings
            continue
        texts = [_text(cell) for cell in (cells if line <= head else cells[:most])]
        texts += [""] * (most - len(texts))
        for column in range(most):
            if texts[column]:
                standing[column] = (merged.get((line, column), 0), texts[column])
            elif column in standing and line <= standing[column][0]:
                texts[column] = standing[column][1]
        if any(texts):
            seen += 1
            yield line, texts
        if seen > MOST_ROWS + 1:
            return


def _merged(sheet, book):
    """{(line, column) of the first cell: last line} of what is merged downwards in one column.

    Read from the sheet itself: openpyxl leaves it out here. What is merged over several columns is a title."""
    from openpyxl.utils import column_index_from_string

    with book._archive.open(sheet._worksheet_path) as part:
        found = _MERGED.findall(part.read())[:MOST_MERGED]
    return {
        (int(top), column_index_from_string(left.decode()) - 1): int(bottom)
        for left, top, right, bottom in found
        if left == right
    }


def _text(cell):
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f" or not isinstance(value, str | int | float | bool | date | time | timedelta):
        return Formula("=")  # an array formula comes as an object
    if cell.data_type == "e":
        return Mistake(tidy(str(value)))
    if isinstance(value, date | time | timedelta):
        return Dated(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    return tidy(str(value))


# --- Signs that nobody sees -------------------------------------------------------------------------------------------------

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_GAPS = re.compile(r"\s+")


def tidy(text):
    """A cell's text without control signs and marks that turn the reading order, with single spaces."""
    return _GAPS.sub(" ", _UNSEEN.sub("", text)).strip()[:LONGEST]

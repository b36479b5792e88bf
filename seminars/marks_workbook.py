"""Marks of a session as a spreadsheet: given out with the roster in it, filled in, and read with an answer for every line."""

import io
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.given_files import check_archive
from accounts.models import User
from accounts.text import fold
from accounts.text_cells import put_text
from courses.exchange import BadFile

from .models import Attendance

Mark = Attendance.Mark
MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 500
SIGNS = {"+": "present", "1": "present", "-": "absent", "–": "absent", "0": "absent"}


@dataclass(frozen=True)
class Line:
    """A line of the file: its number there, what stood in it, and what it means.

    `answer`: new, change, same, empty (nothing is said), nobody (not on this roster), mark (not understood), twice.
    """

    number: int
    login: str
    name: str
    typed: str
    answer: str
    person: User | None = None
    mark: str = ""
    before: str = ""

    @property
    def counts(self):
        return self.answer in ("new", "change")


def columns():
    return {"login": _("Login"), "name": _("Full name"), "library": _("Library"), "mark": _("Mark"), "why": _("Why")}


def workbook(places):
    """The bytes of an XLSX file: a line for each Place, its mark in the words of the language, to be filled in from a list."""
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    page = book.active
    page.title = _("Attendance")[:31]
    page.freeze_panes = "A2"
    heads = [heading for name, heading in columns().items() if name != "why"]
    for n, heading in enumerate(heads, 1):
        put_text(page.cell(1, n), heading)
    for number, place in enumerate(places, 2):
        mark = str(Mark(place.mark).label) if place.mark else ""
        cells = [place.person.username, place.person.official_name, str(place.person.library or ""), mark]
        for n, text in enumerate(cells, 1):
            put_text(page.cell(number, n), text)
    for letter, width in zip("ABCD", (14, 40, 34, 24), strict=True):
        page.column_dimensions[letter].width = width
    labels = DataValidation(
        type="list", formula1='"{}"'.format(",".join(str(label) for label in Mark.labels)), allow_blank=True
    )
    labels.add(f"D2:D{MOST_LINES + 1}")
    page.add_data_validation(labels)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def read(data, places):
    """[Line] for every line of the file that says anything. Raises BadFile in words for people."""
    if len(data) > MOST_BYTES:
        raise BadFile(_("The file is larger than %(n)s MB.") % {"n": MOST_BYTES // 1024 // 1024})
    heads, rows = _cells(data)
    if "mark" not in heads or not {"login", "name"} & set(heads):
        raise BadFile(_("The first row must hold the names of the columns: login or full name, and mark."))
    by_login = {place.person.username.lower(): place for place in places}
    by_name = {}
    for place in places:  # a name that two people have names nobody
        key = fold(place.person.official_name)
        by_name[key] = None if key in by_name else place
    words, seen, found = _words(), set(), []
    for number, row in rows:
        login, name, typed = (row[heads[key]] if key in heads else "" for key in ("login", "name", "mark"))
        if login or name or typed:
            place = by_login.get(login.lower()) if login else by_name.get(fold(name))
            found.append(_line(number, login, name, typed, place, words, seen))
    if not found:
        raise BadFile(_("There is no line in the file."))
    return found


def _line(number, login, name, typed, place, words, seen):
    mark = words.get(fold(typed), SIGNS.get(typed, ""))
    person, before = (place.person, place.mark) if place else (None, "")
    if place is None:
        answer = "nobody"
    elif person.pk in seen:
        answer = "twice"
    elif not typed:
        answer = "empty"
    elif not mark:
        answer = "mark"
    else:
        answer = "same" if mark == before else "change" if before else "new"
    if person and typed:
        seen.add(person.pk)
    return Line(number, login[:60], name[:120], typed[:60], answer, person, mark, before)


def _cells(data):
    """({column: its place}, [(line, [text, ...])])."""
    check_archive(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_col=20, max_row=MOST_LINES + 2, values_only=True)
        texts = [(number, [_text(cell) for cell in row]) for number, row in enumerate(rows, 1)]
        book.close()
    except Exception:  # openpyxl raises whatever a broken part makes it stumble over
        raise BadFile(_("The workbook is damaged.")) from None
    if len(texts) > MOST_LINES + 1:
        raise BadFile(_("The file has more than %(n)s lines.") % {"n": MOST_LINES})
    known = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {fold(heading): name for name, heading in columns().items()}
    known |= {name: name for name in columns()}
    first = texts[0][1] if texts else []
    heads = {known[fold(cell)]: n for n, cell in enumerate(first) if fold(cell) in known}
    return heads, texts[1:]


def _text(cell):
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _words():
    """{folded word: mark} in every language, and the names of the marks themselves."""
    found = {fold(value): value for value in Mark.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {fold(str(label)): value for value, label in Mark.choices}
    return found

"""The workbook to fill in: headings in the reader's language, what they mean, the libraries in scope and the positions."""

import io

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..text_cells import put_text
from .places import Places
from .words import FIELDS

HEADS = [name for name in FIELDS if name != "full_name"]
ROWS_AS_TEXT = 500
MEANS = {
    "login": gettext_noop("Empty for new people: the platform makes it, such as TSH-0457. For people on record it is the surest way."),
    "last_name": gettext_noop("As in the passport, in Latin or Cyrillic letters. Needed."),
    "first_name": gettext_noop("In full, not initials. Needed."),
    "patronymic": gettext_noop("With qizi or oʻgʻli, -ovna or -ovich, as it is written. It tells namesakes apart."),
    "library": gettext_noop("The code from the sheet of libraries, or the full name. Needed, unless you have a single library."),
    "position": gettext_noop("A code or a name from the sheet of positions, or nothing."),
    "personnel_number": gettext_noop("The number in your staff list, or nothing. Never a PINFL or passport number."),
    "email": gettext_noop("An address of one’s own, or nothing: it is not needed to sign in."),
    "language": gettext_noop("Of mails: uz, ru or en. Empty: uz."),
}  # fmt: skip


def workbook(by):
    """The bytes of the XLSX file for this importer."""
    from openpyxl import Workbook

    book, here = Workbook(), Places(by)
    _staff(book.active)
    _explained(book.create_sheet(_("What stands where")[:31]))
    libraries = sorted(here.libraries.values(), key=lambda library: library.path)
    _codes(book.create_sheet(_("Libraries")[:31]), libraries)
    _codes(book.create_sheet(_("Positions")[:31]), sorted(here.positions.values(), key=lambda one: one.code))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _staff(sheet):
    sheet.title = _("Staff")[:31]
    _put(sheet, [_(FIELDS[name]) for name in HEADS], bold=True)
    sheet.freeze_panes = "A2"
    for n, name in enumerate(HEADS, 1):
        sheet.column_dimensions[sheet.cell(1, n).column_letter].width = 34 if name in ("library", "email") else 22
        for row in range(2, ROWS_AS_TEXT):
            sheet.cell(row, n).number_format = "@"  # text: else Excel takes the zeros of 00123


def _explained(sheet):
    from openpyxl.styles import Alignment

    _put(sheet, [_("Column"), _("What stands in it")], bold=True)
    for name in HEADS:
        _put(sheet, [_(FIELDS[name]), _(MEANS[name])])
    for words in (
        _("Instead of three columns for the name there may be one, “Full name”: family name, given name, patronymic."),
        _("Headings may be in Uzbek, Russian or English, in any order. Other columns are left aside."),
        _(
            "An empty cell changes nothing on record. Login and role of a person with a staff role never change, nor the e-mail."
        ),
        _("No PINFL, passport data or dates of birth: they are not kept."),
    ):
        _put(sheet, ["", words])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100
    for row in sheet.iter_rows(min_row=2):
        row[-1].alignment = Alignment(wrap_text=True, vertical="top")


def _codes(sheet, rows):
    _put(sheet, [_("Code"), *dict(settings.LANGUAGES).values()], bold=True)
    for row in rows:
        _put(sheet, [row.code, *(row.titles.get(code, "") for code in dict(settings.LANGUAGES))])
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCD", (20, 50, 50, 50), strict=False):
        sheet.column_dimensions[letter].width = width


def _put(sheet, values, bold=False):
    from openpyxl.styles import Font

    sheet.append([])
    line = sheet._current_row
    for n, value in enumerate(values, 1):
        cell = put_text(sheet.cell(line, n), str(value))
        if bold:
            cell.font = Font(bold=True)

"""The report of an import as a workbook: every row, what became of it and why, with the logins that were made."""

import io

from django.utils.translation import gettext as _

from ..text_cells import row_of
from . import words
from .words import FIELDS

COLUMNS = ("last_name", "first_name", "patronymic", "library", "position", "personnel_number", "email")


def heads():
    head = [_("Row"), _("Verdict"), _("What was done"), _("Sign-in name")]
    return [*head, *(_(FIELDS[name]) for name in COLUMNS), _("Changes"), _("Why")]


def line(row):
    made = row.login or (row.person.username if row.person else row.given.get("login", ""))
    changes = "; ".join(f"{_(FIELDS[name])}: {old or '–'} → {new or '–'}" for name, (old, new) in row.changes.items())
    done = str(row.get_outcome_display()) if row.outcome else ""
    given = [row.given.get(name, "") for name in COLUMNS]
    return [row.line, str(row.get_verdict_display()), done, made, *given, changes, " ".join(words.say_all(row.said))]


def workbook(rows):
    """The bytes of the XLSX file of rows with their people. What begins like a formula stays a text."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(_("Staff import")[:31])
    page.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHIJKLM", (8, 16, 18, 14, 20, 20, 24, 24, 20, 16, 28, 50, 70), strict=True):
        page.column_dimensions[letter].width = width
    page.append(row_of(page, heads()))
    for row in rows:
        page.append(row_of(page, line(row)))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()

"""The attendance of the own libraries as a spreadsheet."""

import io

from django.utils.translation import gettext as _

from accounts.text_cells import row_of


def workbook(asked_words, by, rows, total):
    """The bytes of an XLSX file. `asked_words`: [(what was asked, in words)] above the table."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(_("Attendance"))
    page.column_dimensions["A"].width = 48
    for pair in asked_words:
        page.append(row_of(page, list(pair)))
    head = [str(by.label), _("Runs"), _("Seats booked"), _("Present, %"), _("Academic hours"), _("People who came")]
    page.append(row_of(page, head))
    for row in rows:
        page.append(row_of(page, _cells(row.label, row)))
    page.append(row_of(page, _cells(_("Together"), total)))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _cells(label, row):
    return [label, len(row.runs), row.seats, row.percent, float(row.hours), row.people]

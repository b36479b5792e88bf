"""The progress table as a spreadsheet. Names and titles stay text: nothing in them becomes a formula."""

import io

from django.utils.translation import gettext as _

from .progress_table import lines
from .text_cells import put_text

MOST = 3_000  # learners: a table of so many is made within a few seconds
A_BATCH = 200


def sheet(enrolments, activities):
    """The bytes of an XLSX file: a row for each of the enrolments (a list, with learner, library and cohort)."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(_("Progress"))
    page.freeze_panes = "B2"
    page.column_dimensions["A"].width = 36
    head = [_("Learner"), _("Login"), _("Library"), _("Cohort"), _("Steps done"), _("Steps")]
    page.append([_text(page, one) for one in [*head, *map(str, activities)]])
    for start in range(0, len(enrolments), A_BATCH):
        for line in lines(enrolments[start : start + A_BATCH], activities):
            person, cohort = line.enrolment.learner, line.enrolment.cohort
            who = [person.official_name or person.username, person.username, person.library or "", cohort or ""]
            cells = [_text(page, str(one)) for one in who]
            page.append([*cells, line.done, len(activities), *(_text(page, str(cell)) for cell in line.cells)])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _text(page, words):
    from openpyxl.cell import WriteOnlyCell

    return put_text(WriteOnlyCell(page), words)

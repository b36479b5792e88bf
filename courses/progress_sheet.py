"""The progress table as a spreadsheet. Names and titles stay text: nothing in them becomes a formula."""

import io

from django.utils.translation import gettext as _

from accounts.text_cells import row_of

from .progress_table import lines

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
    page.append(row_of(page, [*head, *map(str, activities)]))
    for start in range(0, len(enrolments), A_BATCH):
        for line in lines(enrolments[start : start + A_BATCH], activities):
            person, cohort = line.enrolment.learner, line.enrolment.cohort
            who = [person.official_name or person.username, person.username, person.library or "", cohort or ""]
            cells = [*map(str, who), line.done, len(activities), *map(str, line.cells)]
            page.append(row_of(page, cells))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()

"""The people of a requirement as a spreadsheet. Names stay text: nothing in them becomes a formula."""

import io

from django.utils.translation import gettext as _

from accounts.text_cells import row_of

from .standings import FOR_EVER, GRAVITY


def workbook(requirement, people):
    """The bytes of an XLSX file; `people` are judged by the requirement."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(_("Required courses"))
    page.column_dimensions["A"].width = page.column_dimensions["C"].width = 40
    whom = f"{requirement.library}, {requirement.position or _('All positions')}"
    for pair in ((_("Course"), str(requirement.course)), (_("For whom"), whom)):
        page.append(row_of(page, list(pair)))
    page.append(row_of(page, [_("Complete by"), requirement.due_on]))
    page.append(
        row_of(
            page, [_("Name"), _("Login"), _("Library"), _("Position"), _("State"), _("Complete by"), _("Counts until")]
        )
    )
    for person in people.iterator(chunk_size=2_000):
        until = person.standing_until
        page.append(
            row_of(
                page,
                [
                    person.official_name or person.username,
                    person.username,
                    str(person.library),
                    str(person.position or ""),
                    str(GRAVITY[person.standing_gravity].label),
                    person.standing_due,
                    None if until in (None, FOR_EVER) else until,
                ],
            )
        )
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()

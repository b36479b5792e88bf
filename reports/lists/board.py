"""The tables of the dashboard, by library (or region), course and position; the attendance of seminars."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role
from accounts.roles import scope_of

from ..asking import AskedBoard
from ..attendance_form import AskedAttendance
from .table import Listed, Table, below


def _board(which, heading):
    """The function that asks for one table of the dashboard: `which` of a Board."""

    def asked(user, query):
        asked = AskedBoard(user, query)
        found = getattr(asked.board, which)
        is_by_course = which == "courses"
        head = [
            str(heading), _("Staff"), _("Begun"), _("In progress"),
            _("Completed") if is_by_course or not asked.board.in_any else _("With a certificate"),
            _("Share, %"), _("Valid certificates"), _("Overdue"), *([] if is_by_course else [_("Never signed in")]),
        ]  # fmt: skip

        def rows():
            for line in found:
                sums = line.sums
                label = _("%(name)s: the library itself") % {"name": line.label} if line.is_itself else line.label
                row = [label or "–", sums.staff, sums.begun, sums.in_progress, line.done, line.percent]
                yield [*row, sums.certificates, sums.overdue, *([] if is_by_course else [sums.never])]

        libraries = below(scope_of(user, Role.HR, Role.DIRECTOR), asked.library)
        return Table(head, found, rows, libraries, widths=(48,))

    return asked


def attendance(user, query):
    asked = AskedAttendance(user, query)
    if not asked.form.is_valid():
        raise Http404
    found, total = asked.counted()
    head = [
        str(asked.form.asked.by.label), _("Runs"), _("Seats booked"), _("Present, %"), _("Academic hours"),
        _("People who came"),
    ]  # fmt: skip

    def rows():
        yield from (_attendance(row.label, row) for row in found)
        yield _attendance(_("Together"), total)

    libraries = below(scope_of(user, Role.HR, Role.DIRECTOR), asked.form.cleaned_data["library"])
    return Table(head, found, rows, libraries, [list(pair) for pair in asked.form.words], (48,))


def _attendance(label, row):
    return [label, len(row.runs), row.seats, row.percent, float(row.hours), row.people]


LIBRARY, COURSE, POSITION = gettext_lazy("Library"), gettext_lazy("Course"), gettext_lazy("Position")
LISTS = [
    Listed("progress-by-library", "kutubxonalar-boyicha", gettext_lazy("Libraries"), _board("places", LIBRARY)),
    Listed("progress-by-course", "kurslar-boyicha", gettext_lazy("Courses"), _board("courses", COURSE)),
    Listed("progress-by-position", "lavozimlar-boyicha", gettext_lazy("Positions"), _board("positions", POSITION)),
    Listed("attendance", "davomat", gettext_lazy("Attendance of seminars"), attendance),
]

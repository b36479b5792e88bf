"""The report of a run as a spreadsheet and on paper, in the language that is active."""

import io

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.text import in_language
from accounts.text_cells import row_of
from courses import typed

from . import paper
from .dates import say
from .feedback import FEWEST

SESSIONS_A_TABLE = 4  # on paper
WIDTHS = (9, 58, 39)  # millimetres: number, name, library; then the sessions and the hours: 268 in all
ONE_SESSION, HOURS = 34, 26


def came_by(line):
    return {"seat": "", "walk_in": _("Without a seat"), "gave_back": _("Gave the seat back")}[line.came_by]


def how_and_who(cell):
    """«From the paper sheet, Yusupova Malika»; "" where nothing is marked."""
    parts = [str(cell.entry.get_how_display()) if cell.entry else "", cell.made_by and cell.made_by.official_name]
    return ", ".join(part for part in parts if part)


def why_no_results(results):
    """Why the feedback shows nothing; "" where it does."""
    if results.feedback is None:
        return _("People are asked after the last session, once attendance is marked.")
    if not results.is_closed:
        return _("Answers so far: %(n)s. The results are shown after %(when)s, if at least %(fewest)s people have answered.") % {
            "n": results.n_given, "when": say(results.feedback.closes_at), "fewest": FEWEST,
        }  # fmt: skip
    if not results.scales:
        return _("Answers: %(n)s. Fewer than %(fewest)s are not shown: one could guess whose they are.") % {
            "n": results.n_given, "fewest": FEWEST,
        }  # fmt: skip
    return ""


# --- The spreadsheet -----------------------------------------------------------------------------------------------------


def workbook(report, results):
    """The bytes of an XLSX file: people, corrections, feedback."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _people(book.create_sheet(_("Attendance")), report)
    _corrected(book.create_sheet(_("Corrections")), report)
    _said(book.create_sheet(_("Feedback")), results)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _people(page, report):
    page.freeze_panes = "B2"
    for letter, width in zip("ABCD", (36, 14, 34, 24), strict=True):
        page.column_dimensions[letter].width = width
    days = [say(session.starts_at) for session in report.sessions]
    head = [_("Full name"), _("Login"), _("Library"), _("Position"), _("Seat")]
    head += [words for day in days for words in (day, f"{day}: {_('how and who')}")]
    page.append(row_of(page, [*head, _("Hours attended"), _("Hours planned"), _("Hours missed with reason")]))
    for line in report.lines:
        person = line.person
        who = [person.official_name, person.username, str(person.library or ""), str(person.position or "")]
        marks = [words for cell in line.cells for words in (str(cell.label), how_and_who(cell))]
        hours = [line.hours, report.planned, line.excused]
        page.append(row_of(page, [*who, came_by(line), *marks, *(float(one) for one in hours)]))


def _corrected(page, report):
    page.column_dimensions["B"].width = 36
    head = [_("Session"), _("Person"), _("Before"), _("After"), _("When"), _("Who"), _("How"), _("Why")]
    page.append(row_of(page, head))
    for one in report.corrections:
        when = timezone.localtime(one.at).strftime("%d.%m.%Y %H:%M")
        names = [say(one.session.starts_at), one.person.official_name, str(one.before_label), str(one.after_label)]
        page.append(row_of(page, [*names, when, one.by.official_name, str(one.how), one.reason]))


def _said(page, results):
    page.column_dimensions["A"].width = 60
    if why := why_no_results(results):
        page.append(row_of(page, [why]))
        return
    page.append(row_of(page, [_("Answers"), results.n_given]))
    page.append(row_of(page, [_("Question"), _("Mean, of 5"), "1", "2", "3", "4", "5"]))
    for scale in results.scales:
        page.append(row_of(page, [scale.label, round(scale.mean, 2), *scale.counts]))
    for heading, texts in texts_of(results):
        page.append(row_of(page, [heading]))
        for html in texts:
            page.append(row_of(page, [typed.plain(html)]))


def texts_of(results):
    """[(question, answers as clean HTML)] of the free texts that somebody wrote."""
    found = [(_("What helped you most?"), results.good), (_("What should be different next time?"), results.better)]
    return [(heading, texts) for heading, texts in found if texts]


# --- On paper ---------------------------------------------------------------------------------------------------------------


def pdf(report, results):
    """The bytes of the PDF: A4 across."""
    seminar = in_language(report.run.seminar.titles)

    def story(styles):
        return [
            *_heading(report, styles),
            *_tables(report, styles),
            *_corrections(report, styles),
            *_feedback(results, styles),
        ]

    def foot(page):
        return _("Report of the run: %(seminar)s, page %(page)s") % {"seminar": seminar, "page": page}

    title = f"{_('Report of the run')}: {seminar}"
    return paper.build(title=title, language=get_language(), story=story, foot=foot, wide=True)


def _heading(report, styles):
    run = report.run
    days = "; ".join(say(session.starts_at) for session in report.sessions)
    trainers = ", ".join(person.official_name for person in run.trainers.all())
    share = "–" if report.percent is None else report.percent
    lines = [
        in_language(run.seminar.titles), days, in_language(run.place),
        f"{_('Trainers')}: {trainers}" if trainers else "",
        _("Called off") if run.cancelled_at else "",
        f"{_('Seats booked')}: {report.booked} / {run.capacity}. {_('People who came')}: {report.came}. "
        f"{_('Without a seat')}: {report.walk_ins}. {_('Present, %')}: {share}. "
        f"{_('Hours attended')}: {_hours(report.hours)}",
    ]  # fmt: skip
    title = paper.text(_("Report of the run"), styles["title"])
    return [title, *(paper.text(line, styles["plain"]) for line in lines if line)]


def _tables(report, styles):
    """The people with their marks, so many sessions side by side as the paper takes."""
    from reportlab.platypus import Spacer

    if not report.lines:
        return [Spacer(0, 11), paper.text(_("Nobody has booked a seat."), styles["plain"])]
    found = []
    for start in range(0, max(1, len(report.sessions)), SESSIONS_A_TABLE):
        part = slice(start, start + SESSIONS_A_TABLE)
        sessions, is_last = report.sessions[part], start + SESSIONS_A_TABLE >= len(report.sessions)
        head = ["№", _("Full name"), _("Library"), *(say(one.starts_at) for one in sessions)]
        widths = [*WIDTHS, *[ONE_SESSION] * len(sessions)]
        if is_last:
            head, widths = [*head, _("Hours")], [*widths, HOURS]
        rows = [_line(report, number, line, part, is_last, styles) for number, line in enumerate(report.lines, 1)]
        found += [Spacer(0, 11), paper.table(head, rows, widths, styles)]
    return found


def _line(report, number, line, part, is_last, styles):
    post = ", ".join(words for words in (str(line.person.library or ""), came_by(line)) if words)
    row = [
        paper.text(str(number), styles["plain"]),
        paper.person(line.person.official_name, line.person.username, styles["plain"]),
        paper.text(post, styles["small"]),
        *(paper.person(str(cell.label) or "–", how_and_who(cell), styles["small"]) for cell in line.cells[part]),
    ]  # fmt: skip
    if is_last:
        missed = _("missed with reason: %(n)s") % {"n": _hours(line.excused)} if line.excused else ""
        row.append(paper.person(f"{_hours(line.hours)} / {_hours(report.planned)}", missed, styles["plain"]))
    return row


def _corrections(report, styles):
    if not report.corrections:
        return []
    head = [_("Person"), _("Session"), _("Before"), _("After"), _("When and who"), _("Why")]
    rows = []
    for one in report.corrections:
        when = f"{timezone.localtime(one.at):%d.%m.%Y %H:%M}, {one.by.official_name}"
        cells = [
            one.person.official_name,
            say(one.session.starts_at),
            str(one.before_label),
            str(one.after_label),
            when,
        ]
        rows.append([paper.text(words, styles["small"]) for words in [*cells, one.reason]])
    return [paper.text(_("Corrections"), styles["part"]), paper.table(head, rows, (52, 42, 32, 32, 55, 55), styles)]


def _feedback(results, styles):
    found = [paper.text(_("Feedback"), styles["part"])]
    if why := why_no_results(results):
        return [*found, paper.text(why, styles["plain"])]
    head = [_("Question"), _("Mean, of 5"), "1", "2", "3", "4", "5"]
    rows = [
        [paper.text(words, styles["plain"]) for words in
         [scale.label, formats.number_format(scale.mean, 1), *map(str, scale.counts)]]
        for scale in results.scales
    ]  # fmt: skip
    found = [paper.text(f"{_('Feedback')} ({_('Answers')}: {results.n_given})", styles["part"])]
    found.append(paper.table(head, rows, (120, 30, 18, 18, 18, 18, 18), styles))
    for heading, texts in texts_of(results):
        found.append(paper.text(heading, styles["part"]))
        found += [paper.text(f"– {typed.plain(html)}", styles["plain"]) for html in texts]
    return found


def _hours(hours):
    return formats.number_format(hours.normalize() if hours else 0)

"""Item analysis as a spreadsheet: questions, their answers, the quiz. What people typed never becomes a formula."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from accounts.text_cells import put_text

from .item_verdicts import worst_first


def workbook(analysis):
    """The bytes of an XLSX file."""
    book = Workbook()
    rows = worst_first(analysis.items)
    _questions(book.active, rows)
    _answers(book.create_sheet(), rows)
    _quiz(book.create_sheet(), analysis)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _questions(sheet, rows):
    sheet.title = _("Questions")
    head = [_("Question"), _("Code"), _("Versions"), _("Still asked"), _("Answers"), _("Left empty"), _("Facility"),
            _("Discrimination"), _("Median time, s"), _("What to do")]  # fmt: skip
    lines = [
        [item.words, item.question.code, item.numbers, _say(item.is_current), item.sums.n, item.sums.empty,
         _round(item.facility), _round(item.discrimination), "–" if item.seconds is None else item.seconds,
         "\n".join(verdict.words for verdict in said)]
        for item, said in rows
    ]  # fmt: skip
    _fill(sheet, [head, *lines], widths=[60, 20, 10, 12, 10, 12, 12, 16, 14, 80])


def _answers(sheet, rows):
    sheet.title = _("Answers")
    head = [_("Question"), _("Versions"), _("Answer"), _("Right"), _("Chosen"), _("Share"),
            _("Mean score in the other questions"), _("Correlation with the other questions")]  # fmt: skip
    lines = [
        [item.words, item.numbers, choice.words, _say(choice.right), choice.count, _round(choice.share),
         _round(choice.rest), _round(choice.r)]
        for item, _said in rows
        for choice in item.choices
    ]  # fmt: skip
    _fill(sheet, [head, *lines], widths=[60, 10, 60, 10, 10, 10, 20, 20])


def _quiz(sheet, analysis):
    sheet.title = _("Quiz")
    activity, found = analysis.quiz.activity, analysis.reliability
    alpha = _("Reliability with random draws") if found and not found.fixed else _("Cronbach's alpha")
    lines = [
        [_("Course"), str(activity.course)],
        [_("Quiz"), str(activity)],
        [_("Attempts counted"), analysis.attempts],
        [_("Mean score"), _round(analysis.mean)],
        [_("Standard deviation"), _round(analysis.deviation)],
        [alpha, _round(found.alpha if found else None)],
        [_("Standard error of measurement"), _round(found.error if found else None)],
    ]
    _fill(sheet, lines, widths=[50, 40])


def _say(truth):
    return _("yes") if truth else _("no")


def _round(number):
    return None if number is None else round(number, 4)


def _fill(sheet, lines, widths):
    """Write lines of values, the first as headings where there are more than two columns."""
    for number, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            if isinstance(value, str):
                put_text(sheet.cell(number, column), value).alignment = Alignment(wrap_text=True, vertical="top")
            else:
                sheet.cell(number, column, value)
    for cell, width in zip(sheet[1], widths, strict=True):
        sheet.column_dimensions[cell.column_letter].width = width
        if len(widths) > 2:
            cell.font, sheet.freeze_panes = Font(bold=True), "A2"

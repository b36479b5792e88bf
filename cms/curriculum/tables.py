"""Makes the workbook (XLSX) of a table to download. Equal input gives equal bytes, so loading twice changes nothing.

Import this module where it is used: openpyxl is slow to load.
"""

import hashlib
import io
import re
import zipfile
from datetime import datetime
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cms.curriculum import formulas
from cms.curriculum.formulas import place_of, result_formula, row_formula

MADE = datetime(2026, 1, 1)  # noqa: DTZ001  openpyxl wants no zone; the moment of making must not show in the file
ZIPPED = (1980, 1, 1, 0, 0, 0)
TITLE_ROW, NOTE_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 4
RESULTS = {"uz": "Natijalar", "ru": "Результаты", "en": "Results"}
FIRST_RESULT = 3
TITLE_SIZE = 31  # characters of a sheet's name in Excel
WIDTH = 20  # characters, for a column without a width of its own
POINTS_A_LINE = 15
DATE_FORMAT = {"uz": "dd.mm.yyyy", "ru": "dd.mm.yyyy", "en": "yyyy-mm-dd"}
DARK, PALE, LINE = "FF1D2733", "FFF3F1EA", "FF9AA3AD"
THIN = Side(style="thin", color=LINE)
HEADING = Font(bold=True, color="FFFFFFFF")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
WRAPPED = Alignment(wrap_text=True, vertical="top")


@cache
def maker():
    """A text that is another one when the same table would give another workbook: this code, and openpyxl's version."""
    sources = (Path(__file__), Path(formulas.__file__))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest() + openpyxl.__version__


def workbook_bytes(table, language):
    """Give the XLSX of a DownloadTable in one language, as bytes.

    Texts are never formulas, whatever sign they begin with; formulas are those that the table names. Raises KeyError when
    the table lacks the language.
    """
    book = Workbook()
    book.properties.creator, book.properties.created = "Saboq", MADE
    sheet = book.active
    sheet.title = sheet_title(table.title[language])
    write_heading(sheet, table, language)
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.get("width", WIDTH)
        write_column(sheet, number, column, table, language)
    if table.results:
        write_results(book.create_sheet(RESULTS[language]), sheet.title, table, language)
    add_choices(book, sheet, table, language)
    set_up_print(sheet, FIRST_ROW, len(table.columns))
    packed = io.BytesIO()
    book.save(packed)
    return normalised(packed.getvalue())


def write_heading(sheet, table, language):
    """Title and note above the table, over its whole width."""
    width = sum(column.get("width", WIDTH) for column in table.columns)
    for row, text, font in (
        (TITLE_ROW, table.title[language], Font(bold=True, size=14)),
        (NOTE_ROW, table.note.get(language, ""), Font(size=10)),
    ):
        if len(table.columns) > 1:  # a merged area of one cell makes Excel offer a repair
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(table.columns))
        put(sheet.cell(row, 1), text, font=font)
        size = font.size / 10
        sheet.row_dimensions[row].height = POINTS_A_LINE * size * max(1, -(-len(text) * size // width))


def write_column(sheet, number, column, table, language):
    """Header, example in italics, supplied rows, and empty cells ready to be filled in; or a formula in each."""
    header = sheet.cell(HEADER_ROW, number)
    put(header, column[language], font=HEADING)
    header.fill, header.border = PatternFill("solid", fgColor=DARK), BORDER
    given = [*([table.example] if table.example else []), *table.rows]
    for row in range(FIRST_ROW, last_row(table) + 1):
        cell = sheet.cell(row, number)
        if row - FIRST_ROW < len(given):
            put(cell, in_language(given[row - FIRST_ROW][number - 1], language), font=Font())
        cell.border, cell.alignment = BORDER, WRAPPED
        if "formula" in column:
            put_formula(cell, row_formula(column["formula"], row), column)
        elif column.get("kind") == "date":
            cell.number_format = DATE_FORMAT[language]
        elif column.get("kind", "text") == "text" and isinstance(cell.value, str | None):
            cell.number_format = "@"  # what people type stays text as well
    if table.example:
        example = sheet.cell(FIRST_ROW, number)
        example.font, example.fill = Font(italic=True, color="FF5A6470"), PatternFill("solid", fgColor=PALE)


def last_row(table):
    return FIRST_ROW + bool(table.example) + len(table.rows) + table.empty_rows - 1


def write_results(sheet, source, table, language):
    """What the table comes to, calculated from the sheet `source`: a line each; cells to be filled in are framed."""
    put(sheet.cell(TITLE_ROW, 1), RESULTS[language], font=Font(bold=True, size=14))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 56, 16
    quoted = source.replace("'", "''")
    for row, line in enumerate(table.results, FIRST_RESULT):
        put(sheet.cell(row, 1), line[language], font=Font())
        value = sheet.cell(row, 2)
        value.border = BORDER
        if "formula" in line:
            formula = result_formula(
                line["formula"],
                cells_of=lambda letters: f"'{quoted}'!${letters}${FIRST_ROW}:${letters}${last_row(table)}",
                choice_of=lambda letters, choice: table.columns[place_of(letters)]["choose"][choice - 1][language],
                line_of=lambda number: f"$B${FIRST_RESULT + number - 1}",
            )
            put_formula(value, formula, line)
        else:
            value.fill = PatternFill("solid", fgColor=PALE)
    set_up_print(sheet, FIRST_RESULT, 2)


def put_formula(cell, formula, described):
    cell.value, cell.data_type, cell.font = formula, "f", Font(bold=True)
    if "digits" in described:
        cell.number_format = f"0.{'0' * described['digits']}".rstrip(".")


def in_language(value, language):
    return value[language] if isinstance(value, dict) else value


def put(cell, value, font):
    """Write a value; a text stays a text even when it begins with = + - or @."""
    cell.value, cell.font, cell.alignment = value, font, WRAPPED
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))


def add_choices(book, sheet, table, language):
    """Cells with choices offer them as a list. It stands on a hidden sheet: there it may be long and have commas."""
    chosen = [(number, column["choose"]) for number, column in enumerate(table.columns, 1) if "choose" in column]
    if not chosen:
        return
    lists = book.create_sheet("_")
    lists.sheet_state = "hidden"
    for place, (number, choices) in enumerate(chosen, 1):
        for row, choice in enumerate(choices, 1):
            put(lists.cell(row, place), choice[language], font=Font())
        source, target = get_column_letter(place), get_column_letter(number)
        validation = DataValidation(
            type="list", formula1=f"'_'!${source}$1:${source}${len(choices)}", allow_blank=True, showErrorMessage=True
        )
        validation.add(f"{target}{FIRST_ROW}:{target}{last_row(table)}")
        sheet.add_data_validation(validation)


def set_up_print(sheet, first_row, columns):
    """A4 across, as wide as the page, the row above the first on every page; on screen it stays in sight."""
    sheet.freeze_panes = sheet.cell(first_row, 1)
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = sheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{first_row - 1}:{first_row - 1}"
    sheet.print_area = f"A1:{get_column_letter(columns)}{sheet.max_row}"
    sheet.oddFooter.right.text = "&P / &N"


def sheet_title(text):
    """Excel allows 31 characters, of which only whole words are taken, and none of : \\ / ? * [ ], nor ' at the ends."""
    allowed = " ".join(re.sub(r"[:\\/?*\[\]]", " ", text).split())
    if len(allowed) > TITLE_SIZE:
        allowed = allowed[: TITLE_SIZE + 1].rsplit(" ", 1)[0][:TITLE_SIZE]
    return allowed.strip(" ',;.–—-") or "1"


def normalised(workbook):
    """Pack the file again without the time at which it was saved."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                stamp = f"{MADE.isoformat()}Z".encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            target.writestr(zipfile.ZipInfo(name, ZIPPED), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()

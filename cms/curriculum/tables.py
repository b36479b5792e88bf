"""Makes the workbook (XLSX) of a table to download. Equal input gives equal bytes, so loading twice changes nothing.

Import this module where it is used: openpyxl is slow to load.
"""

import io
import re
import zipfile
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

MADE = datetime(2026, 1, 1)  # noqa: DTZ001  openpyxl wants no zone; the moment of making must not show in the file
ZIPPED = (1980, 1, 1, 0, 0, 0)
TITLE_ROW, NOTE_ROW, HEADER_ROW, EXAMPLE_ROW = 1, 2, 3, 4
WIDTH = 20  # characters, for a column without a width of its own
POINTS_A_LINE = 15
DATE_FORMAT = {"uz": "dd.mm.yyyy", "ru": "dd.mm.yyyy", "en": "yyyy-mm-dd"}
DARK, PALE, LINE = "FF1D2733", "FFF3F1EA", "FF9AA3AD"
THIN = Side(style="thin", color=LINE)
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
WRAPPED = Alignment(wrap_text=True, vertical="top")


def workbook_bytes(table, language):
    """Give the XLSX of a DownloadTable in one language, as bytes.

    Texts are never formulas, whatever sign they begin with. Raises KeyError when the table lacks the language.
    """
    book = Workbook()
    book.properties.creator, book.properties.created = "Saboq", MADE
    sheet = book.active
    sheet.title = sheet_title(table.title[language])
    write_heading(sheet, table, language)
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.get("width", WIDTH)
        write_column(sheet, number, column, table, language)
    add_choices(book, sheet, table, language)
    set_up_print(sheet, len(table.columns))
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
    """Header, example in italics, and empty cells ready to be filled in."""
    header = sheet.cell(HEADER_ROW, number)
    put(header, column[language], font=Font(bold=True, color="FFFFFFFF"))
    header.fill, header.border = PatternFill("solid", fgColor=DARK), BORDER
    example = sheet.cell(EXAMPLE_ROW, number)
    put(example, in_language(table.example[number - 1], language), font=Font(italic=True, color="FF5A6470"))
    example.fill = PatternFill("solid", fgColor=PALE)
    for row in range(EXAMPLE_ROW, EXAMPLE_ROW + 1 + table.empty_rows):
        cell = sheet.cell(row, number)
        cell.border, cell.alignment = BORDER, WRAPPED
        if column.get("kind") == "date":
            cell.number_format = DATE_FORMAT[language]
        elif column.get("kind", "text") == "text" and isinstance(cell.value, str | None):
            cell.number_format = "@"  # what people type stays text as well


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
        validation.add(f"{target}{EXAMPLE_ROW}:{target}{EXAMPLE_ROW + table.empty_rows}")
        sheet.add_data_validation(validation)


def set_up_print(sheet, columns):
    """A4 across, as wide as the page, headings on every page; on screen the headings stay in sight."""
    sheet.freeze_panes = sheet.cell(EXAMPLE_ROW, 1)
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = sheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.print_area = f"A1:{get_column_letter(columns)}{sheet.max_row}"
    sheet.oddFooter.right.text = "&P / &N"


def sheet_title(text):
    """Excel allows 31 characters and none of : \\ / ? * [ ], nor ' at the ends."""
    return re.sub(r"[:\\/?*\[\]]", " ", text)[:31].strip(" '") or "1"


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

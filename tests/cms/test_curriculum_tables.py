"""The workbook of a table to download, read back with openpyxl."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
import time_machine

from cms.curriculum.model import DownloadTable
from cms.curriculum.reading import read_course
from cms.curriculum.tables import sheet_title, workbook_bytes
from tests.cms.tiny_curriculum import TODAY, write_course

DARK = "FF1D2733"


@pytest.fixture
def table(tmp_path):
    write_course(tmp_path)
    return read_course(tmp_path / "sec", TODAY).modules[0].files["register"]


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def plain_table(**changes):
    text = {"uz": "a", "ru": "а", "en": "a"}
    facts = {"name": "t", "title": text, "note": {}, "columns": [text], "example": [text], "empty_rows": 1}
    return DownloadTable(**{**facts, **changes})


def test_title_note_header_and_example_stand_above_the_empty_rows(table):
    sheet = opened(workbook_bytes(table, "ru")).active

    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=5)]
    assert rows == [
        ["Реестр", None, None],
        ["Без паролей", None, None],
        ["Система", "Есть", "Дата"],
        ["Почта", "да", datetime(2026, 11, 22)],
        [None, None, None],
    ]
    assert (sheet.title, sheet.max_row, sheet.freeze_panes) == ("Реестр", 24, "A4")
    assert (sheet["A3"].font.bold, sheet["A3"].fill.fgColor.rgb, sheet["A3"].alignment.wrap_text) == (True, DARK, True)
    assert [sheet[cell].font.italic for cell in ("A4", "B4", "C4", "A5")] == [True, True, True, False]
    assert (sheet["A24"].border.left.style, sheet["C24"].number_format, sheet["A24"].number_format) == (
        "thin",
        "dd.mm.yyyy",
        "@",
    )
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [28, 20, 20]


def test_it_prints_on_a4_across_as_wide_as_the_page(table):
    sheet = opened(workbook_bytes(table, "uz")).active

    page = sheet.page_setup
    assert (page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight) == ("landscape", 9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert (sheet.print_title_rows, sheet.print_area) == ("$3:$3", "'Reyestr'!$A$1:$C$24")


def test_choices_are_offered_from_a_hidden_sheet(table):
    book = opened(workbook_bytes(table, "en"))

    [validation] = book.active.data_validations.dataValidation
    assert (validation.type, validation.formula1, str(validation.sqref)) == ("list", "'_'!$A$1:$A$2", "B4:B24")
    assert [cell.value for cell in book["_"]["A"]] == ["yes", "no"]
    assert book["_"].sheet_state == "hidden"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)"])
def test_a_text_is_never_a_formula(text):
    texts = {"uz": text, "ru": text, "en": text}
    table = plain_table(title=texts, note=texts, columns=[{**texts, "choose": [texts, texts]}], example=[texts])

    book = opened(workbook_bytes(table, "uz"))

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [(text, "s", True)] * 6


def test_equal_tables_give_equal_bytes_at_any_time(table):
    first = workbook_bytes(table, "uz")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=400)):
        assert workbook_bytes(table, "uz") == first
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_narrow_table_with_a_strange_title_has_a_valid_sheet():
    title = {"uz": "A/B: [" + "x" * 40, "ru": "а", "en": "a"}

    sheet = opened(workbook_bytes(plain_table(title=title, example=[date(2026, 1, 2)]), "uz")).active

    assert sheet.title == "A B"
    assert sheet.merged_cells.ranges == set()
    assert sheet["A4"].value == datetime(2026, 1, 2)


@pytest.mark.parametrize(("title", "named"), [
    ("Ijtimoiy tarmoqlar hisobi jadvali", "Ijtimoiy tarmoqlar hisobi"),
    ("Exactly thirty-one of them here", "Exactly thirty-one of them here"),
    ("Kontent rejasi, oylik hisobotlar — filial", "Kontent rejasi, oylik"),
    ("x" * 40, "x" * 31),
    ("'?'", "1"),
])  # fmt: skip
def test_a_long_title_names_its_sheet_by_whole_words(title, named):
    assert sheet_title(title) == named

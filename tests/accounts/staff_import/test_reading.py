"""Files as they come: signs, separators, sheets, cells of every kind, and what would fill the memory."""

import io
import zipfile
from datetime import date

import pytest

from accounts.given_files import BadFile
from accounts.staff_import import reading
from accounts.staff_import.cleaning import clean

HEAD = ["Familiya", "Ism", "Kutubxona"]
ALI = {"last_name": "Valiyev", "first_name": "Ali", "library": "tsh-1"}


def said(table):
    return {key: values.get("names") for key, values in table.notes}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("signs", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
def test_csv_in_any_signs_and_with_any_separator(delimiter, signs):
    text = "\r\n".join(
        delimiter.join(row)
        for row in [["Фамилия", "Имя", "Библиотека"], ["Валиев", "Али", "tsh-1"], ["Каримова", "Нигора", "tsh-1"]]
    )
    table = reading.read(text.encode(signs))

    assert table.rows == [
        (2, {"last_name": "Валиев", "first_name": "Али", "library": "tsh-1"}),
        (3, {"last_name": "Каримова", "first_name": "Нигора", "library": "tsh-1"}),
    ]


@pytest.mark.parametrize("heads", [
    "OTASINING ISMI;familiyasi;Ismi;Kutubxona nomi;Tabel raqami;e-mail;Lavozimi",
    "Отчество;ФАМИЛИЯ;имя;Место работы;Таб. №;Эл. почта;должность",
    "Patronymic;Family name *;Given-name;Library (code);Personnel number;E-MAIL;Position",
    "Шарифи;Фамилияси;Исми;Кутубхона;Табель рақами;Электрон почта;Лавозими",
])  # fmt: skip
def test_headings_in_any_language_order_and_spelling(heads):
    table = reading.read(f"{heads}\na;b;c;d;1;e@e.uz;f\n".encode())

    assert table.fields == {
        "patronymic": 0,
        "last_name": 1,
        "first_name": 2,
        "library": 3,
        "personnel_number": 4,
        "email": 5,
        "position": 6,
    }
    assert table.notes == []


def test_unknown_columns_and_those_that_are_not_kept_are_named_and_left_aside():
    table = reading.read(
        "Familiya,Ism,JShShIR,Razmer,Tug‘ilgan sana,Kutubxona,Ism\nValiyev,Ali,12345678901234,42,1.1.1990,tsh-1,Boshqa\n".encode()
    )

    assert table.rows == [(2, ALI)]
    assert said(table) == {"unknown_columns": "Razmer", "not_kept": "JShShIR, Tug‘ilgan sana", "twice": "Ism"}


def test_headings_below_a_title_and_empty_rows_between(workbook):
    data = workbook(
        (
            "Varaq",
            [
                ["Xodimlar roʻyxati"],
                [],
                HEAD,
                [],
                ["Valiyev", "Ali", "tsh-1"],
                ["", " ", None],
                ["Valiyev", "Vali", "tsh-1"],
            ],
        )
    )
    table = reading.read(data)

    assert [line for line, _row in table.rows] == [5, 7]
    assert table.notes == [["sheet", {"name": "Varaq", "line": 3}]]


def test_the_right_sheet_is_found_and_the_others_are_named(workbook):
    other = ("Kutubxonalar", [["Kod", "Nomi"], ["tsh-1", "Birinchi"]])
    data = workbook(
        other, ("Xodimlar", [[*HEAD, "Lavozim"], ["Valiyev", "Ali", "tsh-1", "smm"]]), ("Eski", [HEAD, ["A", "B", "C"]])
    )
    table = reading.read(data)

    assert table.rows == [(2, ALI | {"position": "smm"})]
    assert said(table) == {"sheet": None, "other_sheets": "Eski"}


def test_a_workbook_without_such_a_sheet_says_what_was_looked_at(workbook):
    with pytest.raises(BadFile) as no:
        reading.read(workbook(("Hisobot", [["Oy", "Soni"], [1, 2]]), ("Reja", [["a"]])))

    assert "Hisobot, Reja" in str(no.value)


def test_numbers_dates_errors_and_formulas(workbook):
    head = ["Familiya", "Ism", "Tabel", "Kutubxona", "Tugʻilgan sana"]
    rows = [
        ["Valiyev", "Ali", 123.0, "tsh-1", 33000], ["Valiyev", "Vali", "00123", "tsh-1", date(1990, 1, 1)],
        ["Valiyev", "Soli", date(2026, 2, 1), "tsh-1"], ["Valiyev", "=CONCAT(1)", 7, "tsh-1"], ["Valiyev", "Guli", "#N/A", "tsh-1"],
    ]  # fmt: skip
    cleaned = [clean(row) for _line, row in reading.read(workbook(("S", [head, *rows]))).rows]

    assert [given.get("personnel_number") for given, _faults in cleaned[:2]] == ["123", "00123"]
    assert [[key for key, _values in faults] for _given, faults in cleaned] == [
        [],
        [],
        ["date"],
        ["formula"],
        ["cell_error"],
    ]


@pytest.mark.parametrize("formula", ["=1+1", '="00123"', '=cmd|"/c calc"!A1', "=HYPERLINK(1)"])
def test_a_formula_in_csv_is_refused_and_not_evaluated(formula):
    table = reading.read(f"Familiya\tIsm\tTabel\tKutubxona\nValiyev\tAli\t{formula}\ttsh-1\n".encode())

    assert clean(table.rows[0][1])[1] == [["formula", {"field": "personnel_number"}]]


def test_cells_merged_downwards_hold_for_each_row():
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.append(["Xodimlar", None, None])
    page.merge_cells("A1:C1")
    for row in (HEAD[::-1], ["tsh-1", "Ali", "Valiyev"], [None, "Vali", "Valiyev"], [None, "Soli", "Valiyev"]):
        page.append(row)
    page.merge_cells("A3:A4")
    held = io.BytesIO()
    book.save(held)

    assert [row.get("library") for _line, row in reading.read(held.getvalue()).rows] == ["tsh-1", "tsh-1", None]


def test_a_row_that_numbers_the_columns_is_nobody(workbook):
    data = workbook(("S", [["№", *HEAD], [1, 2, 3, 4], [1, "Valiyev", "Ali", "tsh-1"]]))

    assert reading.read(data).rows == [(3, ALI)]


@pytest.mark.parametrize("above", ["Xodim", "Shaxs"])
def test_headings_in_two_rows(workbook, above):
    """«Employee» over family name, given name and patronymic; the others, merged downwards, beside it."""
    heads = [["№", above, None, None, "Kutubxona"], [None, "Familiya", "Ism", "Sharif", None]]
    data = workbook(("S", [["Roʻyxat"], *heads, [1, "Valiyev", "Ali", "Salim oʻgʻli", "tsh-1"]]))
    text = "\n".join(";".join(one or "" for one in row) for row in heads) + "\n1;Valiyev;Ali;Salim oʻgʻli;tsh-1\n"

    for table in (reading.read(data), reading.read(text.encode())):
        assert [row for _line, row in table.rows] == [ALI | {"patronymic": "Salim oʻgʻli"}]
    assert reading.read(data).notes[0] == ["sheet", {"name": "S", "line": 3}]


@pytest.mark.parametrize("text", [
    'Familiya,Ism,Kutubxona\n"Karimova,Nigora,tsh-1\nValiyev,Ali,tsh-1\n',
    'Familiya,Ism,Lavozim,Kutubxona\nKarimova,Nigora,"smm,tsh-1\nValiyev,Ali,smm,tsh-1\nSoliyev,Ali,smm",tsh-1\n',
])  # fmt: skip
def test_a_quotation_mark_left_open_does_not_swallow_the_rows_below(text):
    with pytest.raises(BadFile, match="2"):
        reading.read(text.encode())


def test_a_cell_of_several_lines_swallows_nobody():
    table = reading.read(b'Familiya,Ism,Kutubxona,Izoh\nValiyev,Ali,tsh-1,"bir, ikki\nuch"\nValiyev,Vali,tsh-1,\n')

    assert [row["first_name"] for _line, row in table.rows] == ["Ali", "Vali"]


def test_two_hundred_columns(workbook):
    wide = [f"x{n}" for n in range(197)]
    table = reading.read(workbook(("S", [[*wide, *HEAD], [*wide, "Valiyev", "Ali", "tsh-1"]])))

    assert table.rows == [(2, ALI)]
    assert said(table)["unknown_columns"] == ", ".join(wide[:20]) + ", … (+177)"


def test_more_rows_than_allowed(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    with pytest.raises(BadFile, match="2"):
        reading.read(b"Familiya,Ism,Kutubxona\n" + b"Valiyev,Ali,tsh-1\n" * 3)


def packed(parts):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return held.getvalue()


def rewritten(data, part, change):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed(parts | {part: change(parts[part])})


def test_archives_that_would_fill_the_memory():
    with pytest.raises(BadFile, match="60"):
        reading.read(packed({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 61 * 1024 * 1024}))


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


def test_entities_in_a_sheet_are_refused(workbook):
    data = rewritten(
        workbook(("S", [HEAD, ["Valiyev", "Ali", "tsh-1"]])), "xl/worksheets/sheet1.xml",
        lambda xml: BOMB + xml.partition(b"?>")[2].replace(b"<t>Ali</t>", b"<t>&c;</t>") if b"?>" in xml[:60] else BOMB + xml,
    )  # fmt: skip
    with pytest.raises(BadFile):
        reading.read(data)


def test_a_sheet_that_claims_a_row_far_away(workbook):
    data = rewritten(
        workbook(("S", [HEAD, ["Valiyev", "Ali", "tsh-1"]])), "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<row r="2"', b'<row r="999999999"'),
    )  # fmt: skip
    with pytest.raises(BadFile):
        reading.read(data)


@pytest.mark.parametrize("data", [
    b"", b"  \n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 old", b"%PDF-1.7", b"\x89PNG\r\n", b"just a text\nof two lines", b"Familiya,Ism,Kutubxona\n",
    b"Lavozim,Kutubxona\nsmm,tsh-1\n", packed({"word/document.xml": "<x/>"}),
])  # fmt: skip
def test_what_is_no_list_of_staff(data):
    with pytest.raises(BadFile):
        reading.read(data)


def faults(**row):
    return [key for key, _values in clean({"library": "tsh-1", "last_name": "Valiyev", "first_name": "Ali"} | row)[1]]


@pytest.mark.parametrize(("row", "why"), [
    ({"first_name": "<b>Ali</b>"}, "name_signs"), ({"first_name": "Ali\u0301"}, None), ({"first_name": "N."}, "initials"),
    ({"first_name": "A" * 120}, "too_long"), ({"first_name": "- '"}, "no_letters"), ({"last_name": ""}, "no_name"),
    ({"email": "nigora@"}, "bad_email"), ({"personnel_number": "30101901234567"}, "personal_number"),
    ({"personnel_number": "AA1234567"}, "personal_number"), ({"language": "fr"}, "language_unknown"), ({"language": "Русский"}, None),
    ({"first_name": "Ali 2"}, "name_signs"), ({"personnel_number": "1" * 41}, "too_long"),
])  # fmt: skip
def test_why_a_row_cannot_be_taken(row, why):
    assert faults(**row) == ([why] if why else [])


@pytest.mark.parametrize("row", [
    {"last_name": reading.Formula("="), "personnel_number": "30101901234567"}, {"patronymic": "3 010190 123 4567"},
    {"last_name": "AB1234567"}, {"personnel_number": "АВ№1234567"}, {"position": "AB 1234567"}, {"library": "30101901234567"},
    {"personnel_number": "30101901234567.0"},
])  # fmt: skip
def test_personal_numbers_are_kept_in_no_column_and_beside_no_other_fault(row):
    given, faults = clean({"last_name": "Valiyev", "first_name": "Ali", "library": "tsh-1"} | row)

    assert "personal_number" in [key for key, _values in faults]
    assert not any("1234567" in text.replace(" ", "") for text in given.values())


@pytest.mark.parametrize(("typed", "kept"), [
    ("V\u0430liyev", "Valiyev"), ("\u0420arpiyev", "Parpiyev"), ("\u041dakimov", "Hakimov"), ("Ka\u0440imov\u0430-\u0421", "Kapimova-С"),
    ("Кapимова", "Каримова"), ("Ўкtamov", None), ("Xуршid", None), ("Karimova Салимова", "Karimova Салимова"),
])  # fmt: skip
def test_letters_of_the_other_alphabet_in_a_word(typed, kept):
    """What looks alike becomes what was meant; else nobody knows."""
    given, faults = clean({"last_name": typed, "first_name": "Ali", "library": "tsh-1"})

    assert [key for key, _values in faults] == ([] if kept else ["name_mixed"])
    assert given["last_name"] == (kept or typed)


def test_a_personal_number_is_not_even_kept_beside_its_refusal():
    assert (
        "personnel_number"
        not in clean({"last_name": "A", "first_name": "Bobur", "personnel_number": "30101901234567"})[0]
    )


def test_marks_that_nobody_sees_are_taken_off_and_capitals_stay():
    table = reading.read("Familiya,Ism,Kutubxona\n\u202eO'RINOVA\u200f ,\u00a0gʻani  bek\u200b,tsh-1\n".encode())

    assert clean(table.rows[0][1])[0] == {"last_name": "OʻRINOVA", "first_name": "gʻani bek", "library": "tsh-1"}


def test_a_full_name_is_divided():
    given, _faults = clean({"full_name": "Karimova Nigora Salim qizi", "library": "tsh-1"})

    assert given == {"last_name": "Karimova", "first_name": "Nigora", "patronymic": "Salim qizi", "library": "tsh-1"}

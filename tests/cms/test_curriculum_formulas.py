"""Live formulas in tables to download: what the checker refuses and what stands in the cells."""

import io

import openpyxl
import pytest

from cms.curriculum.formulas import problems_in_result, problems_in_row, row_formula
from cms.curriculum.problems import CurriculumError
from cms.curriculum.reading import read_course
from cms.curriculum.tables import workbook_bytes
from tests.cms.tiny_curriculum import TODAY, write_course

TABLE = """kind: table
title: {uz: Varaq, ru: Лист, en: Sheet one}
columns:
- {uz: Post, ru: Запись, en: Post}
- {uz: Qamrov, ru: Охват, en: Reach, kind: number}
- {uz: Bosish, ru: Переходы, en: Clicks, kind: number}
- {uz: Uyum, ru: Стопка, en: Pile, choose: [{uz: imlo, ru: буквы, en: spelling}, {uz: "o\u2018zga", ru: другое, en: other}]}
- {uz: "CTR, %", ru: "CTR, %", en: "CTR, %", kind: number, formula: "={C}/{B}*100", digits: 1}
rows:
- [{uz: bir, ru: один, en: one}, 200, 10, {uz: imlo, ru: буквы, en: spelling}, ~]
- [{uz: ikki, ru: два, en: two}, 300, 30, ~, ~]
empty_rows: 1
results:
- {uz: Hammasi, ru: Всего, en: All}
- {uz: Mediana, ru: Медиана, en: Median, formula: "=MEDIAN({E})", digits: 0}
- {uz: Imlo, ru: Буквы, en: Spelling, formula: "=SUMIF({D},{D:1},{C})/{#1}*100"}
""".replace("\u2018", "\u02bb")
COLUMNS = [{}, {"kind": "number"}, {"kind": "number"}, {"choose": [{}, {}]}]


def read(root, table=TABLE):
    write_course(root)
    (root / "sec/1-accounts/files/register.yaml").write_text(table, encoding="utf-8")
    return read_course(root / "sec", TODAY).modules[0].files["register"]


def test_supplied_rows_formulas_and_results_stand_in_the_workbook(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(read(tmp_path), "en")))

    sheet, results, lists = book.worksheets
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)] == [
        ["one", 200, 10, "spelling", '=IF(OR(COUNT(C4)=0,COUNT(B4)=0),"",IFERROR(C4/B4*100,""))'],
        ["two", 300, 30, None, '=IF(OR(COUNT(C5)=0,COUNT(B5)=0),"",IFERROR(C5/B5*100,""))'],
        [None, None, None, None, '=IF(OR(COUNT(C6)=0,COUNT(B6)=0),"",IFERROR(C6/B6*100,""))'],
    ]
    assert (sheet["E6"].data_type, sheet["E6"].number_format) == ("f", "0.0")
    assert (results.title, results.sheet_state, lists.sheet_state) == ("Results", "visible", "hidden")
    assert [(row[0].value, row[1].value, row[1].number_format) for row in results.iter_rows(min_row=3)] == [
        ("All", None, "General"),
        ("Median", "=IFERROR(MEDIAN('Sheet one'!$E$4:$E$6),\"\")", "0"),
        (
            "Spelling",
            "=IFERROR(SUMIF('Sheet one'!$D$4:$D$6,\"spelling\",'Sheet one'!$C$4:$C$6)/$B$3*100,\"\")",
            "General",
        ),
    ]


@pytest.mark.parametrize(
    ("formula", "cells"),
    [
        ("={B}/{B-1}", '=IF(OR(COUNT(B7)=0,COUNT(B6)=0),"",IFERROR(B7/B6,""))'),
        ("=AVERAGE({B:C})", '=IF(OR(COUNT(B7:C7)=0),"",IFERROR(AVERAGE(B7:C7),""))'),
        ('=IF({B}<30,"",{B}+{B})', '=IF(OR(COUNT(B7)=0),"",IFERROR(IF(B7<30,"",B7+B7),""))'),
    ],
)
def test_a_row_waits_for_every_number_that_it_needs(formula, cells):
    assert list(problems_in_row(formula, COLUMNS)) == []
    assert row_formula(formula, 7) == cells


FUNCTIONS = "ABS, AND, AVERAGE, AVERAGEIF, COUNT, COUNTIF, IF, MAX, MEDIAN, MIN, OR, ROUND, SQRT, SUM, SUMIF"


@pytest.mark.parametrize(
    ("formula", "problems"),
    [
        ("={A}*2", ["column A of «={A}*2» is no column of numbers"]),
        ("=SUM({B:Z})", ["column Z of «=SUM({B:Z})» is no column of numbers"]),
        ("{B}*2", ["«{B}*2» must begin with ="]),
        ("=({B}", ["«=({B}»: as many ) as ("]),
        ("=B4*2", [f"«B» in «=B4*2»: name cells like {{B}}, and use only {FUNCTIONS}"]),
        (
            '=HYPERLINK("http://a")',
            [f'«HYPERLINK"http:a"» in «=HYPERLINK("http://a")»: name cells like {{B}}, and use only {FUNCTIONS}'],
        ),
        ("=СУММ({B})", [f"«СУММ» in «=СУММ({{B}})»: name cells like {{B}}, and use only {FUNCTIONS}"]),
    ],
)
def test_a_row_s_formula_reaches_for_nothing_but_numbers_of_the_table(formula, problems):
    assert list(problems_in_row(formula, COLUMNS)) == problems


@pytest.mark.parametrize(
    ("formula", "problems"),
    [
        ("=SUM({B})/{#1}", []),
        ('=AVERAGEIF({B},">=30",{C})', []),
        ("={#2}*2", ["«={#2}*2»: no result 2 above this one"]),
        ("=SUM({G})", ["«=SUM({G})»: the table has no column G"]),
        ("=SUMIF({D},{D:3},{B})", ["«=SUMIF({D},{D:3},{B})»: column D has no choice 3"]),
    ],
)
def test_a_result_names_columns_choices_and_lines_that_are_there(formula, problems):
    assert list(problems_in_result(formula, COLUMNS, lines=1)) == problems


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('formula: "={C}/{B}*100"', 'formula: "={C}/{A}*100"', "8: column A of «={C}/{A}*100» is no column of numbers"),
        ("kind: number, formula", "formula", "8: a column with a formula is of kind: number"),
        ("{#1}", "{#3}", "16: «=SUMIF({D},{D:1},{C})/{#3}*100»: no result 3 above this one"),
        ("300, 30, ~, ~", "300, 30, ~, 10", "11: row 2 has a value where the column has a formula: write ~"),
        ("300, 30, ~, ~", "300, 30, ~", "11: row 2 has 4 values, the table has 5 columns"),
        ("300, 30", "three, 30", "11: row 2 must have a number here"),
        ("\nrows:", "\nrow:", "9: unknown key «row»: did you mean rows?"),
        ("digits: 0", "digits: 9", "15: digits of result 2 must be a whole number from 0 to 6, not «9»"),
    ],
)
def test_the_checker_says_what_is_wrong_and_where(tmp_path, old, new, problem):
    assert TABLE.count(old) == 1

    with pytest.raises(CurriculumError) as refused:
        read(tmp_path, TABLE.replace(old, new))

    assert str(refused.value) == f"sec/1-accounts/files/register.yaml:{problem}"

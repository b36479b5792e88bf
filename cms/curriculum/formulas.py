"""The live formulas of a table to download: which are allowed, and how they read in its cells.

A formula names cells by their column in braces, so that nobody counts rows:

    {B}     in a row: this row's cell; in a result: all cells of the column
    {B-1}   the cell above this row's
    {I:P}   this row's cells from I to P
    {C:2}   in a result: the second choice of column C, in the reader's language
    {#1}    in a result: the first line of the results

Functions are written in English with commas, as the file holds them; every spreadsheet program shows its reader's words.
"""

import re

from openpyxl.utils import column_index_from_string

# They calculate and reach for nothing outside the workbook.
FUNCTIONS = "ABS AND AVERAGE AVERAGEIF COUNT COUNTIF IF MAX MEDIAN MIN OR ROUND SQRT SUM SUMIF".split()  # noqa: SIM905
LETTERS = "[A-Z]{1,2}"
IN_ROW = re.compile(rf"\{{({LETTERS})(?:(-1)|:({LETTERS}))?\}}")
IN_RESULT = re.compile(rf"\{{(?:({LETTERS})(?::(\d+))?|#(\d+))\}}")
REST = re.compile(rf'({"|".join(reversed(FUNCTIONS))})(?=\()|[\d.,()+\-*/<>= ]|"(?:[<>=]{{1,2}}\d+)?"')


def problems_in_row(formula, columns):
    """Yield what is wrong with the formula of a column, for `columns` as in a DownloadTable."""
    for first, _, last in IN_ROW.findall(formula):
        yield from (
            f"column {letters} of «{formula}» is no column of numbers"
            for letters in (first, last)
            if letters and not is_number(letters, columns)
        )
    yield from problems_of_rest(IN_ROW.sub("", formula), formula)


def problems_in_result(formula, columns, lines):
    """Yield what is wrong with the formula of a result that has `lines` results above it."""
    for letters, choice, line in IN_RESULT.findall(formula):
        if line and not 1 <= int(line) <= lines:
            yield f"«{formula}»: no result {line} above this one"
        elif letters and not place_of(letters) < len(columns):
            yield f"«{formula}»: the table has no column {letters}"
        elif choice and not 1 <= int(choice) <= len(columns[place_of(letters)].get("choose", ())):
            yield f"«{formula}»: column {letters} has no choice {choice}"
    yield from problems_of_rest(IN_RESULT.sub("", formula), formula)


def problems_of_rest(rest, formula):
    if not formula.startswith("="):
        yield f"«{formula}» must begin with ="
    if left := REST.sub("", rest):
        yield f"«{left}» in «{formula}»: name cells like {{B}}, and use only {', '.join(FUNCTIONS)}"
    if formula.count("(") != formula.count(")"):
        yield f"«{formula}»: as many ) as ("


def place_of(letters):
    return column_index_from_string(letters) - 1


def is_number(letters, columns):
    return place_of(letters) < len(columns) and columns[place_of(letters)].get("kind") == "number"


def row_formula(formula, row):
    """Give the formula in one row; the cell stays empty until every number that it needs is there."""

    def cell(match):
        first, above, last = match.groups()
        return f"{first}{row}:{last}{row}" if last else f"{first}{row - 1 if above else row}"

    needed = dict.fromkeys(cell(match) for match in IN_ROW.finditer(formula))
    missing = ",".join(f"COUNT({one})=0" for one in needed)
    return f'=IF(OR({missing}),"",IFERROR({IN_ROW.sub(cell, formula[1:])},""))'


def result_formula(formula, cells_of, choice_of, line_of):
    """Give the formula of a result; it stays empty while it cannot be calculated.

    `cells_of("B")` names the cells of a column, `choice_of("C", 2)` is a choice in the reader's language and `line_of(1)`
    the cell of a result.
    """

    def cells(match):
        letters, choice, line = match.groups()
        if line:
            return line_of(int(line))
        return '"{}"'.format(choice_of(letters, int(choice)).replace('"', '""')) if choice else cells_of(letters)

    return f'=IFERROR({IN_RESULT.sub(cells, formula[1:])},"")'

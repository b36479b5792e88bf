"""Reads `files/NAME.yaml`: the tables that people download."""

from cms.curriculum.files import is_name
from cms.curriculum.forms import TABLE
from cms.curriculum.formulas import problems_in_result, problems_in_row
from cms.curriculum.model import DownloadTable
from cms.curriculum.yamlfiles import List, Map, plain


def read_tables(folder, read_form, notes):
    """Give {name: DownloadTable} of a folder; `read_form(path, form, notes)` reads and checks one YAML file."""
    tables = {}
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        table_notes = notes.inside(path.name)
        if not is_name(path.stem):
            table_notes.error(0, f"«{path.stem}» is no name: use a-z, 0-9 and hyphens")
        before = len(notes.problems)
        data = read_form(path, TABLE, table_notes)
        if data is None or any(problem.severity == "error" for problem in notes.problems[before:]):
            tables[path.stem] = None  # it is there, so nobody needs to hear that it is missing
            continue
        check_rows(data, table_notes)
        check_formulas(data, table_notes)
        tables[path.stem] = make_table(path.stem, data)
    return tables


def check_rows(data, notes):
    """The example and every supplied row have a value for each column, in the form of the column."""
    if "example" in data:
        check_row("the example", data["example"], data["columns"], data.lines["example"], notes)
    elif "rows" not in data:
        notes.error(data.line, "give an example, or rows")
    if "rows" in data:
        for number, (row, line) in enumerate(zip(data["rows"], data["rows"].lines, strict=True), 1):
            check_row(f"row {number}", row, data["columns"], line, notes)


def check_row(name, row, columns, line, notes):
    if len(columns) != len(row):
        notes.error(line, f"{name} has {len(row)} values, the table has {len(columns)} columns")
        return
    for column, value, line in zip(columns, row, row.lines, strict=True):
        if "formula" in column and value is not None:
            notes.error(line, f"{name} has a value where the column has a formula: write ~")
        elif value is not None:
            check_cell(name, value, column, line, notes)


def check_cell(name, value, column, line, notes):
    if isinstance(column.get("choose"), List) and value not in column["choose"]:
        notes.error(line, f"{name} has none of the choices of its column")
    if column.get("kind") in ("date", "number") and isinstance(value, (str, Map)):
        notes.error(line, f"{name} must have a {column['kind']} here")
    if column.get("kind", "text") == "text" and not isinstance(value, (str, Map)):
        notes.error(line, f"«{value}» is no text: put it in quotes, or give the column a kind: date or number")


def check_formulas(data, notes):
    for column in data["columns"]:
        if "formula" in column:
            wrong = problems_in_row(column["formula"], data["columns"])
            if column.get("kind") != "number":
                wrong = [*wrong, "a column with a formula is of kind: number"]
            say_all(wrong, column.lines["formula"], notes)
    for number, line in enumerate(data.get("results", ())):
        if "formula" in line:
            say_all(problems_in_result(line["formula"], data["columns"], number), line.lines["formula"], notes)


def say_all(problems, line, notes):
    for problem in problems:
        notes.error(line, problem)


def make_table(name, data):
    content = plain(data)
    return DownloadTable(
        name=name,
        title=content["title"],
        note=content.get("note", {}),
        columns=content["columns"],
        example=content.get("example", []),
        empty_rows=content["empty_rows"],
        rows=content.get("rows", []),
        results=content.get("results", []),
    )

"""Reads `files/NAME.yaml`: the tables that people download."""

from cms.curriculum.files import is_name
from cms.curriculum.forms import TABLE
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
        check_example(data, table_notes)
        tables[path.stem] = make_table(path.stem, data)
    return tables


def check_example(data, notes):
    """The example row has a value for every column, one of its choices where there are choices."""
    columns, example = data["columns"], data["example"]
    if len(columns) != len(example):
        notes.error(
            data.lines["example"], f"the example has {len(example)} values, the table has {len(columns)} columns"
        )
        return
    for column, value, line in zip(columns, example, example.lines, strict=True):
        if isinstance(column.get("choose"), List) and value not in column["choose"]:
            notes.error(line, "the example is not one of the choices of its column")
        if column.get("kind") in ("date", "number") and isinstance(value, (str, Map)):
            notes.error(line, f"the example must be a {column['kind']}")
        if column.get("kind", "text") == "text" and not isinstance(value, (str, Map)):
            notes.error(line, f"«{value}» is no text: put it in quotes, or give the column a kind: date or number")


def make_table(name, data):
    content = plain(data)
    return DownloadTable(
        name=name,
        title=content["title"],
        note=content.get("note", {}),
        columns=content["columns"],
        example=content["example"],
        empty_rows=content["empty_rows"],
    )

"""Tables of any length as CSV or XLSX: memory does not grow with the rows. What would be a formula stays a text in both."""

import csv
import io
import shutil
import tempfile

from .text_cells import FORMULA, row_of

AT_ONCE = 500  # rows that are in memory
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
MOST_IN_A_BOOK = 1_000_000  # a sheet holds 1,048,576 rows


def write(file, head, rows, ending, **looks):
    """The table into an open binary file. `rows`: lists of texts, numbers, dates and None. `looks`: of write_xlsx or as_csv."""
    if ending == "xlsx":
        write_xlsx(file, head, rows, **looks)
    else:
        for piece in as_csv(head, rows, looks.get("delimiter", ";")):
            file.write(piece)


def as_csv(head, rows, delimiter=";"):
    """Pieces of bytes: semicolons, as spreadsheets of our countries open it, UTF-8 with its mark.

    What would be a formula begins with «'»."""
    held = io.StringIO()
    writer = csv.writer(held, delimiter=delimiter, lineterminator="\r\n")
    held.write("\ufeff")
    writer.writerow([_plain(one) for one in head])
    for number, row in enumerate(rows, 1):
        writer.writerow([_plain(one) if isinstance(one, str) else one for one in row])
        if number % AT_ONCE == 0:
            yield _taken(held)
    yield _taken(held)


def _plain(text):
    return f"'{text}" if text.startswith(FORMULA) else text


def _taken(held):
    data = held.getvalue().encode()
    held.seek(0)
    held.truncate()
    return data


def write_xlsx(file, head, rows, *, above=(), title="1", widths=(), delimiter=None):
    """A workbook with one page into an open binary file; its rows lie on the disk while it is made. `above`: rows that say what was
    asked; the head below them is bold and stays in sight. `widths`: of the columns, in signs."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    page = book.create_sheet(title)
    page.freeze_panes = f"A{len(above) + 2}"
    for number in range(len(head)):
        width = widths[number] if number < len(widths) else 24
        page.column_dimensions[get_column_letter(number + 1)].width = width
    for row in above:
        page.append(row_of(page, row))
    bold = Font(bold=True)
    cells = [WriteOnlyCell(page, one) for one in head]
    for cell in cells:
        cell.font = bold
    page.append(cells)
    for row in rows:
        page.append(row_of(page, row))
    with tempfile.TemporaryFile() as held:  # the archive seeks in what it writes; `file` may be a pipe
        book.save(held)
        held.seek(0)
        shutil.copyfileobj(held, file)

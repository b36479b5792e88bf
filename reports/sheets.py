"""Tables of any length as CSV or XLSX, sent while they are made: memory does not grow with the rows, nothing lies on the disk.

openpyxl writes such a table too, from a file on the disk and in ten times the CPU; a spreadsheet of one page without
looks is the little XML of ECMA-376 part 1, 18.3, that stands below. Texts are inline texts, which no program reads as formulas.
"""

import csv
import io
import re
import zipfile
from datetime import date
from html import escape

from django.http import StreamingHttpResponse

from accounts.text_cells import FORMULA, LONGEST
from seminars.paper_views import XLSX

AT_ONCE = 500  # rows
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # signs that XML cannot hold


def answer(head, rows, ending, name):
    """The file as a streamed answer. `rows`: lists of texts, numbers, dates and None."""
    making = {"csv": as_csv, "xlsx": as_xlsx}[ending]
    response = StreamingHttpResponse(making(head, rows), content_type=TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Encoding"] = "identity"  # else the middleware would hold it back to compress it
    return response


def as_csv(head, rows):
    """Pieces of bytes: semicolons, as spreadsheets of our countries open it, UTF-8 with its mark.

    What would be a formula begins with «'»."""
    held = io.StringIO()
    writer = csv.writer(held, delimiter=";", lineterminator="\r\n")
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


# --- XLSX ------------------------------------------------------------------------------------------------------------------------

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Looks of cells: 0 plain, 1 a text that begins like a formula, 2 a day, 3 the head.
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACK}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACK}/relationships">'
    f'<Relationship Id="r1" Type="{_DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}">'
    '<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACK}/relationships">'
    f'<Relationship Id="r1" Type="{_DOC}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_DOC}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}  # fmt: skip
_EPOCH = date(1899, 12, 30).toordinal()


class _Pipe(io.RawIOBase):
    """What the archive is written into: only forwards, taken away piece by piece."""

    def __init__(self):
        super().__init__()
        self.pieces = []

    def writable(self):
        return True

    def write(self, data):
        self.pieces.append(bytes(data))
        return len(data)

    def take(self):
        data, self.pieces = b"".join(self.pieces), []
        return data


def as_xlsx(head, rows):
    """Pieces of bytes of a workbook with one page, its head in bold and kept in sight."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _PARTS.items():
            book.writestr(name, _HEAD + text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as page:
            page.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
                       f'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
                       f'<cols><col min="1" max="{len(head)}" width="24" customWidth="1"/></cols><sheetData>'.encode())  # fmt: skip
            bold = "".join(_text(one, ' s="3"') for one in head)
            page.write(f"<row>{bold}</row>".encode())
            held = []
            for row in rows:
                held.append(f"<row>{''.join(map(_cell, row))}</row>")
                if len(held) == AT_ONCE:
                    page.write("".join(held).encode())
                    held.clear()
                    yield pipe.take()
            page.write(("".join(held) + "</sheetData></worksheet>").encode())
    yield pipe.take()


def _cell(value):
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        return _text(value, ' s="1"' if value.startswith(FORMULA) else "")
    if isinstance(value, date):
        return f'<c s="2"><v>{value.toordinal() - _EPOCH}</v></c>'
    return f"<c><v>{value}</v></c>"


def _text(text, look):
    text = escape(_ILLEGAL.sub("", text)[:LONGEST], quote=False)
    return f'<c t="inlineStr"{look}><is><t xml:space="preserve">{text}</t></is></c>'

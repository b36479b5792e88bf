"""Texts in the spreadsheets that we write: they stay texts, whoever edits them later."""

LONGEST = 32_000  # a cell holds 32,767 characters
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def put_text(cell, text):
    """Write `text` into a cell of openpyxl. It makes a formula of what begins with «=», Excel of more, once such a cell is edited."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
    cell.value = text
    cell.data_type = "s"
    if text.startswith(FORMULA):
        cell.quotePrefix = True
    return cell


def row_of(page, values):
    """What a write-only page appends: texts stay texts, numbers numbers."""
    from openpyxl.cell import WriteOnlyCell

    return [put_text(WriteOnlyCell(page), one) if isinstance(one, str) else one for one in values]

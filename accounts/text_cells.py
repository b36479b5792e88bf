"""Texts in the spreadsheets that we write: they stay texts, whoever edits them later."""

LONGEST = 32_000  # a cell holds 32,767 characters
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CAREFUL = (*FORMULA, "#")  # openpyxl makes an error of «#N/A»


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
    return [_text(page, one) if isinstance(one, str) else one for one in values]


def _text(page, text):
    """As it is where openpyxl makes nothing else of it: a cell of its own costs as much as writing it."""
    from openpyxl.cell import WriteOnlyCell

    if text.isprintable() and len(text) <= LONGEST and not text.startswith(_CAREFUL):
        return text or None
    return put_text(WriteOnlyCell(page), text)

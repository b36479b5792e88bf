"""The log as rows for people and programs: found by deed, person and period, written out piece by piece."""

import csv
import io
import json

from django.db.models import Q
from django.utils import timezone

from .deeds import words_of
from .models import AuditEntry

HEADS = ("id", "place", "at", "actor", "deed", "words", "subject", "person", "reason", "details")
A_PIECE = 1_000  # rows in memory at a time
MOST_IN_A_BOOK = 1_000_000  # a sheet holds 1,048,576 rows
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def find(*, deed="", person=None, begins=None, ends=None):
    """Entries of a deed, by or about a User, from one day to another (both included, in the time of the place)."""
    rows = AuditEntry.objects.all()
    if deed:
        rows = rows.filter(deed=deed)
    if person:
        rows = rows.filter(Q(person=person) | Q(actor=person))
    if begins:
        rows = rows.filter(at__date__gte=begins)
    if ends:
        rows = rows.filter(at__date__lte=ends)
    return rows


def pieces(rows):
    """Lists of entries, the oldest first, each with one query: constant memory on both databases, whatever pools connections."""
    rows, last = rows.order_by("pk").select_related("actor", "person", "link"), 0
    while piece := list(rows.filter(pk__gt=last)[:A_PIECE]):
        yield piece
        last = piece[-1].pk


def cells(entry):
    """Numbers and texts in the order of HEADS. People by their logins."""
    link = getattr(entry, "link", None)
    return [
        entry.pk, link.place if link else "", timezone.localtime(entry.at).isoformat(timespec="seconds"),
        entry.actor.username if entry.actor else "", entry.deed, words_of(entry.deed), entry.subject,
        entry.person.username if entry.person else "", entry.reason, json.dumps(entry.details, ensure_ascii=False),
    ]  # fmt: skip


def csv_lines(rows):
    """UTF-8 with its mark, so that Excel reads it; what would be a formula begins with an apostrophe."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(HEADS)
    yield "\ufeff" + held.getvalue()
    for piece in pieces(rows):
        held.seek(0)
        held.truncate()
        for entry in piece:
            writer.writerow([f"'{one}" if str(one).startswith(FORMULA) else one for one in cells(entry)])
        yield held.getvalue()


def write_book(rows, file):
    """An XLSX into the open binary file; its rows lie on the disk while it is made."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    page = book.create_sheet("log")
    page.freeze_panes = "A2"
    page.append(HEADS)

    def text(value):
        cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", value)[:32_000])
        cell.data_type, cell.quotePrefix = "s", value.startswith(FORMULA)
        return cell

    for piece in pieces(rows):
        for entry in piece:
            page.append([text(one) if isinstance(one, str) and one else one for one in cells(entry)])
    book.save(file)

"""The log as rows for people and programs: found by deed, person and period, piece by piece."""

import json

from django.db.models import Q
from django.utils import timezone

from .deeds import words_of
from .models import AuditEntry

HEADS = ("id", "place", "at", "actor", "deed", "words", "subject", "person", "reason", "details")
A_PIECE = 1_000  # rows in memory at a time


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


def lines(rows):
    """The cells of each entry, one after the other."""
    for piece in pieces(rows):
        yield from map(cells, piece)

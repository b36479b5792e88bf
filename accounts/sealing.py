"""The seals of the log: a chain of HMAC-SHA256 over its entries, whose head goes into the backup's manifest.

An entry gets its place when it is sealed, by whichever order the entries were committed in; each `AuditLink` carries the chain's
value up to it, so that the first faulty one can be named, and each `AuditSeal` closes a batch. What is sealed of a person are
keys and digests: erasing a reason or a salt changes nothing of it.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from . import log_keys
from .audit import reason_digest
from .models import AuditEntry, AuditLink, AuditSeal

BATCH = 1_000
# How long before a seal an entry may have been written that is found later only: transactions are short. Older ones are searched for a day.
LATE, LOOK_BACK = timedelta(hours=1), timedelta(days=1)
COLUMNS = ("pk", "at", "actor_id", "deed", "subject", "person_id", "details", "reason_digest", "reason", "reason_salt")


def seal_all(now=None):
    """Seal what is not sealed yet, batch by batch. Returns how many entries were sealed. Raises log_keys.NoLogKey."""
    done = 0
    while made := seal_one(now):
        done += made.count
        if made.count < BATCH:
            break
    return done


def seal_one(now=None):
    """Seal one batch. Returns the AuditSeal, or None: nothing to seal, or another process is just doing it."""
    now = now or timezone.now()
    before = AuditSeal.objects.last()
    entries = list(_unsealed(now)[:BATCH].values_list(*COLUMNS, named=True))
    if not entries:
        return None
    key = log_keys.present(may_make=before is None)
    start, running = (before.last, before.mac) if before else (0, "")
    links = []
    for place, entry in enumerate(entries, start + 1):
        running = link_mac(key, running, place, entry)
        links.append(AuditLink(place=place, entry_id=entry.pk, mac=running))
    seal = AuditSeal(
        number=before.number + 1 if before else 1, made_at=now, first=links[0].place, last=links[-1].place, count=len(links),
        newest=max(entry.pk for entry in entries), key_id=log_keys.id_of(key), previous=before.mac if before else "",
    )  # fmt: skip
    seal.mac = seal_mac(key, running, seal)
    try:
        with transaction.atomic():
            seal.save(force_insert=True)
            AuditLink.objects.bulk_create(links)
    except IntegrityError:  # another process has made the seal of this number
        return None
    return seal


def _unsealed(now):
    """Entries without a place. Those sealed long ago are not looked through each time: verify() does that."""
    floor = AuditSeal.objects.filter(made_at__lt=now - LOOK_BACK).aggregate(n=Max("newest"))["n"] or 0
    return AuditEntry.objects.filter(pk__gt=floor, link=None).order_by("pk")


def unsealed(now):
    """How many entries wait for their seal."""
    return _unsealed(now).count()


def head():
    """The value that a backup's manifest keeps: 64 hex digits of the newest seal, "" while there is none."""
    return AuditSeal.objects.values_list("mac", flat=True).last() or ""


def link_mac(key, running, place, entry):
    said = {
        "place": place, "id": entry.pk, "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id, "deed": entry.deed, "subject": entry.subject, "person": entry.person_id,
        "details": entry.details, "reason": entry.reason_digest,
    }  # fmt: skip
    return _mac(key, running, said)


def seal_mac(key, running, seal):
    said = {name: getattr(seal, name) for name in ("number", "first", "last", "count", "newest", "key_id", "previous")}
    said["made_at"] = seal.made_at.astimezone(UTC).isoformat(timespec="microseconds")
    return _mac(key, running, said)


def _mac(key, running, said):
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, running.encode() + text.encode(), hashlib.sha256).hexdigest()


# --- Is it whole? ------------------------------------------------------------------------------------------------------------


@dataclass
class Finding:
    """What verify() found: how many entries are sealed and how many not yet, how many reasons are erased, the head, the first fault."""

    sealed: int = 0
    waiting: int = 0
    erased: int = 0
    head: str = ""
    fault: str = ""


class _Fault(Exception):
    pass


def verify(head="", now=None):
    """Go through the whole log, a seal at a time. `head`: that of a backup, which must be among the seals. Returns a Finding."""
    found = Finding()
    try:
        _walk(found, head)
        _never_sealed(found, now or timezone.now())
    except _Fault as fault:
        found.fault = str(fault)
    return found


def _walk(found, head):
    keys, before, met = log_keys.by_id(), None, not head
    for seal in AuditSeal.objects.iterator(500):
        number, place, previous = (before.number, before.last, before.mac) if before else (0, 0, "")
        if seal.number != number + 1:
            raise _Fault(f"seal {number + 1} is missing")
        if seal.previous != previous or seal.first != place + 1:
            raise _Fault(f"seal {seal.number} was altered: it does not go on from seal {number}")
        key = keys.get(seal.key_id)
        if key is None:
            raise _Fault(f"seal {seal.number} was made by a key that is not here ({seal.key_id})")
        running = _entries_of(seal, key, found)
        if not hmac.compare_digest(seal_mac(key, running, seal), seal.mac):
            raise _Fault(f"seal {seal.number} was altered")
        before, found.head = seal, seal.mac
        met = met or seal.mac == head
    beyond = AuditLink.objects.filter(place__gt=before.last if before else 0).order_by("place").first()
    if beyond:
        raise _Fault(f"place {beyond.place} (entry {beyond.entry_id}) belongs to no seal: seals were cut off behind it")
    if not met:
        raise _Fault(f"the head {head} is not in the log: it was cut off or made anew after {found.sealed} entries")


def _entries_of(seal, key, found):
    """Check the entries of a seal. Returns the chain's value after the last of them."""
    rows = AuditEntry.objects.filter(link__place__range=(seal.first, seal.last)).order_by("link__place")
    rows = rows.values_list("link__place", "link__mac", *COLUMNS, named=True)
    running, place, last = seal.previous, seal.first - 1, "the beginning"
    for row in rows:
        place += 1
        if row.link__place != place:
            raise _Fault(f"an entry is missing: place {place}, after {last}")
        running = link_mac(key, running, place, row)
        if not hmac.compare_digest(running, row.link__mac):
            raise _Fault(f"entry {row.pk} was altered or put in: «{row.deed} {row.subject}», place {place}")
        last = f"entry {row.pk}"
        found.sealed += 1
        found.erased += _check_reason(row)
    if place != seal.last:
        raise _Fault(f"an entry is missing: place {place + 1}, after {last}")
    return running


def _check_reason(row):
    """1 where the words were erased, else 0."""
    if not row.reason:
        return int(bool(row.reason_digest))
    if not row.reason_salt or not hmac.compare_digest(reason_digest(row.reason_salt, row.reason), row.reason_digest):
        raise _Fault(f"the reason of entry {row.pk} was altered: «{row.deed} {row.subject}»")
    return 0


def _never_sealed(found, now):
    """What waits for its seal is young; an old entry without one was put in afterwards."""
    newest = AuditSeal.objects.order_by("-number").values_list("made_at", flat=True).first()
    rows = AuditEntry.objects.filter(link=None)
    found.waiting = rows.count()
    if newest and (odd := rows.filter(at__lt=newest - LATE).order_by("pk").first()):
        raise _Fault(
            f"entry {odd.pk} was put in later: «{odd.deed} {odd.subject}» was not there when its time was sealed"
        )

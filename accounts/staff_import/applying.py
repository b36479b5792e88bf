"""Taking in: the rows in batches, each in one transaction, each row judged once more under a lock.

All imports of a nation wait for each other there, so two of the same file make nobody twice. What a batch has written stands with its
rows: a worker that is killed leaves whole batches, and the next one goes on behind them.
"""

from collections import Counter

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from .. import audit, people
from ..models import Library, User
from . import known, places, plan
from .plan import CHANGED, DUPLICATE, NEW, REFUSED, SAME
from .words import told

BATCH = 500  # rows
TRIES = 3  # of a batch into which somebody's e-mail came from elsewhere
BEHIND = 1000  # numbers of people that may still be written by others when the crowd was looked at
ADDED, LEFT_OUT = "added", "left_out"
WRITTEN = ["verdict", "said", "changes", "candidates", "person", "outcome", "login"]


class NotAll(Exception):
    """All or nothing was asked for, and these rows (their lines) cannot be taken in."""

    def __init__(self, rows):
        self.rows = rows


def apply(import_, by, progress=lambda done, total: None):
    """Write what the import's rows say; returns {outcome: how many}. `by`: the importer, None for the platform itself."""
    rows = list(import_.rows.all())
    waiting = [row for row in rows if not row.outcome]
    persons = {
        row.line: row.person_id for row in rows if row.outcome == ADDED
    }  # of batches before the worker was killed
    first = _Look(by, waiting)
    size = max(len(waiting), 1) if import_.all_or_nothing else BATCH
    done = len(rows) - len(waiting)
    progress(done, len(rows))
    for start in range(0, len(waiting), size):
        batch = waiting[start : start + size]
        try:
            _write(batch, first, by, persons, import_.all_or_nothing)
        except NotAll as no:
            _write_nothing(batch, no.rows)
        done += len(batch)
        progress(done, len(rows))
    return _finish(import_, by)


def _finish(import_, by):
    with transaction.atomic():
        counts = Counter(import_.rows.values_list("outcome", flat=True))
        import_.counts, import_.applied_at = dict(counts), timezone.now()
        import_.save(update_fields=["counts", "applied_at"])
        audit.record(
            actor=by,
            deed="staff imported",
            subject=str(import_),
            all_or_nothing=import_.all_or_nothing,
            **import_.counts,
        )
    return import_.counts


class _Look:
    """What is known before the batches begin: who may be meant at all, and which number the newest person has."""

    def __init__(self, by, rows):
        here = places.Places(by)
        here.look_up([row.given.get("library", "") for row in rows])
        wishes = [plan.wish_of(row, here)[0] for row in rows]
        self.newest = User.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.crowd = known.crowd_of(wishes, places.staff(by))

    def of(self, wishes, by):
        """The crowd of a batch as it is now: those who could be meant before, and who came since."""
        wanted = known.Wanted(wishes)
        before = [pk for pk, one in self.crowd.by_pk.items() if one in wanted]
        users = places.staff(by).filter(Q(pk__in=before) | Q(pk__gt=self.newest - BEHIND))
        return known.crowd_of(wishes, users)


def _write(batch, first, by, persons, all_or_nothing):
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                _lock()
                return _write_batch(batch, first, by, persons, all_or_nothing)
        except (
            IntegrityError
        ):  # an e-mail that was given to somebody between the look and the writing, outside of an import
            if attempt == TRIES:
                raise
            batch[:] = type(batch[0]).objects.filter(pk__in=[row.pk for row in batch])  # as they were
    return None


def _lock():
    """One import writes at a time. On SQLite every transaction that writes is alone anyway."""
    list(Library.objects.filter(depth=1).order_by("path").select_for_update(no_key=True))


def _write_batch(batch, first, by, persons, all_or_nothing):
    judged = _judged(batch, first, by, persons)
    bad = [row for row, outcome, _values in judged if outcome == LEFT_OUT]
    if all_or_nothing and bad:
        raise NotAll({row.line: row.said for row in bad})
    added = [(row, values) for row, outcome, values in judged if outcome == ADDED]
    changed = [(row, values) for row, outcome, values in judged if outcome == CHANGED]
    made = people.add_many(by=by, records=[values for _row, values in added])
    for (row, _values), person in zip(added, made, strict=True):
        row.person, row.login = person, person.username
    records = [(User(pk=row.person_id), values) for row, values in changed]
    people.change_many(by=by, records=records, reason="")
    for row, outcome, _values in judged:
        row.outcome = outcome
    type(batch[0]).objects.bulk_update(batch, WRITTEN, batch_size=250)
    persons.update((row.line, row.person_id) for row, _values in added)
    return


def _judged(batch, first, by, persons):
    """[(row, outcome, {field: value} to be written)] as things are now, under the lock."""
    here = places.Places(by)
    here.look_up([row.given.get("library", "") for row in batch])
    wishes = [plan.wish_of(row, here)[0] for row in batch]
    crowd = first.of(wishes, by)
    now = plan.Plan(here, crowd, known.emails_elsewhere(wishes, crowd))
    return [_judge(row, now, persons) for row in batch]


def _judge(row, now, persons):
    if row.verdict == SAME:
        return row, SAME, {}
    if row.verdict in (DUPLICATE, REFUSED):
        row.said = row.said if row.verdict == REFUSED else [told("open_question")]
        return row, LEFT_OUT, {}
    before = row.verdict, row.person_id, row.changes
    allowed = {one["person"] if "person" in one else persons.get(one["line"]) for one in row.candidates}
    allowed |= {("line", one["line"]) for one in row.candidates if "line" in one}
    values = now.judge(row)
    asked = {one.get("person") or ("line", one["line"]) for one in row.candidates}
    if row.verdict == REFUSED:
        return row, LEFT_OUT, {}
    if row.verdict == SAME:
        row.said = [told("meanwhile_added"), *row.said] if before[0] == NEW else row.said
        return row, SAME, {}
    if (row.verdict, row.person_id, row.changes) != before or not asked <= allowed:
        row.verdict, row.said = before[0], [told("meanwhile")]
        return row, LEFT_OUT, {}
    return row, ADDED if row.verdict == NEW else CHANGED, values


def _write_nothing(batch, bad):
    with transaction.atomic():
        for row in batch:
            row.outcome, row.login = LEFT_OUT, ""
            row.said = bad.get(row.line, [told("nothing_written")])
        type(batch[0]).objects.bulk_update(batch, ["outcome", "login", "said"], batch_size=500)

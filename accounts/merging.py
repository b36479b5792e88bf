"""Two records of one person become one: what hung on the one hangs on the other, and a list is kept so that it can be undone.

Each room says in its `merging.py` what becomes of every relation to a person (tests/accounts/test_merging_rules.py goes over
them all):

    rules("courses", {"Cohort.trainer": follows, "CourseTrainer.person": follows_once("course"), "Enrolment.learner": runs})

A rule is a function(journal, relation); the journal moves and changes rows and writes down what it did. No row is ever
deleted: what has no place beside a row of the record kept stays with the record closed, and is in the list too.
"""

import json
from contextlib import contextmanager

from django.apps import apps
from django.db import DatabaseError, transaction
from django.utils import timezone

from . import audit
from .models import MergeRecord, User
from .signals import records_merged

_RULES = {}


class Refused(Exception):
    """`why`: same, merged (one of them was merged already), undone."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


def rules(app, table):
    """A room's rules: {"Model.field": rule}; with the app's label before the model where the room speaks for another app."""
    _RULES.update({name if name.count(".") == 2 else f"{app}.{name}": rule for name, rule in table.items()})


def known():
    """«app.Model.field» of every relation that has a rule."""
    return set(_RULES)


# --- The rules that most rooms need ---------------------------------------------------------------------------------------


def follows(journal, relation):
    """The rows hang on the record kept. For relations that no constraint counts."""
    model, field = relation.rsplit(".", 1)
    journal.move(apps.get_model(model), field)


def follows_once(*together):
    """The same, where a constraint lets a person have one row for `together` (names of fields; none: one at all)."""

    def rule(journal, relation):
        model, field = relation.rsplit(".", 1)
        journal.move(apps.get_model(model), field, once=together)

    return rule


def stays(journal, relation):
    """The rows say what was done with the record closed, or open only its sign-in: they stay with it."""


# --- The journal ----------------------------------------------------------------------------------------------------------


class Journal:
    """What is done is written down as it is done: `steps` and `left` of a MergeRecord."""

    def __init__(self, kept, gone):
        self.kept, self.gone = kept, gone
        self.steps, self.left = [], []

    def rows(self, model, field):
        return model._base_manager.filter(**{field: self.gone}).order_by("pk")

    def move(self, model, field, *, rows=None, once=None, also=()):
        """Hang the rows (all of the record closed, if not given) on the record kept. `also`: fields that move in one with it."""
        rows = self.rows(model, field) if rows is None else rows
        found = list(rows)
        if once is not None:
            key = lambda row: tuple(getattr(row, model._meta.get_field(name).attname) for name in once)  # noqa: E731
            there = {key(row) for row in model._base_manager.filter(**{field: self.kept})}
            beaten = [row for row in found if key(row) in there]
            self.leave(model, field, beaten)
            found = [row for row in found if key(row) not in there]
        if found:
            keys = [row.pk for row in found]
            model._base_manager.filter(pk__in=keys).update(**dict.fromkeys((field, *also), self.kept))
            self.steps.append({"model": model._meta.label, "field": field, "also": list(also), "rows": keys})

    def leave(self, model, field, rows):
        if rows:
            self.left.append({"model": model._meta.label, "field": field, "rows": [row.pk for row in rows]})

    def change(self, row, **fields):
        """Other values in one row; without save(), so that nothing else happens."""
        names = {name: row._meta.get_field(name).attname for name in fields}
        before = {name: getattr(row, attname) for name, attname in names.items()}
        type(row)._base_manager.filter(pk=row.pk).update(**fields)
        for name, value in fields.items():
            setattr(row, name, value)
        after = {name: getattr(row, attname) for name, attname in names.items()}
        self.steps.append({"model": row._meta.label, "row": row.pk, "before": before, "after": after})


# --- The deeds ------------------------------------------------------------------------------------------------------------


def merge(*, kept, gone, by, reason, now=None):
    """Everything of `gone` goes to `kept`; the login of `gone` opens nothing any more. Returns the MergeRecord. Raises Refused.

    Certificates keep the name and number that were printed."""
    with transaction.atomic():
        kept, gone = _both(kept, gone)
        if kept.pk == gone.pk:
            raise Refused("same")
        if kept.merged_into_id or gone.merged_into_id:
            raise Refused("merged")
        journal = Journal(kept, gone)
        for relation in sorted(_RULES):
            _RULES[relation](journal, relation)
        _fill_in(journal)
        journal.change(gone, is_active=False, merged_into=kept)
        made = MergeRecord.objects.create(
            kept=kept, gone=gone, at=now or timezone.now(), by=by, reason=reason, steps=_plain(journal.steps),
            left=_plain(journal.left),
        )  # fmt: skip
        _log(by, "records merged", made, reason)
        records_merged.send(sender=None, kept=kept, gone=gone)
    return made


def unmerge(*, record, by, reason=""):
    """Every step back, the last first. A row that was changed since stays as it is, and is named in `not_undone`.

    Returns the MergeRecord. Raises Refused."""
    with transaction.atomic():
        record = MergeRecord.objects.select_for_update(of=("self",)).select_related("kept", "gone").get(pk=record.pk)
        if record.undone_at:
            raise Refused("undone")
        not_undone = []
        for step in reversed(record.steps):
            undo = _move_back if "rows" in step else _change_back
            not_undone += undo(step, record)
        record.undone_at, record.undone_by, record.not_undone = timezone.now(), by, not_undone
        record.save()
        _log(by, "records taken apart", record, reason)
    return record


def _both(*people):
    """Locked in the order of their keys: two merges of the same two never wait for each other."""
    order = User.objects.select_for_update(of=("self",)).select_related("library", "position").order_by("pk")
    found = {person.pk: person for person in order.filter(pk__in=[person.pk for person in people])}
    return [found[person.pk] for person in people]


def _fill_in(journal):
    """What the record kept does not know, and the other does. Of two addresses the kept one's is the person's."""
    kept, gone = journal.kept, journal.gone
    if kept.email is None and gone.email is not None:
        email = gone.email
        journal.change(gone, email=None)
        journal.change(kept, email=email)
    missing = {
        name: getattr(gone, name)
        for name in ("patronymic", "personnel_number", "library", "position")
        if not getattr(kept, name) and getattr(gone, name)
    }
    if not kept.certificate_name_confirmed_at and gone.certificate_name_confirmed_at:
        names = ("certificate_name", "certificate_name_confirmed_at")
        missing |= {name: getattr(gone, name) for name in names}
    if missing:
        journal.change(kept, **missing)
    if gone.is_active and not kept.is_active:
        journal.change(kept, is_active=True)


def _plain(steps):
    """As JSON keeps it; moments to the microsecond, else a row would not be known again."""
    return json.loads(json.dumps(steps, default=lambda one: one.isoformat() if hasattr(one, "isoformat") else str(one)))


def _move_back(step, record):
    """The rows that still hang on the record kept; [what could not be moved]."""
    model, names = apps.get_model(step["model"]), (step["field"], *step.get("also", ()))
    back = dict.fromkeys(names, record.gone)
    lost = []
    rows = model._base_manager.filter(pk__in=step["rows"])
    for pk in sorted(step["rows"], reverse=True):
        with _tried() as tried:
            tried.done = rows.filter(pk=pk, **dict.fromkeys(names, record.kept)).update(**back)
        if not tried.done:
            lost.append(pk)
    return [{"model": step["model"], "field": step["field"], "rows": lost}] if lost else []


def _change_back(step, record):
    model = apps.get_model(step["model"])
    names = {name: model._meta.get_field(name) for name in step["before"]}
    before = {field.attname: field.to_python(step["before"][name]) for name, field in names.items()}
    after = {field.attname: field.to_python(step["after"][name]) for name, field in names.items()}
    with _tried() as tried:
        tried.done = model._base_manager.filter(pk=step["row"], **after).update(**before)
    return [] if tried.done else [step]


class _Try:
    done = 0


@contextmanager
def _tried():
    """A step that the database does not let back (its place is taken meanwhile) leaves the others their turn."""
    tried = _Try()
    try:
        with transaction.atomic():
            yield tried
    except DatabaseError:
        tried.done = 0


def _log(by, deed, record, reason):
    for person, other in ((record.kept_id, record.gone_id), (record.gone_id, record.kept_id)):
        audit.record(actor=by, deed=deed, subject=f"person {person}", reason=reason, merge=record.pk, other=other)

"""What is held of people, table by table: what a person may take along, and what becomes of it when the record is depersonalised.

Each room says it of its own tables in its privacy.py, accounts of those of Wagtail and allauth too; cms/privacy.py puts them
together. A test finds every table that refers to a person: one that stands nowhere here makes it fail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.db import transaction

KEPT, DELETED = "kept", "deleted"


@dataclass(frozen=True)
class Held:
    """Rows of a table that are about a person."""

    model: str  # «courses.Enrolment»
    person: str  # the way to the person, such as «enrolment__learner»
    fields: tuple = ()  # what the person takes along
    files: tuple = ()  # ((field of the file, field of its name or ""), ...)
    files_along: bool = (
        True  # the person takes them along; else they are about others, and go when the person is erased
    )
    erase: object = KEPT  # KEPT, DELETED, {field: what stands there afterwards}, or a function of the person's key
    why: str = ""  # it is kept, or not taken along

    def rows(self, person):
        model = apps.get_model(self.model)
        return model._default_manager.filter(**{self.person: person}).order_by("pk")


@dataclass(frozen=True)
class Rule:
    """How long something is kept: `drop(now)` shortens or deletes what is older, and returns how many rows."""

    what: str
    days: int
    why: str
    drop: Callable


# --- Taking along --------------------------------------------------------------------------------------------------------


def values(held, person):
    """The rows of a person as dictionaries, one by one."""
    if held.fields:
        yield from held.rows(person).values(*held.fields).iterator(chunk_size=500)


def files_along(held, person):
    """`stored_files` of those that the person takes along."""
    return stored_files(held, person) if held.files_along else ()


def stored_files(held, person):
    """(the row's key, the stored file, its name for people) of each file."""
    for row in held.rows(person).iterator(chunk_size=100) if held.files else ():
        for file, name in held.files:
            if stored := getattr(row, file):
                yield row.pk, stored, getattr(row, name) if name else ""


# --- Erasing -------------------------------------------------------------------------------------------------------------


def erase(held, person):
    """Do to the rows of a person (a key) what is said of them. Called in a transaction; files go after the commit."""
    if held.erase == KEPT:
        return
    if callable(held.erase):
        held.erase(person)
        return
    doomed = [(file.storage, file.name) for _pk, file, _name in stored_files(held, person)]
    if held.erase == DELETED:
        held.rows(person).delete()
    else:
        held.rows(person).update(**held.erase)
    for storage, name in doomed:
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name), robust=True)


def older(model, field, days, now, **narrowed):
    """Rows of a table whose moment lies more than so many days back."""
    return apps.get_model(model)._default_manager.filter(**{f"{field}__lt": now - timedelta(days=days)}, **narrowed)

"""Wagtail's own search (pages, images and documents in /cms/) in any spelling: what is indexed and what is typed are folded alike.

The backend of the database in use, as Wagtail would take it itself, with the words in between in one plain form
(accounts/text.py: fold): oʻquv, o'quv, o‘quv, oquv, ўқув and öquv are all «oquv» in the index.
"""

from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from functools import cache

from django.apps import apps
from django.db import connection, transaction
from modelsearch.backends import database, get_search_backend
from modelsearch.backends.database.fallback import DatabaseSearchBackend
from modelsearch.index import RelatedFields, get_indexed_instance, get_indexed_models
from modelsearch.models import IndexEntry
from modelsearch.query import MATCH_NONE, And, Boost, Fuzzy, Not, Or, Phrase, PlainText
from modelsearch.tasks import insert_or_update_object_task
from modelsearch.utils import get_descendants_content_types_pks

from accounts.text import fold

A_PART = 200  # rows that are indexed at a time


def SearchBackend(params):  # the name that modelsearch looks for
    plain = database.SearchBackend(params)
    # Without a full-text index of its own the database is asked for the columns as they are: nothing of them is folded.
    return plain if isinstance(plain, DatabaseSearchBackend) else _folding(type(plain))(params)


@cache
def _folding(backend):
    index = type("FoldedIndex", (FoldedIndex, backend.index_class), {})
    return type("FoldingBackend", (FoldingBackend, backend), {"index_class": index})


# --- What is indexed --------------------------------------------------------------------------------------------------------


class FoldedIndex:
    def add_items(self, model, objs):
        super().add_items(model, [folded(row) for row in objs])


def folded(row):
    """The row as the indexer reads it: each of its fields gives its words folded."""
    row = copy(row)
    fields = [_field(one) for one in type(row).get_search_fields()]
    row.get_search_fields = lambda: fields
    return row


def _field(field):
    field, plain = copy(field), field.get_value
    if isinstance(field, RelatedFields):
        field.fields = [_field(one) for one in field.fields]
    else:
        field.get_value = lambda row: fold(_text(plain(row)))
    return field


def _text(value):
    if isinstance(value, dict):
        value = value.values()
    elif isinstance(value, str) or not hasattr(value, "__iter__"):
        return "" if value is None else str(value)
    return " ".join(_text(one) for one in value)


# --- What is typed ----------------------------------------------------------------------------------------------------------


class FoldingBackend:
    def _search(self, query_compiler_class, query, model_or_queryset, **kwargs):
        """All that is indexed of a row is searched, `fields` or not: on PostgreSQL they would be columns, which are not folded."""
        kwargs["fields"] = None
        return super()._search(query_compiler_class, folded_query(query), model_or_queryset, **kwargs)


def folded_query(query):
    """A query, in words or as modelsearch has parsed it, folded. What holds no letter and no digit finds nothing."""
    if isinstance(query, str):
        return fold(query)
    if isinstance(query, (PlainText, Phrase, Fuzzy)):
        query, said = copy(query), fold(query.query_string)
        query.query_string = said
        return query if said else MATCH_NONE
    if isinstance(query, (And, Or)):
        parts = [one for one in map(folded_query, query.subqueries) if one is not MATCH_NONE]
        return type(query)(parts) if len(parts) > 1 else parts[0] if parts else MATCH_NONE
    if isinstance(query, Boost):
        inner = folded_query(query.subquery)
        return inner if inner is MATCH_NONE else Boost(inner, query.boost)
    if isinstance(query, Not) and query is not MATCH_NONE:
        return Not(folded_query(query.subquery))
    return query


# --- When --------------------------------------------------------------------------------------------------------------------

_gathered = ContextVar("rows to be indexed at the end", default=None)  # {model: keys}


@contextmanager
def once_at_the_end():
    """For a load of many rows: what it saves is indexed together, after it. What a crash leaves undone the sweep finds."""
    token = _gathered.set(defaultdict(set))
    try:
        yield
        for model, keys in _gathered.get().items():
            _index(model, sorted(keys))
    finally:
        _gathered.reset(token)


def gather(task_result):
    """Whether this job of Wagtail's is done at the end: config/tasks.py asks for each."""
    if _gathered.get() is None or task_result.task.module_path != insert_or_update_object_task.module_path:
        return False
    app, model, key = task_result.args
    _gathered.get()[apps.get_model(app, model)].add(int(key))
    return True


# --- What was missed --------------------------------------------------------------------------------------------------------


def index_missed():
    """For the sweep: rows that no entry is of, or one with another title (a crash, an older release). Returns how many were indexed."""
    return sum(_index_missed(model) for model in get_indexed_models() if not model._meta.parents)


def _index_missed(model):
    title = "title_text" if connection.vendor == "postgresql" else "title"  # the words themselves
    entries = IndexEntry.objects.filter(content_type__in=get_descendants_content_types_pks(model))
    known = dict(entries.values_list("object_id", title))
    missed = [pk for pk, said in model.objects.values_list("pk", "title") if known.get(str(pk)) != fold(said)]
    _index(model, missed)
    return len(missed)


def _index(model, keys):
    backend = get_search_backend()
    for start in range(0, len(keys), A_PART):
        by_class = defaultdict(list)
        for row in model.objects.filter(pk__in=keys[start : start + A_PART]):
            if row := get_indexed_instance(row, check_exists=False):
                by_class[type(row)].append(row)
        with transaction.atomic():
            for kind, rows in by_class.items():
                backend.add_bulk(kind, rows)

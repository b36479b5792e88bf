"""Queries whose SQL is built once in a process.

Of a query by key Django spends nine tenths of the time on building its text; of one that joins three tables, more.
Where every signed-in request or every saved answer asks the same, the text is kept and the values alone change
(docs/decisions/0017-prepared-queries.md).
"""

import operator
from functools import cache, lru_cache

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX
from django.db.models import Expression, IntegerField, Model
from django.db.models.base import ModelState
from django.db.models.constants import OnConflict
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import get_related_populators
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init
from django.db.models.sql import InsertQuery, UpdateQuery

MOST = 2**63  # no key of ours is above; databases differ in what they say to one


def _run(connection, sql, values, told):
    """Run one statement. Returns what `told` reads of the cursor. Raises Django's errors.

    By the driver's own cursor: Django's takes as long as some of the statements. By Django's where statements are counted or
    watched; of one that the server keeps, psycopg does not tell the words.
    """
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return told(cursor)
    connection.close_if_health_check_failed()
    if connection.connection is None:
        connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        return _DRIVERS[connection.vendor](connection.connection, sql, values, told)


def _by_sqlite(link, sql, values, told):
    return told(link.execute(_with_question_marks(sql), values))


@lru_cache(2_000)
def _with_question_marks(sql):
    """The driver's way to name a place of a value."""
    return FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%")


def _by_psycopg(link, sql, values, told):
    """By a cursor whose statements the server keeps too, with their plans, unless DATABASE_PREPARES says no."""
    kind = _preparing() if settings.DATABASE_PREPARES else link.cursor_factory
    with kind(link, row_factory=link.row_factory) as cursor:
        cursor.execute(sql, values)
        return told(cursor)


_DRIVERS = {"sqlite": _by_sqlite, "postgresql": _by_psycopg}
_all_rows, _number_of_rows = operator.methodcaller("fetchall"), operator.attrgetter("rowcount")


@cache
def _preparing():
    from django.db.backends.postgresql.base import ServerBindingCursor

    class Preparing(ServerBindingCursor):
        def execute(self, query, params=None):
            """psycopg counts each statement of a connection that prepares at all: it does for this one alone."""
            self.connection.prepare_threshold = 0
            try:
                return super().execute(query, params, prepare=True)
            finally:
                self.connection.prepare_threshold = None

    return Preparing


class Given(Expression):
    """The place of a value that comes with each call, by its name; `field` makes the database's value of it."""

    def __init__(self, name, field=None):
        super().__init__(output_field=field or IntegerField())
        self.name, self.kept_in = name, field

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def value(self, values, connection):
        value = values[self.name]
        return self.kept_in.get_db_prep_save(value, connection) if self.kept_in else value


class _Statement:
    """SQL and its parameters for one kind of database; those that are Given are filled in by each call."""

    def __init__(self, compiler):
        self.compiler = compiler
        self.sql, self.parameters = compiler.as_sql()

    def run(self, values, connection, told):
        filled = [one.value(values, connection) if isinstance(one, Given) else one for one in self.parameters]
        return _run(connection, self.sql, filled, told)


class _Values(_Statement):
    def __init__(self, compiler):
        super().__init__(compiler)
        self.converters = compiler.get_converters([column[0] for column in compiler.select])

    def converted(self, row, connection):
        row = list(row)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        return row

    def instance(self, row, connection):
        return tuple(self.converted(row, connection))


class _Plain:
    """Makes the instances of a model in a fifth of the time of its `from_db`, and the same ones: only for models that keep their
    columns as they come, and to whose making nobody listens."""

    def __init__(self, model):
        self.model = model

    @classmethod
    def of(cls, model):
        """What makes the rows of this model: itself where its making does more."""
        is_djangos = model.__init__ is Model.__init__ and model.from_db.__func__ is Model.from_db.__func__
        is_heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
        is_kept = all(_is_kept_as_it_comes(model, field) for field in model._meta.concrete_fields)
        return cls(model) if is_djangos and is_kept and not is_heard else model

    def from_db(self, alias, names, values):
        made = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, alias
        made.__dict__ = {"_state": state, **dict(zip(names, values, strict=True))}
        return made


def _is_kept_as_it_comes(model, field):
    return type(getattr(model, field.attname)) in (DeferredAttribute, ForeignKeyDeferredAttribute)


def _quickened(populators):
    """Of the models joined to a row too."""
    for one in populators:
        one.model_cls = _Plain.of(one.model_cls)
        _quickened(one.related_populators)
    return populators


class _Rows(_Values):
    def __init__(self, compiler):
        super().__init__(compiler)
        told = compiler.klass_info
        fields = told["select_fields"]
        self.model, self.own = _Plain.of(told["model"]), slice(fields[0], fields[-1] + 1)
        self.names = [column[0].target.attname for column in compiler.select[self.own]]
        self.related = _quickened(get_related_populators(told, compiler.select, compiler.using))
        self.annotated = compiler.annotation_col_map

    def instance(self, row, connection):
        row = self.converted(row, connection)
        made = self.model.from_db(connection.alias, self.names, row[self.own])
        for populator in self.related:
            populator.populate(row, made)
        for name, place in self.annotated.items():
            setattr(made, name, row[place])
        return made


class Prepared:
    """A query for whole rows: `ask()` returns its queryset with Given in the place of values; no prefetch."""

    kind = _Rows

    def __init__(self, ask):
        self._ask, self._kept = ask, {}

    def _statement(self, connection):
        """Of the vendor: in a process it is built by whoever comes first, and read by all threads."""
        if connection.vendor not in self._kept:
            self._kept[connection.vendor] = self.kind(self._query().get_compiler(using=connection.alias))
        return self._kept[connection.vendor]

    def _query(self):
        return self._ask().query

    def all(self, **values):
        """The rows as model instances, a list. No row has a key or number that the database cannot hold."""
        if any(isinstance(value, int) and not -MOST <= value < MOST for value in values.values()):
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        statement = self._statement(connection)
        rows = statement.run(values, connection, _all_rows)
        return [statement.instance(row, connection) for row in rows]

    def first(self, **values):
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def get(self, **values):
        """The first row. Raises the model's DoesNotExist."""
        row = self.first(**values)
        if row is None:
            raise self._ask().model.DoesNotExist
        return row


class PreparedValues(Prepared):
    """A query for some columns: `ask()` returns values_list(...); annotations are welcome. The rows are tuples."""

    kind = _Values


class PreparedUpdate(Prepared):
    """An UPDATE: `ask()` returns (queryset, {field: expression}) with Given in the place of values."""

    kind = _Statement

    def _query(self):
        queryset, fields = self._ask()
        query = queryset.query.chain(UpdateQuery)
        query.add_update_values(fields)
        return query

    def run(self, **values):
        """Returns how many rows were written."""
        connection = connections[DEFAULT_DB_ALIAS]
        return self._statement(connection).run(values, connection, _number_of_rows)


class PreparedInsert:
    """An INSERT of so many rows of a model as there are, one statement a number of rows; neither save() nor signals.

    `returning`: each row learns its primary key (one row a call). `ignoring`: a row that is there already stays as it is.
    """

    def __init__(self, model, *, returning=False, ignoring=False):
        self.model, self.returning, self.ignoring = model, returning, ignoring
        self._kept = {}

    def _statement(self, connection, number):
        key = connection.vendor, number
        if key not in self._kept:
            fields = self._fields()
            rows = [
                self.model(**{field.attname: Given(f"{n} {field.attname}", field) for field in fields})
                for n in range(number)
            ]
            query = InsertQuery(self.model, on_conflict=OnConflict.IGNORE if self.ignoring else None)
            query.insert_values(fields, rows, raw=True)
            compiler = query.get_compiler(using=connection.alias)
            compiler.returning_fields = [self.model._meta.pk] if self.returning else None
            [(sql, parameters)] = compiler.as_sql()
            assert [one.name for one in parameters] == [
                f"{n} {field.attname}" for n in range(number) for field in fields
            ]
            self._kept[key] = sql, fields
        return self._kept[key]

    def _fields(self):
        """All that a row brings; a number is given by the database."""
        return [field for field in self.model._meta.concrete_fields if field is not self.model._meta.auto_field]

    def run(self, *rows):
        """Write the rows, which are new instances of the model. Returns how many were written: all, where none is ignored."""
        connection = connections[DEFAULT_DB_ALIAS]
        most = 1 if self.returning else max(1, connection.ops.bulk_batch_size(self._fields(), rows))
        return sum(self._write(connection, rows[begin : begin + most]) for begin in range(0, len(rows), most))

    def _write(self, connection, rows):
        sql, fields = self._statement(connection, len(rows))
        values = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
        if self.returning:
            [(rows[0].pk,)] = _run(connection, sql, values, _all_rows)
            written = 1
        else:
            written = _run(connection, sql, values, _number_of_rows)
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias
        return written

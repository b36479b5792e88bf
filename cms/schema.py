"""The database against the code: what it has seen of our migrations, and whether its tables are those of our models."""

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def unknown(applied):
    """Of the migrations «app.name» those that this code does not have: a newer one has made them."""
    loader = MigrationLoader(None)
    known = set(loader.disk_migrations) | {old for one in loader.disk_migrations.values() for old in one.replaces}
    return sorted(name for name in applied if tuple(name.split(".", 1)) not in known)


def pending():
    """Migrations «app.name» of this code that the database has not seen, in the order in which they would be done."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def apart_from_models():
    """Tables and columns in which the database and our models differ although every migration is recorded as done."""
    from . import search_index  # here: it needs the models

    found = []
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if (
                not model._meta.managed
                or model._meta.proxy
                or "site-packages" in apps.get_app_config(model._meta.app_label).path
            ):
                continue
            if table not in tables:
                found.append(table)
                continue
            there = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            wanted = {field.column for field in model._meta.local_concrete_fields}
            found += [f"{table}.{name}" for name in sorted(there ^ wanted)]
    return [name for name in found if name != search_index.COLUMN]

"""Migrations that old code survives: expand first, contract a release later (docs/operations.md, Upgrading). A gate of `make check`.

While `migrate` runs and until the last process is new, the code before works on the new tables. Looked at are our migrations but the
initial ones. One that takes something away says since when nobody uses it, in a line of its module: CONTRACTS = "0.2.0: why".
"""

import importlib
import os
import sys

from scripts.old_database import ROOMS


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    faults = [
        fault
        for (room, name), migration in sorted(loader.disk_migrations.items())
        if room in ROOMS and not migration.initial
        for fault in faults_of(migration, loader.project_state((room, name), at_end=False))
    ]
    print("\n".join(faults))
    return 1 if faults else 0


def faults_of(migration, state):
    """What old code does not survive in a migration, a sentence each; none where it says that it contracts. `state` is that before it."""
    if getattr(importlib.import_module(migration.__module__), "CONTRACTS", ""):
        return []
    old, faults = set(state.models), []
    for operation in migration.operations:
        table = (
            migration.app_label,
            getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", ""),
        )
        if table in old and (fault := fault_of(operation, state.models[table])):
            faults.append(f"{migration.app_label}.{migration.name}: «{operation.describe()}»: {fault}")
        operation.state_forwards(migration.app_label, state)
    return faults


def fault_of(operation, table):
    """Why old code fails after this operation on a table that it knows, or ""."""
    from django.db.migrations import operations as known
    from django.db.models import NOT_PROVIDED

    if isinstance(operation, known.RemoveField | known.DeleteModel):
        return "old code still reads it; remove it a release after the code stopped using it"
    if isinstance(operation, known.RenameField | known.RenameModel | known.AlterModelTable):
        return "old code knows the old name alone; add the new one beside it"
    if isinstance(operation, known.AddField | known.AlterField):
        field, before = operation.field, table.fields.get(operation.name)
        given = field.many_to_many or field.null or field.db_default is not NOT_PROVIDED
        if not given and (before is None or before.null):
            return "old code gives it no value; make it nullable, or give it db_default"
    if isinstance(operation, known.AddConstraint | known.AlterUniqueTogether):
        return "old code may break it; add it a release after the code keeps to it"
    return ""


if __name__ == "__main__":
    sys.exit(main())

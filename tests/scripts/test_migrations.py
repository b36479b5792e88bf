"""Which migrations old code survives, and which are refused unless they say that they contract."""

import pytest
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from scripts import migrations as rule

NO_VALUE = "old code gives it no value; make it nullable, or give it db_default"
STILL_READ = "old code still reads it; remove it a release after the code stopped using it"
NAMES = "old code knows the old name alone; add the new one beside it"
STRICTER = "old code may break it; add it a release after the code keeps to it"


def before():
    fields = [
        ("id", models.AutoField(primary_key=True)),
        ("name", models.TextField()),
        ("nick", models.TextField(null=True)),
    ]
    return ProjectState({("accounts", "thing"): ModelState("accounts", "Thing", fields)})


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (migrations.AddField("Thing", "age", models.IntegerField(null=True)), ""),
        (migrations.AddField("Thing", "age", models.IntegerField(db_default=0)), ""),
        (migrations.AddField("Thing", "age", models.IntegerField(default=0)), NO_VALUE),
        (migrations.AddField("Thing", "others", models.ManyToManyField("accounts.Thing")), ""),
        (migrations.AlterField("Thing", "name", models.TextField("label")), ""),
        (migrations.AlterField("Thing", "name", models.TextField(null=True)), ""),
        (migrations.AlterField("Thing", "nick", models.TextField()), NO_VALUE),
        (migrations.RemoveField("Thing", "nick"), STILL_READ),
        (migrations.DeleteModel("Thing"), STILL_READ),
        (migrations.RenameField("Thing", "nick", "alias"), NAMES),
        (migrations.AddConstraint("Thing", models.UniqueConstraint(fields=["name"], name="one")), STRICTER),
        (migrations.AddIndex("Thing", models.Index(fields=["name"], name="by_name")), ""),
        (
            migrations.CreateModel("Other", [("id", models.AutoField(primary_key=True)), ("name", models.TextField())]),
            "",
        ),
        (migrations.RunPython(migrations.RunPython.noop), ""),
    ],
)
def test_what_old_code_survives(operation, fault):
    made = migrations.Migration("0002_later", "accounts")
    made.operations = [operation]

    assert [told.rpartition("»: ")[2] for told in rule.faults_of(made, before())] == [fault] * bool(fault)


def test_a_table_of_the_same_migration_is_free_and_a_migration_that_contracts_is_let_through(monkeypatch):
    made = migrations.Migration("0002_later", "accounts")
    made.operations = [
        migrations.CreateModel("Other", [("id", models.AutoField(primary_key=True))]),
        migrations.AddField("Other", "age", models.IntegerField()),
    ]
    assert rule.faults_of(made, before()) == []

    made.operations = [migrations.RemoveField("Thing", "nick")]
    assert rule.faults_of(made, before()) == [f"accounts.0002_later: «Remove field nick from Thing»: {STILL_READ}"]
    monkeypatch.setattr(migrations.migration, "CONTRACTS", "0.2.0: nobody reads it", raising=False)
    assert rule.faults_of(made, before()) == []

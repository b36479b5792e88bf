"""The floors: no relation points upwards, also not by string. Imports are checked by import-linter (pyproject.toml)."""

from django.apps import apps

FLOORS = ["accounts", "courses", "seminars", "certification", "reports", "cms"]  # from the bottom up


def test_no_relation_points_upwards():
    relations = [
        (FLOORS.index(model._meta.app_label), field, field.related_model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields(include_parents=False)
        if field.is_relation and field.related_model and not field.auto_created
    ]
    upwards = [
        f"{field.model.__name__}.{field.name} -> {target._meta.label}"
        for floor, field, target in relations
        if target._meta.app_label in FLOORS and FLOORS.index(target._meta.app_label) > floor
    ]

    assert upwards == []
    assert any(field.name == "course" for _floor, field, _target in relations)  # there is something to look at


def test_every_room_has_its_floor():
    ours = {app.label for app in apps.get_app_configs() if "site-packages" not in app.path}

    assert ours == set(FLOORS)

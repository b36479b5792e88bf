"""The tree of libraries: added, changed, moved, merged, closed; its history, and what follows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import libraries, people, roles
from accounts.models import AuditEntry, Employment, Library, LibraryChange, Role, RoleGrant, User
from cms import sweeping
from courses.models import Cohort
from reports import requirements
from reports.api import clients
from reports.models import Requirement
from seminars.models import SeminarRun
from tests import making as making_people
from tests.kept import kept
from tests.seminars import making

pytestmark = pytest.mark.django_db


def person(name, **fields):
    return making_people.person(name, username=name, **fields)


@kept
def nation(bedrock):
    root = Library.add_root(code="UZ", level="nation", titles={"en": "Nation"})
    for region in ("TSH", "SAM"):
        Library.objects.get(pk=root.pk).add_child(code=region, level="region", titles={"en": region})
        for n in (1, 2):
            Library.objects.get(code=region).add_child(
                code=f"{region}-{n}", level="district", titles={"en": f"{region} {n}"}
            )
    return root


@kept
def admin(bedrock):
    return person("admin")


def at(code):
    return Library.objects.get(code=code)


def tree():
    """{code: code of the one above} of those in use."""
    rows = Library.objects.in_use()
    codes = {row.path: row.code for row in Library.objects.all()}
    return {row.code: codes.get(row.path[: -Library.steplen]) for row in rows}


def history(code):
    return [(row.deed, row.before, row.after, row.reason) for row in at(code).history.order_by("pk")]


TREE = {"UZ": None, "TSH": "UZ", "TSH-1": "TSH", "TSH-2": "TSH", "SAM": "UZ", "SAM-1": "SAM", "SAM-2": "SAM"}


def test_a_library_is_added_with_its_level_and_type(nation, admin):
    made = libraries.add(
        by=admin,
        code="TSH-11",
        titles={"uz": "Maktab"},
        parent=at("TSH-1"),
        level="library",
        type="school",
        reason="new",
    )

    assert tree() == {**TREE, "TSH-11": "TSH-1"}
    assert (made.level, made.type) == ("library", "school")
    after = {"below": "TSH-1", "titles": {"uz": "Maktab"}, "level": "library", "type": "school"}
    assert history("TSH-11") == [("added", {}, after, "new")]
    entry = AuditEntry.objects.get(deed="library added")
    assert (entry.actor, entry.subject, entry.reason, entry.details["after"]) == (
        admin,
        "library TSH-11",
        "new",
        after,
    )


def test_a_branch_belongs_to_a_library(nation, admin):
    library = libraries.add(by=admin, code="L", titles={}, parent=at("TSH-1"))

    assert libraries.add(by=admin, code="B", titles={}, parent=library).get_parent().code == "L"


@pytest.mark.parametrize(
    ("level", "parent", "why"),
    [
        ("nation", "UZ", "level"),
        ("region", "TSH", "level"),
        ("region", "TSH-1", "level"),
        ("district", "TSH-1", "level"),
        ("region", None, "not_on_top"),
    ],
)
def test_levels_go_down_only(nation, admin, level, parent, why):
    with pytest.raises(libraries.Refused) as fault:
        libraries.add(by=admin, code="X", titles={}, parent=parent and at(parent), level=level)

    assert fault.value.why == why
    assert tree() == TREE


def test_what_differs_is_changed_and_kept(nation, admin):
    changed = libraries.change(
        library=at("TSH-1"), by=admin, titles={"en": "New"}, type="academic", level="district", reason="renamed"
    )

    assert changed == ["titles", "type"]
    assert history("TSH-1") == [
        (
            "changed",
            {"titles": {"en": "TSH 1"}, "type": "public"},
            {"titles": {"en": "New"}, "type": "academic"},
            "renamed",
        )
    ]
    assert libraries.change(library=at("TSH-1"), by=admin, type="academic") == []


def test_a_level_fits_what_is_above_and_below(nation, admin):
    for code, level in (("TSH", "district"), ("TSH-1", "region")):
        with pytest.raises(libraries.Refused, match="level"):
            libraries.change(library=at(code), by=admin, level=level)


def test_a_moved_library_keeps_people_roles_and_what_is_below(nation, admin):
    libraries.add(by=admin, code="TSH-11", titles={}, parent=at("TSH-1"))
    worker = person("worker", library=at("TSH-11"))
    hr = person("hr", library=at("TSH"))
    hr2 = person("hr2", library=at("SAM"))
    roles.grant(person=hr, role=Role.HR, library=at("TSH"))
    roles.grant(person=hr2, role=Role.HR, library=at("SAM"))
    director = person("director", library=at("TSH-1"))
    roles.grant(person=director, role=Role.DIRECTOR, library=at("TSH-1"))

    libraries.move(library=at("TSH-1"), to=at("SAM"), by=admin, reason="reform")

    assert tree() == {**TREE, "TSH-1": "SAM", "TSH-11": "TSH-1"}
    assert history("TSH-1") == [("moved", {"below": "TSH"}, {"below": "SAM"}, "reform")]
    worker = User.objects.get(pk=worker.pk)
    assert worker.library.code == "TSH-11"
    assert [roles.people_in_scope_of(one).filter(pk=worker.pk).count() for one in (hr, hr2, director)] == [0, 1, 1]


@pytest.mark.parametrize("to", ["TSH", "TSH-1", "TSH-11"])
def test_the_tree_never_closes_into_a_circle(nation, admin, to):
    libraries.add(by=admin, code="TSH-11", titles={}, parent=at("TSH-1"))

    with pytest.raises(libraries.Refused) as moved:
        libraries.move(library=at("TSH"), to=at(to), by=admin)
    with pytest.raises(libraries.Refused) as merged:
        libraries.merge(library=at("TSH"), into=at(to), by=admin, reason="x")

    assert (moved.value.why, merged.value.why) == ("under_itself", "under_itself")
    assert tree() == {**TREE, "TSH-11": "TSH-1"}
    assert LibraryChange.objects.filter(deed__in=["moved", "merged"]).count() == 0


def test_a_row_that_was_looked_up_before_a_move_is_read_anew(nation, admin):
    """Two people at once: the second page shows the tree as it was."""
    district, region = at("TSH-1"), at("SAM")
    libraries.move(library=at("TSH-1"), to=at("SAM"), by=admin)

    assert libraries.move(library=district, to=region, by=admin).get_parent().code == "SAM"
    libraries.add(by=admin, code="SAM-11", titles={}, parent=district)
    with pytest.raises(libraries.Refused, match="under_itself"):
        libraries.move(library=district, to=at("SAM-11"), by=admin)


def test_everything_follows_a_merge(nation, admin, sec_course):
    a, b = at("TSH-1"), at("SAM-1")
    libraries.add(by=admin, code="TSH-11", titles={}, parent=a)
    worker, second = person("worker", library=a), person("second", library=b)
    for role, who in ((Role.HR, worker), (Role.DIRECTOR, worker), (Role.HR, second)):
        roles.grant(person=who, role=role, library=a)
    roles.grant(person=second, role=Role.HR, library=b)
    due = timezone.localdate() + timedelta(days=9)
    for library in (a, b):
        requirements.require(library=library, course=sec_course, due_on=due, by=admin)
    run = making.run(making.seminar())
    SeminarRun.objects.filter(pk=run.pk).update(library=a, for_library=a)
    cohort = Cohort.objects.create(course=sec_course, title="x", trainer=admin, begins_on=due, library=a)

    libraries.merge(library=a, into=b, by=admin, reason="reform")

    assert tree() == {**{code: top for code, top in TREE.items() if code != "TSH-1"}, "TSH-11": "SAM-1"}
    assert User.objects.get(pk=worker.pk).library.code == "SAM-1"
    grants = RoleGrant.objects.values_list("person__username", "role", "library__code")
    assert sorted(grants) == [
        ("second", "hr", "SAM-1"), ("worker", "director", "SAM-1"), ("worker", "hr", "SAM-1"),
    ]  # fmt: skip
    standing = Requirement.objects.filter(withdrawn_at=None).values_list("library__code", flat=True)
    assert list(standing) == ["SAM-1"]
    assert set(Requirement.objects.values_list("library__code", flat=True)) == {"SAM-1"}
    run.refresh_from_db()
    cohort.refresh_from_db()
    assert [one.code for one in (run.library, run.for_library, cohort.library)] == ["SAM-1"] * 3


@pytest.mark.parametrize("what", ["role", "token"])
def test_nobody_comes_to_more_libraries_by_a_merge_into_one_above(nation, admin, what):
    who = person("director", library=at("TSH-1"))
    grant = roles.grant(person=who, role=Role.DIRECTOR, library=at("TSH-1")) if what == "role" else None
    client, _token = clients.make(organisation="X", library=at("TSH-1"), by=admin) if what == "token" else (None, "")

    with pytest.raises(libraries.Refused, match="reach_grows"):
        libraries.merge(library=at("TSH-1"), into=at("TSH"), by=admin, reason="x")

    assert at("TSH-1").closed_at is None
    if grant:
        roles.grant(person=who, role=Role.DIRECTOR, library=at("UZ"))  # there already: nothing grows
    else:
        clients.withdraw(client=client, by=admin)
    libraries.merge(library=at("TSH-1"), into=at("TSH"), by=admin, reason="x")
    assert User.objects.get(pk=who.pk).library.code == "TSH"


def test_a_merged_library_stays_closed_and_says_where_it_went(nation, admin):
    person("worker", library=at("TSH-1"))
    libraries.merge(library=at("TSH-1"), into=at("TSH-2"), by=admin, reason="one")
    libraries.merge(library=at("TSH-2"), into=at("SAM-1"), by=admin, reason="two")

    assert (at("TSH-1").closed_at is not None, at("TSH-1").merged_into.code) == (True, "TSH-2")
    assert history("TSH-1") == [("merged", {}, {"into": "TSH-2", "people": 1, "libraries": 0}, "one")]
    assert history("SAM-1") == [("took_in", {}, {"library": "TSH-2", "people": 1, "libraries": 0}, "two")]
    assert [Library.objects.by_code(code).code for code in ("TSH-1", "tsh-1", " TSH-2 ", "SAM-1")] == ["SAM-1"] * 4
    with pytest.raises(Library.DoesNotExist):
        Library.objects.by_code("none")
    with pytest.raises(libraries.Refused, match="closed"):
        libraries.merge(library=at("SAM-1"), into=at("TSH-1"), by=admin, reason="x")


def test_where_people_worked_before_a_merge_stays_in_their_history(nation, admin):
    today = timezone.localdate()
    old = person("old", library=at("TSH-1"), date_joined=timezone.now() - timedelta(days=100))
    new = people.add(by=admin, library=at("TSH-1"), last_name="A", first_name="B")

    libraries.merge(library=at("TSH-1"), into=at("TSH-2"), by=admin, reason="x")

    rows = Employment.objects.order_by("person", "pk").values_list("person", "library__code", "since", "until")
    assert list(rows) == [
        (old.pk, "TSH-1", today - timedelta(days=100), today), (old.pk, "TSH-2", today, None),
        (new.pk, "TSH-1", today, today), (new.pk, "TSH-2", today, None),
    ]  # fmt: skip


def test_a_library_merged_while_an_import_runs_takes_people_where_it_went(nation, admin):
    """The import looked the library up before; its next row comes after."""
    looked_up = at("TSH-1")
    before = people.add(by=admin, library=looked_up, last_name="A", first_name="B")
    libraries.merge(library=at("TSH-1"), into=at("SAM-1"), by=admin, reason="x")

    after = people.add(by=admin, library=looked_up, last_name="C", first_name="D")
    people.change(person=before, by=admin, library=looked_up, last_name="E")

    assert (
        list(User.objects.filter(pk__in=[before.pk, after.pk]).values_list("library__code", flat=True)) == ["SAM-1"] * 2
    )
    assert Employment.objects.open().get(person=before).library.code == "SAM-1"


def test_who_was_brought_in_at_the_very_moment_follows_by_the_sweep(nation, admin):
    libraries.merge(library=at("TSH-1"), into=at("SAM-1"), by=admin, reason="x")
    late = person("late", library=at("TSH-1"))

    assert [sweeping.merged_libraries(timezone.now()), sweeping.merged_libraries(timezone.now())] == [1, 0]
    assert User.objects.get(pk=late.pk).library.code == "SAM-1"


def test_an_empty_library_is_closed_and_no_other(nation, admin):
    worker = person("worker", library=at("TSH-1"))
    roles.grant(person=worker, role=Role.DIRECTOR, library=at("TSH-2"))
    for code, why in (("TSH", "has_libraries"), ("TSH-1", "has_people"), ("TSH-2", "has_roles")):
        with pytest.raises(libraries.Refused, match=why):
            libraries.close(library=at(code), by=admin, reason="x")

    libraries.close(library=at("SAM-2"), by=admin, reason="gone")

    assert history("SAM-2") == [("closed", {}, {}, "gone")]
    assert Library.objects.by_code("SAM-2").closed_at is not None
    with pytest.raises(libraries.Refused, match="closed"):
        libraries.move(library=at("SAM-1"), to=at("SAM-2"), by=admin)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"level": "branch"}, "a_library_has_a_level"),
        ({"type": "nation"}, "a_library_has_a_type"),
        ({"level": "nation"}, "a_nation_is_on_top"),
        ({"merged_into": "UZ"}, "a_merged_library_is_closed"),
        ({"merged_into": "TSH-1", "closed_at": timezone.now()}, "no_library_is_merged_into_itself"),
    ],
)
def test_what_the_database_refuses(nation, fields, name):
    if "merged_into" in fields:
        fields = fields | {"merged_into": at(fields["merged_into"])}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Library.objects.filter(code="TSH-1").update(**fields)


def test_every_relation_that_a_merge_could_make_collide_has_a_rule():
    """Rows follow by themselves; where a constraint counts the library, somebody has to say what becomes of the second."""
    from django.apps import apps

    counted = set()
    for relation in libraries.hanging_on_libraries():
        label, field = relation.rsplit(".", 1)
        meta = apps.get_model(label)._meta
        unique = [getattr(one, "fields", ()) for one in meta.constraints if hasattr(one, "fields")]
        if meta.get_field(field).unique or any(field in fields for fields in (*unique, *meta.unique_together)):
            counted.add(relation)

    assert counted == {"accounts.RoleGrant.library", "reports.Requirement.library"}
    assert [relation for relation in counted if not libraries.has_rule(relation)] == []


@kept
def sec_course(bedrock):
    return making.course("sec")


def test_a_code_stays_for_ever(nation, admin):
    with pytest.raises(TypeError, match="code"):
        libraries.change(library=at("TSH-1"), by=admin, code="NEW")

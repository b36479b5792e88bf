"""The tree of libraries: added, changed, moved, merged, closed. Each deed writes the log and a row of the library's history.

A library's code stays for ever, and so does its row: one that was merged answers where it went (Library.objects.by_code).
What the rooms above hang on a library follows a merge by itself; a room whose rows could collide then says what becomes of
them: `@on_merge("reports.Requirement.library")`.
"""

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from . import audit, employment
from .models import Library, LibraryChange, RoleGrant, User

RANKS = {level: rank for rank, level in enumerate(Library.Level.values)}
Deed = LibraryChange.Deed


class Refused(Exception):
    """`why`: one of the keys of REASONS in reports/library_forms.py, which says it to people."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


def add(*, by, code, titles, parent=None, level=Library.Level.LIBRARY, type=Library.Type.PUBLIC, reason=""):
    """A new library below `parent`; without one, on top. Raises Refused, IntegrityError where the code is taken."""
    with transaction.atomic():
        _lock()
        parent = parent and _now(parent)
        _check_level(level, parent)
        fields = {"code": code, "titles": titles, "level": level, "type": type}
        made = parent.add_child(**fields) if parent else Library.add_root(**fields)
        after = {"below": parent and parent.code, "titles": titles, "level": level, "type": type}
        _note(made, Deed.ADDED, by, reason, after=after)
    return made


def change(*, library, by, reason="", **fields):
    """Change titles, level or type. Returns the names of what changed. Raises Refused."""
    if unknown := set(fields) - {"titles", "level", "type"}:
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        _lock()
        library = _now(library)
        before = {name: getattr(library, name) for name, value in fields.items() if getattr(library, name) != value}
        if not before:
            return []
        after = {name: fields[name] for name in before}
        if "level" in after:
            _check_level(after["level"], library.get_parent())
            for child in library.get_children().filter(closed_at=None):
                _check_levels(child.level, after["level"])
        Library.objects.filter(pk=library.pk).update(**after)
        _note(library, Deed.CHANGED, by, reason, before, after)
    return sorted(after)


def move(*, library, to, by, reason=""):
    """Put a library, with all below it, below another. Its people, roles and requirements stay with it. Raises Refused."""
    with transaction.atomic():
        _lock()
        library, to = _now(library), _now(to)
        if to == library or to.is_descendant_of(library):
            raise Refused("under_itself")
        _check_level(library.level, to)
        parent = library.get_parent()
        if parent == to:
            return library
        library.move(to, "sorted-child")
        _note(library, Deed.MOVED, by, reason, {"below": parent and parent.code}, {"below": to.code})
    return Library.objects.get(pk=library.pk)


def close(*, library, by, reason):
    """A library that is no more. Raises Refused while people work in it or libraries belong to it."""
    with transaction.atomic():
        _lock()
        library = _now(library)
        if library.get_children().filter(closed_at=None).exists():
            raise Refused("has_libraries")
        if User.objects.filter(is_active=True).working_in(Library.objects.filter(pk=library.pk)).exists():
            raise Refused("has_people")
        if RoleGrant.objects.in_force().filter(library=library).exists():
            raise Refused("has_roles")
        Library.objects.filter(pk=library.pk).update(closed_at=timezone.now())
        _note(library, Deed.CLOSED, by, reason)
    return Library.objects.get(pk=library.pk)


def merge(*, library, into, by, reason, now=None):
    """`library` becomes part of `into`: people, roles, requirements and the libraries below it go there. Raises Refused.

    The row stays, closed, and says where it went; where people worked until today stays in their history. Returns `into`."""
    now = now or timezone.now()
    with transaction.atomic():
        _lock()
        library, into = _now(library), _now(into)
        if library == into or into.is_descendant_of(library):
            raise Refused("under_itself")
        below = list(library.get_children().filter(closed_at=None))
        for child in below:
            _check_levels(child.level, into.level)
            Library.objects.get(pk=child.pk).move(
                Library.objects.get(pk=into.pk), "sorted-child"
            )  # paths as they are now
            _note(child, Deed.MOVED, by, reason, {"below": library.code}, {"below": into.code})
        into.refresh_from_db()
        people = _move_people(library, into, timezone.localdate(now))
        for relation in hanging_on_libraries():
            _follow(relation, library, into, by)
        Library.objects.filter(pk=library.pk).update(closed_at=now, merged_into=into)
        counts = {"people": people, "libraries": len(below)}
        _note(library, Deed.MERGED, by, reason, {}, {"into": into.code, **counts})
        _note(into, Deed.TOOK_IN, by, reason, {}, {"library": library.code, **counts})
    return Library.objects.get(pk=into.pk)


def heal(now=None):
    """Who was brought into a library in the very moment in which it was merged follows it. Returns how many."""
    left = User.objects.filter(library__merged_into__isnull=False).select_related("library")
    found = list(left)
    for person in found:
        with transaction.atomic():
            into = person.library.standing()
            employment.move_all([person], person.library, into, timezone.localdate(now))
            User.objects.filter(pk=person.pk).update(library=into)
            audit.record(
                actor=None, deed="person transferred", subject=f"person {person.pk}", before=person.library.code,
                after=into.code,
            )  # fmt: skip
    return len(found)


# --- What follows a library that is merged --------------------------------------------------------------------------------

_RULES = {}
OWN = {  # what accounts does itself
    "accounts.User.library", "accounts.Employment.library", "accounts.LibraryChange.library", "accounts.Library.merged_into",
}  # fmt: skip


def on_merge(relation):
    """A rule for rows that could collide: function(library, into, by), called inside the transaction of the merge."""

    def register(rule):
        _RULES[relation] = rule
        return rule

    return register


def hanging_on_libraries():
    """«app.Model.field» of every relation to Library that follows a merge."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Library:
                found.add(f"{field.model._meta.label}.{field.name}")
    return sorted(found - OWN)


def has_rule(relation):
    return relation in _RULES


def _follow(relation, library, into, by):
    if rule := _RULES.get(relation):
        rule(library, into, by)
        return
    model, field = relation.rsplit(".", 1)
    apps.get_model(model)._base_manager.filter(**{field: library}).update(**{field: into})


@on_merge("accounts.RoleGrant.library")
def roles_follow(library, into, by):
    """Who holds the role for both holds it once. Nobody comes to a role for more libraries, which administrators alone give."""
    for grant in RoleGrant.objects.filter(library=library):
        if into.is_above(library) and _grows(grant, into):
            raise Refused("reach_grows")
        there = RoleGrant.objects.own().filter(person=grant.person_id, role=grant.role, library=into)
        if grant.deputy_for_id is None and there.exists():
            grant.delete()
        else:
            grant.library = into
            grant.save(update_fields=["library"])


def _grows(grant, into):
    """Whether a grant in force, or to come, would hold for more libraries there than its person has the role for."""
    if grant.ends_on and grant.ends_on < timezone.localdate():
        return False
    held = RoleGrant.objects.own().filter(person=grant.person_id, role=grant.role, library__path__in=into.way)
    return not held.exists()


def _move_people(library, into, day):
    people = list(User.objects.filter(library=library))
    employment.move_all(people, library, into, day)
    User.objects.filter(library=library).update(library=into)
    return len(people)


# --- Within ---------------------------------------------------------------------------------------------------------------


def _lock():
    """One deed on the tree at a time: paths of many rows change together."""
    list(Library.objects.filter(depth=1).select_for_update().values_list("pk"))


def _now(library):
    """The row as it is, which others may have changed since the page was shown. Raises Refused for one that is closed."""
    library = Library.objects.get(pk=library.pk)
    if library.closed_at:
        raise Refused("closed")
    return library


def _check_level(level, parent):
    if parent is not None:
        _check_levels(level, parent.level)
    elif level != Library.Level.NATION:
        raise Refused("not_on_top")


def _check_levels(level, above):
    """A library may belong to a library; on all other levels what belongs is lower."""
    if RANKS[level] < RANKS[above] or (level == above and level != Library.Level.LIBRARY):
        raise Refused("level")


def _note(library, deed, by, reason, before=None, after=None):
    before, after = before or {}, after or {}
    LibraryChange.objects.create(
        library=library, at=timezone.now(), deed=deed, before=before, after=after, by=by, reason=reason
    )
    audit.record(
        actor=by, deed=f"library {deed.replace('_', ' ')}", subject=f"library {library.code}", reason=reason,
        before=before, after=after,
    )  # fmt: skip

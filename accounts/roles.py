"""Roles and rights: the one table of who may do what, and the groups that Wagtail knows them by."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from . import audit
from .models import Library, Role, RoleGrant, User

EVERYWHERE = "everywhere"
OWN_COURSES = "own courses"
OWN_LIBRARIES = "own libraries"


@dataclass(frozen=True)
class Rights:
    """What a role may do beyond learning. `scope` says where; `cms` whether Wagtail's admin opens."""

    group: str  # the name of the Django group
    scope: str
    cms: bool = False
    publish: bool = False
    see_progress: bool = False
    verify_in_bulk: bool = False


RIGHTS = {
    Role.TRAINER: Rights("Trainers", OWN_COURSES, cms=True, see_progress=True),
    Role.EDITOR: Rights("Editors", EVERYWHERE, cms=True, publish=True),
    Role.HR: Rights("HR", OWN_LIBRARIES, see_progress=True, verify_in_bulk=True),
    Role.DIRECTOR: Rights("Directors", OWN_LIBRARIES, see_progress=True),
    Role.ADMINISTRATOR: Rights(
        "Administrators", EVERYWHERE, cms=True, publish=True, see_progress=True, verify_in_bulk=True
    ),
}


def roles_of(user):
    """The staff roles of a person, asked once a request: kept on the instance."""
    if not user.is_authenticated:
        return frozenset()
    if not hasattr(user, "_roles"):
        user._roles = frozenset(user.role_grants.values_list("role", flat=True))
    return user._roles


def has_role(user, *roles):
    return bool(roles_of(user) & set(roles)) or (user.is_authenticated and user.is_superuser)


def has_staff_role(user):
    return bool(roles_of(user)) or (user.is_authenticated and user.is_superuser)


def scope_of(user, *roles):
    """The libraries in which `user` holds one of `roles`; administrators hold all everywhere."""
    if user.is_superuser or Role.ADMINISTRATOR in roles_of(user):
        return Library.objects.all()
    grants = RoleGrant.objects.filter(person=user, role__in=roles, library__isnull=False).select_related("library")
    return Library.objects.below(*(grant.library for grant in grants))


def reach_of(user, role):
    """The libraries to which a role that needs none has been limited; None: no limit, administrators have none either."""
    if has_role(user, Role.ADMINISTRATOR):
        return None
    grants = list(RoleGrant.objects.filter(person=user, role=role).select_related("library"))
    if any(grant.library is None for grant in grants):
        return None
    return Library.objects.below(*(grant.library for grant in grants))


def people_in_scope_of(user):
    """The people whose progress HR or a director may see: those of the own subtree, nobody else's."""
    return User.objects.filter(library__in=scope_of(user, Role.HR, Role.DIRECTOR))


def people_let_in_by(user):
    """The people to whom one may give a way in: HR to the own subtree's, of whom nobody has a staff role; administrators to all
    but themselves. Who has left has none."""
    people = User.objects.filter(is_active=True).exclude(pk=user.pk)
    if has_role(user, Role.ADMINISTRATOR):
        return people
    plain = people.filter(is_superuser=False).exclude(pk__in=RoleGrant.objects.values("person"))
    return plain.filter(library__in=scope_of(user, Role.HR))


@transaction.atomic
def grant(*, person, role, library=None, by=None):
    """Give a role: the row that our pages ask, and the group that Wagtail asks. Safe to run twice. `by`: None for the set-up."""
    made, is_new = RoleGrant.objects.get_or_create(person=person, role=role, library=library)
    group, _ = Group.objects.get_or_create(name=RIGHTS[Role(role)].group)
    person.groups.add(group)
    if is_new:
        _record("role given", person, role, library, by)
    return made


@transaction.atomic
def withdraw(*, person, role, by, library=None, reason=""):
    """Take a role back where it was given for `library`; the group goes with the last grant of the role. Returns whether there was one."""
    gone, _ = RoleGrant.objects.filter(person=person, role=role, library=library).delete()
    if not RoleGrant.objects.filter(person=person, role=role).exists():
        person.groups.remove(*Group.objects.filter(name=RIGHTS[Role(role)].group))
    if gone:
        _record("role taken back", person, role, library, by, reason)
    return bool(gone)


def _record(deed, person, role, library, by, reason=""):
    audit.record(
        actor=by, deed=deed, subject=f"person {person.pk}", reason=reason, role=str(role),
        library=library and library.code,
    )  # fmt: skip

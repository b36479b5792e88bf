"""Roles and rights: the one table of who may do what, and the groups that Wagtail knows them by."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import DateField
from django.utils import timezone

from . import audit, one_time_codes
from .models import Library, Role, RoleGrant, User
from .prepared import Given, PreparedValues

EVERYWHERE = "everywhere"
OWN_COURSES = "own courses"
OWN_LIBRARIES = "own libraries"
DEPUTY_DAYS = 180  # longer is a role of one's own


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


IN_FORCE = PreparedValues(
    lambda: RoleGrant.objects.in_force(Given("today", DateField())).filter(person=Given("person")).values_list("role")
)


def roles_of(user):
    """The staff roles of a person, asked once a request: kept on the instance."""
    if not user.is_authenticated:
        return frozenset()
    if not hasattr(user, "_roles"):
        user._roles = frozenset(role for (role,) in IN_FORCE.all(person=user.pk, today=timezone.localdate()))
    return user._roles


def has_role(user, *roles):
    return bool(roles_of(user) & set(roles)) or (user.is_authenticated and user.is_superuser)


def has_staff_role(user):
    return bool(roles_of(user)) or (user.is_authenticated and user.is_superuser)


def scope_of(user, *roles):
    """The libraries in which `user` holds one of `roles`; administrators hold all everywhere."""
    if user.is_superuser or Role.ADMINISTRATOR in roles_of(user):
        return Library.objects.all()
    return Library.objects.below(*_granted(user, roles))


def tops_of(user, *roles):
    """The topmost libraries of `scope_of`, a list by path. One query, whatever lies below them."""
    if user.is_superuser or Role.ADMINISTRATOR in roles_of(user):
        return list(Library.objects.filter(depth=1))
    tops = []
    for library in sorted(_granted(user, roles), key=lambda one: one.path):
        if not tops or not library.path.startswith(tops[-1].path):
            tops.append(library)
    return tops


def _granted(user, roles):
    grants = RoleGrant.objects.in_force().filter(person=user, role__in=roles, library__isnull=False)
    return [grant.library for grant in grants.select_related("library")]


def reach_of(user, role):
    """The libraries to which a role that needs none has been limited; None: no limit, administrators have none either."""
    if has_role(user, Role.ADMINISTRATOR):
        return None
    grants = list(RoleGrant.objects.in_force().filter(person=user, role=role).select_related("library"))
    if any(grant.library is None for grant in grants):
        return None
    return Library.objects.below(*(grant.library for grant in grants))


def people_in_scope_of(user, *roles):
    """The people whose progress HR or a director may see: who works in the own subtree, be it a second workplace; nobody else.

    `roles`: of these alone. Who has left stays in the scope of the last library."""
    return User.objects.working_in(scope_of(user, *(roles or (Role.HR, Role.DIRECTOR))))


def learners_alone():
    """The people of whom nobody has a staff role, nor will have one that is given already, nor opens Wagtail's admin by a group or
    a permission given by hand there: whoever becomes one of these people gains no right."""
    opens = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    able = (
        RoleGrant.objects.exclude(ends_on__lt=timezone.localdate()).values("person"),
        User.groups.through.objects.filter(group__permissions__in=opens).values("user"),
        User.user_permissions.through.objects.filter(permission__in=opens).values("user"),
    )
    people = User.objects.filter(is_superuser=False)
    for found in able:
        people = people.exclude(pk__in=found)
    return people


def people_let_in_by(user):
    """The people to whom one may give a way in: HR to the own subtree's learners; administrators to all but themselves. Who has left
    has none."""
    if has_role(user, Role.ADMINISTRATOR):
        people = User.objects.all()
    else:
        people = learners_alone().filter(library__in=scope_of(user, Role.HR))
    return people.filter(is_active=True).exclude(pk=user.pk)


def grant(*, person, role, library=None, by=None):
    """Give a role: the row that our pages ask, and the group that Wagtail asks. Safe to run twice. `by`: None for the set-up.

    A one-time code given before opens nothing any more: it was given to somebody without the role, by whoever may do that."""
    with transaction.atomic():
        made, is_new = RoleGrant.objects.get_or_create(
            person=person, role=role, library=library, deputy_for=None, defaults={"given_by": by}
        )
        group, _ = Group.objects.get_or_create(name=RIGHTS[Role(role)].group)
        person.groups.add(group)
        if is_new:
            _log(by, "role given", made)
            one_time_codes.withdraw(person=person, by=by)
    return made


def withdraw(*, grant, by, reason=""):
    """Take a role away: from the person's next request on it is gone. Deputies of this grant lose it too."""
    with transaction.atomic():
        if grant.deputy_for_id is None:
            deputies = RoleGrant.objects.filter(deputy_for=grant.person_id, role=grant.role, library=grant.library_id)
            for deputy in deputies:
                withdraw(grant=deputy, by=by, reason=reason)
        found = RoleGrant.objects.filter(pk=grant.pk)
        if not found.exists():
            return
        _log(by, "role taken back", grant, reason)
        found.delete()
        if not RoleGrant.objects.filter(person=grant.person_id, role=grant.role).exists():
            grant.person.groups.remove(*Group.objects.filter(name=RIGHTS[Role(grant.role)].group))


class NotToBeGiven(Exception):
    """`why`: not_yours, no_scope, oneself, not_working, too_long, days."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


def deputise(*, grant, person, by, until, since=None, reason=""):
    """For a time somebody else has the role for its library too; after `until`, the last day, it is gone by itself.

    The holder gives it, or an administrator; a deputy passes nothing on. At most DEPUTY_DAYS. Raises NotToBeGiven."""
    since = since or timezone.localdate()
    with transaction.atomic():
        if by.pk != grant.person_id and not has_role(by, Role.ADMINISTRATOR):
            raise NotToBeGiven("not_yours")
        if grant.deputy_for_id or grant.role not in (Role.HR, Role.DIRECTOR):
            raise NotToBeGiven("no_scope")
        if person.pk == grant.person_id:
            raise NotToBeGiven("oneself")
        if not person.is_active:
            raise NotToBeGiven("not_working")
        if until < max(since, timezone.localdate()):
            raise NotToBeGiven("days")
        if until - since > timedelta(days=DEPUTY_DAYS):
            raise NotToBeGiven("too_long")
        made = RoleGrant.objects.create(
            person=person, role=grant.role, library=grant.library, deputy_for=grant.person, begins_on=since,
            ends_on=until, given_by=by,
        )  # fmt: skip
        _log(
            by,
            "deputy named",
            made,
            reason,
            deputy_for=grant.person_id,
            since=since.isoformat(),
            until=until.isoformat(),
        )
        one_time_codes.withdraw(person=person, by=by)
    return made


def hand_over(*, person, to, by, reason):
    """All roles of `person` for libraries become those of `to`, who keeps what there was. Returns the grants. Raises NotToBeGiven.

    Roles without a library (trainer, editor, administrator) are nobody's to pass on."""
    if to.pk == person.pk:
        raise NotToBeGiven("oneself")
    if not to.is_active:
        raise NotToBeGiven("not_working")
    with transaction.atomic():
        own = list(
            person.role_grants.own().filter(role__in=[Role.HR, Role.DIRECTOR]).select_related("library", "person")
        )
        if not own:
            raise NotToBeGiven("no_scope")
        made = []
        for one in own:
            made.append(grant(person=to, role=one.role, library=one.library, by=by))
            withdraw(grant=one, by=by, reason=reason)
        audit.record(
            actor=by, deed="scope handed over", subject=f"person {person.pk}", reason=reason, to=to.pk,
            roles=[[one.role, one.library.code] for one in own],
        )  # fmt: skip
    return made


def _log(by, deed, grant, reason="", **details):
    audit.record(
        actor=by, deed=deed, subject=f"person {grant.person_id}", reason=reason, role=str(grant.role),
        library=grant.library and grant.library.code, **details,
    )  # fmt: skip

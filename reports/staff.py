"""Who may do what with a person's record, and which records may be the same person's."""

from itertools import groupby

from django.db.models import Count, Q
from django.http import Http404

from accounts.models import MergeRecord, Role, User
from accounts.roles import has_role, learners_alone, people_in_scope_of, scope_of
from accounts.text import fold


def people_kept_by(user):
    """The people whose records the reader may change: by their main workplace; who has but a second one in the scope is seen.
    Raises Http404 for who is neither HR nor administrator."""
    if not has_role(user, Role.HR, Role.ADMINISTRATOR):
        raise Http404
    return User.objects.filter(library__in=scope_of(user, Role.HR))


def people_seen_by(user):
    """The people whose workplaces and roles the reader sees: HR's, a director's, and oneself. Raises Http404 for all others."""
    if not has_role(user, Role.HR, Role.DIRECTOR, Role.ADMINISTRATOR):
        raise Http404
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=people_in_scope_of(user).values("pk")))


def merge_records(user):
    """The merges of records of which both are the reader's to change. Raises Http404."""
    people = people_kept_by(user).values("pk")
    return MergeRecord.objects.filter(kept__in=people, gone__in=people).select_related(
        "kept", "gone", "by", "undone_by"
    )


def is_administrator(user):
    return has_role(user, Role.ADMINISTRATOR)


def may_change(user, person):
    """Names, position, library: HR within scope."""
    return has_role(user, Role.HR, Role.ADMINISTRATOR) and people_kept_by(user).filter(pk=person.pk).exists()


def may_decide(user, person):
    """Leaving, e-mail, merging: the same, but of who may do more than learn administrators alone, and nobody of oneself."""
    if person.pk == user.pk or not may_change(user, person):
        return False
    return is_administrator(user) or learners_alone().filter(pk=person.pk).exists()


def may_end(user, workplace):
    """A second workplace: who decides on the person, and HR of the library where it is, but nobody the own."""
    if may_decide(user, workplace.person):
        return True
    return workplace.person_id != user.pk and scope_of(user, Role.HR).filter(pk=workplace.library_id).exists()


def libraries_kept_by(user):
    """Where the reader may bring people in: the own libraries that are in use."""
    return scope_of(user, Role.HR).in_use()


# --- The same person twice ------------------------------------------------------------------------------------------------


def duplicates(people):
    """[[User, ...]]: records among `people` with one name in whatever spelling, whose patronymics do not speak against it."""
    people = people.filter(merged_into=None).exclude(folded_name="")
    twice = people.order_by().values("folded_name").annotate(n=Count("pk", distinct=True)).filter(n__gt=1)
    rows = people.filter(folded_name__in=twice.values("folded_name")).select_related("library", "position")
    found = []
    for _name, same in groupby(rows.order_by("folded_name", "pk"), key=lambda person: person.folded_name):
        found += [group for group in _by_patronymic(list(same)) if len(group) > 1]
    return found


def _by_patronymic(same):
    """Those without a patronymic may be any of the others."""
    named = {}
    for person in same:
        named.setdefault(fold(person.patronymic), []).append(person)
    nameless = named.pop("", [])
    return [group + nameless for group in named.values()] or [nameless]

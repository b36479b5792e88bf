"""What of requirements, and of the people whom they meet, a reader sees; how many people stand how."""

from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone

from accounts.models import Role, User
from accounts.roles import has_role, scope_of

from . import requirements as rules
from . import standings
from .asking import people_of
from .models import Requirement
from .requirement_forms import PeopleForm
from .standings import GRAVITY, Standing


@dataclass
class Numbers:
    """How many people of a requirement stand how; who is exempt is not asked."""

    of: dict

    @property
    def asked(self):
        return sum(self.of.values()) - self.of[Standing.WAIVED]

    @property
    def met(self):
        return self.of[Standing.COMPLIANT]

    @property
    def percent(self):
        return 100 * self.met // self.asked if self.asked else 0

    @property
    def states(self):
        """[(Standing, how many)], the gravest first."""
        return [(state, self.of[state]) for state in reversed(standings.GRAVITY)]


def libraries_of_hr(user):
    """Where the reader may require something. Raises Http404 for who is neither HR nor administrator."""
    if not has_role(user, Role.HR, Role.ADMINISTRATOR):
        raise Http404
    return scope_of(user, Role.HR)


def people_of_hr(user):
    """The people whom the reader may exempt and remind."""
    return User.objects.filter(library__in=libraries_of_hr(user))


def visible_to(user):
    """The requirements that the reader's libraries meet, HR's or a director's."""
    people_of(user)
    return rules.visible_from(scope_of(user, Role.HR, Role.DIRECTOR))


def own_of(user):
    own = Requirement.objects.in_force().filter(library__in=libraries_of_hr(user))
    return own.select_related("library", "position", "course")


def numbers_of(requirements, people, today=None):
    """{key: Numbers} of a list of Requirements."""
    counts = standings.counts_of(requirements, people, today or timezone.localdate())
    return {row.pk: Numbers(counts[row.pk]) for row in requirements}


# --- People ---------------------------------------------------------------------------------------------------------------


def asked_people(user, query, **with_what):
    """The form, valid. Raises Http404."""
    form = PeopleForm(query, libraries=scope_of(user, Role.HR, Role.DIRECTOR), **with_what)
    if not form.is_valid():
        raise Http404
    return form


def narrowed(people, asked):
    if asked["library"]:
        people = people.below(asked["library"])
    return people.matching(asked["q"]) if asked["q"] else people


def people_of_requirement(requirement, people, asked, today):
    """`people` of a requirement, judged and narrowed; those to whom most is to be done first."""
    found = standings.judged_by_requirement(requirement, narrowed(people, asked), today)
    if asked["state"]:
        found = found.filter(standing_gravity=GRAVITY.index(asked["state"]))
    return found.select_related("library", "position").order_by("-standing_gravity", "folded", "pk")


def required_people(people, asked):
    """`people` of whom something is required, each with the key of what is gravest."""
    found, today = narrowed(people, asked), timezone.localdate()
    if asked["state"]:
        found = standings.people_in_state(found, asked["state"], today, asked["course"])
    else:
        found = standings.judged(found, today, asked["course"]).filter(standing_key__isnull=False)
    return found.select_related("library", "position").order_by("folded", "pk")


def gravest_of(people):
    """[(person, Standing, Requirement)] of a list of required_people. One query."""
    read = [(person, *standings.read_key(person.standing_key)) for person in people]
    rows = Requirement.objects.select_related("course").in_bulk({key for _person, _state, key in read})
    return [(person, state, rows[key]) for person, state, key in read]

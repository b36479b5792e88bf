"""What is required and how many have met it; the people of one requirement, and of all."""

from itertools import islice

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role
from accounts.roles import scope_of

from .. import standings
from ..asking import people_of
from ..requirement_lists import (
    asked_people,
    gravest_of,
    numbers_of,
    people_of_requirement,
    required_people,
    visible_to,
)
from ..standings import FOR_EVER, GRAVITY
from .table import AT_ONCE, Listed, Table, below, name_of


def _scope(user):
    return scope_of(user, Role.HR, Role.DIRECTOR)


def requirements(user, query):
    found, people = visible_to(user).select_related("set_by"), people_of(user)
    states = [GRAVITY[place] for place in reversed(range(len(GRAVITY)))]
    head = [
        _("Course"), _("Library"), _("Position"), _("Complete by"), _("Set by"), _("Asked"), _("Met"), _("Share, %"),
        *(str(state.label) for state in states),
    ]  # fmt: skip

    def rows():
        rest = iter(found)
        while piece := list(islice(rest, 20)):
            numbers = numbers_of(piece, people)
            for row in piece:
                own = numbers[row.pk]
                yield [
                    str(row.course), str(row.library), str(row.position or _("All positions")), row.due_on,
                    name_of(row.set_by), own.asked, own.met, own.percent, *(own.of[state] for state in states),
                ]  # fmt: skip

    return Table(head, found, rows, _scope(user), widths=(40, 40))


def requirement(user, query):
    """?requirement=KEY&state=STATE&library=CODE&q=WORDS"""
    key = query.get("requirement", "")
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    people, row = people_of(user), get_object_or_404(visible_to(user), pk=key)
    asked = asked_people(user, query).cleaned_data
    found = people_of_requirement(row, people, asked, timezone.localdate())
    whom = f"{row.library}, {row.position or _('All positions')}"
    above = [[_("Course"), str(row.course)], [_("For whom"), whom], [_("Complete by"), row.due_on]]
    head = [_("Name"), _("Login"), _("Library"), _("Position"), _("State"), _("Complete by"), _("Counts until")]

    def rows():
        for person in found.iterator(AT_ONCE):
            until = person.standing_until
            yield [
                *_who(person), str(GRAVITY[person.standing_gravity].label), person.standing_due,
                None if until in (None, FOR_EVER) else until,
            ]  # fmt: skip

    return Table(head, found, rows, below(_scope(user), asked["library"]), above, (40, 14, 40))


def everybody(user, query):
    """?state=STATE&course=CODE&library=CODE&q=WORDS"""
    asked = asked_people(user, query, with_course=True).cleaned_data
    found = required_people(people_of(user), asked)
    head = [_("Name"), _("Login"), _("Library"), _("Position"), _("Course"), _("State"), _("Complete by")]

    def rows():
        rest = found.iterator(AT_ONCE)
        while piece := list(islice(rest, AT_ONCE)):
            for person, state, row in gravest_of(piece):
                yield [*_who(person), str(row.course), str(standings.Standing(state).label), row.due_on]

    return Table(head, found, rows, below(_scope(user), asked["library"]), widths=(40, 14, 40))


def _who(person):
    return [name_of(person), person.username, str(person.library or ""), str(person.position or "")]


LISTS = [
    Listed("requirements", "talablar", gettext_lazy("Required courses"), requirements),
    Listed("requirement", "talab", gettext_lazy("Required courses: people"), requirement),
    Listed("required-people", "talablar-xodimlar", gettext_lazy("Required courses: people"), everybody),
]

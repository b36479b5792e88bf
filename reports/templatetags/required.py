"""What pages and letters say about requirements."""

from django import template
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from reports.standings import Standing

register = template.Library()
MARKS = {
    Standing.WAIVED: "todo",
    Standing.COMPLIANT: "done",
    Standing.DUE: "due",
    Standing.GRACE: "due",
    Standing.OVERDUE: "bad",
}


@register.inclusion_tag("components/state.html")
def standing(state):
    state = Standing(state)
    return {"state": MARKS[state], "words": state.label}


@register.filter
def people_named(keys):
    """The official names of the people with these keys: a letter keeps keys alone. Who has left meanwhile is not named."""
    people = User.objects.filter(pk__in=keys, is_active=True).order_by("folded", "pk")
    return [person.official_name or person.username for person in people]


@register.filter
def as_day(text):
    """The day of an ISO date."""
    return parse_date(text)


DEEDS = {
    "course required": gettext_noop("Set"),
    "requirement changed": gettext_noop("Changed"),
    "requirement withdrawn": gettext_noop("Withdrawn"),
    "exempted from a requirement": gettext_noop("A person exempted"),
    "exemption withdrawn": gettext_noop("An exemption withdrawn"),
    "enrolled by a requirement": gettext_noop("People enrolled"),
    "reminded of a requirement": gettext_noop("People reminded"),
}
FIELDS = {
    "due_on": gettext_noop("Complete by"),
    "join_days": gettext_noop("Days for those who join later"),
    "grace_days": gettext_noop("Days of grace"),
    "again_months": gettext_noop("Again after, months"),
    "enrols": gettext_noop("Enrol them at once"),
}


@register.filter
def said_of(entry):
    """A deed of the log in the reader's language: «Changed. Complete by: 1 December 2026 → 10 December 2026»."""
    words = _(DEEDS[entry.deed]) if entry.deed in DEEDS else entry.deed
    before, after = (entry.details.get(name) or {} for name in ("before", "after"))
    changes = [
        f"{_(FIELDS[name])}: {_shown(before[name])} → {_shown(after[name])}" for name in before if name in FIELDS
    ]
    people = entry.details.get("people")
    parts = [words, *changes, *([str(len(people))] if people else [])]
    return ". ".join(parts)


def _shown(value):
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return formats.date_format(parse_date(value))
    return "–" if value is None else str(value)

"""What pages and letters say about requirements."""

from django import template
from django.utils.dateparse import parse_date

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

"""Of how many pages the facts are due, for whoever looks: {% facts_due as checks %}, then checks.late, checks.soon."""

from django import template

from .. import facts

register = template.Library()


@register.simple_tag(takes_context=True)
def facts_due(context):
    """One query."""
    return facts.counted(context["request"].user)

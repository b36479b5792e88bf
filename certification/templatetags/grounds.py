"""The ground of a revocation in the reader's language."""

from django import template

from ..models import Certificate

register = template.Library()


@register.filter
def ground(value):
    return Certificate.Ground(value).label

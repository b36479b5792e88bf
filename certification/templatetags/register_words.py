"""How the register's words and codes are shown."""

from django import template

from .. import codes
from ..models import Certificate

register = template.Library()


@register.filter
def pretty_code(code):
    """XXXX-XXXX-XXXX"""
    return codes.pretty(code)


@register.filter
def ground(value):
    """The ground of a revocation in the reader's language."""
    return Certificate.Ground(value).label

"""How the register's words and codes are shown."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

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


DEEDS = {
    "certificate issued": gettext_noop("Issued"),
    "certificate corrected": gettext_noop("Corrected"),
    "certificate revoked": gettext_noop("Revoked"),
    "certificate restored": gettext_noop("In force again"),
    "certificate renewal begun": gettext_noop("Renewal begun"),
    "certificate file restored": gettext_noop("Lost file restored"),
    "certificate looked at": gettext_noop("Looked at"),
}


@register.filter
def deed_words(deed):
    """A deed of the log in the reader's language."""
    return _(DEEDS[deed]) if deed in DEEDS else deed

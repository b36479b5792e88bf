"""What the machine found of a badge that was given in, in words."""

from django import template
from django.utils.translation import gettext as _

from ..badges import uploaded

register = template.Library()


@register.filter
def why_unchecked(external):
    """Why the machine has not checked an ExternalCertificate."""
    return _(uploaded.WHY.get(external.found.get("why", ""), uploaded.WHY[""]))


@register.filter
def named_by_hash(external):
    """Whom the badge names, where it does not say so in clear."""
    named = uploaded.names(external.person, external.found)
    if named is None:
        return _("The badge does not say.")
    return _("This person (by e-mail, login or name)") if named else _("Somebody else, or by another e-mail address")

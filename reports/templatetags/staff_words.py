"""How changes of libraries are said."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Library
from accounts.text import in_language

register = template.Library()
LABELS = {
    "below": gettext_lazy("Belongs to"),
    "titles": gettext_lazy("Name"),
    "level": gettext_lazy("Level"),
    "type": gettext_lazy("Type of library"),
    "into": gettext_lazy("Merged into"),
    "library": gettext_lazy("Taken in"),
    "people": gettext_lazy("People who moved"),
    "libraries": gettext_lazy("Libraries that moved"),
}


@register.filter
def change_lines(change):
    """The lines of a LibraryChange: «Belongs to: SAM, before that TSH». Libraries by their codes, which stay."""
    lines = []
    for name, value in change.after.items():
        said = _("%(what)s: %(now)s") % {"what": LABELS.get(name, name), "now": _words(name, value)}
        if name in change.before:
            said = _("%(what)s, before that %(before)s") % {"what": said, "before": _words(name, change.before[name])}
        lines.append(said)
    return lines


def _words(name, value):
    if name == "titles":
        return in_language(value)
    if name in ("level", "type"):
        return {"level": Library.Level, "type": Library.Type}[name](value).label
    return "–" if value is None else value

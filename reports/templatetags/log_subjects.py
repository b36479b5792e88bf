"""What an entry of the log is about, in words."""

from django import template

from accounts import deeds
from reports.lists import LISTS

register = template.Library()
TAKEN_ALONG = frozenset(listed.deed for listed in LISTS.values())


@register.filter
def subject_of(entry):
    """«certificate SBQ-2026-000417» in the reader's language; a list that was taken along by its title."""
    if entry.deed in TAKEN_ALONG and entry.subject in LISTS:
        return LISTS[entry.subject].title
    return deeds.subject_in_words(entry.subject)

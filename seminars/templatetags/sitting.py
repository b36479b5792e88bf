"""When a session is: {{ session.starts_at|sitting }}; in a letter, where it is kept as text: {{ when|sitting }}."""

from datetime import datetime

from django import template

from ..dates import say

register = template.Library()


@register.filter
def sitting(moment):
    """A moment, or an ISO text of one, with its weekday in the time of the place; "" for none."""
    return say(datetime.fromisoformat(moment) if isinstance(moment, str) else moment) if moment else ""

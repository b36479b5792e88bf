"""Numbers of the dashboard."""

from django import template
from django.utils.formats import localize
from django.utils.html import format_html

register = template.Library()


@register.simple_tag(takes_context=True)
def behind(context, number, state):
    """A number of the line of a table (`line`: reports/board.py) that leads to the people behind it.

    A tag and not a part that is included: a page has a hundred of them."""
    link = context["line"].link
    if not number or not link:
        return localize(number)
    return format_html(
        '<a class="tap" href="{}?{}&amp;state={}">{}</a>', context["list_address"], link, state, localize(number)
    )

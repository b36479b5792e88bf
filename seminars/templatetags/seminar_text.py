"""What trainers write about a seminar: {{ seminar.about|words|prose }}."""

from django import template
from django.utils.safestring import mark_safe
from wagtail.rich_text import expand_db_html

from accounts.text import clean_html

register = template.Library()


@register.filter
def prose(html):
    """The output of the editor, cleaned once more when it is shown."""
    return mark_safe(clean_html(expand_db_html(html or "")))  # nosec B703  # cleaned

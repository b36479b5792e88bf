"""What the blocks of a lesson need: {% drawing value.drawing as svg %}, {{ value.text|prose }}, {{ value.caption|inline }}."""

import re

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from wagtail.rich_text import RichText, expand_db_html

from accounts.text import clean_html

from ..blocks import MAX_PROSE

register = template.Library()
_PARAGRAPHS = re.compile(r"</p>\s*<p>\s*")  # what begins with «\s*» costs the square of the blanks
_EDGES = re.compile(r"</?p>")


@register.simple_tag
def drawing(figure):
    """The figure as inline SVG in the reader's language. Its parts are on our own list (cms/curriculum/figures.py)."""
    return mark_safe(figure.draw(get_language())) if figure else ""  # nosec B703  # by an allow list: cms/curriculum/figures.py


@register.filter
def prose(text):
    """Rich text as it may stand on a page: links resolved, cleaned once more."""
    source = text.source if isinstance(text, RichText) else text
    return mark_safe(clean_html(expand_db_html(source or ""), limit=MAX_PROSE))  # nosec B703  # cleaned


@register.filter
def inline(text):
    """Rich text inside of a line, a cell or a label: the paragraphs' own tags are left out."""
    return mark_safe(_EDGES.sub("", _PARAGRAPHS.sub("<br>", prose(text).strip())))  # nosec B703  # cleaned


@register.filter
def under(row, columns):
    """Each cell of a table's row with its column: on a phone the heading stands beside the cell."""
    return zip(columns, row, strict=True)


@register.filter
def kind_and_size(document):
    """A file as it is announced before it is fetched: XLSX, 12 KB."""
    size = document.get_file_size()
    kind = document.file_extension.upper()
    return f"{kind}, {filesizeformat(size)}" if size else kind

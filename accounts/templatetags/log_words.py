"""How the log is shown."""

from django import template

from .. import deeds

register = template.Library()
register.filter("deed_of", deeds.words_of)

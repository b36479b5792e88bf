"""Dates of sittings as people read them: with the weekday, in the time of the place."""

from django.utils import formats, timezone
from django.utils.translation import get_language, pgettext


def say(moment):
    """«28-noyabr, shanba, 10:00»; with the year where it is not the present one."""
    moment = timezone.localtime(moment)
    if moment.year == timezone.localtime().year:
        form = pgettext("date with weekday", "l, j F, H:i")
    else:
        form = pgettext("date with weekday and year", "l, j F Y, H:i")
    text = formats.date_format(moment, form)
    return text if get_language() == "en" else text.lower()  # Django's Uzbek and Russian names of days have a capital

"""Which backups there are, and which stay: all of the last days, one a week, one a month."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from . import manifest

NAME = re.compile(r"saboq-(\d{8}T\d{6}Z)")
STAMP = "saboq-%Y%m%dT%H%M%SZ"


def name_of(moment):
    return moment.astimezone(UTC).strftime(STAMP)


def whole(folder):
    """[(UTC, path)] of the whole backups in a folder, the newest last. Anything else that lies there is not looked at."""
    folder = Path(folder)
    found = [path for path in folder.glob("saboq-*") if NAME.fullmatch(path.name) and (path / manifest.SUMS).is_file()]
    return sorted((datetime.strptime(path.name, STAMP).replace(tzinfo=UTC), path) for path in found)


def age_of_newest(folder=None, now=None):
    """How old the newest whole backup is, for whoever watches over it: a timedelta, or None while there is none."""
    found = whole(folder or settings.BACKUP_DIR)
    return (now or timezone.now()) - found[-1][0] if found else None


def to_keep(moments, now, *, days, weeks, months):
    """Those of the moments (UTC) that stay, as a set.

    All of the last `days` days; the first of each calendar week (ISO 8601, UTC) of the last `weeks` weeks; the first of each calendar
    month of the last `months` months (of 31 days, so that none is cut short); always the newest. The *first* of its week or month
    stays so on every later day, whatever was removed meanwhile.
    """
    moments = sorted(moments)
    young = {moment for moment in moments if now - moment <= timedelta(days=days)}
    weekly = _firsts(moments, lambda moment: moment.isocalendar()[:2], now - timedelta(weeks=weeks))
    monthly = _firsts(moments, lambda moment: (moment.year, moment.month), now - timedelta(days=31 * months))
    return young | weekly | monthly | set(moments[-1:])


def _firsts(moments, part, since):
    firsts = {}
    for moment in moments:
        firsts.setdefault(part(moment), moment)
    return {moment for moment in firsts.values() if moment >= since}


def rotate(folder, now):
    """Remove what the rule lets go. Called after a good backup alone. Returns the names of those removed. Raises OSError."""
    found = whole(folder)
    rule = {
        "days": settings.BACKUP_KEEP_DAYS,
        "weeks": settings.BACKUP_KEEP_WEEKS,
        "months": settings.BACKUP_KEEP_MONTHS,
    }
    staying = to_keep([moment for moment, _ in found], now, **rule)
    removed = []
    for moment, path in found:
        if moment in staying:
            continue
        going = path.with_name(f".{path.name}.part")  # if we are ended in the middle, it is no backup any more
        path.rename(going)
        shutil.rmtree(going)
        removed.append(path.name)
    return removed

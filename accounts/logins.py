"""Logins such as TSH-0457: the region's letters and a number, unique in the nation, never given twice."""

from django.db import transaction

from .models import Library, LoginSeries, User

REGION_DEPTH = 2  # nation > region
LETTERS = 6  # of the region's code
FALLBACK = "SBQ"  # for who works nowhere yet


def prefix_of(library):
    """What the logins of a library's staff begin with: its region's code, of the nation's own staff the nation's."""
    if library is None:
        return FALLBACK
    region = Library.objects.get(path=library.path[: Library.steplen * min(library.depth, REGION_DEPTH)])
    return (
        "".join(letter for letter in region.code.upper() if letter.isascii() and letter.isalnum())[:LETTERS] or FALLBACK
    )


def reserve(prefix, count=1):
    """The next `count` free logins of a prefix, in order. Call it inside the transaction that uses them."""
    with transaction.atomic():
        LoginSeries.objects.get_or_create(prefix=prefix)
        series = LoginSeries.objects.select_for_update().get(prefix=prefix)
        found = []
        while len(found) < count:
            wanted = [f"{prefix}-{series.last + step:04}" for step in range(1, count - len(found) + 1)]
            series.last += len(wanted)
            found += _not_taken(wanted)
        series.save()
    return found


def _not_taken(logins):
    """Logins are also made by hand, in any case."""
    taken = User.objects.filter(username__in=[*logins, *(login.lower() for login in logins)])
    taken = {login.upper() for login in taken.values_list("username", flat=True)}
    return [login for login in logins if login not in taken]

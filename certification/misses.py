"""Guessing codes: how many unknown ones may be asked for from one place. Counted in the cache (config/cache.py).

A place is an address, or a signed-in person. Whoever asks for many unknown codes is no longer told of unknown ones; certificates
go on answering, so that one guesser in a library does not lock the others out. Only a flood is answered nothing at all.
"""

import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache

MOST = 60  # a minute and place. A whole library sits behind one address, and nobody there mistypes a code a second
FLOOD = 600
MINUTE = 60
CODES, FILES = "verify-misses", "verify-files"  # what is counted: unknown codes; files that had to be parsed
MOST_FILES = 30


def count(request, what=CODES):
    """How many unknown codes, or files, came from here in this minute."""
    return cache.get(_key(request, what), 0)


def note(request, what=CODES):
    """From here somebody asked for a code that nobody was given."""
    key = _key(request, what)
    cache.add(key, 0, 2 * MINUTE)
    try:
        cache.incr(key)
    except ValueError:  # it lapsed just now
        return


def _key(request, what):
    user = getattr(request, "user", None)
    place = f"person-{user.pk}" if user and user.is_authenticated else _network(request)
    return f"{what}:{place}:{int(time.time()) // MINUTE}"


def _network(request):
    """The address; of IPv6 the /64 that one household or office has."""
    parsed = ipaddress.ip_address(get_adapter().get_client_ip(request))  # knows TRUSTED_PROXY_COUNT
    return (
        str(parsed)
        if parsed.version == 4
        else ipaddress.ip_network((parsed, 64), strict=False).network_address.exploded
    )

"""Guessing codes: how many unknown ones an address may ask for. Counted in the cache; without a cache nobody is counted."""

import ipaddress
import time
from urllib.parse import quote

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, PermissionDenied

MOST = 60  # a minute and address. A whole library sits behind one address, and nobody there mistypes a code a second
MINUTE = 60


def too_many(request):
    """Whether this address has asked for so many unknown codes that it has to wait."""
    return cache.get(_key(request), 0) >= MOST


def note(request):
    """This address asked for a code that nobody was given."""
    key = _key(request)
    cache.add(key, 0, 2 * MINUTE)
    try:
        cache.incr(key)
    except ValueError:  # it lapsed just now
        return


def _key(request):
    return f"verify-misses:{_network(request)}:{int(time.time()) // MINUTE}"


def _network(request):
    """The address; of IPv6 the /64 that one household or office has."""
    try:
        address = get_adapter().get_client_ip(request)  # knows TRUSTED_PROXY_COUNT
    except (PermissionDenied, ImproperlyConfigured):
        address = request.META.get("REMOTE_ADDR", "")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return quote(address)
    return (
        str(parsed)
        if parsed.version == 4
        else ipaddress.ip_network((parsed, 64), strict=False).network_address.exploded
    )

"""How many sign-ins an address may ask for in a while, how many wrong passwords an account or an address may bring, and how many forms
without a sign-in are kept from an address (ACCOUNT_RATE_LIMITS).

allauth's own count reads, changes and writes a list under a lock in the cache: twenty commands a sign-in, and whoever does not get
the lock within a second is refused, which a room of people behind one address would be. Here a try is put into all of
its windows at once, and the cache says whether one was full (config/cache.py: take). Each window slides: so many in any five minutes.
"""

import secrets
from dataclasses import dataclass

from allauth.core.internal.ratelimit import get_cache_key, get_rates
from django.core.cache import cache

APP = "allauth.account"


@dataclass
class Taken:
    """A try that was counted."""

    keys: list
    token: str

    def rollback(self):
        """It is not to count after all. allauth calls it so, when the password was right."""
        cache.give_back(self.keys, self.token)


def take(request, action, key=None):
    """Count a try. Returns Taken, or None where there were too many: then it is not counted."""
    windows = _windows(request, action, key)
    token = secrets.token_hex(8)
    return Taken([place for place, _most, _seconds in windows], token) if cache.take(windows, token) else None


def clear(request, action, key):
    """Forget what was counted."""
    cache.delete_many([place for place, _most, _seconds in _windows(request, action, key)])


def _windows(request, action, key):
    """[(key of the cache, most, seconds)]"""
    rates = get_rates(app=APP, action=action)
    return [
        (f"tries:{get_cache_key(request, app=APP, action=action, rate=rate, key=key)}", rate.amount, int(rate.duration))
        for rate in rates
    ]

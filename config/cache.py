"""Redis as a cache that may go away: until it is back each process remembers for itself, beginning with nothing.

So limits (wrong passwords, unknown codes) go on being counted, in each process on its own; an attacker who can make Redis fail gains
as many tries as there are processes, and no more.
"""

import logging
import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
REST = 10  # seconds: signing in asks the cache some ten times, and each would wait for one that swallows everything
_asked_again_at = {}  # servers -> time.monotonic(), in this process


def forgiving(name):
    """The method `name` of Django's cache; of the process's own memory when Redis cannot be reached."""

    def method(self, *args, **kwargs):
        servers = tuple(self._servers)
        if time.monotonic() < _asked_again_at.get(servers, 0):
            return getattr(self.spare, name)(*args, **kwargs)
        was_away = servers in _asked_again_at
        try:
            done = getattr(super(ForgivingRedisCache, self), name)(*args, **kwargs)
        except (RedisError, OSError) as fault:
            if not was_away:
                self.spare.clear()  # what it remembers is of another time
            _asked_again_at[servers] = time.monotonic() + REST
            log.warning("cache: %s not done, Redis is away (%s)", name, type(fault).__name__)
            return getattr(self.spare, name)(*args, **kwargs)
        _asked_again_at.pop(servers, None)
        return done

    return method


class ForgivingRedisCache(RedisCache):
    """Counts and limits that live in the cache start anew when Redis goes and when it comes back. One that is away is left alone
    for REST seconds."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self.spare = LocMemCache(f"while {server} is away", {})

    get = forgiving("get")
    get_many = forgiving("get_many")
    set = forgiving("set")
    set_many = forgiving("set_many")
    add = forgiving("add")
    touch = forgiving("touch")
    delete = forgiving("delete")
    delete_many = forgiving("delete_many")
    has_key = forgiving("has_key")
    incr = forgiving("incr")
    clear = forgiving("clear")

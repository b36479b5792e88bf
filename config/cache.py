"""Redis as a cache that may go away: a missing cache is an empty cache."""

import logging
import time

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
REST = 10  # seconds: signing in asks the cache some ten times, and each would wait for one that swallows everything
_asked_again_at = {}  # servers -> time.monotonic(), in this process


def forgiving(name, answer):
    """The method `name` of Django's cache, answering `answer(args)` when Redis cannot be reached."""

    def method(self, *args, **kwargs):
        servers = tuple(self._servers)
        if time.monotonic() < _asked_again_at.get(servers, 0):
            return answer(*args, **kwargs)
        try:
            return getattr(super(ForgivingRedisCache, self), name)(*args, **kwargs)
        except (RedisError, OSError) as fault:
            _asked_again_at[servers] = time.monotonic() + REST
            log.warning("cache: %s not done, Redis is away (%s)", name, type(fault).__name__)
            return answer(*args, **kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    """Counts and limits that live in the cache start anew when Redis comes back. One that is away is left alone for REST seconds."""

    get = forgiving("get", lambda key, default=None, *a, **k: default)
    get_many = forgiving("get_many", lambda *a, **k: {})
    set = forgiving("set", lambda *a, **k: None)
    set_many = forgiving("set_many", lambda data, *a, **k: list(data))
    add = forgiving("add", lambda *a, **k: True)
    touch = forgiving("touch", lambda *a, **k: False)
    delete = forgiving("delete", lambda *a, **k: False)
    delete_many = forgiving("delete_many", lambda *a, **k: None)
    has_key = forgiving("has_key", lambda *a, **k: False)
    incr = forgiving("incr", lambda key, delta=1, *a, **k: delta)
    clear = forgiving("clear", lambda *a, **k: False)

"""Redis as a cache that may go away: until it is back each process remembers for itself, beginning with nothing.

So limits (wrong passwords, unknown codes) go on being counted, in each process on its own; an attacker who can make Redis fail gains
as many tries as there are processes, and no more.
"""

import logging
import threading
import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
REST = 10  # seconds: signing in asks the cache three times, and each would wait for one that swallows everything
_asked_again_at = {}  # servers -> time.monotonic(), in this process


class LocalCache(LocMemCache):
    """Of one process."""

    _taking = threading.Lock()

    def take(self, windows, token):
        """Put a token into each window ([(key, most, seconds)]: so many in any so many seconds) unless one is full. Returns whether."""
        now = time.time()
        with self._taking:
            found = [self._since(key, now - seconds) for key, _most, seconds in windows]
            if any(len(times) >= most for times, (_key, most, _seconds) in zip(found, windows, strict=True)):
                return False
            for times, (key, _most, seconds) in zip(found, windows, strict=True):
                self.set(key, times | {token: now}, seconds)
        return True

    def give_back(self, keys, token):
        """Take a token out of its windows again."""
        with self._taking:
            for key in keys:
                times = self.get(key, {})
                times.pop(token, None)
                if times:
                    lapses = self._expire_info.get(self.make_key(key)) or 0
                    self.set(key, times, max(1, lapses - time.time()))
                else:
                    self.delete(key)

    def _since(self, key, moment):
        return {token: at for token, at in self.get(key, {}).items() if at > moment}


class CountingRedisCache(RedisCache):
    """With windows as LocalCache has them: sorted sets of tokens by their time, each step in one round trip that nothing comes between."""

    def take(self, windows, token):
        now, keys = time.time(), [self.make_and_validate_key(key) for key, _most, _seconds in windows]
        asked = self._cache.get_client(None, write=True).pipeline()
        for key, (_key, _most, seconds) in zip(keys, windows, strict=True):
            asked.zremrangebyscore(key, "-inf", now - seconds)
            asked.zadd(key, {token: now})
            asked.zcard(key)
            asked.expire(key, seconds)
        counts = asked.execute()[2::4]
        if any(count > most for count, (_key, most, _seconds) in zip(counts, windows, strict=True)):
            CountingRedisCache.give_back(self, [key for key, _most, _seconds in windows], token)
            return False
        return True

    def give_back(self, keys, token):
        asked = self._cache.get_client(None, write=True).pipeline()
        for key in keys:
            asked.zrem(self.make_and_validate_key(key), token)
        asked.execute()


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


class ForgivingRedisCache(CountingRedisCache):
    """Counts and limits that live in the cache start anew when Redis goes and when it comes back. One that is away is left alone
    for REST seconds."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self.spare = LocalCache(f"while {server} is away", {})

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
    take = forgiving("take")
    give_back = forgiving("give_back")

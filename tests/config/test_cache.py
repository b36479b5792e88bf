"""Windows of tries (config/cache.py): so many in any so many seconds, alike in a process's own memory and in Redis."""

import threading
import time
from secrets import token_hex
from types import SimpleNamespace

import pytest

from config import cache as caches
from scripts import machine
from tests.conftest import lacking


@pytest.fixture(params=["local", "redis"])
def cache(request):
    if request.param == "local":
        return caches.LocalCache(token_hex(4), {})
    server = machine.brokers().get("redis") or lacking("redis")
    return caches.ForgivingRedisCache(str(server), {"KEY_PREFIX": token_hex(4)})


@pytest.fixture
def clock(monkeypatch):
    """What time.time() says to the cache."""

    made = SimpleNamespace(now=time.time(), monotonic=time.monotonic)
    made.time = lambda: made.now
    monkeypatch.setattr(caches, "time", made)
    return made


def test_a_window_slides(cache, clock):
    window = [("tries", 2, 60)]
    answers = []
    for seconds in (0, 30, 20, 11, 1, 30):
        clock.now += seconds
        answers.append(cache.take(window, token_hex(4)))

    #                 0,    30,   50,    61,   62,    92
    assert answers == [True, True, False, True, False, True]


def test_what_is_refused_by_one_window_is_counted_in_none(cache):
    assert cache.take([("account", 1, 60), ("place", 9, 60)], "a")
    assert not cache.take([("account", 1, 60), ("place", 9, 60)], "b")

    assert [cache.take([("place", 3, 60)], token) for token in "cde"] == [True, True, False]


def test_what_is_given_back_does_not_count(cache):
    window = [("tries", 2, 60)]
    for token in "abc":
        assert cache.take(window, token)
        cache.give_back(["tries"], token)
    assert cache.take(window, "d")
    cache.give_back(["tries"], "never taken")

    assert [cache.take(window, token) for token in "ef"] == [True, False]


def test_what_is_cleared_begins_anew(cache):
    assert cache.take([("tries", 1, 60)], "a")
    cache.delete_many(["tries"])

    assert cache.take([("tries", 1, 60)], "b")


def test_of_many_at_once_no_more_get_in_than_may(cache):
    taken = []

    def one(number):
        taken.append(cache.take([("tries", 10, 60)], f"{number}"))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert taken.count(True) == 10

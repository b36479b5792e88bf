"""Rows that are dear to make are made once for the tests of a module: `@kept` instead of `@pytest.fixture`.

Beneath the module's tests lies one transaction, the `bedrock` (tests/conftest.py); each test runs in a savepoint of its own.
What a test does to the rows is rolled back, and what it does to the objects that a kept fixture has given is taken back
before the next test: their attributes and what they remember of related rows.

A kept fixture stands for every test after the first that asks for it: it makes rows, and changes nothing that others made.
Those of a module that ask for none run before the others.
Tests that commit (transactional_db, live_server) run after all others and ask for none: the bedrock is taken away before them.
"""

import functools
from contextlib import ExitStack
from copy import deepcopy
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.db.models import Model

_bedrock = ExitStack()
_given = {}  # fixture: the states of its objects


def lay_bedrock():
    _bedrock.callback(_given.clear)
    _bedrock.enter_context(transaction.atomic())
    _bedrock.callback(transaction.set_rollback, True)


def take_bedrock_away():
    _bedrock.close()


def kept(make):
    """A fixture of a module; its arguments are kept fixtures, or `bedrock` alone."""

    @functools.wraps(make)
    def once(*args, **kwargs):
        assert connection.in_atomic_block and not connection.savepoint_ids, f"{make.__name__} is made within a test"
        value = make(*args, **kwargs)
        _given[make] = [(thing, _state_of(thing)) for thing in _reachable(value)]
        return value

    return pytest.fixture(scope="module")(once)


def bring_back():
    """Every object of the kept fixtures is as it was when it was made."""
    for states in _given.values():
        for thing, state in states:
            _restore(thing, state)


def _reachable(value, seen=None):
    """The rows and the mutable containers in `value`, through tuples and remembered relations too."""
    seen = {} if seen is None else seen
    if id(value) in seen:
        return []
    if isinstance(value, Model):
        seen[id(value)] = value
        within = value._state.fields_cache.values()
    elif isinstance(value, SimpleNamespace):
        seen[id(value)] = value
        within = vars(value).values()
    elif isinstance(value, dict):
        seen[id(value)] = value
        within = value.values()
    elif isinstance(value, list | tuple):
        within = value
    else:
        within = ()
    for part in within:
        _reachable(part, seen)
    return list(seen.values())


def _state_of(thing):
    if isinstance(thing, Model):
        own = {name: value for name, value in vars(thing).items() if name != "_state"}
        return _own(own), dict(thing._state.fields_cache), thing._state.adding
    return dict(thing) if isinstance(thing, dict) else dict(vars(thing))


def _restore(thing, state):
    if not isinstance(thing, Model):
        there = thing if isinstance(thing, dict) else vars(thing)
        there.clear()
        there.update(state)
        return
    own, related, adding = state
    row_state = thing._state
    vars(thing).clear()
    vars(thing).update(_own(own), _state=row_state)
    row_state.fields_cache = dict(related)
    row_state.adding = adding


def _own(attributes):
    """JSON and other containers are a row's own: a test may write into them."""
    return {name: deepcopy(value) if isinstance(value, dict | list) else value for name, value in attributes.items()}

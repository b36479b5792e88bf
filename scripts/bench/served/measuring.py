"""Cases in rounds that take turns, so that what else the machine does falls on all alike. Counted: CPU of all server processes."""

import gc
import math
import sys
import time
from dataclasses import dataclass, field

from .visitor import Visitor

A_ROUND = 120  # CPU milliseconds that a round of a case is to have; the clock counts nanoseconds
MOST, WARMINGS = 200, 4


@dataclass
class Case:
    """A unit of work. `visitors(port, number, counting)` makes so many who are ready for it, unmeasured; `do(visitor)` is the work."""

    name: str
    do: object  # None where it is not asked for through HTTP
    visitors: object
    base: str = ""  # the name of the bare case beside which it stands
    run: object = None  # run(case, visitors) -> seconds of each, where they are not to come one after the other
    least: int = 1  # units in a round
    spent: list = field(default_factory=list)  # {kind of process: CPU milliseconds a unit}, one a round
    seconds: list = field(default_factory=list)  # of each unit
    queries: int = 0
    size: int = 0  # bytes on the wire of all its answers
    requests: int = 0
    times: int = 0

    def told(self):
        kept = ("name", "base", "spent", "seconds", "queries", "size", "requests", "times")
        return {name: getattr(self, name) for name in kept}


def one_after_the_other(case, visitors):
    return [timed(case.do, visitor) for visitor in visitors]


def timed(do, visitor):
    began = time.perf_counter()
    do(visitor)
    return time.perf_counter() - began


def same(person=None):
    """One visitor who does it again and again."""

    def visitors(port, number, counting=False):
        return [Visitor(port, person, counting)] * number

    return visitors


class Bench:
    def __init__(self, served, clock, cases):
        self.served, self.clock, self.cases = served, clock, cases

    def look(self, case):
        """Warm both web processes, count queries and bytes, and find how many units make a round."""
        self._round(case, case.visitors(self.served.port, max(case.least, 2)))
        if case.run is None:
            for _ in range(WARMINGS):  # each on a connection of its own, which the system gives to either process
                self._round(case, case.visitors(self.served.port, 1))
        if case.do:
            counted = case.visitors(self.served.port, 1, True)[0]
            case.do(counted)
            case.queries, case.size, case.requests = counted.queries, counted.size, counted.requests
            counted.close()
        spent, _ = self._round(case, case.visitors(self.served.port, max(case.least, 3)))
        case.times = min(max(case.least, math.ceil(A_ROUND / max(sum(spent.values()), 0.5))), max(MOST, case.least))

    def rounds(self, number):
        for case in self.cases:
            self.look(case)
        for turn in range(1, number + 1):
            print(f"round {turn} of {number}", file=sys.stderr, flush=True)
            gc.collect()
            for case in self.cases:
                spent, seconds = self._round(case, case.visitors(self.served.port, case.times))
                case.spent.append(spent)
                case.seconds += seconds

    def _round(self, case, visitors):
        """({kind: CPU milliseconds a unit}, [seconds])"""
        self.clock.settle()
        before = self.clock.now()
        seconds = (case.run or one_after_the_other)(case, visitors)
        self.clock.settle()
        spent = self.clock.between(before, self.clock.now())
        for visitor in set(visitors):
            if isinstance(visitor, Visitor):
                visitor.close()
        return {kind: total / len(visitors) for kind, total in spent.items()}, seconds

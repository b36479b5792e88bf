"""CPU time in rounds that take turns, so that what else the machine does falls on all alike."""

import gc
import statistics
import time
from dataclasses import dataclass, field


@dataclass
class Deed:
    """Something to be measured. `prepare` runs before each time, unmeasured; what it returns is given to `do`."""

    name: str
    do: object
    prepare: object = lambda: None
    times: int = 20  # in each round
    rounds: int = 7
    note: str = ""
    status: tuple = (200, 302)  # what an answer may have
    spent: list = field(default_factory=list)  # CPU milliseconds a time, one figure a round
    queries: int | None = None
    size: int | None = None  # bytes on the wire

    def round(self):
        total = 0.0
        for _ in range(self.times):
            given = self.prepare()
            began = time.process_time()
            self.do(given)
            total += time.process_time() - began
        self.spent.append(1000 * total / self.times)

    def look(self):
        """Count its queries and its bytes, once, apart from the rounds; also warms what can be warm."""
        from django.conf import settings
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.do(self.prepare())
        if not settings.configured:  # nothing that asks a database
            return
        given = self.prepare()
        with CaptureQueriesContext(connection) as seen:
            answer = self.do(given)
        self.queries = len(seen)
        if hasattr(answer, "status_code"):
            assert answer.status_code in self.status, f"{self.name}: {answer.status_code}"
            self.size = len(answer.content)
        elif isinstance(answer, bytes):
            self.size = len(answer)

    @property
    def median(self):
        return statistics.median(self.spent)


def measure(deeds):
    """Look at each deed once, then run the rounds, each deed in its turn."""
    for deed in deeds:
        deed.look()
    for number in range(max(deed.rounds for deed in deeds)):
        gc.collect()
        for deed in deeds:
            if number < deed.rounds:
                deed.round()
    return deeds


def table(deeds, **bases):
    """The deeds as a Markdown table with their ratios to the bases (heading=Deed)."""
    heads = ["what", "CPU ms", "least to most", *(f"× {name}" for name in bases), "queries", "bytes", "note"]
    lines = [heads, ["---", *["---:"] * (len(heads) - 2), "---"]]
    for deed in deeds:
        lines.append([
            deed.name, plain(deed.median), f"{plain(min(deed.spent))} to {plain(max(deed.spent))}",
            *(ratio(deed.median / base.median) for base in bases.values()),
            "" if deed.queries is None else f"{deed.queries:,}", "" if deed.size is None else f"{deed.size:,}", deed.note,
        ])  # fmt: skip
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def plain(milliseconds):
    return f"{milliseconds:,.0f}" if milliseconds >= 100 else f"{milliseconds:.1f}"


def ratio(number):
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"

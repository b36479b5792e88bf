"""python -m scripts.bench.served.one base|rounds|weight PLAN.json: one step of the bench, in a process with its own settings.

The plan: {environment, redis, scale, rounds, cases, signins, weight, told}: cases chooses by parts of names, told is the file of results.
"""

import json
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

from . import filling, place, processes


def main(step, plan):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    place.enter(plan.environment)
    STEPS[step](plan)


def base(plan):
    filling.base()


def rounds(plan):
    from django.db import connection

    from . import cases, signins, weight
    from .measuring import Bench

    filling.scaled(plan.scale)
    sizes = filling.sizes()
    wanted = chosen(cases.all_cases(plan.scale), plan.cases)
    connection.close()
    server = serve(plan)
    try:
        clock = processes.Clock(server)
        bench = Bench(server, clock, wanted)
        shared = processes.of_all()
        bench.rounds(plan.rounds)
        told = {
            "scale": plan.scale, "sizes": sizes, "database": database(), "cases": [case.told() for case in wanted],
            "shared": {name: ms - shared.get(name, 0) for name, ms in processes.of_all().items()},
            "signins": signins.measure(server, clock) if plan.signins else None,
            "weight": weight.measure(server.port, plan.rounds) if plan.weight else [],
        }  # fmt: skip
    finally:
        server.end()
    Path(plan.told).write_text(json.dumps(told))


def serve(plan):
    redis = SimpleNamespace(port=plan.redis and plan.redis["port"], process=None)
    if plan.redis:
        redis.process = SimpleNamespace(pid=plan.redis["pid"])
    return processes.Served(plan.environment, redis)


def chosen(cases, words):
    """The cases whose names have one of these words, with what they are compared to; all where there are none."""
    if not words:
        return cases
    found = [case for case in cases if any(word in case.name for word in words)]
    bases = {case.base for case in found}
    return [case for case in cases if case in found or case.name in bases]


def database():
    from django.db import connection

    return "SQLite" if connection.vendor == "sqlite" else f"PostgreSQL {connection.pg_version // 10_000}"


STEPS = {"base": base, "rounds": rounds}


if __name__ == "__main__":
    main(sys.argv[1], SimpleNamespace(**json.loads(Path(sys.argv[2]).read_text())))

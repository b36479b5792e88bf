"""The production server, measured from outside: ours beside what stands bare in the same processes, round by round.

make bench ARGS="served [--rounds N] [sqlite|postgres] [1x|10x|100x] [signins] [weight] [WORD ...]"

Two web processes on loopback with production's settings, a Celery worker, a Redis of its own, and SQLite or PostgreSQL; a client in
another process. A WORD chooses the cases whose names have it, at scale 1 unless said otherwise. In full: SQLite with 1,000 and
10,000 staff, PostgreSQL with 100,000 too; three hundred people who sign in within a minute; what a first view weighs in a browser.
"""

import json
import os
import subprocess
import sys

from scripts import machine

ROUNDS = 5
SCALES = {"sqlite": (1, 10), "postgres": (1, 10, 100)}
BESIDES = ("signins", "weight")  # what is no case


def main(arguments=()):
    """Returns the tables."""
    from . import tables

    plan, load = read(list(arguments)), os.getloadavg()[0]
    told = [one_database(name, plan) for name in plan["databases"]]
    return tables.whole([result for results in told for result in results], plan["rounds"], load)


def read(arguments):
    """What the arguments ask for: {rounds, databases, scales, signins, weight, cases}."""
    rounds = ROUNDS
    if "--rounds" in arguments:
        at = arguments.index("--rounds")
        rounds = int(arguments[at + 1])
        del arguments[at : at + 2]
    databases = [name for name in SCALES if name in arguments]
    scales = {int(word[:-1]) for word in arguments if word in ("1x", "10x", "100x")}
    cases = [word for word in arguments if word not in (*SCALES, "1x", "10x", "100x", *BESIDES)]
    named = [word for word in BESIDES if word in arguments]
    only_besides = bool(named) and not cases
    return {
        "rounds": rounds,
        "databases": databases or [name for name in SCALES if name == "sqlite" or machine.postgres()],
        "scales": scales or ({1} if cases or only_besides else None),
        **{word: word in named or not (cases or named) for word in BESIDES},
        "cases": ["none of them"] if only_besides else cases,
    }


def one_database(name, plan):
    """The results at each scale, from a base that is copied."""
    from . import place, processes

    folder, redis = place.folder(), processes.Redis()
    try:
        address = place.database(folder, machine.postgres() if name == "postgres" else None)
        step("base", folder, address, redis, {})
        scales = [scale for scale in SCALES[name] if plan["scales"] is None or scale in plan["scales"]]
        told = []
        for scale in scales:
            print(f"served: {name}, {scale}x", file=sys.stderr, flush=True)
            copied = place.copy(address, scale)
            weighed = plan["weight"] and name == plan["databases"][-1] and scale == scales[0]
            more = {
                "scale": scale, "rounds": plan["rounds"], "cases": plan["cases"], "weight": weighed,
                "signins": plan["signins"] and scale == scales[0],
            }  # fmt: skip
            told.append(step("rounds", folder, copied, redis, more))
            place.drop(copied)
        return told
    finally:
        redis.end()


def step(what, folder, address, redis, more):
    """Run it in a process of its own, which reads the settings anew. Returns what it told."""
    from . import place

    told, plan = folder / "told.json", folder / "plan.json"
    told.unlink(missing_ok=True)
    plan.write_text(json.dumps({
        "environment": place.environment(folder, address, redis.port), "told": str(told),
        "redis": {"port": redis.port, "pid": redis.process.pid} if redis.process else None, **more,
    }))  # fmt: skip
    if subprocess.run([sys.executable, "-m", "scripts.bench.served.one", what, str(plan)], cwd=machine.ROOT).returncode:
        machine.stop(f"scripts.bench.served: {what} failed")
    return json.loads(told.read_text()) if told.exists() else None

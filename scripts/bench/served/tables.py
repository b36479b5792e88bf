"""The results as Markdown: each database's table, the goals, what grows, what a first view weighs."""

import platform
import statistics
import time
from importlib.metadata import version
from os import sched_getaffinity

from scripts.bench._measure import plain, ratio

from . import signins
from .goals import GOALS

HEADS = [
    "what", "CPU ms", "least to most", "web", "worker", "database", "Redis", "× bare", "p50 ms", "p95 ms", "requests", "queries",
    "bytes",
]  # fmt: skip
SAME_WORK = "bare Django view"  # costs the same at any scale
A_VIEW = ["KB", "requests", "largest paint (s)", "blocked (ms)"]


def whole(results, rounds, load):
    """One text of all tables. `results` as one.py tells them, `load` the processes that wanted a core before the first of them."""
    told = [conditions(rounds, load)]
    for result in results:
        if result["scale"] == 1 and result["cases"]:
            told += [f"**{title(result)}**", cases(result)]
    if any(result["cases"] for result in results):
        told += ["**The goals**", goals(results)]
    if any(result["scale"] > 1 for result in results):
        told += ["**What grows**", growth(results)]
    if crowds := [result for result in results if result["signins"]]:
        told.append(crowd(crowds))
    told += [weights(result["weight"]) for result in results if result["weight"]]
    told += [line for result in results if (line := shared(result))]
    return "\n\n".join(told)


def conditions(rounds, load):
    cores = len(sched_getaffinity(0))
    other = (
        f"a machine with other work on it (load {load:.1f}): trust CPU and the ratios, not the clock"
        if load > cores / 2
        else f"nothing else on the machine (load {load:.1f})"
    )
    return (
        f"Measured on {time.strftime('%Y-%m-%d')}, {processor()}, {cores} cores, {other}. "
        f"Python {platform.python_version()}, Django {version('django')}, Wagtail {version('wagtail')}, "
        f"gunicorn {version('gunicorn')}, 2 workers of 4 threads; medians of {rounds} rounds."
    )


def processor():
    with open("/proc/cpuinfo") as told:
        names = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    return names[0] if names else platform.machine()


def title(result):
    return f"{result['database']}, {result['sizes']['staff']:,} staff"


# --- The cases ------------------------------------------------------------------------------------------------------------


def total(case):
    """The median of the rounds' CPU milliseconds a unit, all server processes together."""
    return statistics.median(sum(spent.values()) for spent in case["spent"])


def of_kind(case, kind):
    return statistics.median(spent[kind] for spent in case["spent"])


def beside(case, by_name):
    return total(case) / total(by_name[case["base"]]) if case["base"] else None


def cases(result):
    lines = [HEADS, ["---", *["---:"] * (len(HEADS) - 1)]]
    by_name = {case["name"]: case for case in result["cases"]}
    for case in result["cases"]:
        rounds = [sum(spent.values()) for spent in case["spent"]]
        times, share = beside(case, by_name), sorted(1000 * second for second in case["seconds"])
        counted = [f"{case[name]:,}" if case["requests"] else "" for name in ("requests", "queries", "size")]
        lines.append([
            case["name"], plain(total(case)), f"{plain(min(rounds))} to {plain(max(rounds))}",
            *(plain(of_kind(case, kind)) for kind in ("web", "worker", "database", "cache")),
            "" if times is None else ratio(times), plain(statistics.median(share)), plain(share[int(0.95 * len(share))]), *counted,
        ])  # fmt: skip
    return drawn(lines)


def shared(result):
    """The remainder that could not be told apart by database."""
    if not result["shared"]:
        return ""
    parts = ", ".join(f"{name} {plain(spent)}" for name, spent in result["shared"].items())
    return (
        f"Not in the tables, as they serve everybody's databases: CPU ms of PostgreSQL's other processes during the whole "
        f"measurement of {title(result)}: {parts}."
    )


# --- The goals ------------------------------------------------------------------------------------------------------------


def goals(results):
    """A column a database, at scale 1; «the same at 100x» of the largest there is."""
    small = [result for result in results if result["scale"] == 1]
    lines = [["what", "goal", *(result["database"] for result in small)], ["---", "---:", *["---:"] * len(small)]]
    for goal in GOALS:
        found = [reached(goal, one, results) for one in small]
        if any(value is not None for value in found):
            lines.append([goal.case, goal.said, *(verdict(goal, value) for value in found)])
    return drawn(lines)


def reached(goal, small, results):
    by_name = {case["name"]: case for case in small["cases"]}
    case = by_name.get(goal.case)
    if case is None:
        return None
    if goal.unit == "queries":
        return case["queries"]
    if goal.unit == "CPU ms":
        return total(case)
    if goal.unit == "× at 1x":
        largest = max((one for one in results if one["database"] == small["database"]), key=lambda one: one["scale"])
        grown = next((one for one in largest["cases"] if one["name"] == goal.case), None)
        if grown is None or largest is small:
            return None
        return total(grown) / total(case)
    return beside(case, by_name)


def slower(grown, small):
    """How much dearer the same work was in the other measurement: a shared machine is not equally fast at all times. For the reader:
    it falls on short requests most, so nothing is divided by it."""
    names = [case["name"] for case in small["cases"] if case["name"].startswith(SAME_WORK)]
    by_name = {case["name"]: total(case) for case in grown["cases"]}
    shares = [
        by_name[case["name"]] / total(case)
        for case in small["cases"]
        if case["name"] in names and case["name"] in by_name
    ]
    return statistics.median(shares) if shares else 1


def verdict(goal, value):
    if value is None:
        return ""
    shown = f"{value:,}" if goal.unit == "queries" else ratio(value)
    return f"met: {shown}" if value <= goal.most else f"**missed**: {shown}"


# --- What grows -----------------------------------------------------------------------------------------------------------


def growth(results):
    """How many rows there are at each scale, and what each case costs there."""
    many = [result for result in results if result["cases"]]
    heads = [f"{result['database']}, {result['scale']}x" for result in many]
    lines = [["what", *heads], ["---", *["---:"] * len(many)]]
    for name in many[0]["sizes"]:
        lines.append([f"*rows: {name}*", *(f"{result['sizes'][name]:,}" for result in many)])
    speeds = [slower(result, next(one for one in many if one["database"] == result["database"])) for result in many]
    lines.append(["*the same work cost, times that at 1x*", *(f"{one:.2f}" for one in speeds)])
    for case in many[0]["cases"]:
        found = [next((one for one in result["cases"] if one["name"] == case["name"]), None) for result in many]
        lines.append([case["name"], *("" if one is None else told(one) for one in found)])
    return drawn(lines)


def told(case):
    queries = f", {case['queries']:,} q" if case["requests"] else ""
    return f"{plain(total(case))} ms{queries}"


# --- Monday at ten --------------------------------------------------------------------------------------------------------


def crowd(results):
    lines, refused = signins.table(results)
    told = [f"**{results[0]['signins']['people']} people sign in within a minute**", drawn(lines)]
    return "\n\n".join(told + [f"Not let in: {'; '.join(refused)}." for _ in refused[:1]])


# --- A first view ---------------------------------------------------------------------------------------------------------


def weights(pages):
    heads = ["page", *(f"{what}, {when}" for when in ("cold", "warm") for what in A_VIEW)]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    lines += [[page["name"], *view(page["cold"]), *view(page["warm"])] for page in pages]
    return (
        "**What a first view weighs** in Chromium at 360 px, with 400 kbit/s, 400 ms of delay and a processor six times slower; "
        f"medians of up to three views.\n\n{drawn(lines)}"
    )


def view(seen):
    paint, blocked = f"{seen['paint'] / 1000:.1f}", f"{seen['blocked']:.0f}"
    return f"{seen['bytes'] / 1024:.1f}", f"{seen['requests']:.0f}", paint, blocked


def drawn(lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

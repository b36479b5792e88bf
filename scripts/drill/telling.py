"""The drill's table, and which goals it missed."""

import os
import platform
from datetime import UTC, datetime

from scripts.machine import stop

COLUMNS = {
    "lost": "acknowledged but missing",
    "certificates": "certificates doubled or missing",
    "seats": "seats over capacity",
    "marks": "marks lost",
    "mails": "mails doubled or missing",
    "outside": "5xx outside its window",
}
BEGIN, END = "<!-- drill: begin -->", "<!-- drill: end -->"


def is_wrong(line):
    """A request that got no answer, or one of the server's own faults."""
    return line["status"] == 0 or line["status"] >= 500


def requests_of(phase, ledger, until=None):
    """Those that began in a phase."""
    ends = until or float("inf")
    return [line for line in ledger if line["what"] == "request" and phase["from"] <= line["began"] < ends]


def one(phase, ledger):
    """A line while it runs."""
    asked = requests_of(phase, ledger)
    wrong = [line for line in asked if is_wrong(line)]
    slowest = max((line["seconds"] for line in asked), default=0)
    return (
        f"{phase['name']}: {len(asked)} requests, {len(wrong)} of them failed, slowest {slowest:.1f} s; "
        f"pages {_seconds(phase['pages'])}, certificates {_seconds(phase['certificates'])} after its end"
    )


def rows(phases, counts, ledger):
    """A dict a fault, with the figures of the table."""
    told = []
    for n, phase in enumerate(phases):
        asked = requests_of(phase, ledger, phases[n + 1]["from"] if n + 1 < len(phases) else None)
        window = phase["begins"], phase["lifted"] + phase["pages"]
        wrong = counts["wrong"].get(phase["name"], {})
        told.append(
            {what: wrong.get(what, 0) for what in COLUMNS} | {
                "name": phase["name"], "requests": len(asked), "failed": sum(map(is_wrong, asked)),
                "answers": wrong.get("acknowledged", 0), "gave up": wrong.get("gave up", 0),
                "finished": wrong.get("finished", 0),
                "outside": sum(line["status"] >= 500 for line in asked if not _within(line, window)),
                "pages": phase["pages"], "certificates after": phase["certificates"],
                "slowest": max((line["seconds"] for line in asked), default=0),
            }
        )  # fmt: skip
    return told


def _within(line, window):
    """Whether any of it fell into the fault's window: from its begin until the pages have recovered."""
    return line["at"] >= window[0] and line["began"] <= window[1]


def missed(rows, counts, goal):
    """The goals that were missed, in words."""
    found = [f"{row['name']}: {COLUMNS[what]}: {row[what]}" for row in rows for what in COLUMNS if row[what]]
    for row in rows:
        found += [f"{row['name']}: {row['gave up']} people gave up"] if row["gave up"] else []
        for what in ("pages", "certificates after"):
            if row[what] is None or row[what] > goal:
                found.append(f"{row['name']}: {what}: {_seconds(row[what])} to recover, not {goal} s")
    return found + counts["examples"] if found else []


def table(rows, counts, ledger, size, took):
    """Markdown, with machine and date."""
    heads = ["fault", "requests", "failed in it", "answers acknowledged", *COLUMNS.values(), "slowest answer, s",
             "pages recover, s", "certificates recover, s"]  # fmt: skip
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for row in rows:
        lines.append([
            row["name"], row["requests"], row["failed"], row["answers"], *(row[what] for what in COLUMNS),
            f"{row['slowest']:.1f}", _seconds(row["pages"], ""), _seconds(row["certificates after"], ""),
        ])  # fmt: skip
    finished = sum(row["finished"] for row in rows)
    mailed = sum(counts["wrong"].get(row["name"], {}).get("mailed", 0) for row in rows)
    again = sum(line["what"] == "signed out" for line in ledger)
    told = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {_cores()} cores, shared machine, Python {platform.python_version()}: "
        f"{size.seats} people at a time, {finished} finished, {again} of them signed in a second time, {mailed} mails, a fault held for "
        f"{size.hold:g} s, {took:.0f} s in all."
    )
    return told + "\n\n" + "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _cores():
    return len(os.sched_getaffinity(0))


def _seconds(number, unit=" s"):
    return "never" if number is None else f"{number:.1f}{unit}"


def write(path, told):
    """Put the table between its marks."""
    text = path.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        stop(f"{path.name} has no place for the table: add the lines {BEGIN} and {END}")
    path.write_text(f"{text.split(BEGIN)[0]}{BEGIN}\n{told}\n{END}{text.split(END)[1]}", encoding="utf-8")

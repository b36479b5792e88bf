"""Figures of this machine: `make bench`. Each file beside this one is a measurement with a main(); ARGS="name" chooses.

python -m scripts.bench [NAME ...] [--write]                      --write puts the tables into docs/bench.md
python -m scripts.bench served [its own arguments] [--write]      the served platform alone, or a part of it (served/__init__.py)
"""

import os
import subprocess
import sys
from pathlib import Path

from scripts.bench import served
from scripts.machine import ROOT, stop

DOCUMENT = ROOT / "docs" / "bench.md"
BY_HAND = (
    "analysis",
    "certificates",
    "hr",
    "staff",
)  # these take minutes and fill a database of their own: only where they are named


def main(arguments):
    writing = "--write" in arguments
    chosen = [name for name in arguments if name != "--write"]
    if chosen[:1] == ["served"]:
        tell("served", served.main(chosen[1:]), writing)
        return
    there = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    for name in chosen:
        if name not in there:
            stop(f"scripts/bench/{name}.py is not there; there are: {', '.join(there) or 'none'}")
    failed = []
    for name in chosen or [name for name in there if name not in BY_HAND]:
        told = in_a_process(name)
        if told is None:
            failed.append(name)  # the others are measured all the same
        else:
            tell(name, told, writing)
    if not chosen:
        tell("served", served.main(), writing)
    if failed:
        stop(f"not measured, by their own fault: {', '.join(failed)}")


def tell(name, told, writing):
    print(f"--- {name}\n{told}", flush=True)
    if writing:
        write(name, told)


def in_a_process(name):
    """What it tells, None if it failed; in a process of its own, as each has settings and a database of its own."""
    run = f"import scripts.bench.{name} as one; print(one.main())"
    done = subprocess.run([sys.executable, "-c", run], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return None if done.returncode else done.stdout.strip()


def write(name, told):
    """Put `told` between the marks of `name` in docs/bench.md."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = DOCUMENT.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        stop(f"docs/bench.md has no place for «{name}»: add the lines {begin} and {end}")
    before, after = text.split(begin)[0], text.split(end)[1]
    DOCUMENT.write_text(f"{before}{begin}\n{told}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(os.environ.get("ARGS", "").split() + sys.argv[1:])

"""Figures of this machine: `make bench`. Each file beside this one is a measurement with a main(); ARGS="name" chooses.

python -m scripts.bench [NAME ...] [--write]    --write puts the tables into docs/bench.md
"""

import importlib
import os
import sys
from pathlib import Path

from scripts.machine import ROOT, stop

DOCUMENT = ROOT / "docs" / "bench.md"
BY_HAND = (
    "analysis",
    "certificates",
    "checkin",
    "hr",
    "staff",
)  # these take minutes and fill a database of their own: only where they are named


def main(arguments):
    writing = "--write" in arguments
    chosen = [name for name in arguments if name != "--write"]
    there = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    for name in chosen:
        if name not in there:
            stop(f"scripts/bench/{name}.py is not there; there are: {', '.join(there) or 'none'}")
    for name in chosen or [name for name in there if name not in BY_HAND]:
        print(f"--- {name}", flush=True)
        told = importlib.import_module(f"scripts.bench.{name}").main()
        print(told, flush=True)
        if writing:
            write(name, told)


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

"""What of the lock files is behind, and what of it has a published weakness: `make outdated`. Nothing is changed.

A release that fits requirements*.in is taken by `make lock ARGS=--upgrade`; then `make check` and `make test` (docs/security.md). Ends
with 1 where a weakness is known, with 2 where nobody could be asked.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.lock import LIMITS, LOCKS, UV
from scripts.machine import ROOT

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.M)
UNKNOWN = "could not be audited"
AUDIT = [UV[0], "run", "--isolated", "--no-project", "--quiet", "--with-requirements", "requirements-audit.txt",
         "pip-audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--requirement"]  # fmt: skip


def main():
    answers = [behind(), weak()]
    return max(answers)


def behind():
    """Compile anew what may be newer, beside the lock files, and tell the difference."""
    with tempfile.TemporaryDirectory() as folder:
        for name in [path.name for path in ROOT.glob("requirements*.*")]:
            shutil.copy(ROOT / name, folder)
        for name, bound in LOCKS:
            command = [*UV, *LIMITS, *bound, "--upgrade", f"{name}.in", "--output-file", f"{name}.txt"]
            if subprocess.run(command, cwd=folder).returncode:
                print("The index of packages could not be asked.", file=sys.stderr)
                return 2
        newer = sorted(set(pins(Path(folder))) - set(pins(ROOT)))
    now = dict(pins(ROOT))
    for name, version in newer:
        print(f"{name:30} {now.get(name, '-'):14} {version}")
    print(f"{len(newer)} of {len(now)} are behind")
    return 0


def pins(folder):
    """[(package, version)] of all lock files."""
    return [pin for name, _bound in LOCKS for pin in PINNED.findall((folder / f"{name}.txt").read_text())]


def weak():
    done = subprocess.run([*AUDIT, "requirements.txt"], cwd=ROOT, capture_output=True, text=True)
    told = [line for line in (done.stdout + done.stderr).splitlines() if UNKNOWN not in line]
    if unknown := done.stdout.count(UNKNOWN):
        print(f"{unknown} releases could not be looked up: what was said holds for the others alone.", file=sys.stderr)
        return 2
    print("\n".join(told)[-4000:].strip())
    if done.returncode and not re.search("Found [0-9]+ known", done.stdout + done.stderr):
        print("Whether there are known weaknesses could not be found out: nobody answered.", file=sys.stderr)
        return 2
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())

"""requirements*.txt from requirements*.in: exact versions with hashes, for every platform and Python >= 3.11, read by plain pip.

Versions that still fit stay as they are; `python -m scripts.lock --upgrade` takes the newest.
"""

import subprocess
import sys
from pathlib import Path

from scripts.machine import ROOT

UV = [
    Path(sys.executable).parent / "uv",
    "pip",
    "compile",
    "--universal",
    "--generate-hashes",
    "--no-header",
    "--quiet",
]
LOCKS = [
    ("requirements", []),
    ("requirements-dev", ["--constraint", "requirements.txt"]),
    ("requirements-audit", []),
]
LIMITS = ["--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links"]


def main(arguments):
    for name, bound in LOCKS:
        command = [*UV, *LIMITS, *bound, *arguments, f"{name}.in", "--output-file", f"{name}.txt"]
        done = subprocess.run(command, cwd=ROOT)
        if done.returncode:
            return done.returncode
        print(f"{name}.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The verifiers of badges from npm, which tests alone use: `npm ci` into var/cache, once for each lock file.

python -m scripts.verifiers     nothing to do where they are there already, or where npm is not
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

from scripts.machine import ROOT, program

SOURCE = ROOT / "tests" / "certification" / "badge_verifiers"
LISTS = ("package.json", "package-lock.json", ".npmrc")


def folder():
    """Where they are, or will be: named after what they are installed from."""
    said = b"".join((SOURCE / name).read_bytes() for name in LISTS)
    return ROOT / "var" / "cache" / f"badge-verifiers-{hashlib.sha256(said).hexdigest()[:12]}"


def main():
    """Returns npm's exit code, 0 where there was nothing to do. Whole or not at all, also when two run at once."""
    npm, here = program("npm"), folder()
    if here.exists() or not npm:
        return 0
    here.parent.mkdir(parents=True, exist_ok=True)
    made = tempfile.mkdtemp(prefix="badge-verifiers-new-", dir=here.parent)
    try:
        for name in LISTS:
            shutil.copy(SOURCE / name, made)
        print("Installing the verifiers of badges from npm (about half a minute)", flush=True)
        done = subprocess.run([npm, "ci", "--silent"], cwd=made)
        if done.returncode == 0 and not here.exists():
            os.rename(made, here)
        return done.returncode
    finally:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

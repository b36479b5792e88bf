"""The fault drill at small size: every fault once, everything counted, every goal met (docs/drill.md)."""

import subprocess
import sys

from scripts.machine import ROOT


def test_every_fault_is_survived():
    done = subprocess.run([sys.executable, "-m", "scripts.drill", "--small"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]

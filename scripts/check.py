"""All that can be checked without running the platform: `make check`. Two gates at a time; a failed one shows its words."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.machine import ROOT
from scripts.production import SAFE

BIN = Path(sys.executable).parent
ROOMS = ["accounts", "courses", "seminars", "certification", "reports", "cms", "config", "scripts", "manage.py"]
TEMPLATES = ["templates"]
MANAGE = [sys.executable, "manage.py"]
NOWHERE = {"MODE": "test", "DATABASE_URL": "sqlite://:memory:"}  # models against migrations: no database is asked
YAML = "{extends: default, rules: {line-length: {max: 150}, document-start: disable}}"
GATES = [
    ("floors: imports", [BIN / "lint-imports"], {}),
    ("production settings", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], SAFE),
    ("migrations complete", [*MANAGE, "makemigrations", "--check", "--dry-run"], NOWHERE),
    ("migrations that old code survives", [sys.executable, "-m", "scripts.migrations"], NOWHERE),
    ("floors: relations", [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_floors.py"], {}),
    ("catalogues complete", [sys.executable, "-m", "scripts.messages", "check"], {}),
    ("curriculum", [sys.executable, "-m", "cms.curriculum", "check", "curriculum"], {}),
    ("templates indented", [BIN / "djhtml", "--check", "--tabwidth", "2", *TEMPLATES], {}),
    ("deploy: Dockerfile", [BIN / "hadolint", "deploy/Dockerfile"], {}),
    ("deploy: YAML", [BIN / "yamllint", "--strict", "--config-data", YAML, "deploy/compose.yaml"], {}),
    (
        "deploy: Compose",
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "deploy/compose.yaml"],
        {},
    ),
    ("bandit", [BIN / "bandit", "-q", "-c", "pyproject.toml", "-r", *ROOMS], {}),
    ("no secrets", [sys.executable, "-m", "scripts.no_secrets"], {}),
    ("ruff", [BIN / "ruff", "check", "--quiet", "."], {}),
    ("ruff format", [BIN / "ruff", "format", "--check", "--quiet", "."], {}),
]


def main():
    with ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(run, GATES))
    print(f"check: {passed.count(True)} of {len(GATES)} passed")
    return 0 if all(passed) else 1


def run(gate):
    name, command, environment = gate
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    told = "" if done.returncode == 0 else "\n" + "\n".join(f"    {line}" for line in done.stdout.strip().splitlines())
    print(
        f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - began:.1f} s){told}", flush=True
    )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())

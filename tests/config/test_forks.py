"""The web server reads the code once and forks: no two processes may speak over one connection to the database."""

import os
import subprocess
import sys

import pytest

from scripts.machine import ROOT
from scripts.production import SAFE

ASKED = """
import config.wsgi
from django.db import connection
print(connection.connection, dict(connection._connection_pools))
"""


@pytest.mark.postgres
def test_production_hands_no_open_connection_to_its_forks(db, tmp_path):
    """It has asked the database by then: whether demonstration people are there."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "DATABASE_URL") if name in os.environ}
    environment = SAFE | keep | {"SIGNING_DIR": str(tmp_path / "keys"), "LOG_LEVEL": "WARNING"}
    subprocess.run(
        [sys.executable, "manage.py", "make_signing_keys"], cwd=ROOT, env=environment, check=True, capture_output=True
    )

    done = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "None {}\n"), done.stderr

"""The settings of `make run` for a server that a test starts beside itself: only the collected files lie elsewhere."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["SABOQ_STATIC_ROOT"])

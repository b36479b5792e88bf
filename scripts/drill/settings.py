"""The settings of production for the drill's own processes: only its files lie elsewhere, on a small disk of its own."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import STORAGES

from . import clock

PLACE = VAR = Path(os.environ["SABOQ_DRILL_DIR"])
DISK = PLACE / "disk"
MEDIA_ROOT = DISK / "media"
STORAGES["private"]["OPTIONS"]["location"] = DISK / "private"
STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"  # nobody of the crowd asks for them
)
STATIC_ROOT = PLACE / "static"
STATIC_ROOT.mkdir(exist_ok=True)
clock.follow()

"""The tests' settings after SECRET_KEY was changed: JOBS_SECRET_KEY is the new one, the tests' own the one of before."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import SECRET_KEY as BEFORE

SECRET_KEY = os.environ["JOBS_SECRET_KEY"]
SECRET_KEY_FALLBACKS = [BEFORE]

"""The settings of the tests: MODE=test, nothing from the developer's shell or .env, files in a folder of the session.

A child process that a test starts (a worker, a command) inherits SABOQ_TEST_DIR and so shares files with its test.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

OURS = (
    "DEBUG", "ALLOWED_HOSTS", "BASE_URL", "VERIFY_BASE_URL", "SITE_NAME", "ISSUER_NAME", "LEGAL_BASIS", "SIGNATORIES",
    "LANGUAGES", "TIME_ZONE", "CACHE_URL", "EMAIL_URL", "MEDIA_ROOT", "MEDIA_STORAGE_URL", "PRIVATE_STORAGE_URL",
    "SIGNING_DIR", "TIMESTAMP_URL", "REQUIRE_MFA", "REGISTRATION_OPEN", "TRUSTED_PROXY_COUNT", "SENTRY_DSN",
    "SECRET_KEY_FALLBACKS", "STATIC_ROOT", "LOG_FORMAT", "METRICS_TOKEN", "METRICS_FROM",
    "OUTGOING_HOSTS", "DEMO_PASSWORD", "DEFAULT_FROM_EMAIL",
    "SESSION_IDLE_MINUTES", "SESSION_LONGEST_DAYS", "SIGN_IN_HELP", "OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME",
    "OIDC_LOGIN_CLAIM", "OUTGOING_PRIVATE_NETWORK",
    "BACKUP_DIR", "BACKUP_KEEP_DAYS", "BACKUP_KEEP_WEEKS", "BACKUP_KEEP_MONTHS",
)  # fmt: skip
if (
    "SABOQ_TEST_DIR" not in os.environ
):  # the session itself; its children are given the folder, broker and cache by name
    for name in (*OURS, "CELERY_BROKER_URL"):
        os.environ.pop(name, None)
    os.environ["SABOQ_TEST_DIR"] = tempfile.mkdtemp(prefix="saboq-test-")
    os.environ["SABOQ_TEST_SESSION"] = str(os.getpid())  # the one whose processes share what is dear to make
    atexit.register(shutil.rmtree, os.environ["SABOQ_TEST_DIR"], ignore_errors=True)
os.environ["MODE"] = "test"
os.environ["SECRET_KEY"] = "a key for tests only, which is long enough: 0123456789"
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in the thread of the tests

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

VAR = Path(os.environ["SABOQ_TEST_DIR"]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
VAR.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = VAR / "media"
BACKUP_DIR = VAR / "backups"
EMAIL_FILE_PATH = VAR / "mail"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a missing folder
if not os.environ.get("PRIVATE_STORAGE_URL"):  # a bucket is said to children alone (tests/jobs)
    STORAGES["private"]["OPTIONS"]["location"] = VAR / "private"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
    # Of a hundred writers at once the last has its turn too, on a slow machine.
    DATABASES["default"]["OPTIONS"]["timeout"] = 120

# 26 ms a person is right for production and wrong for a thousand tests.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "accounts.hashers.Argon2"]

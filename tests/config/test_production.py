"""Production does not start with an unsafe setting, and says which. Asked of a process of its own, as it would start."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from scripts.machine import ROOT
from scripts.production import SAFE


def start(*command, **changed):
    """Run Python in the root with the safe environment, some of it changed (None takes a name away)."""
    given = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {name: value for name, value in {**SAFE, **changed}.items() if value is not None}
    environment = {**given, "DJANGO_SETTINGS_MODULE": "config.settings", **settings}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)


def refused(**changed):
    """The names that production complains of when it is started with these changes."""
    done = start("-c", "import django; django.setup()", **changed)
    if done.returncode == 0:
        return []
    assert "production refuses to start:" in done.stderr, done.stderr
    told = done.stderr.split("production refuses to start:")[-1]
    return [line.split(":")[0].strip() for line in told.splitlines() if ":" in line]


def test_a_safe_environment_starts():
    assert refused() == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET_KEY": "short"}, ["SECRET_KEY"]),
        ({"SECRET_KEY": None}, ["SECRET_KEY"]),
        ({"DEBUG": "1"}, ["DEBUG"]),
        ({"ALLOWED_HOSTS": None}, ["ALLOWED_HOSTS"]),
        ({"ALLOWED_HOSTS": "*"}, ["ALLOWED_HOSTS"]),
        ({"BASE_URL": "http://saboq.example.org", "VERIFY_BASE_URL": "https://saboq.example.org"}, ["BASE_URL"]),
        ({"VERIFY_BASE_URL": "http://saboq.example.org"}, ["VERIFY_BASE_URL"]),
        ({"DATABASE_URL": None}, ["DATABASE_URL"]),
        ({"SIGNING_DIR": None}, ["SIGNING_DIR"]),
        ({"EMAIL_URL": None}, ["EMAIL_URL"]),
        ({"REQUIRE_MFA": "0"}, ["REQUIRE_MFA"]),
    ],
)  # fmt: skip
def test_an_unsafe_setting_is_refused_by_name(changed, named):
    assert refused(**changed) == named


def test_all_unsafe_settings_are_named_at_once():
    nothing = dict.fromkeys(SAFE) | {"MODE": "production"}

    assert refused(**nothing) == [
        "SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "VERIFY_BASE_URL", "DATABASE_URL", "SIGNING_DIR",
        "EMAIL_URL",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXY_COUNT", "one"), ("ISSUER_NAME", "{oops"), ("LEGAL_BASIS", '"x"'), ("SIGNATORIES", "5"),
        ("DATABASE_URL", "nonsense"), ("DATABASE_URL", "mysql://x/y"), ("CACHE_URL", "memcached://x"),
        ("CELERY_BROKER_URL", "nonsense"), ("TIME_ZONE", "Asia/Nowhere"), ("LANGUAGES", "ru"), ("LANGUAGES", "uz,xx"),
        ("TIMESTAMP_URL", "tsa.example"), ("LOG_LEVEL", "loud"), ("BASE_URL", "localhost"), ("BACKUP_KEEP_WEEKS", "4"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name_in_any_mode_and_without_a_traceback_by_make_run(name, value):
    done = start("-m", "scripts.prepare", **(dict.fromkeys(SAFE) | {"MODE": "demo", name: value}))

    assert done.returncode == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_mode_is_refused():
    done = start("-c", "import django; django.setup()", MODE="prod")

    assert done.returncode == 1
    assert "MODE is «prod»: use demo, test or production" in done.stderr


def test_the_deployment_check_has_no_word_to_say():
    done = start("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues (0 silenced)" in done.stdout


def test_a_demonstration_person_keeps_production_from_starting(db):
    from config.environment import refuse_demo_people
    from tests import making

    making.person(username="T-1")
    refuse_demo_people()

    making.person(username="DEMO-1", is_demo=True)
    with pytest.raises(ImproperlyConfigured, match="DEMO-1"):
        refuse_demo_people()


def test_what_makes_no_sense_of_storages_logs_and_figures_is_refused_by_name():
    done = start(
        "-c", "import config.settings", MODE="demo", MEDIA_STORAGE_URL="s3://key@host/bucket", PRIVATE_STORAGE_URL="https://host/x",
        LOG_FORMAT="xml", METRICS_TOKEN="short", METRICS_FROM="10.0.0.0/8,here", SENTRY_DSN="https://key@sentry.example.uz/7",
    )  # fmt: skip

    faults = done.stderr.split("settings that make no sense (docs/settings.md):")[-1].split("\n")[1:]
    assert [line.strip() for line in faults if line.strip()] == [
        "MEDIA_STORAGE_URL: must be s3://KEY:SECRET@HOST/BUCKET?region=NAME",
        "PRIVATE_STORAGE_URL: must be s3://KEY:SECRET@HOST/BUCKET?region=NAME",
        "LOG_FORMAT: must be json or text",
        "METRICS_TOKEN: must have at least 20 signs",
        "METRICS_FROM: here is neither an address nor a network",
        "OUTGOING_HOSTS: name sentry.example.uz, which SENTRY_DSN calls",
    ]


def test_certificates_never_stand_in_the_bucket_of_pictures():
    one = "s3://key:secret@host/bucket"
    done = start("-c", "import config.settings", MEDIA_STORAGE_URL=one, PRIVATE_STORAGE_URL=f"{one}?region=x")

    assert "PRIVATE_STORAGE_URL: needs a bucket of its own" in done.stderr


def test_production_wants_long_keys_of_before_and_reports_by_tls():
    sentry = {"SENTRY_DSN": "http://key@sentry.example.uz/7", "OUTGOING_HOSTS": "sentry.example.uz"}

    assert refused(SECRET_KEY_FALLBACKS="short", **sentry) == ["SECRET_KEY_FALLBACKS", "SENTRY_DSN"]

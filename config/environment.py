"""What the environment says, with a safe default for one machine; and what production must not be started with.

Read by settings.py alone. Every name is listed in docs/settings.md.
"""

import logging
import secrets
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"  # the demo's database, mails, media: thrown away by `make fresh`


class Env(environ.Env):
    """What cannot be read is refused by the setting's name."""

    def get_value(self, var, *args, **kwargs):
        try:
            return super().get_value(var, *args, **kwargs)
        except (ValueError, TypeError) as fault:  # JSONDecodeError is a ValueError
            raise ImproperlyConfigured(f"{var} cannot be read: {fault}")


env = Env()
if env("MODE", default="") != "test" and (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

MODE = env("MODE", default="demo")  # demo, test or production
if MODE not in ("demo", "test", "production"):
    raise ImproperlyConfigured(f"MODE is «{MODE}»: use demo, test or production")
PRODUCTION = MODE == "production"


def secret_key():
    """SECRET_KEY from the environment; outside production one is made up once and kept in var/."""
    if key := env("SECRET_KEY", default=""):
        return key
    if PRODUCTION:
        return ""  # refused below, by name
    kept = VAR / "secret_key"
    if not kept.exists():
        VAR.mkdir(exist_ok=True)
        kept.write_text(secrets.token_urlsafe(50))
        kept.chmod(0o600)
    return kept.read_text()


def refuse_senseless(settings):
    """Raise ImproperlyConfigured naming each setting with which nothing could work, in any mode."""
    languages, known = env.list("LANGUAGES", default=["uz"]), ("uz", "ru", "en")
    words = ("ISSUER_NAME", "LEGAL_BASIS", "SIGN_IN_HELP")
    schemes = {"CACHE_URL": ("redis", "rediss", "unix"), "CELERY_BROKER_URL": ("redis", "rediss", "amqp", "amqps")}
    faults = [f"{name}: must begin with http:// or https://" for name in ("BASE_URL", "VERIFY_BASE_URL")
              if not settings[name].startswith(("http://", "https://"))]  # fmt: skip
    faults += [f"{name}: must be a JSON object with one text a language" for name in words
               if not isinstance(settings[name], dict)]  # fmt: skip
    if not isinstance(settings["SIGNATORIES"], list):
        faults.append("SIGNATORIES: must be a JSON list")
    if "uz" not in languages or set(languages) - set(known):
        faults.append("LANGUAGES: name uz, and of ru and en what is wanted, comma between")
    if settings["TIMESTAMP_URL"] and not settings["TIMESTAMP_URL"].startswith(("http://", "https://")):
        faults.append("TIMESTAMP_URL: must begin with http:// or https://")
    faults += half_of_oidc(settings)
    if settings["SESSION_IDLE_MINUTES"] < 6:  # accounts/sessions.py notes every five that somebody is still there
        faults.append("SESSION_IDLE_MINUTES: must be at least 6")
    if settings["TIME_ZONE"] not in zoneinfo.available_timezones():
        faults.append("TIME_ZONE: must be a name such as Asia/Tashkent")
    if settings["DATABASES"]["default"].get("ENGINE", "").rpartition(".")[2] not in ("sqlite3", "postgresql"):
        faults.append("DATABASE_URL: must begin with postgres:// or sqlite:///")
    for name, allowed in schemes.items():
        if (address := env(name, default="")) and address.partition("://")[0] not in allowed:
            faults.append(f"{name}: must begin with {', '.join(f'{scheme}://' for scheme in allowed)}")
    if settings["LOGGING"]["root"]["level"] not in logging.getLevelNamesMapping():
        faults.append("LOG_LEVEL: must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
    if faults:
        raise ImproperlyConfigured("settings that make no sense (docs/settings.md):\n  " + "\n  ".join(faults))


def half_of_oidc(settings):
    """The faults of a sign-in by OpenID Connect that is said by half."""
    wanted = ("OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME")
    if not any(settings[name] for name in (*wanted, "OIDC_LOGIN_CLAIM")):
        return []
    faults = [f"{name}: is needed for the sign-in by OpenID Connect" for name in wanted if not settings[name]]
    address = urlsplit(settings["OIDC_SERVER_URL"])
    if settings["OIDC_SERVER_URL"] and address.scheme not in ("http", "https"):
        faults.append("OIDC_SERVER_URL: must begin with http:// or https://")
    if address.hostname and address.hostname not in settings["OUTGOING_HOSTS"]:
        faults.append(f"OUTGOING_HOSTS: name {address.hostname}, which OIDC_SERVER_URL calls")
    return faults


def refuse_unsafe(settings):
    """Raise ImproperlyConfigured naming each setting that production must not be started with."""
    faults = []
    if len(settings["SECRET_KEY"]) < 50:
        faults.append("SECRET_KEY: set at least 50 random characters")
    if settings["DEBUG"]:
        faults.append("DEBUG: must be off")
    if not settings["ALLOWED_HOSTS"] or "*" in settings["ALLOWED_HOSTS"]:
        faults.append("ALLOWED_HOSTS: name the hosts, without *")
    for name in ("BASE_URL", "VERIFY_BASE_URL"):
        if not settings[name].startswith("https://"):
            faults.append(f"{name}: must begin with https://")
    if settings["DATABASES"]["default"]["ENGINE"].endswith("sqlite3") and not env.bool("SQLITE_IN_PRODUCTION", False):
        faults.append("DATABASE_URL: name a PostgreSQL database (or set SQLITE_IN_PRODUCTION=1 for one small machine)")
    if settings["OIDC_SERVER_URL"] and not settings["OIDC_SERVER_URL"].startswith("https://"):
        faults.append("OIDC_SERVER_URL: must begin with https://")
    if not settings["SIGNING_DIR"]:
        faults.append("SIGNING_DIR: name the folder of the keys (manage.py make_signing_keys FOLDER)")
    if not env("EMAIL_URL", default=""):
        faults.append("EMAIL_URL: name the mail server")
    if not env.bool("REQUIRE_MFA", True):
        faults.append("REQUIRE_MFA: staff roles need a second factor")
    if faults:
        raise ImproperlyConfigured("production refuses to start:\n  " + "\n  ".join(faults))


def refuse_demo_people():
    """Raise ImproperlyConfigured while a demonstration person, whose password may be known, is in the database."""
    from django.contrib.auth import get_user_model
    from django.db import DatabaseError

    try:
        demo = list(get_user_model().objects.filter(is_demo=True).values_list("username", flat=True)[:20])
    except DatabaseError:
        return  # no database, or an empty one: /readyz says so
    if demo:
        raise ImproperlyConfigured("production refuses to start: demonstration people are there: " + ", ".join(demo))


def refuse_without_keys():
    """Raise ImproperlyConfigured while the keys that seal certificates and sign badges lack, or are a demonstration's."""
    from certification import keys

    try:
        keys.seal()
        keys.badge()
    except keys.NoKeys as fault:
        raise ImproperlyConfigured(f"production refuses to start:\n  {fault}") from None


def close_connections():
    """Close every connection to the database, and the pools that hold them: what a process that forks must not hand on."""
    from django.db import connections

    for connection in connections.all():
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()

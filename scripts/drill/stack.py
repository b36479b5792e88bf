"""The drill's own servers and processes: PostgreSQL, Redis, RabbitMQ, a mail server, web, worker with beat, sweep. All on loopback,
all in one folder, each ended by its own process number; nothing of this machine's own services is touched."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from scripts.machine import ROOT
from scripts.production import SAFE

from .wire import Line

DISK = "96m"  # bytes of the disk for media
ERLANG = ("+sbwt none +sbwtdcpu none +sbwtdio none", "+P 65536")  # it is one of many on the machine: it does not spin


class NotReady(Exception):
    """Something of the drill's does not answer."""


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def answers(port):
    with socket.socket() as door:
        door.settimeout(1)
        return door.connect_ex(("127.0.0.1", port)) == 0


def until(condition, seconds, what):
    """Wait for the condition; returns what it said. Raises NotReady."""
    ends = time.monotonic() + seconds
    while not (said := condition()):
        if time.monotonic() > ends:
            raise NotReady(f"{what}: waited {seconds} s in vain")
        time.sleep(0.05)
    return said


def postgres_program(name):
    """The program of the newest PostgreSQL here, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return str(found[-1]) if found else shutil.which(name)


def rabbit_program():
    """RabbitMQ's own start, without Debian's wrapper, which would change to its user and folder."""
    path = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    return path if os.path.exists(path) else shutil.which("rabbitmq-server")


def lacking():
    """What of the Debian packages a drill needs is not here."""
    needs = {
        "postgresql": postgres_program("initdb"),
        "redis-server": shutil.which("redis-server"),
        "rabbitmq-server": rabbit_program() and shutil.which("epmd"),
    }
    return [name for name, found in needs.items() if not found]


class Stack:
    """Everything that runs. A context: whatever happens within, all of it is ended and cleaned away."""

    def __init__(self, place):
        self.place, self.children, self.mounted = Path(place), {}, False
        self.servants = _servants()
        self.ports = {name: free_port() for name in ("postgres", "redis", "rabbit", "dist", "epmd", "web", "mail")}
        self.log = self.place / "logs"

    def __enter__(self):
        self.place.chmod(0o755)
        self.log.mkdir()
        try:
            self._mount()
            self._prepare_servers()
            self._start_servers()
            self.database_line, self.web_line = Line(self.ports["postgres"]), Line(self.ports["web"])
            self.environ = self._environment()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in reversed(list(self.children)):
            self.kill(name)
        for line in (getattr(self, "database_line", None), getattr(self, "web_line", None)):
            if line:
                line.close()
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.place / "disk"], check=False)
        shutil.rmtree(self.place, ignore_errors=True)

    # --- Processes ----------------------------------------------------------------------------------------------------------

    def start(self, name, *command, user=None, environ=None, cwd=None):
        """A child in a session of its own, so that it and what it forks can be ended together."""
        with (self.log / f"{name}.log").open("a") as output:
            self.children[name] = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, env=environ or _plain(), cwd=cwd or self.place, user=user,
            )  # fmt: skip
        return self.children[name]

    def signal(self, name, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.children[name].pid, number)

    def kill(self, name):
        """At once, with all that it has forked."""
        self.signal(name, signal.SIGKILL)
        self.children.pop(name).wait()

    # --- The disk for media -------------------------------------------------------------------------------------------------

    def _mount(self):
        disk = self.place / "disk"
        disk.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", disk], capture_output=True, text=True
        )
        if done.returncode:
            raise NotReady(f"a disk for media could not be mounted (run it as root): {done.stderr.strip()}")
        self.mounted = True

    def remount(self, how):
        """`how`: ro or rw. A file that is just being written keeps the disk writable for a moment."""

        def done():
            return not subprocess.run(
                ["mount", "-o", f"remount,{how}", self.place / "disk"], capture_output=True
            ).returncode

        until(done, 10, f"remounting the disk {how}")

    # --- Servers ------------------------------------------------------------------------------------------------------------

    def _prepare_servers(self):
        data, home = self.place / "postgres", self.place / "rabbit"
        for folder in (data, home):
            folder.mkdir(mode=0o700)
            if self.servants:
                shutil.chown(folder, self.servants)
        command = [postgres_program("initdb"), "--pgdata", data, "--auth=trust", "--username=saboq", "--encoding=UTF8",
                   "--locale=C.UTF-8", "--no-sync"]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, user=self.servants, cwd=self.place, env=_plain())

    def _start_servers(self):
        self.start_rabbit()
        self.start_postgres()
        self.start_redis()
        self.start(
            "mail", sys.executable, "-m", "scripts.drill.post", self.ports["mail"], self.place / "mails.jsonl", cwd=ROOT
        )
        self.await_postgres()
        subprocess.run(
            [postgres_program("createdb"), "-h", "127.0.0.1", "-p", str(self.ports["postgres"]), "-U", "saboq", "saboq"],
            check=True, capture_output=True,
        )  # fmt: skip

    def start_postgres(self):
        """With what keeps an acknowledged row over a crash left as it is: fsync, synchronous_commit."""
        self.start("postgres", postgres_program("postgres"), "-D", self.place / "postgres", "-h", "127.0.0.1",
                   "-p", self.ports["postgres"], "-k", self.place / "postgres", "-c", "max_connections=60", user=self.servants)  # fmt: skip

    def await_postgres(self):
        command = [postgres_program("pg_isready"), "-h", "127.0.0.1", "-p", str(self.ports["postgres"]), "-q"]
        until(lambda: not subprocess.run(command).returncode, 60, "PostgreSQL")

    def stop_postgres(self):
        """At once: SIGQUIT, as `pg_ctl stop --mode=immediate`; it recovers from its log at the next start."""
        os.kill(self.children["postgres"].pid, signal.SIGQUIT)
        self.children.pop("postgres").wait()

    def start_redis(self):
        self.start("redis", "redis-server", "--bind", "127.0.0.1", "--port", self.ports["redis"], "--save", "",
                   "--appendonly", "no", "--dir", self.place)  # fmt: skip

    def start_rabbit(self):
        home, ports = self.place / "rabbit", self.ports
        name = f"saboq-drill-{secrets.token_hex(4)}@localhost" if not hasattr(self, "node") else self.node
        self.node = name
        own = _plain() | {
            "HOME": str(home), "ERL_EPMD_PORT": str(ports["epmd"]), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": name, "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_NODE_PORT": str(ports["rabbit"]),
            "RABBITMQ_DIST_PORT": str(ports["dist"]), "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"), "RABBITMQ_CONFIG_FILE": str(home / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"), "RABBITMQ_PID_FILE": str(home / "pid"),
            "RABBITMQ_CONF_ENV_FILE": str(home / "env"), "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{ERLANG[0]} +S 1:1 -kernel inet_dist_use_interface {{127,0,0,1}}",
        }  # fmt: skip
        if "epmd" not in self.children:
            self.start("epmd", "epmd", "-port", ports["epmd"], "-address", "127.0.0.1", user=self.servants, environ=own)
            until(lambda: answers(ports["epmd"]), 20, "epmd")
        self.start("rabbit", rabbit_program(), user=self.servants, environ=own, cwd=home)

    # --- Saboq --------------------------------------------------------------------------------------------------------------

    def _environment(self):
        """What its processes are told: production, over a line that can be cut, with a clock that can be set."""
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.set_clock(0)
        return keep | SAFE | {
            "SECRET_KEY": secrets.token_urlsafe(50), "ALLOWED_HOSTS": "127.0.0.1", "BASE_URL": self.address,
            "VERIFY_BASE_URL": self.address, "DJANGO_SETTINGS_MODULE": "scripts.drill.settings",
            "DATABASE_URL": f"postgres://saboq@127.0.0.1:{self.database_line.port}/saboq",
            "CACHE_URL": f"redis://127.0.0.1:{self.ports['redis']}/0",
            "CELERY_BROKER_URL": f"amqp://guest:guest@127.0.0.1:{self.ports['rabbit']}//",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.ports['mail']}", "SIGNING_DIR": str(self.place / "keys"),
            "MEDIA_ROOT": str(self.place / "disk" / "media"), "SABOQ_DRILL_DIR": str(self.place),
            "TRUSTED_PROXY_COUNT": "1", "LOG_LEVEL": "WARNING", "WEB_LOG_LEVEL": "warning", "WEB_WORKERS": "2",
            "BIND": f"127.0.0.1:{self.ports['web']}",
        }  # fmt: skip

    @property
    def address(self):
        return f"https://127.0.0.1:{self.web_line.port}"

    def with_clock(self):
        """The environment of a process whose clock the drill sets (clock.py)."""
        return self.environ | {"SABOQ_DRILL_CLOCK": str(self.place / "clock")}

    def set_clock(self, offset):
        """`offset`: such as -5400 (seconds). Processes see it within a second; written aside and put in place at once."""
        new = self.place / "clock.new"
        new.write_text(f"{offset:+d}")
        new.replace(self.place / "clock")

    def start_web(self):
        self.start("web", sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi",
                   environ=self.with_clock(), cwd=ROOT)  # fmt: skip

    def start_worker(self):
        self.start("worker", sys.executable, "-m", "celery", "-A", "config", "worker", "--beat", "--schedule", self.place / "beat",
                   "--concurrency", 1, "--loglevel", "WARNING", environ=self.with_clock(), cwd=ROOT)  # fmt: skip

    def start_sweep(self):
        self.start("sweep", sys.executable, "manage.py", "sweep", "--loop", environ=self.with_clock(), cwd=ROOT)

    def web_workers(self):
        """The process numbers of the web server's own children."""
        parent = self.children["web"].pid
        return [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _plain():
    """The environment of programs that are not ours."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin", "LANG": "C.UTF-8", "HOME": "/tmp"}  # nosec B108


def _servants():
    """The user that PostgreSQL and RabbitMQ run as: neither likes root. None: who runs the drill."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"

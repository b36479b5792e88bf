"""Serve the demonstration: prepare what is missing, then the web process and `sweep --loop` side by side.

    python -m scripts.run          gunicorn, as production would (`make run`)
    python -m scripts.run --dev    Django's reloading server with DEBUG (`make dev`)

Both children share our process group. When one ends, the other is ended; Ctrl-C ends all.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from scripts.machine import ROOT, port_is_free, stop

DOTENV = Path(ROOT / ".env")


def main(dev):
    began = float(os.environ.get("BEGAN") or time.time())  # when make began, so that installing is counted too
    port = read_port()
    try:
        given = DOTENV.read_text(encoding="utf-8").split("\n") if DOTENV.exists() else []
    except (OSError, UnicodeDecodeError) as fault:
        stop(f".env cannot be read: {fault}")
    if not any(line.replace("export ", "").startswith("BASE_URL=") for line in given):
        os.environ.setdefault("BASE_URL", f"http://localhost:{port}")  # links in mails and certificates follow the port
    if dev:
        os.environ["DEBUG"] = "1"
    people = prepare(dev)
    if not port_is_free(port):
        refuse(port)
    (ROOT / "var").mkdir(exist_ok=True)
    with open(ROOT / "var" / "run.lock", "w") as lock:  # `make fresh` looks whether somebody serves
        fcntl.flock(lock, fcntl.LOCK_SH)
        sys.exit(serve(port, dev, people, began))


def read_port():
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        stop(f"PORT is «{text}»: choose a number from 1024 to 65535, such as PORT=8001")
    if not port_is_free(int(text)):
        refuse(int(text))
    return int(text)


def refuse(port):
    stop(f"Port {port} is taken by another program. Choose another: make run PORT={port + 1}")


def prepare(dev):
    """Run scripts/prepare.py in a process of its own, which takes Django's memory with it. Returns lines on the demo people."""
    process = subprocess.run([sys.executable, "-m", "scripts.prepare", *(["--dev"] if dev else [])], cwd=ROOT)
    if process.returncode:
        sys.exit(process.returncode)
    from scripts.prepare import State

    return State()["people"] or []


def serve(port, dev, people, began):
    """Start both children and wait. Returns the exit code: 0 after Ctrl-C or SIGTERM."""
    stopping = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.append(True))
    web = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}"]
    if not dev:
        os.environ.setdefault("BIND", f"127.0.0.1:{port}")
        os.environ.setdefault("WEB_LOG_LEVEL", "warning")
        web = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    children = [start(web)]
    while not stopping and all(child.poll() is None for child in children):
        if len(children) == 1 and answers(port):  # only now, so that the first page comes sooner
            children.append(start([sys.executable, "manage.py", "sweep", "--loop"]))
            took = f"{time.time() - began:.0f} s"
            print(
                "\n".join(["", *people, "", f"http://localhost:{port}/   (ready after {took}; Ctrl-C stops)"]),
                flush=True,
            )
        time.sleep(0.1)
    gone = [child for child in children if child.poll() is not None]
    end(children)
    if stopping:
        return 0
    for child in gone:
        print(f"{' '.join(child.args[1:])} ended by itself ({child.returncode}), and so everything is", file=sys.stderr)
    return 1


def start(command):
    """A child in our process group that leaves Ctrl-C to us: we end it by SIGTERM, in order and without tracebacks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ...which a child inherits
    try:
        return subprocess.Popen(command, cwd=ROOT)
    finally:
        signal.signal(signal.SIGINT, signal.getsignal(signal.SIGTERM))


def end(children):
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:  # nosec B310  # this machine
            return answer.status == 200
    except urllib.error.HTTPError:
        return True  # such as 400 where ALLOWED_HOSTS names other hosts only: it serves
    except OSError:
        return False


if __name__ == "__main__":
    try:
        main(dev="--dev" in sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)

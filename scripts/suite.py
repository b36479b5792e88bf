"""The tests, as far as this machine carries them: `make test`.

The suite on SQLite, then on PostgreSQL where it answers, beside it the jobs with every real broker that answers and the fault
drill at small size; pages in Chromium where it is found. What asks no database runs once, and of the pages in Chromium the walks
alone run on both databases.
What could not run is listed at the end; with CI=true it is a failure.

    python -m scripts.suite -k name     only these, on SQLite, or on the database that DATABASE_URL names
"""

import os
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from scripts import machine
from scripts.drill import stack as drills
from scripts.machine import INSTALLS, ROOT

NO_TESTS = 5  # pytest's exit code
WORKERS = ["-n", str(min(len(os.sched_getaffinity(0)), 4) + 1)]  # one more than processors: some wait for the browser


def main(arguments):
    if arguments:
        return pytest("your choice", arguments, os.environ.get("DATABASE_URL"))
    server, brokers = machine.postgres(), machine.brokers()
    prepare(server)
    missing = lacking()
    without = " and not browser" if {"Chromium", "Playwright's driver"} & set(missing) else ""
    passed = [pytest("SQLite", [*WORKERS, "-m", f"not jobs{without}"], None)]
    with ThreadPoolExecutor() as beside:
        if brokers:  # they mostly wait: for workers, brokers and timeouts
            waiting = beside.submit(jobs_and_drill, server, brokers)
        if server:
            again = f"not jobs and not pure and (not browser or walk){without}"
            passed.append(pytest("PostgreSQL", [*WORKERS, "-m", again], server))
        if brokers:
            passed += waiting.result()
    return report(missing, passed)


def jobs_and_drill(server, brokers):
    """One after the other, beside the sessions. The drill wants a disk of its own, and so root: elsewhere `sudo make drill`."""
    title = f"jobs: {', '.join(brokers)}; {'PostgreSQL' if server else 'SQLite'}"
    passed = [pytest(title, ["-m", "jobs"], server, told_at_the_end=True)]
    if not drills.lacking() and os.geteuid() == 0:
        passed.append(pytest("fault drill, small", ["-m", "drill", "tests/drills"], None, told_at_the_end=True))
    return passed


def prepare(server):
    """The migrated databases that the sessions copy (tests/databases.py), all at once: within a session one makes it and all wait.

    And the verifiers of badges, which are fetched the first time.
    """
    databases = [None, server] if server else [None]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    making = [
        subprocess.Popen([sys.executable, "-m", "tests.databases"], cwd=ROOT, env=environment(one) | settings)
        for one in databases
    ]
    making.append(subprocess.Popen([sys.executable, "-m", "scripts.verifiers"], cwd=ROOT))
    for one in making:
        one.wait()  # what went wrong is told where it can be seen: in the session


def environment(database):
    """What a session is told; what pytest has compiled is there for the next one."""
    unwanted = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
    told = {name: value for name, value in os.environ.items() if name not in unwanted}
    return told | {"DATABASE_URL": database} if database else told


def lacking():
    """What of INSTALLS is not here."""
    here = {
        "PostgreSQL": machine.postgres(),
        "Redis": machine.brokers().get("redis"),
        "RabbitMQ": machine.brokers().get("rabbitmq"),
        "Chromium": machine.chromium(),
        "Playwright's driver": machine.browser_driver(),
        "poppler": machine.program("pdftotext"),
        "Java": machine.verapdf(),
        "nginx": machine.program("nginx", "/usr/sbin/nginx"),
        "systemd-analyze": machine.program("systemd-analyze"),
        "the fault drill": os.geteuid() == 0 and not drills.lacking(),
        "node and npm": machine.badge_verifiers(),
    }
    return [name for name in INSTALLS if not here[name]]


def pytest(title, arguments, database, told_at_the_end=False):
    """Run one session; gives its exit code, 0 where there was no such test. One that runs beside another tells it all at its end."""
    head = f"\n--- {title}: pytest {shlex.join(arguments)}"
    if not told_at_the_end:
        print(head, flush=True)
    began = time.monotonic()
    session = subprocess.run(
        [sys.executable, "-m", "pytest", "--no-header", *arguments],
        cwd=ROOT,
        env=environment(database),
        text=True,
        stdout=subprocess.PIPE if told_at_the_end else None,
        stderr=subprocess.STDOUT if told_at_the_end else None,
    )
    if told_at_the_end:
        print(head, session.stdout, sep="\n", end="")
    print(f"--- {title}: {time.monotonic() - began:.0f} s", flush=True)
    return 0 if session.returncode == NO_TESTS else session.returncode


def report(missing, passed):
    if missing:
        print("\nNot run, because this machine lacks:")
        for name in missing:
            print(f"    {name}: {INSTALLS[name]}")
    if missing and os.environ.get("CI") == "true":
        print("CI=true: what could not run is a failure.")
        return 1
    return max(passed)


if __name__ == "__main__":
    sys.exit(main(shlex.split(os.environ.get("ARGS", "")) + sys.argv[1:]))

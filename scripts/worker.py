"""A Celery worker with the beat. Many may run; that each brings a beat does no harm, since a sweep may run any number of times."""

import os
import sys

from scripts.machine import ROOT, stop


def main():
    from config.environment import VAR, env

    if not env("CELERY_BROKER_URL", default=""):
        stop(
            "There is no broker: set CELERY_BROKER_URL=redis://localhost:6379/0 (or amqp://...). Without one, sweep does the work."
        )
    VAR.mkdir(exist_ok=True)
    os.chdir(ROOT)
    command = [
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--beat",
        "--schedule",
        str(VAR / "beat"),
        "--loglevel",
        "INFO",
    ]
    os.execv(sys.executable, [sys.executable, *command])


if __name__ == "__main__":
    main()

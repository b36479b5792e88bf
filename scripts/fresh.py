"""Throw the demonstration away: all that stands in var/ but the cache of the tests. Nothing outside of var/ is touched."""

import fcntl
import os
import shutil

from scripts.machine import ROOT, stop

KEPT = {"cache", "run.lock"}


def main():
    var = ROOT / "var"
    if var.is_symlink():
        stop("var is a link to somewhere else: throw away by hand what stands there")
    var.mkdir(exist_ok=True)
    with open(var / "run.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stop("`make run` is serving from var/: stop it first (Ctrl-C there)")
        for entry in var.iterdir():
            if entry.name in KEPT:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    print("The demonstration's data are thrown away; `make run` makes new ones.")
    if os.environ.get("DATABASE_URL"):
        print("The database of DATABASE_URL is as it was: drop it yourself.")


if __name__ == "__main__":
    main()

"""Lets a process believe the time that the drill says: the file SABOQ_DRILL_CLOCK holds the seconds to add to the true time.

Replaced by time-machine is all that tells the time in Python; what counts seconds (time.monotonic, sleeping) stays true, as on a
machine whose clock is set. Looked at twice a second by a thread, which each process that is forked starts anew.
"""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import time_machine

STEP = 0.5  # seconds


class Clock:
    def __init__(self, path):
        self.path, self.offset, self.journey = Path(path), 0, None

    def follow(self):
        """Set the clock now, and from now on whenever the file says another thing."""
        self.look()
        threading.Thread(target=self._watch, daemon=True).start()

    def look(self):
        offset = self.offset
        with suppress(OSError, ValueError):
            offset = int(self.path.read_text())
        if offset == self.offset:
            return
        if self.journey:
            self.journey.stop()
            self.journey = None
        if offset:
            self.journey = time_machine.travel(time.time() + offset, tick=True)
            self.journey.start()
        self.offset = offset

    def _watch(self):
        while True:
            time.sleep(STEP)
            self.look()


def follow():
    """What the processes of a drill call when they read their settings."""
    if path := os.environ.get("SABOQ_DRILL_CLOCK"):
        clock = Clock(path)
        clock.follow()
        os.register_at_fork(after_in_child=clock.follow)

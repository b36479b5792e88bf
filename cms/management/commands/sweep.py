"""manage.py sweep [--loop]: publishing on schedule, overdue attempts, certificates, notices and mails. Needs no broker."""

import signal
import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from cms import sweeping


class Command(BaseCommand):
    help = "Does all that is due; with --loop again and again, beside the web process."

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true")
        parser.add_argument("--every", type=float, default=5, help="seconds between two rounds of --loop")

    def handle(self, *args, loop, every, **options):
        if not loop:
            done = sweeping.sweep()
            self.stdout.write(", ".join(f"{name} {count}" for name, count in done.items()))
            return
        self.going = True
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        slow_next = time.monotonic()  # the wall clock may be set back
        while self.going:
            now = timezone.now()
            parts = sweeping.PARTS
            if time.monotonic() >= slow_next:
                parts = parts + sweeping.SLOW_PARTS
                slow_next = time.monotonic() + sweeping.SYLLABUS_EVERY.total_seconds()
            for part in parts:
                if self.going:  # who ends us waits for the part under way, not for the whole round
                    sweeping.sweep(now, (part,))
            close_old_connections()
            until = time.monotonic() + every
            while self.going and time.monotonic() < until:
                time.sleep(0.2)

    def stop(self, *args):
        self.going = False

"""manage.py verify_log [--head HEX | --manifest FILE]"""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts import log_keys, sealing


class Command(BaseCommand):
    help = "Checks the whole log against its seals and tells the first faulty entry; exit code 1 if there is one."

    def add_arguments(self, parser):
        parser.add_argument(
            "--head", default="", help="the head in the manifest of a backup: finds that the end was cut off"
        )
        parser.add_argument("--manifest", type=Path, help="the manifest.json of a backup, whose head is taken")

    def handle(self, *, head, manifest, **options):
        if manifest:
            head = self._head_in(manifest)
        try:
            found = sealing.verify(head.strip().lower())
        except log_keys.NoLogKey as fault:
            raise CommandError(str(fault)) from None
        if found.fault:
            raise CommandError(found.fault)
        self.stdout.write(
            f"The log is whole: {found.sealed} entries sealed, {found.waiting} not yet sealed, {found.erased} reasons erased."
        )
        self.stdout.write(f"head {found.head or '(nothing is sealed yet)'}")

    def _head_in(self, manifest):
        try:
            return json.loads(manifest.read_text(encoding="utf-8"))["log_head"]
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise CommandError(f"{manifest} is no manifest of a backup: {fault}") from None

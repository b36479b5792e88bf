"""manage.py backup [--to DIR] [--json]; manage.py backup --check DIR"""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.backups import BackupError, checking, making

LACKING = 2  # exit code: the backup is there, but something of the installation is not


class Command(BaseCommand):
    help = (
        "Makes a backup of the database and all files while everything runs, checks it, and lets old ones go by the rule. "
        "Exit code 0: made; 1: none was made; 2: made, but with warnings."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="the folder of backups (BACKUP_DIR)")
        parser.add_argument("--check", type=Path, metavar="BACKUP", help="only look whether this backup is whole")
        parser.add_argument("--json", action="store_true", help="one line of JSON about it, nothing else")

    def handle(self, *, to, check, verbosity, **options):
        told = self.stdout.write if verbosity and not options["json"] else lambda line: None
        try:
            if check:
                self._check(check, told)
            else:
                self._make(to, told, options["json"])
        except BackupError as fault:
            if options["json"]:
                self._line({"event": "backup", "ok": False, "error": str(fault)})
            raise CommandError(str(fault)) from None

    def _check(self, folder, told):
        said = checking.check(folder)
        told(
            f"{folder}: whole. Taken {said.taken_at}; {said.rows:,} rows in {len(said.tables)} tables, {len(said.files):,} files"
        )
        told(f"head of the log {said.log_head or '(nothing was sealed yet)'}")

    def _make(self, folder, told, as_json):
        path, done = making.make(folder, told)
        for name in done.removed:
            told(f"removed by the rule: {name}")
        told(f"{path}: made in {done.seconds} s")
        if as_json:
            self._line(done.as_json())
        if done.warnings:
            raise CommandError("made, but: " + "; ".join(done.warnings), returncode=LACKING)

    def _line(self, said):
        self.stdout.write(json.dumps(said, ensure_ascii=False))

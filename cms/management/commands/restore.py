"""manage.py restore BACKUP"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cms.backups import BackupError, restoring


class Command(BaseCommand):
    help = (
        "Reads a backup into an empty installation, brings it up to this code, and checks rows, files, certificates, keys and log. "
        "Exit code 0: all is there; 1: nothing was restored; 2: restored, but something is not right."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("backup", type=Path)

    def handle(self, *, backup, **options):
        try:
            verdicts = restoring.restore(backup, self.stdout.write)
        except BackupError as fault:
            raise CommandError(str(fault)) from None
        wide = max(len(verdict.what) for verdict in verdicts)
        for verdict in verdicts:
            self.stdout.write(f"{verdict.what:{wide}}  {'ok   ' if verdict.right else 'FAULT'}  {verdict.found}")
        if wrong := [verdict.what for verdict in verdicts if not verdict.right]:
            raise CommandError(f"restored, but not right: {', '.join(wrong)}", returncode=2)

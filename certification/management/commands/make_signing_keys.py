"""manage.py make_signing_keys [FOLDER] [--rotate]"""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from certification import keys


class Command(BaseCommand):
    help = "Make the keys that seal certificates and badges, in FOLDER (default: SIGNING_DIR)."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", default=settings.SIGNING_DIR)
        parser.add_argument(
            "--rotate", action="store_true", help="new keys; what is public of the old ones is kept in old/"
        )

    def handle(self, *, folder, rotate, **options):
        if not folder:
            raise CommandError("name a folder, or set SIGNING_DIR")
        folder = Path(folder)
        try:
            if rotate:
                keys.rotate(folder)
            else:
                keys.make(folder)
        except FileExistsError as fault:
            raise CommandError(f"{fault}: --rotate makes new ones") from None
        except (OSError, keys.NoKeys) as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"{folder}: keys made. Keep a copy where nobody else can read it.")
        if (folder / keys.ROOT_KEY).exists():
            self.stdout.write(f"Move {keys.ROOT_KEY} to a safe place: only --rotate wants it back.")

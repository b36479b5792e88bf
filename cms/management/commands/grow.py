"""manage.py grow N [--seed S]: a nation of N staff in a scratch database, to measure on."""

from pathlib import PurePath

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cms import growing
from cms.growing.nation import NotEmpty


class Command(BaseCommand):
    help = "Fills a database whose name, without a file's ending, ends in _scratch with a nation of N staff and their progress."

    def add_arguments(self, parser):
        parser.add_argument("people", type=int, metavar="N")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args, people, seed, **options):
        name = PurePath(str(connection.settings_dict["NAME"])).stem
        if not name.endswith("_scratch"):
            raise CommandError(f"this database is {name}: only one whose name ends in _scratch is filled")
        if people < 1:
            raise CommandError("at least one person")
        try:
            growing.grow(people, seed=seed, told=lambda done: self.stdout.write(f"{done:,} people"))
        except NotEmpty:
            raise CommandError("there are libraries in this database already: a nation grows from nothing") from None

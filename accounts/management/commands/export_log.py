"""manage.py export_log FILE [--deed DEED] [--person LOGIN] [--begins DAY] [--ends DAY]"""

import datetime

from django.core.management.base import BaseCommand, CommandError

from accounts import log_export, sheets
from accounts.models import User


class Command(BaseCommand):
    help = "Writes entries of the log into FILE (.csv or .xlsx); «-» is the standard output, as CSV."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--deed", default="", help="as the log names it, such as «certificate issued»")
        parser.add_argument("--person", help="a login: deeds by this person and about this person")
        parser.add_argument("--begins", type=datetime.date.fromisoformat, help="the first day, such as 2026-11-01")
        parser.add_argument("--ends", type=datetime.date.fromisoformat, help="the last day")

    def handle(self, *, file, deed, person, begins, ends, **options):
        if person:
            found = User.objects.filter(username__iexact=person).first()
            if found is None:
                raise CommandError(f"nobody has the login {person}")
            person = found
        rows = log_export.find(deed=deed, person=person, begins=begins, ends=ends)
        if file == "-":
            for piece in sheets.as_csv(log_export.HEADS, log_export.lines(rows), ","):
                self.stdout.write(piece.decode(), ending="")
            return
        ending = file.rpartition(".")[2]
        if ending not in sheets.TYPES:
            raise CommandError("the file ends in .csv or .xlsx")
        if ending == "xlsx" and rows.count() > sheets.MOST_IN_A_BOOK:
            raise CommandError("too many entries for one sheet: ask for a shorter period, or for .csv")
        with open(file, "wb") as out:
            sheets.write(out, log_export.HEADS, log_export.lines(rows), ending, delimiter=",")

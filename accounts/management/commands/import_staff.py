"""import_staff FILE: what /hr/import/ does, at the command line."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts import jobs
from accounts.models import Job, StaffImportRow, User
from accounts.staff_import import reading, report, words, working


class Command(BaseCommand):
    help = "Bring staff in from a spreadsheet (XLSX or CSV). Says what becomes of each row."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would be; nothing is kept")
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="write nothing unless every row can be taken in"
        )
        parser.add_argument(
            "--by", metavar="LOGIN", help="whose scope counts, and who stands in the log; without: the platform itself"
        )
        parser.add_argument(
            "--answers", default="", metavar="LINE=ANSWER,…",
            help="to rows that ask: 12=another, 15=same, 16=TSH-0457 (the same as this person), all=another, all=same",
        )  # fmt: skip
        parser.add_argument("--report", type=Path, help="where to put the report (XLSX)")

    def handle(self, *args, **options):
        by = self._importer(options["by"])
        import_ = self._read(options["file"], by)
        try:
            self._answer(import_, by, options["answers"])
            if not options["dry_run"]:
                self._apply(import_, by, options["all_or_nothing"])
            self._tell(import_, options["report"])
        finally:
            if options["dry_run"]:
                reading_job = import_.reading
                import_.delete()
                reading_job.delete()

    def _importer(self, login):
        if not login:
            return None
        by = User.objects.filter(username__iexact=login).first()
        if by is None or not working.may_import(by):
            raise CommandError(f"{login} is nobody who may import staff.")
        return by

    def _read(self, file, by):
        try:
            with file.open("rb") as opened:
                data = reading.bytes_of(opened)
        except (OSError, reading.BadFile) as fault:
            raise CommandError(str(fault)) from None
        made = working.ask_to_read(data=data, name=file.name, by=by)
        jobs.run_one(made.reading.pk)  # if it was not small enough to be done at once
        made.refresh_from_db()
        if made.reading.state == Job.State.FAILED:
            raise CommandError(made.reading.fault)
        return made

    def _answer(self, import_, by, text):
        answers, everything = {}, ""
        for pair in filter(None, text.split(",")):
            line, _equals, said = (part.strip() for part in pair.partition("="))
            if line == "all" and said in StaffImportRow.Answer.values:
                everything = said
            elif line.isdecimal():
                answers[int(line)] = self._one_answer(import_, int(line), said)
            else:
                raise CommandError(f"not understood: {pair}")
        if answers:
            working.answer(import_=import_, by=by, answers=answers)
        if everything:
            working.answer(import_=import_, by=by, all_open=everything)

    def _one_answer(self, import_, line, said):
        row = import_.rows.filter(line=line).first()
        if row is None or not row.candidates:
            raise CommandError(f"row {line} asks nothing")
        if said == "another":
            return "another", {}
        fitting = [
            one
            for one in row.candidates
            if said == "same" or one.get("login", "").lower() == said.lower() or said == f"row {one.get('line')}"
        ]
        if len(fitting) != 1:
            raise CommandError(f"row {line}: {said} names {len(fitting)} of those who may be meant")
        return "same", fitting[0]

    def _apply(self, import_, by, all_or_nothing):
        n = working.counts(import_)
        if all_or_nothing and n["refused"] + n["duplicate"]:
            self._tell(import_)
            raise CommandError("Nothing is written: not every row can be taken in.")
        if working.ask_to_apply(import_=import_, by=by, all_or_nothing=all_or_nothing):
            import_.refresh_from_db()
            jobs.run_one(import_.applying.pk)
            import_.refresh_from_db()
            if import_.applying.state == Job.State.FAILED:
                raise CommandError(import_.applying.fault)

    def _tell(self, import_, file=None):
        rows = import_.rows.select_related("person")
        for note in words.say_all(import_.notes):
            self.stdout.write(note)
        for row in rows:
            self.stdout.write(self._line(row))
        counts = import_.counts if import_.applied_at else working.counts(import_)
        labels = dict(StaffImportRow.Outcome.choices if import_.applied_at else StaffImportRow.Verdict.choices)
        self.stdout.write(", ".join(f"{labels[key]}: {n}" for key, n in counts.items()))
        if file:
            file.write_bytes(report.workbook(rows))

    def _line(self, row):
        line, verdict, done, login, last, first, *_given, changes, why = report.line(row)
        alike = "; ".join(f"? {one.get('login') or one['line']} {one['name']}" for one in row.candidates)
        return " | ".join(
            filter(None, (str(line), done or verdict, login, f"{last} {first}".strip(), changes, alike, why))
        )

"""manage.py import_questions FILE --pool CODE: questions from GIFT, Aiken, Moodle XML, XLSX or CSV. Safe to run again."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.exchange import FORMATS, BadFile, reading, taking_in
from courses.models import QuestionPool
from courses.typed import plain


class Command(BaseCommand):
    help = "Takes in what the pool lacks, as drafts; says of every question what became of it."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--pool", required=True, help="code of the question pool")
        parser.add_argument("--format", default="auto", choices=["auto", *FORMATS])
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, choices=list(dict(settings.LANGUAGES)))
        parser.add_argument("--publish", action="store_true", help="publish them at once")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args, file, pool, format, language, publish, dry_run, **options):
        row = QuestionPool.objects.filter(code=pool).first()
        if row is None:
            raise CommandError(f"there is no pool {pool}")
        try:
            with Path(file).open("rb") as opened:
                data = reading.bytes_of(opened)
            found, notes, drafts = reading.drafts(data, format, language)
        except OSError as fault:
            raise CommandError(f"{file}: {fault.strerror}") from None
        except BadFile as fault:
            raise CommandError(f"{file}: {fault}") from None
        reading.settled(drafts, language)
        if dry_run:
            judged = taking_in.judge(drafts, row)
        else:
            judged = taking_in.take_in(pool=row, drafts=drafts, publish=publish, file=Path(file).name)
        self.tell(found, notes, judged, language, options["verbosity"])

    def tell(self, found, notes, judged, language, verbosity):
        for note in notes:
            self.stdout.write(note)
        for draft, verdict, said in judged:
            if verbosity > 1 or verdict in (taking_in.REFUSED, taking_in.REPAIRED):
                words = draft.name or plain(next(iter(draft.content["text"].values()), ""))
                self.stdout.write(f"{draft.line}: {taking_in.VERDICTS[verdict]}: {words[:60]!r}: {' '.join(said)}")
        counts = ", ".join(f"{taking_in.VERDICTS[key]}: {n}" for key, n in taking_in.counts(judged).items())
        self.stdout.write(f"{FORMATS[found]}: {counts}")

"""manage.py export_questions --pool CODE --format gift|moodle-xml: to standard output, or to a file with --output."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from courses.exchange import writing
from courses.models import QuestionPool


class Command(BaseCommand):
    help = "Writes the pool's questions, the newest version of each; retired ones stay out."

    def add_arguments(self, parser):
        parser.add_argument("--pool", required=True, help="code of the question pool")
        parser.add_argument("--format", required=True, choices=["gift", "moodle-xml"])
        parser.add_argument("--output", help="the file to write")

    def handle(self, *args, pool, format, output, **options):
        row = QuestionPool.objects.filter(code=pool).first()
        if row is None:
            raise CommandError(f"there is no pool {pool}")
        left_out = writing.left_out(row, format)
        for version in left_out:
            self.stderr.write(f"not in the file: {version.question}")
        if left_out:
            self.stderr.write(
                f"{len(left_out)} questions have several gaps, which {format} cannot hold; moodle-xml can"
            )
        data, _name, _type = writing.file_of(row, format)
        if output:
            Path(output).write_bytes(data)
        else:
            self.stdout.write(data.decode(), ending="")

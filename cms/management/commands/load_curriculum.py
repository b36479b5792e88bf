"""manage.py load_curriculum [FOLDER] [--only COURSE]: pages, quizzes and seminars from the curriculum's files. Safe to run again."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.curriculum.reading import CurriculumError
from cms.loading import load


class Command(BaseCommand):
    help = "Loads the curriculum's files; never overwrites what a trainer has edited since."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", default=str(settings.CURRICULUM_DIR))
        parser.add_argument(
            "--only", action="append", help="a course's folder, such as sec; may be given more than once"
        )

    def handle(self, *args, folder, only, **options):
        if not Path(folder).is_dir():
            raise CommandError(f"{folder} is no folder")
        try:
            report = load(folder, only=only, say=self.stdout.write if options["verbosity"] else lambda line: None)
        except CurriculumError as error:
            raise CommandError("\n".join(map(str, error.problems)) + "\nNothing was loaded.") from None
        for line in report.left:
            self.stdout.write(f"left alone: {line}")

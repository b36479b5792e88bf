"""manage.py check_syllabus: says where page tree and syllabus stand apart; exit code 1 if they do. Changes nothing."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cms import tree
from courses.models import Course


class Command(BaseCommand):
    help = "Compares every course's rows with its live pages."

    def handle(self, *args, **options):
        apart = []
        for key in tree.all_keys():
            before = Course.objects.filter(key=key).values_list("version", flat=True).first()
            with transaction.atomic():
                course = tree.sync(key)
                if course and course.version != before:
                    apart.append(str(course))
                transaction.set_rollback(True)
        if apart:
            raise CommandError(
                "page tree and syllabus stand apart: " + ", ".join(apart) + ". `manage.py sweep` mends it."
            )
        self.stdout.write("page tree and syllabus agree")

"""manage.py create_demo_people: the demonstration's people, seminar dates, a required course, and a graduate with a certificate."""

import os
import secrets

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms import demo


class Command(BaseCommand):
    help = "Makes learner@, graduate@, trainer@, editor@, hr@, hr2@, director@, admin@ example.org. Password: DEMO_PASSWORD, else made up."

    def handle(self, *args, **options):
        if settings.MODE == "production":
            raise CommandError("demo people are not made in production")
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        made = [person for person, was_made in demo.make(password) if was_made]
        for person in made:
            self.stdout.write(f"{person.email:24} {person.username:10} {password}")
        if not made:
            self.stdout.write("The demo people are there already and keep their password.")

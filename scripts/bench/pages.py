"""What deeds, the sweep and a few pages cost. Pages beside bare ones of their size: beside.py."""

import os
import platform
import time

from scripts.bench._measure import Deed, measure, table
from scripts.bench._scratch import PASSWORD, make


def main():
    make()
    first_load = fill()
    bare_django, deeds = the_deeds(first_load)
    measure([bare_django, *deeds])
    first_load.queries = None
    shown = table([bare_django, *deeds, first_load], Django=bare_django)
    return f"Measured on {today()}, {conditions()}.\n\n{shown}"


def today():
    from django.utils import timezone

    return timezone.localdate().isoformat()


def conditions(database="SQLite"):
    import django
    import wagtail

    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, shared machine; trust the ratios. Python {platform.python_version()}, "
        f"Django {django.get_version()}, Wagtail {wagtail.__version__}, {database}"
    )


def fill():
    """One course and the demo people. Returns the first load as a Deed that is measured already."""
    from cms import demo
    from cms.models import QuizPage

    began = time.process_time()
    load_course()
    loaded = Deed(
        "loading a course, into an empty database", None, note="15 lessons, 6 quizzes, 5 seminars, 5 assignments"
    )
    loaded.spent = [1000 * (time.process_time() - began)]
    demo.make(PASSWORD)
    quiz = QuizPage.objects.filter(locale__language_code="uz").order_by("path").first()
    quiz.attempts, quiz.wait_hours = 0, 0
    draw = quiz.draws.all()[0]
    draw.count = 10
    quiz.draws = [draw]
    quiz.save_revision().publish()
    return loaded


def load_course():
    from django.conf import settings

    from cms.loading import load

    load(settings.CURRICULUM_DIR, only=["sec"])


class Reader:
    """A client as a browser is: keeps cookies, sends the CSRF token, takes gzip."""

    def __init__(self, person=None, packed=True):
        from django.test import Client

        self.client = Client(enforce_csrf_checks=True, headers={"accept-encoding": "gzip"} if packed else {})
        if person:
            self.client.force_login(person)

    def get(self, address):
        return self.client.get(address)

    def post(self, address, data):
        if "csrftoken" not in self.client.cookies:
            self.client.get("/accounts/login/" if "sessionid" not in self.client.cookies else "/accounts/profile/")
        return self.client.post(address, data, headers={"x-csrftoken": self.client.cookies["csrftoken"].value})


def the_deeds(first_load):
    from django.utils import timezone

    from accounts.models import User
    from certification.drawing import draw
    from certification.models import CertificateVersion
    from cms import demo, sweeping, tree
    from courses import attempts, enrolments, progress
    from courses.models import Activity, Course

    learner, course = User.objects.get(email="learner@example.org"), Course.objects.get(code="SEC")
    enrolment = enrolments.begin(learner=learner, course=course)
    steps = list(course.activities.live().order_by("position"))
    lesson = next(step for step in steps if step.kind == Activity.Kind.LESSON)
    quiz = next(step for step in steps if step.kind == Activity.Kind.QUIZ).quiz
    progress.mark_done(enrolment=enrolment, activity=lesson)
    reader = Reader(learner)
    version = CertificateVersion.objects.get(is_current=True)
    sequence = iter(range(1, 10**9))

    def answered(count=None):
        """An attempt of ten questions, all or `count` of them answered."""
        made = attempts.start(enrolment=enrolment, quiz=quiz, now=timezone.now())
        for row in made.questions.select_related("version")[:count]:
            attempts.save_answer(attempt=made, slot=row.slot, values=demo.right_values(row), now=timezone.now())
        return made

    def open_slot():
        made = attempts.start(enrolment=enrolment, quiz=quiz, now=timezone.now())
        return made.questions.select_related("version").first()

    def save(row):
        address = f"/attempts/{row.attempt_id}/answers/{row.slot}/"
        return reader.post(address, {"answer": demo.right_values(row), "sequence": next(sequence)})

    bare_django = Deed("bare Django view: session, user", lambda _: reader.get("/bare/django/"))
    deeds = [
        Deed("quiz page", lambda _: reader.get(quiz.activity.addresses["uz"]), times=10),
        Deed("saving an answer", save, open_slot),
        Deed(
            "submit of 10 questions",
            lambda made: reader.post(f"/attempts/{made.pk}/finish/", {}),
            answered,
            times=3,
            note="graded from the rows, completion written",
        ),
        Deed("Argon2id check of a password", lambda _: learner.check_password(PASSWORD), times=3),
        Deed(
            "drawing and tagging a certificate", lambda _: draw(version.payload), times=3, note="not sealed; no query"
        ),
        Deed("sync of an unchanged course", lambda _: tree.sync(course.key), times=3, note="5 modules, 26 activities"),
        Deed("round of the sweep, nothing due", lambda _: sweeping.sweep(parts=sweeping.PARTS), times=3),
        Deed("the same with every course looked at", lambda _: sweeping.sweep(), times=2),
        Deed("loading a course, nothing changed", lambda _: load_course(), times=1, rounds=3),
    ]
    return bare_django, deeds

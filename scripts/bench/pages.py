"""What the platform's pages and deeds cost, beside a bare Django view and a bare Wagtail page in the same run."""

import io
import os
import platform
import time

from scripts.bench._measure import Deed, measure, table
from scripts.bench._scratch import PASSWORD, make


def main():
    make()
    first_load = fill()
    bare_django, bare_wagtail, deeds = the_deeds(first_load)
    measure([bare_django, bare_wagtail, *deeds])
    first_load.queries = None
    shown = table([bare_django, bare_wagtail, *deeds, first_load], Django=bare_django, Wagtail=bare_wagtail)
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
    """The curriculum, the demo people and a page to compare with. Returns the first load as a Deed that is measured already."""
    from django.core.management import call_command
    from wagtail.models import Page

    from cms import demo
    from cms.models import HomePage, QuizPage
    from scripts.bench.barepages.models import BarePage

    began = time.process_time()
    call_command("load_curriculum", verbosity=0, stdout=io.StringIO())
    load = Deed(
        "`load_curriculum`, into an empty database", None, note="15 lessons, 5 quizzes, 5 seminars, 5 assignments"
    )
    load.spent = [1000 * (time.process_time() - began)]
    demo.make(PASSWORD)
    home = HomePage.objects.get(locale__language_code="uz")
    bare = BarePage(title="Bare", slug="bare", body="<p>A <b>short</b> body.</p>", locale=home.locale, live=False)
    Page.objects.get(pk=home.pk).add_child(instance=bare).save_revision().publish()
    quiz = QuizPage.objects.filter(locale__language_code="uz").order_by("path").first()
    quiz.attempts, quiz.wait_hours = 0, 0
    draw = quiz.draws.all()[0]
    draw.count = 10
    quiz.draws = [draw]
    quiz.save_revision().publish()
    return load


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
    from django.core.cache import cache
    from django.core.management import call_command
    from django.utils import timezone

    from accounts.models import User
    from certification.drawing import draw
    from certification.models import CertificateVersion
    from cms import demo, lessons, sweeping, tree
    from courses import attempts, enrolments, progress
    from courses.models import Activity, Course

    learner, course = User.objects.get(email="learner@example.org"), Course.objects.live().get()
    enrolment = enrolments.begin(learner=learner, course=course)
    steps = list(course.activities.live().order_by("position"))
    lesson = next(step for step in steps if step.kind == Activity.Kind.LESSON)
    quiz = next(step for step in steps if step.kind == Activity.Kind.QUIZ).quiz
    progress.mark_done(enrolment=enrolment, activity=lesson)
    reader, plain, stranger = Reader(learner), Reader(learner, packed=False), Reader()
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

    def load_again(_):
        call_command("load_curriculum", verbosity=0, stdout=io.StringIO())

    def at_the_door():
        cache.clear()  # limits of sign-in
        visitor = Reader()
        visitor.get("/accounts/login/")
        return visitor

    bare_django = Deed("bare Django view: session, user", lambda _: reader.get("/bare/django/"))
    bare_wagtail = Deed("bare Wagtail page, one level deep", lambda _: reader.get("/bare/wagtail/bare/"))
    address = lesson.addresses["uz"]
    deeds = [
        Deed("lesson, kept", lambda _: reader.get(address), note="as long as nothing is published"),
        Deed(
            "the same without compression",
            lambda _: plain.get(address),
            note="as the two bare ones, too short to be packed",
        ),
        Deed("lesson, first view in a process", lambda _: reader.get(address), lessons.forget, times=5),
        Deed("course page", lambda _: reader.get(course.addresses["uz"]), times=10),
        Deed("My learning", lambda _: reader.get("/learning/"), times=10),
        Deed("quiz page", lambda _: reader.get(quiz.activity.addresses["uz"]), times=10),
        Deed("catalogue", lambda _: reader.get("/uz/kurslar/"), times=10),
        Deed("saving an answer", save, open_slot),
        Deed(
            "submit of 10 questions",
            lambda made: reader.post(f"/attempts/{made.pk}/finish/", {}),
            answered,
            times=3,
            note="graded from the rows, completion written",
        ),
        Deed("verify, a valid code", lambda _: stranger.get(f"/verify/{version.code}/"), note="without an account"),
        Deed("verify for a machine (JSON)", lambda _: stranger.get(f"/verify/{version.code}.json")),
        Deed(
            "sign-in: the POST alone",
            lambda visitor: visitor.post("/accounts/login/", {"login": "TSH-0001", "password": PASSWORD}),
            at_the_door,
            times=3,
            note="Argon2id 19 MiB, t=2, p=1 included",
        ),
        Deed("Argon2id check of a password", lambda _: learner.check_password(PASSWORD), times=3),
        Deed(
            "drawing and tagging a certificate", lambda _: draw(version.payload), times=3, note="not sealed; no query"
        ),
        Deed("sync of an unchanged course", lambda _: tree.sync(course.key), times=3, note="5 modules, 26 activities"),
        Deed("round of the sweep, nothing due", lambda _: sweeping.sweep(parts=sweeping.PARTS), times=3),
        Deed("the same with every course looked at", lambda _: sweeping.sweep(), times=2),
        Deed("`load_curriculum`, nothing changed", load_again, times=1, rounds=3),
    ]
    return bare_django, bare_wagtail, deeds

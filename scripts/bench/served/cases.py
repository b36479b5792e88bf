"""What is measured, and what stands bare beside it. Read in the order of the table."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from . import filling, quizzes
from .measuring import Case, same, timed
from .visitor import Visitor

WAGTAIL, REPORT = "bare Wagtail page", "bare Django report: 50 rows and their totals"
AT_ONCE, ROOMS = 8, 10
HITS_BYTES = 4_200  # of a page of twenty hits, on the wire


def all_cases(scale):
    """[Case], those of a base after the base."""
    return [*reading(), *searching(), *journeys(scale), *seminar(), *staff(), *certificates(), *signing_in()]


def bare_page(size, person, what):
    """A bare view of as many bytes as ours has on the wire."""
    address = f"/bare/page/{size}/"
    return Case(f"bare Django view, as many bytes as {what}", lambda visitor: visitor.get(address), same(person))


def page(name, address, person, base):
    return Case(name, lambda visitor: visitor.get(address), same(person), base)


# --- Reading --------------------------------------------------------------------------------------------------------------


def reading():
    from accounts.models import User
    from courses import enrolments, progress
    from courses.models import Activity, Course

    learner, course = User.objects.get(username=filling.LEARNER), Course.objects.get(code="SEC")
    enrolment = enrolments.begin(learner=learner, course=course)
    lesson = course.activities.live().filter(kind=Activity.Kind.LESSON).order_by("position").first()
    progress.mark_done(enrolment=enrolment, activity=lesson)
    learning = bare_page(6_000, learner, "My learning")
    return [
        page(WAGTAIL, "/bare/wagtail/bare/", learner, ""),
        page("lesson", lesson.addresses["uz"], learner, WAGTAIL),
        page("course", course.addresses["uz"], learner, WAGTAIL),
        page("catalogue", "/uz/kurslar/", learner, WAGTAIL),
        learning,
        page("My learning", "/learning/", learner, learning.name),
    ]


# --- The search -----------------------------------------------------------------------------------------------------------


def searching():
    """One word of many texts, and two that few have both: signed in, where lessons are found too, and without an account."""
    from accounts.models import User

    learner = User.objects.get(username=filling.LEARNER)
    bare = bare_page(HITS_BYTES, learner, "a page of hits")
    return [
        bare,
        page("search for one word, without an account", "/search/?q=o%27quv", None, bare.name),
        page("search for one word, signed in", "/search/?q=o%27quv", learner, bare.name),
        page("search for two words, signed in", "/search/?q=uzun+parol", learner, bare.name),
    ]


# --- The quiz -------------------------------------------------------------------------------------------------------------


def journeys(scale):
    ours, bare = quizzes.our_quizzes(filling.QUESTIONS * scale), quizzes.bare_quiz(filling.QUESTIONS * scale)
    one, whole = "bare quiz, one question a page", "bare quiz, all on one page"
    [person] = quizzes.people(1)
    answer = quizzes.begun(bare, person)
    views, saves = (
        "bare Django view, 24 times, as a quiz by forms asks",
        "bare Django view that saves an answer of a quiz, ten times",
    )
    return [
        journey(one, quizzes.bare_one_by_one, bare),
        Case(views, quizzes.bare_views, same(person), one),
        journey("quiz, one question a page, with its script", quizzes.script_one_by_one, ours[False], one),
        journey("quiz, one question a page, JavaScript off", quizzes.form_one_by_one, ours[False], one),
        journey(whole, quizzes.bare_on_one_page, bare),
        Case(saves, lambda visitor: quizzes.bare_saves(visitor, answer), same(person), whole),
        journey("quiz, all on one page, with its script", quizzes.script_on_one_page, ours[True], whole),
        journey("quiz, all on one page, JavaScript off", quizzes.form_on_one_page, ours[True], whole),
    ]


def journey(name, walk, quiz, base=""):
    """Each walk is of somebody new."""

    def visitors(port, number, counting=False):
        return [Visitor(port, one, counting) for one in quizzes.people(number, quiz if base else None)]

    return Case(name, lambda visitor: walk(visitor, quiz), visitors, base)


# --- A check-in burst -----------------------------------------------------------------------------------------------------


def seminar():
    from django.utils import timezone

    from accounts.models import User
    from courses.models import Course
    from seminars.models import Seminar, SeminarRun, Session

    code = f"bench-{uuid4().hex[:6]}"
    course = Course.objects.create(key=uuid4(), code=code, source="uz", titles={"uz": "Bench"})
    topic = Seminar.objects.create(code=code, course=course, titles={"uz": "Bench"})
    now, rooms = timezone.now(), []
    for _ in range(ROOMS):
        run = SeminarRun.objects.create(seminar=topic, capacity=30_000)
        rooms.append(Session.objects.create(run=run, starts_at=now, ends_at=now + timedelta(minutes=90), hours=2))
    learner = User.objects.get(username=filling.LEARNER)

    def five_pages(visitor):
        for _ in range(5):
            visitor.get("/bare/page/3000/")

    def five_times(port, number, counting=False):
        return [Visitor(port, learner, counting) for _ in range(number)]

    bare = Case(
        "bare Django view, five times, eight people at once", five_pages, five_times, run=side_by_side, least=16
    )
    ours = Case(
        "seminar check-in (code, page, button twice, how one stands), eight people at once", check_in, arrivals(rooms),
        bare.name, run=all_checked_in, least=16,
    )  # fmt: skip
    return [bare, ours]


def arrivals(rooms):
    """People with a seat who hold their phone to the screen: each carries .person and the address of the code in .code."""
    from django.utils import timezone

    from seminars import checkin_codes
    from seminars.models import Seat

    turn = itertools.cycle(rooms)

    def visitors(port, number, counting=False):
        made, now = [], timezone.now()
        for person in quizzes.people(number):
            session = next(turn)
            Seat.objects.create(run=session.run, person=person, state=Seat.State.BOOKED, since=now)
            visitor = Visitor(port, person, counting)
            visitor.person, visitor.code = person, f"/checkin/{checkin_codes.code(session.pk, now)}/"
            made.append(visitor)
        return made

    return visitors


def check_in(visitor):
    """The second press is as if the answer had been lost on the way. Raises AssertionError unless one is marked once."""
    visitor.get(visitor.code, status=302)
    visitor.get("/checkin/")
    receipt = visitor.cookies["checkin_receipt"]
    for _press in range(2):
        visitor.cookies["checkin_receipt"] = receipt
        address = visitor.post("/checkin/")
        assert "/checkin/sessions/" in address
    visitor.get(address)


def all_checked_in(case, visitors):
    """Side by side. Raises AssertionError unless each is marked, and marked once."""
    from seminars.models import Attendance, AttendanceEntry

    seconds = side_by_side(case, visitors)
    for rows in (Attendance.objects.filter(mark="present"), AttendanceEntry.objects.all()):
        assert rows.filter(person__in=[visitor.person for visitor in visitors]).count() == len(visitors)
    return seconds


def side_by_side(case, visitors):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda visitor: timed(case.do, visitor), visitors))


# --- HR -------------------------------------------------------------------------------------------------------------------


def staff():
    from accounts.models import User

    admin = User.objects.get(username=filling.ADMIN)
    return [
        page(REPORT, "/bare/report/", admin, ""),
        page("HR's first page", "/hr/", admin, REPORT),
        page("HR's page of a region", "/hr/?library=SAM", admin, REPORT),
        page("HR's list of people", "/hr/people/", admin, REPORT),
        Case("export of all rows, CSV", lambda visitor: take_along(visitor, "csv"), same(admin)),
        Case("export of all rows, XLSX", lambda visitor: take_along(visitor, "xlsx"), same(admin)),
    ]


def take_along(visitor, ending):
    """The list of all people: as the answer, or where it is long made by a job, waited for and fetched."""
    from accounts.models import Job

    answer = visitor.ask("POST", f"/hr/lists/people.{ending}", status=(200, 302))
    if answer.status == 200:
        return
    address = urlsplit(answer.headers["Location"]).path
    key, ends = int(address.rstrip("/").rpartition("/")[2]), time.monotonic() + 300
    while Job.objects.get(pk=key).state != Job.State.DONE:
        assert time.monotonic() < ends, f"{address} is not done"
        time.sleep(0.1)
    visitor.close()  # the server does not wait so long for the next request on a connection
    visitor.get(f"{address}file/")


# --- Certificates ---------------------------------------------------------------------------------------------------------


def certificates():
    from django.conf import settings

    from accounts.models import User
    from certification.models import CertificateVersion

    graduate = User.objects.get(username=filling.GRADUATE)
    version = CertificateVersion.objects.get(certificate__enrolment__learner=graduate, is_current=True)
    with version.pdf.open() as stored:
        (settings.SCRATCH / "bare" / "kept.pdf").write_bytes(stored.read())
    file = page("bare Django view and the file", "/bare/file/kept.pdf", graduate, "")
    drawn = Case("bare reportlab and bare pyHanko, in the worker", None, lambda _port, number, _=False: range(number),
                 run=draw_and_sign, least=4)  # fmt: skip
    issued = Case("issue of a certificate (draw, tag, sign, store, tell), in the worker", None, completions, drawn.name,
                  run=issue, least=4)  # fmt: skip
    bare = bare_page(3_500, graduate, "a verification")
    return [
        file,
        page("certificate download", f"/certificates/{version.code}.pdf", graduate, file.name),
        *([drawn, issued] if settings.CELERY_BROKER_URL else []),
        bare,
        page("verification, without an account", f"/verify/{version.code}/", None, bare.name),
    ]


def draw_and_sign(_case, numbers):
    from django.conf import settings

    from .bare.tasks import draw_and_sign as task

    place = settings.SCRATCH / "bare"
    before = sum(1 for _ in place.iterdir())
    return sent(task, [()] * len(numbers), lambda: sum(1 for _ in place.iterdir()) - before)


def completions(_port, number, _counting=False):
    """Primary keys of so many completions whose holders have confirmed their names."""
    from scripts.bench import certificates

    return certificates.completions(number)


def issue(_case, keys):
    from certification.models import CertificateVersion
    from certification.tasks import issue as task

    issued = CertificateVersion.objects.filter(certificate__enrolment__completion__in=keys).exclude(sha256="")
    return sent(task, [(key,) for key in keys], issued.count)


def sent(task, arguments, done, seconds=120):
    """Hand so many jobs to the worker and wait for all. Returns the seconds of each, as far as their common time says."""
    began = time.perf_counter()
    for given in arguments:
        task.apply_async(args=given, ignore_result=True)
    while done() < len(arguments):
        assert time.perf_counter() - began < seconds, f"{task.name}: {done()} of {len(arguments)} done"
        time.sleep(0.02)
    return [(time.perf_counter() - began) / len(arguments)] * len(arguments)


# --- Signing in -----------------------------------------------------------------------------------------------------------


def signing_in():
    def sign_in(visitor):
        visitor.post("/accounts/login/", {"login": filling.LEARNER, "password": filling.PASSWORD})

    def at_the_door(port, number, counting=False):
        return [Visitor(port, None, counting) for _ in range(number)]

    return [Case("sign-in: name and password", sign_in, at_the_door)]

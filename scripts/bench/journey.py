"""One learner's way through a quiz of ten questions: start, answers, hand-in, result; ours beside a bare one written by hand.

python -m scripts.bench journey      on SQLite, then on PostgreSQL where one answers; each database in a process of its own

The bare quiz (barequiz/) has Django's own middleware, sessions, sign-in, CSRF and templates, grades on the server, and nothing else.
Counted: CPU of this process while it answers, from the request's environment to the whole answer, and on PostgreSQL that of the
server's process for this connection (/proc). What stands in for the browser (making forms, keeping cookies, reading pages) is not.
"""

import gc
import gzip
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode
from uuid import uuid4

from scripts import machine
from scripts.bench._measure import plain, ratio
from scripts.bench._scratch import make

ASKED, POOL = 10, 20
MANY = 2_000
ROUNDS, TIMES = 9, 3
STEPS = ("start", "questions", "answers", "hand in", "result")
BARE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]  # as startproject writes it
MOODLE = (
    "Moodle for comparison, figures taken over and not measured in this run: one question a page 1,080 ms and "
    "1,324 queries, all on one page 425 ms and 664 queries."
)


def main():
    """Both databases, one after the other. Returns the tables."""
    told = [_in_a_process("")]
    if machine.postgres():
        told.append(_in_a_process("postgres"))
    return "\n\n".join([*told, MOODLE])


def _in_a_process(database):
    done = subprocess.run([sys.executable, "-m", "scripts.bench.journey", database], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        machine.stop(f"scripts.bench.journey {database} failed")
    return done.stdout.strip()


def one_database(database):
    make(machine.postgres() if database else None)
    from django.db import connection

    from scripts.bench.pages import conditions, today

    clock, ours, bare = Clock(), our_quiz(), bare_quiz()
    journeys = [
        Journey("bare, one question a page", bare_one_by_one, bare),
        Journey("Saboq, one question a page, with its script", script_one_by_one, ours[False]),
        Journey("Saboq, one question a page, JavaScript off", form_one_by_one, ours[False]),
        Journey("bare, all on one page", bare_on_one_page, bare),
        Journey("Saboq, all on one page, JavaScript off", form_on_one_page, ours[True]),
        Journey("Saboq, all on one page, each answer saved by its script", script_on_one_page, ours[True]),
    ]
    for journey in journeys:
        journey.look()
    for _round in range(ROUNDS):
        gc.collect()
        for journey in journeys:
            journey.round(clock)
    server = {"sqlite": "SQLite", "postgresql": f"PostgreSQL {connection.pg_version // 10_000}"} if database else {}
    told = [f"Measured on {today()}, {conditions(server.get(connection.vendor, 'SQLite'))}."]
    return "\n\n".join([*told, table(journeys, split=clock.server), steps(journeys), growth()])


# --- Measuring ------------------------------------------------------------------------------------------------------------


class Clock:
    """CPU milliseconds of this process, and of the database server's process that serves it (SQLite runs in this one)."""

    def __init__(self):
        from django.db import connection

        self.server = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                path = f"/proc/{cursor.fetchone()[0]}/schedstat"
            self.server = path if os.path.exists(path) else None  # the server may stand on another machine

    def now(self):
        server = 0.0
        if self.server:
            with open(self.server) as told:
                server = (
                    int(told.read().split()[0]) / 1e6
                )  # nanoseconds on the CPU (Documentation/scheduler/sched-stats)
        return 1000 * time.process_time(), server


@dataclass
class Journey:
    """Each walk is of somebody new, who is signed in already and has not seen the quiz."""

    name: str
    walk: object
    quiz: object
    spent: list = field(default_factory=list)  # CPU milliseconds a walk, one figure a round
    server: list = field(default_factory=list)
    queries: dict = field(default_factory=dict)  # {step: how many, of all its requests}
    requests: int = 0

    @property
    def is_bare(self):
        return self.walk in (bare_one_by_one, bare_on_one_page)

    @cached_property
    def server_process(self):
        """Its middleware is read once, as a server does."""
        from django.conf import settings
        from django.test import override_settings

        with override_settings(MIDDLEWARE=BARE_MIDDLEWARE if self.is_bare else settings.MIDDLEWARE):
            return timed_handler()

    def walker(self):
        return Walker(people(1, None if self.is_bare else self.quiz)[0], self.server_process)

    def look(self):
        """Walk twice unmeasured: what can be warm is warm, and the second time its queries are counted."""
        self.walk(self.walker(), self.quiz)
        walker = self.walker()
        walker.counting = True
        self.walk(walker, self.quiz)
        self.queries, self.requests = walker.queries, walker.requests
        return self

    def round(self, clock):
        handler = self.server_process
        handler.clock, handler.spent = clock, [0, 0]
        for _ in range(TIMES):
            self.walk(self.walker(), self.quiz)
        self.spent.append(handler.spent[0] / TIMES)
        self.server.append(handler.spent[1] / TIMES)

    @property
    def both(self):
        return [one + other for one, other in zip(self.spent, self.server, strict=True)]

    @property
    def median(self):
        return statistics.median(self.both)


class Walker:
    """A browser that is signed in: keeps cookies, sends the CSRF token with each POST, takes gzip."""

    def __init__(self, person, handler):
        from django.test import Client

        self.client = Client(headers={"accept-encoding": "gzip"})
        self.client.handler = handler
        self.client.force_login(person)
        self.token = get_random_token()
        self.client.cookies["csrftoken"] = self.token
        self.counting, self.queries, self.requests = False, {}, 0

    def ask(self, step, method, address, data=None, status=200):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        more = {"headers": {"x-csrftoken": self.token}} if method == "post" else {}
        if isinstance(data, str):  # as fetch sends URLSearchParams
            more["content_type"] = "application/x-www-form-urlencoded"
        send = getattr(self.client, method)
        if not self.counting:
            answer = send(address, data, **more)
        else:
            with CaptureQueriesContext(connection) as seen:
                answer = send(address, data, **more)
            self.queries[step] = self.queries.get(step, 0) + len(seen)
            self.requests += 1
        assert answer.status_code == status, f"{step}: {answer.status_code} {address}"
        return answer

    def get(self, step, address):
        answer = self.ask(step, "get", address)
        return gzip.decompress(answer.content) if answer.get("Content-Encoding") == "gzip" else answer.content

    def post(self, step, address, data=None):
        """A form: answered by a redirect. Returns where it leads."""
        return self.ask(step, "post", address, data or {}, status=302).url


def timed_handler():
    """The server's side: what answers an environment, with a clock around it."""
    from django.test.client import ClientHandler

    class TimedHandler(ClientHandler):
        clock, spent = None, None

        def __call__(self, environ):
            if not self.clock:
                return super().__call__(environ)
            began, began_server = self.clock.now()
            answer = super().__call__(environ)
            ended, ended_server = self.clock.now()
            self.spent[0] += ended - began
            self.spent[1] += ended_server - began_server
            return answer

    made = TimedHandler(enforce_csrf_checks=True)
    made.load_middleware()
    return made


def get_random_token():
    from django.middleware.csrf import _get_new_csrf_string

    return _get_new_csrf_string()


# --- The tables -----------------------------------------------------------------------------------------------------------


def table(journeys, split):
    heads = [
        "journey",
        "requests",
        "CPU ms",
        "least to most",
        *(["of it the database"] if split else []),
        "× bare",
        "queries",
    ]
    lines, bare = [heads, ["---", *["---:"] * (len(heads) - 1)]], None
    for one in journeys:
        bare = one if one.is_bare else bare
        lines.append([
            one.name, str(one.requests), plain(one.median), f"{plain(min(one.both))} to {plain(max(one.both))}",
            *([plain(statistics.median(one.server))] if split else []), ratio(one.median / bare.median),
            str(sum(one.queries.values())),
        ])  # fmt: skip
    return drawn(lines)


def steps(journeys):
    lines = [["queries a step", *STEPS], ["---", *["---:"] * len(STEPS)]]
    lines += [[one.name, *(str(one.queries.get(step, "")) for step in STEPS)] for one in journeys]
    return drawn(lines)


def growth():
    """The queries of a journey where everything is small, and where there is much of one thing."""
    lines = [["queries, one question a page and all on one", "one a page", "on one page"], ["---", "---:", "---:"]]
    for name, pool, others in (
        (f"{POOL} questions in the pool, nobody else's attempt", POOL, 0),
        (f"{MANY:,} questions in the pool", MANY, 0),
        (f"{MANY:,} graded attempts of others", POOL, MANY),
    ):
        quizzes = our_quiz(pool)
        for quiz in quizzes.values():
            attempts_of_others(quiz, others)
        walks = (form_one_by_one, quizzes[False]), (form_on_one_page, quizzes[True])
        lines.append([name, *(str(sum(Journey("", *walk).look().queries.values())) for walk in walks)])
    return drawn(lines)


def drawn(lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


# --- The journeys ---------------------------------------------------------------------------------------------------------


def bare_one_by_one(walker, quiz):
    address = walker.post("start", f"/barequiz/quizzes/{quiz.pk}/start/")
    for _ in range(ASKED):
        shown = walker.get("questions", address)
        address = walker.post("answers", address, {"option": offered(shown)})
    walker.get("hand in", address)
    walker.get("result", walker.post("hand in", address))


def bare_on_one_page(walker, quiz):
    address = walker.post("start", f"/barequiz/quizzes/{quiz.pk}/start/", {"shape": "page"})
    shown = walker.get("questions", address).decode()
    given = {f"option-{n}": re.search(rf'name="option-{n}" value="(\d+)"', shown)[1] for n in range(1, ASKED + 1)}
    walker.get("result", walker.post("answers", address, given))


def offered(shown):
    return re.search(r'name="option" value="(\d+)"', shown.decode())[1]


def form_one_by_one(walker, quiz):
    """Each form saves and leads on."""
    attempt = walker.post("start", f"/quizzes/{quiz.activity_id}/start/")
    walker.get("questions", attempt)
    for slot in range(1, ASKED + 1):
        last = slot == ASKED
        data = {"slot": slot, "answer": "0", "seen": "", "sequence": "", "go": "submit" if last else "next"}
        address = walker.post("answers", attempt, data)
        if not last:
            walker.get("questions", address)
    hand_in(walker, address)


def script_one_by_one(walker, quiz):
    """All questions come with the first page, which answers «Start»; each answer is saved as it is given and tells when its
    question was shown (static/js/quiz.js). «Save and finish» has nothing left to send; the page itself asks whether to finish, and the
    handing-in is answered by the result."""
    attempt = start_at_once(walker, quiz)
    for slot in range(1, ASKED + 1):
        save(walker, attempt, slot, {} if slot == 1 else {"ago": "4000"})
    walker.ask("hand in", "post", f"{attempt}finish/", {"at-once": "1"})


def form_on_one_page(walker, quiz):
    attempt = walker.post("start", f"/quizzes/{quiz.activity_id}/start/")
    walker.get("questions", attempt)
    hand_in(walker, walker.post("answers", attempt, whole_page()))


def script_on_one_page(walker, quiz):
    attempt = start_at_once(walker, quiz)
    for slot in range(1, ASKED + 1):
        save(walker, attempt, slot)
    walker.ask("hand in", "post", f"{attempt}finish/", {"at-once": "1"})  # as above


def start_at_once(walker, quiz):
    """The address of the attempt, whose page came as the answer."""
    answer = walker.ask("start", "post", f"/quizzes/{quiz.activity_id}/start/", {"at-once": "1"})
    return re.search(rb'data-here="([^"]+)"', gzip.decompress(answer.content))[1].decode()


def whole_page():
    """The form with all questions, answered; it was shown without answers."""
    slots = range(1, ASKED + 1)
    given = {f"answer-{n}": "0" for n in slots} | {f"seen-{n}": "" for n in slots}
    return given | {"page": "all", "slot": list(slots), "sequence": "", "go": "submit"}


def save(walker, attempt, slot, more=None):
    data = {"answer": "0", "sequence": time.time_ns() // 1_000_000} | (more or {})
    walker.ask("answers", "post", f"{attempt}answers/{slot}/", urlencode(data))


def hand_in(walker, address):
    walker.get("hand in", address)
    walker.get("result", walker.post("hand in", address))


# --- What there is --------------------------------------------------------------------------------------------------------


def our_quiz(pool=POOL):
    """{whether all on one page: a quiz of ten single-choice questions drawn from so many}."""
    from django.utils import timezone

    from courses.models import Activity, Course, Draw, Question, QuestionPool, QuestionVersion, Quiz

    code, now = f"bench-{uuid4().hex[:6]}", timezone.now()
    course = Course.objects.create(
        key=uuid4(), code=code, source="uz", titles={"uz": "Bench"}, addresses={"uz": "/uz/"}
    )
    questions = QuestionPool.objects.create(code=code, titles={"uz": "Bench"}, course=course)
    rows = Question.objects.bulk_create(Question(pool=questions) for _ in range(pool))
    versions = QuestionVersion.objects.bulk_create(
        QuestionVersion(question=row, number=1, kind="single", content=content(n), created_at=now, published_at=now)
        for n, row in enumerate(rows)
    )
    for row, version in zip(rows, versions, strict=True):
        row.current = version
    Question.objects.bulk_update(rows, ["current"])
    made = {}
    for one_page in (False, True):
        activity = Activity.objects.create(
            course=course,
            key=uuid4(),
            kind="quiz",
            position=one_page + 1,
            titles={"uz": "Test"},
            addresses={"uz": "/uz/"},
        )
        made[one_page] = Quiz.objects.create(activity=activity, attempts=0, wait_hours=0, one_page=one_page)
        Draw.objects.create(quiz=made[one_page], pool=questions, count=ASKED)
    return made


TEXT = "Which of these says what a librarian does first with a file that came by e-mail from nobody known? ({})"
OPTIONS = ["Looks who sent it", "Opens it at once", "Sends it on to all", "Deletes the mailbox"]


def content(n):
    choices = [{"id": f"c{m}", "text": {"uz": text}, "right": m == 0, "why": {}} for m, text in enumerate(OPTIONS)]
    return {"text": {"uz": TEXT.format(n)}, "feedback": {}, "choices": choices}


def bare_quiz(pool=POOL):
    from scripts.bench.barequiz.models import Option, Question, Quiz

    quiz = Quiz.objects.create(title="Bench")
    rows = Question.objects.bulk_create(Question(quiz=quiz, text=TEXT.format(n)) for n in range(pool))
    Option.objects.bulk_create(
        Option(question=row, text=text, right=m == 0) for row in rows for m, text in enumerate(OPTIONS)
    )
    return quiz


def people(number, quiz=None):
    """New learners, enrolled where the quiz is."""
    from django.utils import timezone

    from accounts.models import User
    from courses.models import Enrolment

    made = User.objects.bulk_create(
        User(username=f"B-{uuid4().hex[:12]}", password="!", first_name="B", last_name="B") for _ in range(number)
    )
    if quiz:
        Enrolment.objects.bulk_create(
            Enrolment(learner=one, course=quiz.activity.course, began_at=timezone.now()) for one in made
        )
    return made


def attempts_of_others(quiz, number):
    """So many graded attempts of as many other people."""
    from decimal import Decimal

    from django.utils import timezone

    from courses.models import Attempt, AttemptQuestion, Enrolment, QuestionVersion

    began = timezone.now() - timedelta(days=1)
    others = people(number, quiz)
    versions = list(QuestionVersion.objects.filter(question__pool__draws__quiz=quiz)[:ASKED])
    made = Attempt.objects.bulk_create(
        Attempt(
            enrolment=one, quiz=quiz, number=1, pass_mark=70, started_at=began, closes_at=began + timedelta(hours=2),
            submitted_at=began + timedelta(hours=1), score=Decimal(100), passed=True,
        )
        for one in Enrolment.objects.filter(course=quiz.activity.course, learner__in=[other.pk for other in others])
    )  # fmt: skip
    AttemptQuestion.objects.bulk_create(
        (
            AttemptQuestion(
                attempt=attempt, slot=slot, version=version, order=["c0", "c1", "c2", "c3"], answer="c0", sequence=1,
                score=Decimal(1),
            )
            for attempt in made
            for slot, version in enumerate(versions, 1)
        ),
        batch_size=2_000,
    )  # fmt: skip
    assert len(made) == number


if __name__ == "__main__":
    print(one_database(sys.argv[1]))

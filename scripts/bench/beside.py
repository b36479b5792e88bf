"""Pages beside bare ones of the same size in the same run: what a plain Django view, or a plain Wagtail page, would cost here.

python -m scripts.bench beside      on SQLite, then on PostgreSQL where one answers; each database in a process of its own

Both sides have the platform's settings, middleware, session and person, and take gzip. A bare answer holds the text of the page it is
compared with, ready, so that both are as long and pack as well; nothing is asked or rendered for it. Counted: CPU of this process while
it answers, from the request's environment to the whole answer, and on PostgreSQL that of the server's process for this connection.
"""

import gc
import subprocess
import sys
from dataclasses import dataclass

from scripts import machine
from scripts.bench._measure import Deed, plain, ratio
from scripts.bench._scratch import PASSWORD, make
from scripts.bench._walking import Clock, drawn, timed_handler

ROUNDS, TIMES = 9, 20


def main():
    """Both databases, one after the other. Returns the tables."""
    told = [_in_a_process("")]
    if machine.postgres():
        told.append(_in_a_process("postgres"))
    return "\n\n".join(told)


def _in_a_process(database):
    done = subprocess.run([sys.executable, "-m", "scripts.bench.beside", database], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        machine.stop(f"scripts.bench.beside {database} failed")
    return done.stdout.strip()


def one_database(database):
    make(machine.postgres() if database else None)
    from django.db import connection

    from scripts.bench.pages import conditions, today

    fill()
    asked = the_requests(Clock(), timed_handler())
    for one in asked:
        one.look()
    for _round in range(ROUNDS):
        gc.collect()
        for one in asked:
            one.round()
    server = "SQLite" if connection.vendor == "sqlite" else f"PostgreSQL {connection.pg_version // 10_000}"
    return f"Measured on {today()}, {conditions(server)}.\n\n{table(asked)}"


@dataclass(kw_only=True)
class Asked(Deed):
    """A request. `beside`: the bare one it is compared with, `goal`: at most so many times that."""

    clock: object
    handler: object
    beside: object = None
    goal: float | None = None
    times: int = TIMES

    def round(self):
        spent = [0, 0]
        for _ in range(self.times):
            self.handler.clock = None
            given = self.prepare()
            self.handler.clock, self.handler.spent = self.clock, spent
            self.do(given)
        self.handler.clock = None
        self.spent.append(sum(spent) / self.times)


def fill():
    """One course, the demo people, and bare pages."""
    from django.conf import settings
    from wagtail.models import Page

    from cms import demo
    from cms.loading import load
    from cms.models import HomePage
    from scripts.bench.barepages.models import BarePage

    load(settings.CURRICULUM_DIR, only=["sec"])
    demo.make(PASSWORD)
    home = HomePage.objects.get(locale__language_code="uz")
    body = [("heading", "Bare"), ("text", "<p>A <b>short</b> body.</p>"), ("text", "<p>And one paragraph more.</p>")]
    for slug in ("bare-lesson", "bare-course"):
        page = BarePage(title="Bare", slug=slug, body=body, locale=home.locale, live=False)
        Page.objects.get(pk=home.pk).add_child(instance=page).save_revision().publish()


def the_requests(clock, handler):
    from django.core.cache import cache
    from django.test import Client

    from accounts.models import User
    from certification.models import CertificateVersion
    from cms import lessons
    from courses import enrolments, progress
    from courses.models import Activity, Course
    from scripts.bench import _urls
    from scripts.bench.barepages import models as bare

    def browser(person=None, **headers):
        client = Client(headers={"accept-encoding": "gzip"} | headers)
        client.handler = handler
        if person:
            client.force_login(person)
        return client

    learner, graduate = (User.objects.get(email=f"{name}@example.org") for name in ("learner", "graduate"))
    course = Course.objects.get(code="SEC")
    enrolment = enrolments.begin(learner=learner, course=course)
    steps = list(course.activities.live().order_by("position"))
    lesson, second = [step for step in steps if step.kind == Activity.Kind.LESSON][:2]
    progress.mark_done(enrolment=enrolment, activity=lesson)
    version = CertificateVersion.objects.get(is_current=True)
    mistyped = version.code[:-1] + next(sign for sign in "23456789" if sign != version.code[-1])
    reader, owner, stranger = browser(learner), browser(graduate), browser()
    addresses = {
        "lesson": second.addresses["uz"], "course": course.addresses["uz"], "verify": f"/verify/{version.code}/",
    }  # fmt: skip
    texts = {
        name: (Client() if name == "verify" else unpacked(learner)).get(address).text
        for name, address in addresses.items()
    }
    for name, where, address in (
        ("bare-lesson", bare.REST, "/bare/wagtail/bare-lesson/"),
        ("bare-course", bare.REST, "/bare/wagtail/bare-course/"),
        ("verify", _urls.REST, "/bare/django/verify/"),
    ):
        text = texts[name.removeprefix("bare-")]
        short = len(unpacked(learner).get(address).content)
        where[name] = text.encode()[: len(text.encode()) - short].decode(errors="ignore")

    def get(name, who, address, **more):
        return Asked(name, lambda _: who.get(address), clock=clock, handler=handler, **more)

    def at_the_door():
        cache.clear()  # limits of sign-in
        visitor = browser()
        visitor.get("/accounts/login/")
        return visitor

    def sign_in(visitor):
        token = visitor.cookies["csrftoken"].value
        data = {"login": "TSH-0001", "password": PASSWORD}
        return visitor.post("/accounts/login/", data, headers={"x-csrftoken": token})

    wagtail_lesson = get("bare Wagtail page as long as the lesson", reader, "/bare/wagtail/bare-lesson/")
    wagtail_course = get("bare Wagtail page as long as the course page", reader, "/bare/wagtail/bare-course/")
    django_page = get("bare Django view as long as the page of a code", reader, "/bare/django/verify/")
    django_file = get("bare Django view, the same file", owner, f"/bare/file/{version.code}/")
    return [
        wagtail_lesson,
        get("lesson", reader, addresses["lesson"], beside=wagtail_lesson, goal=0.45),
        get("the same, first view in a process", reader, addresses["lesson"], beside=wagtail_lesson, prepare=lessons.forget, times=3),
        wagtail_course,
        get("course page", reader, addresses["course"], beside=wagtail_course, goal=0.45),
        get("the same, first view in a process", reader, addresses["course"], beside=wagtail_course, prepare=lessons.forget, times=3),
        django_page,
        get("page of a code, without an account", stranger, addresses["verify"], beside=django_page, goal=1.5),
        get("the same, signed in", reader, addresses["verify"], beside=django_page, goal=1.5),
        get("a mistyped code", stranger, f"/verify/{mistyped}/", beside=django_page, status=(404,), prepare=cache.clear),
        get("for a machine (JSON)", stranger, addresses["verify"][:-1] + ".json", beside=django_page),
        django_file,
        get("certificate, the file", owner, f"/certificates/{version.code}.pdf", beside=django_file, goal=1),
        get("catalogue", reader, "/uz/kurslar/", times=5),
        get("My learning", reader, "/learning/", times=5),
        Asked("sign-in: the POST alone", sign_in, at_the_door, 2, clock=clock, handler=handler),
    ]  # fmt: skip


def unpacked(person):
    from django.test import Client

    client = Client()
    client.force_login(person)
    return client


def table(asked):
    lines = [["what", "CPU ms", "least to most", "× bare", "goal", "queries", "bytes"], ["---", *["---:"] * 6]]
    for one in asked:
        lines.append([
            one.name, plain(one.median), f"{plain(min(one.spent))} to {plain(max(one.spent))}",
            ratio(one.median / one.beside.median) if one.beside else "", f"{one.goal:g}" if one.goal else "",
            str(one.queries), f"{one.size:,}",
        ])  # fmt: skip
    return drawn(lines)


if __name__ == "__main__":
    print(one_database("".join(sys.argv[1:])))

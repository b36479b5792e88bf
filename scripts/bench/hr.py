"""HR's pages over a grown nation beside a bare Django report of the same tables, and what keeping the totals costs. Takes minutes.

python -m scripts.bench hr                       1,000 and 100,000 people on PostgreSQL where one answers, else on SQLite
python -m scripts.bench.hr PEOPLE [ADDRESS]      one size; ADDRESS: a database grown already, whose name ends in _scratch; it stays

Counted is CPU while a request is answered, of this process and of the database server's process for this connection. The bare report
(barereport/) has Django's own middleware, sessions, sign-in and templates.
"""

import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

from scripts import machine
from scripts.bench._measure import plain, ratio
from scripts.bench._walking import BARE_MIDDLEWARE, Clock, Walker, drawn, timed_handler

SIZES = (1_000, 100_000)
ROUNDS, TIMES = 9, 3
BARE = "bare Django report: 50 people and their totals"
PAGES = {  # name: (login, address)
    BARE: ("UZ-000001", "/barereport/"),
    "HR's first page: a region": ("SAM-HR", "/hr/"),
    "the same of the nation (administrator)": ("UZ-000001", "/hr/"),
    "the nation, one course": ("UZ-000001", "/hr/?course=SEC"),
    "a region of the nation": ("UZ-000001", "/hr/?library=SAM"),
    "list of people": ("UZ-000001", "/hr/people/"),
    "list, overdue": ("UZ-000001", "/hr/people/?state=overdue"),
    "list, one course and state": ("UZ-000001", "/hr/people/?course=SEC&state=certificate"),
    "list, a word of the name": ("UZ-000001", "/hr/people/?q=karimova"),
    "list, page 100": ("UZ-000001", "/hr/people/?page=100"),
}
SIGN_INS, COMPLETIONS = 80, 20  # of five minutes at a busy hour, each of somebody else


def main():
    """Each size in a process of its own. Returns the tables."""
    found = [_in_a_process(people) for people in SIZES]
    return tables(found)


def _in_a_process(people):
    done = subprocess.run([sys.executable, "-m", "scripts.bench.hr", str(people)], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        machine.stop(f"scripts.bench.hr {people} failed")
    return json.loads(done.stdout)


def one_size(people, kept=None):
    """What was measured, as JSON can say it."""
    from scripts.bench._scratch import make

    make(machine.postgres(), kept)
    from django.db import connection

    from cms.growing import grow
    from reports import totals
    from scripts.bench.pages import conditions, today

    grown = None
    if not kept:
        began = time.perf_counter()
        grow(people, told=lambda done: print(f"\r{done:,}", end="", file=sys.stderr, flush=True))
        grown = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE"
        )  # as the server does by itself
    totals.recount(whole=True)
    server = f"PostgreSQL {connection.pg_version // 10_000}" if connection.vendor == "postgresql" else "SQLite"
    clock = Clock()
    return {
        "people": people, "grown": grown, "facts": facts(), "conditions": f"Measured on {today()}, {conditions(server)}.",
        "pages": pages(clock), "recounts": recounts(clock), "exports": exports(people),
    }  # fmt: skip


def facts():
    from accounts.models import Library, User
    from certification.models import Certificate
    from courses.models import ActivityCompletion, Enrolment

    kinds = {
        "people": User,
        "libraries": Library,
        "enrolments": Enrolment,
        "steps": ActivityCompletion,
        "certificates": Certificate,
    }
    return {name: kind.objects.count() for name, kind in kinds.items()}


# --- Pages ------------------------------------------------------------------------------------------------------------------


@dataclass
class Page:
    walker: Walker
    address: str
    queries: int = 0
    own: list = field(default_factory=list)  # CPU milliseconds a request, one figure a round
    server: list = field(default_factory=list)

    def look(self):
        """Twice unmeasured: what can be warm is warm, and the second time its queries are counted."""
        self.walker.get("page", self.address)
        self.walker.counting, self.walker.queries = True, {}
        self.walker.get("page", self.address)
        self.queries, self.walker.counting = self.walker.queries["page"], False
        return self

    def round(self, clock):
        handler = self.walker.client.handler
        handler.clock, handler.spent = clock, [0, 0]
        for _ in range(TIMES):
            self.walker.get("page", self.address)
        handler.clock = None
        self.own.append(handler.spent[0] / TIMES)
        self.server.append(handler.spent[1] / TIMES)


def pages(clock):
    """{name: {own, server: CPU milliseconds, queries}}; the pages take turns."""
    from django.conf import settings
    from django.test import override_settings

    from accounts.models import User

    found = {}
    for name, (login, address) in PAGES.items():
        with override_settings(MIDDLEWARE=BARE_MIDDLEWARE if name == BARE else settings.MIDDLEWARE):
            found[name] = Page(Walker(User.objects.get(username=login), timed_handler()), address).look()
    for _round in range(ROUNDS):
        gc.collect()
        for page in found.values():
            page.round(clock)
    return {
        name: {"own": statistics.median(page.own), "server": statistics.median(page.server), "queries": page.queries}
        for name, page in found.items()
    }


# --- The totals -------------------------------------------------------------------------------------------------------------


def recounts(clock):
    """{what: {clock, server, own: milliseconds, the median; least, most: of the clock}}"""
    from reports import totals

    return {
        "the whole nation": _recount(clock, 7, lambda: totals.recount(whole=True)),
        "after five minutes of a busy hour": _recount(clock, 15, totals.recount, five_minutes),
        "nothing has changed": _recount(clock, 7, totals.recount),
    }


def _recount(clock, times, deed, before=lambda: None):
    spent = []
    for _ in range(times):
        before()
        (own, server), began = clock.now(), time.perf_counter()
        deed()
        ended, (own_then, server_then) = time.perf_counter(), clock.now()
        spent.append((1000 * (ended - began), server_then - server, own_then - own))
    took, server, own = zip(*spent, strict=True)
    return {
        "clock": statistics.median(took), "least": min(took), "most": max(took), "server": statistics.median(server),
        "own": statistics.median(own),
    }  # fmt: skip


def five_minutes():
    """People all over the nation sign in, others complete a course."""
    from django.utils import timezone

    from accounts.models import User
    from certification.models import CourseCompletion
    from courses.models import Enrolment

    staff = User.objects.filter(library__isnull=False).order_by("?").values("pk")
    User.objects.filter(pk__in=list(staff.values_list("pk", flat=True)[:SIGN_INS])).update(last_login=timezone.now())
    for enrolment in Enrolment.objects.filter(completion=None).order_by("?")[:COMPLETIONS]:
        CourseCompletion.objects.create(enrolment=enrolment, completed_at=timezone.now(), hours=36, syllabus_version=1)


# --- Exports ----------------------------------------------------------------------------------------------------------------


def exports(people):
    """{ending: {cpu: milliseconds a person, grown: MB}} of one course of everybody."""
    import tempfile

    from accounts import sheets
    from accounts.models import User
    from courses.models import Course
    from reports import people_sheet

    everybody = User.objects.filter(library__isnull=False).order_by("folded", "pk")
    course, found = Course.objects.get(code="SEC"), {}
    for ending in ("csv", "xlsx"):
        before, cpu = _most(), time.process_time()
        with tempfile.TemporaryFile() as made:
            sheets.write(made, people_sheet.head(), people_sheet.lines(everybody, course), ending)
        found[ending] = {"cpu": 1000 * (time.process_time() - cpu) / people, "grown": _most() - before}
    return found


def _most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- The tables -------------------------------------------------------------------------------------------------------------


def tables(found):
    """Markdown of what was measured with several sizes; the recounts and exports are those of the largest."""
    largest = found[-1]
    told = [largest["conditions"], _filled(largest), _pages(found), _recounts(largest), _exports(largest)]
    return "\n\n".join(told)


def _filled(size):
    facts = ", ".join(f"{number:,} {name}" for name, number in size["facts"].items())
    return f"{facts}." + (f" Grown in {size['grown']:.0f} s." if size["grown"] else "")


def _pages(found):
    heads = ["CPU ms a request, the web process and the database's"]
    for size in found:
        heads += [f"{size['people']:,} people", "of it the database", "× bare"]
    lines = [[*heads, "queries"], ["---", *["---:"] * len(heads)]]
    for name in PAGES:
        line = [name]
        for size in found:
            page, bare = size["pages"][name], size["pages"][BARE]
            both = page["own"] + page["server"]
            line += [plain(both), plain(page["server"]), ratio(both / (bare["own"] + bare["server"]))]
        queries = {size["pages"][name]["queries"] for size in found}
        lines.append([*line, " and ".join(str(number) for number in sorted(queries))])
    return drawn(lines)


def _recounts(size):
    lines = [
        ["counting the totals anew", "ms, p50", "least to most", "CPU ms of the database", "of the process"],
        ["---", *["---:"] * 4],
    ]
    lines += [
        [name, plain(one["clock"]), f"{plain(one['least'])} to {plain(one['most'])}", plain(one["server"]), plain(one["own"])]
        for name, one in size["recounts"].items()
    ]  # fmt: skip
    return drawn(lines)


def _exports(size):
    lines = [["export of one course, everybody", "CPU ms a person", "grown by, MB"], ["---", "---:", "---:"]]
    lines += [[name.upper(), f"{one['cpu']:.4f}", f"{one['grown']:.0f}"] for name, one in size["exports"].items()]
    return drawn(lines)


if __name__ == "__main__":
    print(json.dumps(one_size(int(sys.argv[1].replace(",", "")), *sys.argv[2:3])))

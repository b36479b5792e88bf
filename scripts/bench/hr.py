"""HR's pages over a grown nation beside a bare Django report of the same tables. By hand: filling takes minutes.

python -m scripts.bench.hr [PEOPLE] [postgres]
"""

import resource
import statistics
import sys
import time

PAGES = {
    "dashboard of the nation": "/hr/",
    "the same, one course": "/hr/?course=SEC",
    "dashboard of a region": "/hr/?library=SAM",
    "list": "/hr/people/",
    "list, overdue": "/hr/people/?state=overdue",
    "list, one course and state": "/hr/people/?course=SEC&state=certificate",
    "list, words": "/hr/people/?q=karimova",
    "list, page 100": "/hr/people/?page=100",
}


def main(people=100_000, server=None):
    from scripts.bench._scratch import make

    make(server)
    from django.db import connection
    from django.test import Client

    from accounts.models import User
    from cms.growing import grow
    from reports import totals

    grow(people, told=lambda done: print(f"\r{done:,}", end="", file=sys.stderr, flush=True))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(User.objects.get(username="UZ-000001"))
    told = ["| what | CPU ms | clock ms, p50 | queries |", "| --- | ---: | ---: | ---: |"]
    told.append(_line("recount of the nation", *measured(totals.recount)))
    told.append(_line("bare Django: 50 people and the totals counted live", *measured(bare)))
    told += [_line(name, *measured(lambda page=page: client.get(page))) for name, page in PAGES.items()]
    return "\n".join(told + exports(people))


def _line(name, cpu, clock, queries):
    return f"| {name} | {cpu:.0f} | {clock:.0f} | {queries} |"


def measured(deed, times=5):
    """The median CPU and clock milliseconds of this process, and the queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    deed()
    with CaptureQueriesContext(connection) as seen:
        deed()
        queries = len(seen)  # the next request empties the log
    spent = []
    for _ in range(times):
        cpu, clock = time.process_time(), time.perf_counter()
        deed()
        spent.append((1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - clock)))
    return *(statistics.median(column) for column in zip(*spent, strict=True)), queries


def bare():
    """What a report without kept totals asks: 50 rows, and the numbers of their table."""
    from django.db.models import Count

    from accounts.models import User

    rows = list(User.objects.select_related("library", "position").order_by("folded", "pk")[:50])
    User.objects.values("library").order_by().annotate(
        begun=Count("enrolments", distinct=True), done=Count("enrolments__completion", distinct=True)
    ).aggregate(n=Count("library"))
    return list(User.objects.filter(pk__in=[one.pk for one in rows]).values_list("library").annotate(
        begun=Count("enrolments", distinct=True), done=Count("enrolments__completion", distinct=True)))  # fmt: skip


def exports(people):
    """One course of everybody: CPU a person and what the process grew by."""
    import tempfile

    from accounts import sheets
    from accounts.models import User
    from courses.models import Course
    from reports import people_sheet

    everybody, course = (
        User.objects.filter(library__isnull=False).order_by("folded", "pk"),
        Course.objects.get(code="SEC"),
    )
    told = ["", "| export of one course | CPU ms a person | clock s | grown by, MB |", "| --- | ---: | ---: | ---: |"]
    for ending in ("csv", "xlsx"):
        before, cpu, clock = _most(), time.process_time(), time.perf_counter()
        with tempfile.TemporaryFile() as made:
            sheets.write(made, people_sheet.head(), people_sheet.lines(everybody, course), ending)
        spent = 1000 * (time.process_time() - cpu) / people
        told.append(
            f"| {ending}, {people:,} people | {spent:.4f} | {time.perf_counter() - clock:.1f} | {_most() - before:.0f} |"
        )
    return told


def _most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    from scripts import machine

    words = [word.replace(",", "") for word in sys.argv[1:]]
    print(
        main(
            *(int(word) for word in words if word.isdecimal()),
            server=machine.postgres() if "postgres" in words else None,
        )
    )

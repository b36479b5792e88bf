"""Staff import: 5,000 rows read, looked at, taken in, and looked at once more, with 20,000 people on record.

python -m scripts.bench.staff [postgres]    against a scratch database. CPU is that of this process; what PostgreSQL needs beside it
is not counted.
"""

import io
import sys
import time

from scripts import machine

ROWS, ON_RECORD, LIBRARIES = 5_000, 20_000, 200
FAMILIES = [
    "Karim",
    "Rahim",
    "Salim",
    "Yusuf",
    "Joʻra",
    "Xoʻja",
    "Murod",
    "Tosh",
    "Abdulla",
    "Mirza",
    "Gʻofur",
    "Oʻrin",
    "Zokir",
    "Usmon",
    "Nazar",
    "Ergash",
    "Shodi",
    "Qodir",
    "Hakim",
    "Boboyor",
]
GIVEN = [
    "Nigora",
    "Lola",
    "Barno",
    "Zulfiya",
    "Sevara",
    "Maʼmura",
    "Raʼno",
    "Gulnora",
    "Dilbar",
    "Feruza",
    "Shahnoza",
    "Mohira",
    "Nodira",
    "Ozoda",
    "Parizod",
    "Qumri",
    "Umida",
    "Xurshida",
]


def main(server=None):
    """`server`: the address of a PostgreSQL server; None for SQLite."""
    from scripts.bench._scratch import make

    make(server)
    from django.db import connection

    libraries = nation()
    people(libraries)
    data = workbook(libraries)
    lines = ["| what | CPU s | queries | note |", "| --- | ---: | ---: | --- |"]
    for what, cpu, queries, note in measured(data, f"{connection.vendor}"):
        lines.append(f"| {what} | {cpu:.1f} | {queries:,} | {note} |")
    return "\n".join(lines)


def measured(data, vendor):
    from accounts import jobs
    from accounts.staff_import import working

    made, first = spent(lambda: read(data))
    _n, answering = spent(lambda: working.answer(import_=made, by=None, all_open="another"))
    n = working.counts(made)
    asked = sum(1 for row in made.rows.all() if row.answer)
    working.ask_to_apply(import_=made, by=None)
    made.refresh_from_db()
    _done, applying = spent(lambda: jobs.run_one(made.applying.pk))
    made.refresh_from_db()
    again, second = spent(lambda: read(data))
    yield f"{ROWS:,} rows, {vendor}: read and looked at", *first, f"{n}"
    yield "all questions answered at once", *answering, f"{asked} questions"
    yield "taken in", *applying, f"{made.counts}"
    yield "the same file once more", *second, f"{working.counts(again)}"
    whole = [sum(both) for both in zip(first, answering, applying, strict=True)]
    yield "together, without the second time", *whole, "goal: under 60 s"


def spent(deed):
    """(what it gives, (CPU seconds, queries))"""
    from django.db import connection

    count = [0]

    def counted(execute, *args):
        count[0] += 1
        return execute(*args)

    began = time.process_time()
    with connection.execute_wrapper(counted):
        given = deed()
    return given, (time.process_time() - began, count[0])


def read(data):
    from accounts import jobs
    from accounts.staff_import import working

    made = working.ask_to_read(data=data, name="xodimlar.xlsx", by=None)
    jobs.run_one(made.reading.pk)
    made.refresh_from_db()
    assert made.reading.state == "done", made.reading.fault
    return made


def nation():
    from accounts.models import Library

    nation = Library.add_root(code="uz", level="nation", titles={"uz": "Oʻzbekiston"})
    regions = [nation.add_child(code=f"r{n:02}", level="region", titles={"uz": f"{n}-viloyat"}) for n in range(14)]
    for n in range(LIBRARIES):
        parent = Library.objects.get(code=regions[n % 14].code)
        parent.add_child(code=f"k{n:03}", titles={"uz": f"{n}-kutubxona"})
    return list(Library.objects.filter(depth=3).order_by("code"))


def name(n):
    """Names as they are spread in a nation: some hundred families, some twenty given names, fathers."""
    family = FAMILIES[n % 20] + ("ov", "yev", "xonov", "bekov")[n // 20 % 4] + "a"
    return family, GIVEN[n // 7 % 18], f"{FAMILIES[n // 3 % 20]}{('jon', 'bek', '', 'boy')[n // 11 % 4]} qizi"


def people(libraries):
    from accounts.people import add_many

    for start in range(0, ON_RECORD, 2_000):
        records = []
        for n in range(start, start + 2_000):
            last, first, patronymic = name(n * 13)
            records.append({
                "library": libraries[n % LIBRARIES], "last_name": last, "first_name": first, "patronymic": patronymic,
                "personnel_number": f"{n:05}",
            })  # fmt: skip
        add_many(by=None, records=records)


def workbook(libraries):
    """Four rows of five are new people, one is on record and has a new position or number."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("Xodimlar")
    page.append(["Familiya", "Ism", "Otasining ismi", "Kutubxona", "Tabel raqami", "E-mail"])
    for n in range(ROWS):
        if n % 5 == 0:
            last, first, patronymic = name(n * 13)
            page.append([last, first, patronymic, libraries[n % LIBRARIES].code, f"{n:05}", f"e{n}@example.org"])
        else:
            last, first, patronymic = name(n * 17 + 5)
            page.append([last, f"{first}xon", patronymic, libraries[n * 3 % LIBRARIES].code, 100_000 + n, None])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


if __name__ == "__main__":
    print(main(server=machine.postgres() if "postgres" in sys.argv else None))

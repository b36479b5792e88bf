"""A check-in burst: 300 people in ten rooms, eight at a time, each pressing the button twice. None may be lost or doubled.

python -m scripts.bench.checkin [PEOPLE] [postgres]    against a scratch database, the whole way of a phone: scan, page, button,
answer. CPU is that of this process; what PostgreSQL needs beside it is not counted.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from scripts import machine

PEOPLE, ROOMS, AT_ONCE = 300, 10, 8


def main(people=PEOPLE, server=None):
    """`server`: the address of a PostgreSQL server; None for SQLite."""
    from scripts.bench._scratch import make

    make(server)
    from django.db import connection
    from django.utils import timezone

    from seminars.models import Attendance, AttendanceEntry

    ways = phones(people, timezone.now())
    began, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        seconds = sorted(pool.map(check_in, ways))
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    rows = Attendance.objects.filter(mark="present").count(), AttendanceEntry.objects.count()
    assert rows == (people, people), f"{people} came, {rows} are marked"
    slow = seconds[int(0.95 * len(seconds))]
    head = "| what | clock s | CPU ms a check-in | 95 % within s | lost or doubled |\n| --- | ---: | ---: | ---: | ---: |\n"
    return head + (
        f"| {people} check-ins, {AT_ONCE} at a time, {connection.vendor} | {wall:.1f} | {1000 * cpu / people:.0f} | {slow:.2f} | 0 |"
    )


def phones(people, now):
    """[(a signed-in client, the address of the code)], made before the clock runs."""
    from django.test import Client

    from accounts.models import User
    from courses.models import Course
    from seminars import checkin_codes
    from seminars.models import Seat, Seminar, SeminarRun, Session

    course = Course.objects.create(key=uuid4(), code="bench", source="uz", titles={"uz": "Bench"})
    topic = Seminar.objects.create(code="bench", course=course, titles={"uz": "Bench"})
    rooms = []
    for _ in range(ROOMS):
        run = SeminarRun.objects.create(seminar=topic, capacity=people)
        rooms.append(Session.objects.create(run=run, starts_at=now, ends_at=now + timedelta(minutes=90), hours=2))
    ways = []
    for n in range(people):
        person = User.objects.create(username=f"B-{n}", last_name="B", first_name=str(n))
        session = rooms[n % ROOMS]
        Seat.objects.create(run=session.run, person=person, state=Seat.State.BOOKED, since=now)
        client = Client()
        client.force_login(person)
        ways.append((client, f"/checkin/{checkin_codes.code(session.pk, now)}/"))
    return ways


def check_in(way):
    from django.db import connection

    client, address = way
    began = time.perf_counter()
    assert client.get(address).status_code == 302
    assert client.get("/checkin/").status_code == 200
    receipt = client.cookies["checkin_receipt"].value
    for _press in range(2):  # the second time as if the answer had been lost on the way
        client.cookies["checkin_receipt"] = receipt
        answer = client.post("/checkin/")
        assert answer.status_code == 302 and "/checkin/sessions/" in answer.headers["Location"]
    assert client.get(answer.headers["Location"]).status_code == 200
    connection.close()
    return time.perf_counter() - began


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    print(main(*numbers[:1], server=machine.postgres() if "postgres" in sys.argv else None))

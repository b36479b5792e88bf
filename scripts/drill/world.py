"""What the crowd finds: a course with lessons, a test and homework; people whose password is known; seminars with too few seats.

python -m scripts.drill.world PEOPLE RUNS CAPACITY, on the drill's own database. Writes world.json into the drill's folder.
"""

import json
import os
import subprocess
import sys
from datetime import timedelta

PASSWORD = "uzun-parol-ibora"  # nosec B105
LESSONS, ASKED = 3, 6


def main(people, runs, capacity):
    import django

    django.setup()
    from django.conf import settings

    from cms.setup import set_up

    make_tables()
    set_up()
    course, made = a_course(), learners(people)
    told = course | {
        "people": made,
        "session": roll_call(made),
        "runs": [run(capacity).pk for _ in range(runs)],
        "capacity": capacity,
    }
    (settings.PLACE / "world.json").write_text(json.dumps(told))


def make_tables():
    """Migrating takes a minute, filling in what is known from the last time or from the tests' template a second."""
    from django.conf import settings
    from django.core.management import call_command

    os.environ.setdefault("SABOQ_TEST_DIR", os.environ["SABOQ_DRILL_DIR"])
    from tests.databases import migrations_key

    kept = settings.BASE_DIR / "var" / "cache" / f"drill-{migrations_key()}.sql"
    sql = kept.read_bytes() if kept.exists() else _template(migrations_key())
    if sql:
        _fill(sql)
        return
    call_command("migrate", verbosity=0, interactive=False)
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in kept.parent.glob("drill-*.sql"):
        old.unlink()
    kept.write_bytes(_dump("--dbname", os.environ["DATABASE_URL"].replace("postgres:", "postgresql:", 1)))


def _template(key):
    """What tests/databases.py keeps on the tests' server, or nothing."""
    from scripts import machine

    ours = os.environ.pop("DATABASE_URL")  # else it is taken for the tests' server
    server = machine.postgres()
    os.environ["DATABASE_URL"] = ours
    if not server:
        return b""
    return _dump("--dbname", f"{server.rpartition('/')[0]}/saboq_template_{key}".replace("postgres:", "postgresql:", 1))


def _dump(*where):
    from scripts.drill.stack import postgres_program

    command = [postgres_program("pg_dump"), "--no-owner", "--no-privileges", *where]
    done = subprocess.run(command, capture_output=True, env={"PATH": os.environ["PATH"]})
    return b"" if done.returncode else done.stdout


def _fill(sql):
    from django.db import connection

    from scripts.drill.stack import postgres_program

    there = connection.settings_dict
    command = [postgres_program("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-h", there["HOST"], "-p", str(there["PORT"]), "-U",
               there["USER"], there["NAME"]]  # fmt: skip
    subprocess.run(command, input=sql, check=True, stdout=subprocess.DEVNULL)


def a_course():
    """One of whose steps all but the homework count. Its keys and addresses."""
    from cms.models import AssignmentPage, ModulePage, QuizDraw, QuizPage
    from courses.models import Activity
    from tests import making

    page = making.course(modules=1, lessons=LESSONS, quiz=False, code="DRILL")
    module = ModulePage.objects.get()
    test = QuizPage(title="Test", slug="test", pass_mark=70, attempts=3, wait_hours=24)
    test.draws = [QuizDraw(pool=making.pool("drill", count=ASKED + 4), count=ASKED)]
    making.add(module, test)
    body = [{"type": "text", "value": "<p>Vazifa</p>", "id": "v" * 36}]
    making.add(module, AssignmentPage(title="Vazifa", slug="vazifa", purpose="Mashq", body=body))
    course = making.row(page)
    steps = {kind: list(course.activities.live().filter(kind=kind).order_by("position")) for kind in Activity.Kind}
    return {
        "course": course.pk,
        "lessons": [[one.pk, one.addresses["uz"]] for one in steps["lesson"]],
        "quiz": steps["quiz"][0].quiz.pk,
        "homework": [steps["assignment"][0].pk, steps["assignment"][0].addresses["uz"]],
    }


def learners(number):
    """[[primary key, login, e-mail]] of people with one password and its hash: checking it costs each sign-in what it costs."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from accounts.models import User

    hashed, now = make_password(PASSWORD), timezone.now()
    made = User.objects.bulk_create(
        User(
            username=f"D-{n:05}", email=f"d{n}@example.org", last_name="Mashqova", first_name=f"Sinov {n}", password=hashed,
            certificate_name=f"Mashqova Sinov {n}", certificate_name_confirmed_at=now,
        )
        for n in range(1, number + 1)
    )  # fmt: skip
    return [[one.pk, one.username, one.email] for one in made]


def run(capacity, begins_in=timedelta(days=7)):
    """A run of a seminar that belongs to no course."""
    from django.utils import timezone

    from seminars.models import Seminar, SeminarRun, Session
    from tests import making

    seminar, _ = Seminar.objects.get_or_create(
        code="drill", defaults={"titles": making.words("Seminar"), "planned_hours": 4}
    )
    made, begins = SeminarRun.objects.create(seminar=seminar, capacity=capacity), timezone.now() + begins_in
    Session.objects.create(run=made, starts_at=begins, ends_at=begins + timedelta(hours=8), hours=4)
    return made


def roll_call(people):
    """A session that is going on, at which all of them have seats: its primary key. It began long before the clock's setting back."""
    from django.utils import timezone

    from seminars.models import Seat

    now, going_on = timezone.now(), run(len(people), begins_in=timedelta(hours=-4))
    Seat.objects.bulk_create(Seat(run=going_on, person_id=pk, state=Seat.State.BOOKED, since=now) for pk, *_ in people)
    return going_on.sessions.get().pk


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))

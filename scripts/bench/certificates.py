"""Certificates in bulk: two workers issue the certificates of so many completions, and all of them are counted and verified.

python -m scripts.bench.certificates [NUMBER] [postgres]    against a scratch database; 10,000 unless told otherwise.

Each worker is a process of its own that does what the sweep does where there is no broker (award.heal), round after round, until
nothing is due. Verified is: as many certificates as completions, no number and no code twice, none left out or told twice, of
every stored file the SHA-256, and a sample of the files by pyHanko against our own root.
"""

import hashlib
import os
import random
import subprocess
import sys
import time
from uuid import uuid4

from scripts import machine
from scripts.machine import ROOT

NUMBER, WORKERS, SAMPLE = 10_000, 2, 50
WORKER = "import django; django.setup(); from scripts.bench import certificates; certificates.work()"


def main(number=NUMBER, server=None):
    """`server`: the address of a PostgreSQL server; None for SQLite."""
    from scripts.bench._scratch import make

    make(server)
    from django.db import connection

    completions(number)
    began = time.perf_counter()
    workers = [subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=os.environ) for _ in range(WORKERS)]
    assert [worker.wait() for worker in workers] == [0] * WORKERS
    clock, cpu = time.perf_counter() - began, cpu_of_children()
    verified = time.perf_counter()
    size = check(number)
    verified = time.perf_counter() - verified
    head = (
        "| what | clock s | a second | CPU ms a certificate | MB of files | faults | counted and verified, s |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    )
    return head + (
        f"| {number:,} certificates, {WORKERS} workers, {connection.vendor} | {clock:,.0f} | {number / clock:.1f} | "
        f"{1000 * cpu / number:.0f} | {size / 1024**2:,.0f} | 0 | {verified:,.0f} |"
    )


def completions(number):
    """So many people with a confirmed name who have completed a course of five modules. Returns the primary keys of the completions."""
    from django.utils import timezone

    from accounts.models import User
    from certification.models import CourseCompletion
    from courses.models import Course, Enrolment

    now = timezone.now()
    titles = {"uz": "Kiberxavfsizlik asoslari", "ru": "Основы кибербезопасности", "en": "Basics of cybersecurity"}
    course, _ = Course.objects.get_or_create(code="bench", defaults={"key": uuid4(), "source": "uz", "titles": titles})
    names = ("Toʻlqinboyeva Gulchehra", "Ғуломова Ҳилола", "Saidjalolova-Oʻktamova Maʼmura", "Ли Анна")
    people = User.objects.bulk_create([
        User(username=f"C-{uuid4().hex[:12]}", last_name="B", first_name=str(n), language=("uz", "ru", "en")[n % 3],
             certificate_name=f"{names[n % len(names)]} {n}", certificate_name_confirmed_at=now)
        for n in range(number)
    ], 1000)  # fmt: skip
    runs = Enrolment.objects.bulk_create([Enrolment(learner=one, course=course, began_at=now) for one in people], 1000)
    syllabus = {
        "code": "bench", "source": "uz", "titles": titles, "valid_months": None, "digcomp": ["4.1"], "print": "",
        "modules": [{"uz": f"{n}-modul: hisoblar, parollar, kitobxon maʼlumotlari"} for n in range(1, 6)],
    }  # fmt: skip
    made = CourseCompletion.objects.bulk_create(
        [CourseCompletion(enrolment=run, completed_at=now, hours=36, syllabus_version=1, syllabus=syllabus) for run in runs],
        1000,
    )  # fmt: skip
    return [one.pk for one in made]


def work():
    """A worker: round after round, until nothing is due."""
    from django.utils import timezone

    from certification import award
    from certification.models import CourseCompletion

    while CourseCompletion.objects.due().exists():
        if not award.heal(timezone.now())["issued"]:
            time.sleep(1)  # the other has taken what is left, and is at it


def cpu_of_children():
    """CPU seconds of the workers; what PostgreSQL needs beside them is not in it."""
    spent = os.times()
    return spent.children_user + spent.children_system


def check(number):
    """Count and verify everything. Returns the bytes of all files."""
    from accounts.models import Notice
    from certification import keys
    from certification.models import Certificate, CertificateVersion, CourseCompletion, NumberSeries

    completed = CourseCompletion.objects.count()
    assert (completed, Certificate.objects.count(), CourseCompletion.objects.due().count()) == (number, number, 0)
    versions = list(CertificateVersion.objects.order_by("pk"))
    assert len(versions) == len({one.code for one in versions}) == number
    assert len({one.payload["number"] for one in versions}) == number
    assert NumberSeries.objects.get().last >= number
    assert Notice.objects.filter(kind="certificate_issued").count() == number
    sample, size = set(random.Random(5).sample([one.pk for one in versions], min(SAMPLE, number))), 0
    roots = [chain[-1] for chain in keys.chains()]
    for version in versions:
        with version.pdf.open() as file:
            pdf = file.read()
        size += len(pdf)
        assert hashlib.sha256(pdf).hexdigest() == version.sha256, version.code
        if version.pk in sample:
            from tests.certification.judges import hanko

            status = hanko(pdf, roots)
            assert status.bottom_line and status.modification_level.name == "NONE", version.code
    return size


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    print(main(*numbers[:1], server=machine.postgres() if "postgres" in sys.argv else None))

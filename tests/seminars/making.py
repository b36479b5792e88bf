"""Rows for the tests of seminars and reports, made directly: one way to make each thing."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Library, Position, Role, RoleGrant, User
from accounts.roles import RIGHTS
from certification.models import Certificate, CertificateVersion, CourseCompletion
from courses.models import Activity, ActivityCompletion, Course, Enrolment, Module
from seminars.models import Seat, Seminar, SeminarRun, Session

LONG_AGO = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)
_numbers = count(1)
SCOPED = (Role.HR, Role.DIRECTOR)


def three(text):
    return {"uz": text, "ru": f"{text} ru", "en": f"{text} en"}


def library(code, parent=None, level="district"):
    fields = {"code": code, "titles": three(f"Kutubxona {code}"), "level": level}
    return Library.add_root(**fields) if parent is None else Library.objects.get(pk=parent.pk).add_child(**fields)


def person(login=None, *, family="Karimova", given="Nigora", library=None, role=None, language="uz", email=None):
    position, _ = Position.objects.get_or_create(code="librarian", defaults={"titles": three("Kutubxonachi")})
    made = User.objects.create(
        username=login or f"P-{next(_numbers):04d}", last_name=family, first_name=given, library=library,
        position=position, language=language, email=email,
    )  # fmt: skip
    if role:
        # As accounts.roles.grant gives it, without its entry in the log: a test's people are not its deeds.
        RoleGrant.objects.create(person=made, role=role, library=library if role in SCOPED else None)
        made.groups.add(Group.objects.get_or_create(name=RIGHTS[Role(role)].group)[0])
    return made


def course(code="sec", *, steps=3, hours=10):
    """A course with one module of so many lessons, the last of which is its test."""
    made = Course.objects.create(
        key=uuid4(),
        code=code,
        source="uz",
        titles=three(f"Kurs {code}"),
        hours=hours,
        addresses={"uz": f"/uz/kurslar/{code}/"},
    )
    module = Module.objects.create(course=made, key=uuid4(), position=1, titles=three("Modul"))
    for n in range(1, steps + 1):
        kind = Activity.Kind.QUIZ if n == steps and n > 1 else Activity.Kind.LESSON
        Activity.objects.create(
            course=made, module=module, key=uuid4(), kind=kind, position=n, titles=three(f"Qadam {n}")
        )
    return made


def seminar(code="sec-1", *, course=None, hours=2):
    return Seminar.objects.create(
        code=code, course=course, titles=three(f"Seminar {code}"), results=three("Natija"), planned_hours=hours
    )


def run(seminar, *, begins=None, days=7, capacity=20, trainer=None, sittings=1, online=False):
    """A run that begins at `begins`, else in so many days, one sitting a day."""
    begins = begins or timezone.now().replace(second=0, microsecond=0) + timedelta(days=days)
    link = "https://meet.example.org/secret" if online else ""
    made = SeminarRun.objects.create(seminar=seminar, capacity=capacity, place=three("Zal"), online=online, link=link)
    for n in range(sittings):
        at = begins + timedelta(days=n)
        Session.objects.create(run=made, starts_at=at, ends_at=at + timedelta(minutes=90), hours=2)
    if trainer:
        made.trainers.add(trainer)
    return made


def seat(run, person, state=Seat.State.BOOKED, since=None):
    return Seat.objects.create(run=run, person=person, state=state, since=since or timezone.now())


def enrol(person, course, *, done=0, run_no=1, closed=False):
    made = Enrolment.objects.create(
        learner=person, course=course, run_no=run_no, began_at=LONG_AGO, closed_at=timezone.now() if closed else None
    )
    for activity in course.activities.live().order_by("position")[:done]:
        ActivityCompletion.objects.create(enrolment=made, activity=activity, done_at=LONG_AGO)
    return made


def complete(enrolment):
    return CourseCompletion.objects.create(enrolment=enrolment, completed_at=LONG_AGO, hours=10, syllabus_version=1)


def certify(enrolment, *, code=None):
    """Completion and certificate with a stored file, without drawing one."""
    complete(enrolment)
    number = f"SBQ-2026-{next(_numbers):06d}"
    certificate = Certificate.objects.create(enrolment=enrolment, number=number)
    words = {language: {"course": title} for language, title in enrolment.course.titles.items()}
    return CertificateVersion.objects.create(
        certificate=certificate, code=code or f"{next(_numbers):016d}", issued_at=LONG_AGO, pdf="certificates/none.pdf", sha256="0" * 64,
        payload={"number": number, "language": "uz", "holder": str(enrolment.learner), "words": words},
    )  # fmt: skip

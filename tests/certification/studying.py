"""What a learner does on the way to a certificate, for the tests of this room and of the jobs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from certification import award
from courses import progress
from courses.models import Activity
from seminars.models import Attendance, Seat, Seminar, SeminarRun, Session
from tests import making

BEGAN = datetime(2026, 9, 7, 5, tzinfo=UTC)
ISSUED = datetime(2026, 11, 22, 7, 3, tzinfo=UTC)  # 12:03 in Tashkent
HOLDER = "Toʻlqinboyeva Gulchehra Abdugʻaffor qizi"


def learner(holder=HOLDER, **fields):
    """A person; with a `holder` the name is confirmed."""
    if holder:
        fields |= {"certificate_name": holder, "certificate_name_confirmed_at": BEGAN}
    return making.person(**fields)


def enrol(page, person=None, began=BEGAN):
    """The open enrolment of a person, else of a learner with a confirmed name."""
    return making.enrol(person or learner(), page, now=began)


def seminar(page, hours=4, code=None):
    course = making.row(page)
    return Seminar.objects.create(
        code=code or f"{course.code}-s{Seminar.objects.count()}".lower(),
        course=course,
        titles=making.words("Seminar"),
        planned_hours=hours,
    )


def attend(person, seminar, hours, when=BEGAN + timedelta(days=20), mark="present"):
    """The person has earned so many hours in a run of the seminar."""
    run = SeminarRun.objects.create(seminar=seminar, capacity=20)
    session = Session.objects.create(
        run=run, starts_at=when, ends_at=when + timedelta(hours=2), hours=seminar.planned_hours
    )
    Seat.objects.create(run=run, person=person, state=Seat.State.BOOKED, since=when)
    return Attendance.objects.create(
        session=session, person=person, mark=mark, hours=Decimal(hours), marked_by=person, marked_at=when
    )


def do(enrolment, *, without=(), now=None):
    """Everything in the course is done but the activities `without` (rows, or kinds) and homework."""
    for activity in enrolment.course.activities.live().exclude(kind=Activity.Kind.ASSIGNMENT):
        if activity not in without and activity.kind not in without:
            making.committed(
                lambda activity=activity: progress.complete(enrolment=enrolment, activity=activity, now=now or BEGAN)
            )


def finish(page, person=None, now=None):
    """An enrolment in which all is done and judged; no certificate yet."""
    enrolment = enrol(page, person)
    do(enrolment)
    award.consider(learner=enrolment.learner_id, course=enrolment.course_id, now=now or timezone.now())
    return enrolment


def graduate(page, person=None, now=ISSUED):
    """The CertificateVersion of a person who has done everything."""
    enrolment = finish(page, person, now)
    return making.committed(lambda: award.issue(completion=enrolment.completion.pk, now=now))

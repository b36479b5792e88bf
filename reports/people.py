"""How far people are: of each course the newest run. A fixed number of queries for any number of people.

Everything starts from accounts.roles.people_in_scope_of: who is not in it is in no list, number or search.
"""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Sum, TextChoices
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, Role, User
from accounts.roles import has_role, scope_of
from certification.conditions import conditions, facts_of
from certification.models import CertificateVersion, ExternalCertificate
from courses.models import Activity, ActivityCompletion, Attempt, Course, Enrolment
from seminars.models import Attendance

from .overdue import people_overdue


class State(TextChoices):
    NOT_BEGUN = "not_begun", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed, no certificate")
    CERTIFICATE = "certificate", _("Certificate issued")
    EXPIRED = "expired", _("Certificate expired")


class Standing(TextChoices):
    """What else people are asked for by."""

    DONE = "done", _("Completed, with or without a certificate")
    OVERDUE = "overdue", _("Overdue")
    NEVER = "never", _("Never signed in")


def newest_runs():
    """The newest enrolment of each person in each course."""
    later = Enrolment.objects.filter(
        learner=OuterRef("learner"), course=OuterRef("course"), run_no__gt=OuterRef("run_no")
    )
    return Enrolment.objects.filter(~Exists(later))


def current_versions():
    """The certificates as they stand: stored, not replaced; revoked ones too."""
    return CertificateVersion.objects.stored().filter(is_current=True).select_related("certificate")


def _runs_in(state, course):
    """The newest runs (of `course`, if given) of a person (OuterRef) that are in the state."""
    runs = newest_runs().filter(learner=OuterRef("pk"))
    if course:
        runs = runs.filter(course=course)
    standing = current_versions().filter(certificate__enrolment=OuterRef("pk"), certificate__revoked_at=None)
    today = timezone.localdate()
    valid, expired = Exists(standing.in_force(today)), Exists(standing.filter(expires_on__lt=today))
    return {
        State.NOT_BEGUN: runs,
        State.IN_PROGRESS: runs.filter(completion=None),
        State.COMPLETED: runs.filter(~valid, ~expired, completion__isnull=False),
        State.CERTIFICATE: runs.filter(valid),
        State.EXPIRED: runs.filter(expired),
    }[State(state)]


def _is(state, course):
    found = Exists(_runs_in(state, course))
    return ~found if state == State.NOT_BEGUN else found


def in_state(people, state, course=None):
    """Those of `people` who stand so (a State or a Standing) in `course`; without one, in any course (not begun: in none)."""
    if state == Standing.NEVER:
        return people.filter(last_login=None)
    if state == Standing.OVERDUE:
        return people_overdue(people, course)
    if state == Standing.DONE:
        return people.filter(Exists(_runs_in(State.NOT_BEGUN, course).filter(completion__isnull=False)))
    return people.filter(_is(state, course))


# --- Lines of the list -----------------------------------------------------------------------------------------------


@dataclass
class CourseLine:
    """A person's newest run of a course."""

    course: Course
    state: State = State.NOT_BEGUN
    done: int = 0
    steps: int = 0
    completed_at: object = None
    version: CertificateVersion | None = None  # the certificate, revoked or not

    @property
    def percent(self):
        return 100 * self.done // self.steps if self.steps else 0

    @property
    def is_expired(self):
        return self.version is not None and self.version.is_expired

    @property
    def is_revoked(self):
        return self.version is not None and self.version.certificate.revoked_at is not None


@dataclass
class PersonLine:
    person: User
    courses: list = field(default_factory=list)  # CourseLine


def lines(people, course=None):
    """A PersonLine for each of `people` (a list), with all courses begun, or with `course` alone, begun or not. Four queries."""
    runs = newest_runs().filter(learner__in=people).select_related("course", "completion").order_by("course", "pk")
    if course:
        runs = runs.filter(course=course)
    runs = list(runs)
    of = course_lines(runs)
    found = {person.pk: PersonLine(person) for person in people}
    for run in runs:
        found[run.learner_id].courses.append(of[run.pk])
    if course:
        steps = _steps([course.pk]) if not runs else {course.pk: of[runs[0].pk].steps}
        for line in found.values():
            line.courses = line.courses or [CourseLine(course, steps=steps.get(course.pk, 0))]
    return list(found.values())


def course_lines(runs):
    """{enrolment: CourseLine} of enrolments with course and completion selected. Three queries."""
    steps = _steps({run.course_id for run in runs})
    done = ActivityCompletion.objects.filter(enrolment__in=runs, activity__archived=False).order_by()
    done = dict(done.values_list("enrolment").annotate(n=Count("pk")))
    versions = {one.certificate.enrolment_id: one for one in current_versions().filter(certificate__enrolment__in=runs)}
    return {run.pk: _line(run, steps.get(run.course_id, 0), done.get(run.pk, 0), versions.get(run.pk)) for run in runs}


def _steps(courses):
    live = Activity.objects.live().filter(course__in=courses).order_by()
    return dict(live.values_list("course").annotate(n=Count("pk")))


def _line(run, steps, done, version):
    completion = getattr(run, "completion", None)
    if version and version.certificate.revoked_at is None:
        state = State.EXPIRED if version.is_expired else State.CERTIFICATE
    else:
        state = State.COMPLETED if completion else State.IN_PROGRESS
    completed_at = completion.completed_at if completion else None
    return CourseLine(run.course, state, done, steps, completed_at, version)


# --- One person --------------------------------------------------------------------------------------------------------


@dataclass
class CourseRecord:
    """A person's newest run of a course with all that the certificate needs."""

    enrolment: Enrolment
    line: CourseLine
    needs: list  # certification.conditions.Condition


NEWEST = 30  # entries of the log on a person's page


def log_of(person, reader):
    """The newest entries of the log about a person, for HR of the person's library; None for others (a director, say)."""
    if not scope_of(reader, Role.HR).filter(pk=person.library_id).exists():
        return None
    return list(AuditEntry.objects.filter(person=person).select_related("actor").order_by("-pk")[:NEWEST])


def record(person, reader):
    """Everything `reader` may know of a person's learning: courses, hours in seminars, certificates and which files the reader
    may have. No answers of tests."""
    runs = list(newest_runs().filter(learner=person).select_related("course", "completion").order_by("course", "pk"))
    for run in runs:
        run.learner = person
    facts, of = facts_of(runs), course_lines(runs)
    seminars = Attendance.objects.filter(person=person).select_related("session__run__seminar")
    certificates = current_versions().filter(certificate__enrolment__learner=person)
    return {
        "courses": [CourseRecord(run, of[run.pk], conditions(facts[run.pk])) for run in runs],
        "attendance": list(seminars.order_by("-session__starts_at", "-pk")),
        "years": _hours_by_year(person),
        "passed": _tests_passed(person),
        "may_keep": (may_keep := has_role(reader, Role.HR, Role.ADMINISTRATOR)),
        "log": log_of(person, reader) if may_keep else None,
        "certificates": list(certificates.order_by("-issued_at", "-pk")),
        "external": list(ExternalCertificate.objects.approved().filter(person=person)),
        "downloadable": set(certificates.readable_by(reader).values_list("pk", flat=True)),
    }


def _hours_by_year(person):
    """[(year, academic hours)] of the seminars attended, the newest year first."""
    came = Attendance.objects.filter(person=person, hours__gt=0).annotate(year=ExtractYear("session__starts_at"))
    return list(came.order_by().values_list("year").annotate(hours=Sum("hours")).order_by("-year"))


def _tests_passed(person):
    """The first passed attempt of each test: when, the score, at which attempt. No answers."""
    earlier = Attempt.objects.filter(
        enrolment=OuterRef("enrolment"), quiz=OuterRef("quiz"), passed=True, number__lt=OuterRef("number")
    )
    passed = Attempt.objects.filter(~Exists(earlier), enrolment__learner=person, passed=True)
    return list(passed.select_related("quiz__activity__course").order_by("-submitted_at", "-pk"))

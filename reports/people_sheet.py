"""The list of people as a table: a line for each course that somebody has begun, with the course alone if one is chosen."""

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Library, Position
from accounts.text import in_language
from certification.models import CertificateVersion
from courses.models import Activity, ActivityCompletion, Course, Enrolment

from .people import State

AT_ONCE = 2_000  # rows that the database hands over at a time


def head():
    return [
        _("Login"), _("Family name"), _("Given name"), _("Patronymic"), _("Personnel number"), _("Library"), _("Position"),
        _("Course"), _("State"), _("Steps done"), _("Steps"), _("Begun on"), _("Completed on"), _("Certificate"),
        _("Last sign-in"),
    ]  # fmt: skip


def lines(people, course=None):
    """The rows, one after the other, in a fixed number of queries; the database counts, nothing is held."""
    names = {
        kind: {pk: in_language(titles) or code for pk, code, titles in kind.objects.order_by("pk").values_list("pk", "code", "titles")}
        for kind in (Library, Position, Course)
    }  # fmt: skip
    live = Activity.objects.live().order_by().values_list("course").annotate(n=Count("pk"))
    steps, states = dict(live), {state: str(state.label) for state in State}
    libraries, positions, courses = names.values()
    chosen = course and course.pk
    today, rows = timezone.localdate(), asked(people, course).iterator(AT_ONCE)
    for *who, library, position, run, began, completed, certificate, expires, done, seen in rows:
        if run is None:
            state = State.NOT_BEGUN
        elif certificate:
            state = State.EXPIRED if expires and expires < today else State.CERTIFICATE
        else:
            state = State.COMPLETED if completed else State.IN_PROGRESS
        about = run or chosen
        yield [
            *who, libraries.get(library, ""), positions.get(position, ""), courses.get(about, ""), states[state],
            done if run else None, steps.get(about), began, completed, certificate, seen,
        ]  # fmt: skip


def asked(people, course):
    """The rows as the database gives them; they are counted without what stands in their columns."""
    run = Q(enrolments__course=course) if course else Q(enrolments__isnull=False)
    later = Enrolment.objects.filter(
        learner=OuterRef("pk"), course=OuterRef("run__course"), run_no__gt=OuterRef("run__run_no")
    )
    done = ActivityCompletion.objects.filter(enrolment=OuterRef("run__pk"), activity__archived=False).order_by()
    done = done.values("enrolment").annotate(n=Count("pk")).values("n")
    version = CertificateVersion.objects.current().filter(
        certificate__enrolment=OuterRef("run__pk"), certificate__revoked_at=None
    )
    return (
        people.annotate(run=FilteredRelation("enrolments", condition=run))
        .filter(Q(run__pk=None) | ~Exists(later))
        .annotate(
            began=TruncDate("run__began_at"),
            completed=TruncDate("run__completion__completed_at"),
            number=Subquery(version.order_by().values("certificate__number")[:1]),
            expires=Subquery(version.order_by().values("expires_on")[:1]),
            done=Coalesce(Subquery(done), 0),
            seen=TruncDate("last_login"),
        )
        .order_by("folded", "pk", "run__course")
        .values_list(
            "username", "last_name", "first_name", "patronymic", "personnel_number", "library", "position", "run__course",
            "began", "completed", "number", "expires", "done", "seen",
        )
    )  # fmt: skip

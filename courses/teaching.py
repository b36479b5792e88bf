"""What a trainer holds: the own courses, the people enrolled in them, the cohorts. These querysets are the permission.

People are those of the own courses; where the role has been bound to a library, those of that part of the tree alone.
"""

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Library, Role, User
from accounts.roles import has_role, reach_of

from .models import Cohort, Course, Enrolment, QuestionReport


def teaches(user):
    return has_role(user, Role.TRAINER, Role.ADMINISTRATOR)


def courses_taught(user):
    """The courses whose learners `user` sees: those that the trainer has; administrators have all."""
    courses = Course.objects.live()
    if has_role(user, Role.ADMINISTRATOR):
        return courses
    return courses.filter(trainers__person=user) if has_role(user, Role.TRAINER) else courses.none()


def people_reached(user):
    """The people whom `user` may enrol: of the own part of the library tree, or everybody. A query for the role's library."""
    reach = reach_of(user, Role.TRAINER)
    return User.objects.all() if reach is None else User.objects.working_in(reach)


def libraries_reached(user):
    """What one can choose as a region: down to the districts, within reach."""
    reach = reach_of(user, Role.TRAINER)
    return (Library.objects.all() if reach is None else reach).in_use().exclude(level=Library.Level.LIBRARY)


def enrolments_taught(user):
    """The newest run of everybody in the own courses and within reach."""
    later = Enrolment.objects.filter(
        learner=OuterRef("learner"), course=OuterRef("course"), run_no__gt=OuterRef("run_no")
    )
    rows = Enrolment.objects.filter(~Exists(later), course__in=courses_taught(user))
    reach = reach_of(user, Role.TRAINER)
    return rows if reach is None else rows.filter(learner__in=User.objects.working_in(reach))


def cohorts_taught(user):
    return Cohort.objects.filter(course__in=courses_taught(user))


def with_numbers(courses, user):
    """The courses with n_learners (within reach), n_cohorts (not archived) and n_reports (open)."""
    learners = enrolments_taught(user).filter(course=OuterRef("pk")).order_by().values("course")
    reports = QuestionReport.objects.filter(version__question__pool__course=OuterRef("pk"), state="open").order_by()
    reports = reports.values("version__question__pool__course")
    return courses.annotate(
        n_learners=Coalesce(Subquery(learners.annotate(n=Count("pk")).values("n")), 0),
        n_cohorts=Count("cohorts", filter=Q(cohorts__archived=False), distinct=True),
        n_reports=Coalesce(Subquery(reports.annotate(n=Count("pk")).values("n")), 0),
    )

"""The people, libraries and rows of tests/seminars, and a course with its learners."""

from datetime import date

import pytest

from courses.models import Activity, Cohort, Quiz
from tests.seminars import making
from tests.seminars.conftest import as_user, libraries, people, sec, topic  # noqa: F401


@pytest.fixture
def quiz(sec):  # noqa: F811
    return Quiz.objects.create(activity=sec.activities.get(kind=Activity.Kind.QUIZ))


@pytest.fixture
def cohort(sec, people):  # noqa: F811
    return Cohort.objects.create(
        course=sec, title="Kuzgi guruh", trainer=people.trainer, begins_on=date(2026, 9, 1), ends_on=date(2026, 12, 1)
    )


@pytest.fixture
def bound(people, libraries):  # noqa: F811
    """The trainer's role holds in the own region alone."""
    people.trainer.role_grants.update(library=libraries.region)
    return people.trainer


@pytest.fixture
def member(sec, libraries, cohort):  # noqa: F811
    """An enrolment of the district, in the cohort."""
    return put(making.enrol(making.person("member", library=libraries.district, email="m@example.org"), sec), cohort)


def put(enrolment, cohort):
    enrolment.cohort = cohort
    enrolment.save()
    return enrolment

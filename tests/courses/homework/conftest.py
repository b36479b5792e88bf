"""A course with homework, a learner, and who grades it."""

import pytest

from tests.courses import homework_making as making_homework


@pytest.fixture
def assignment(db):
    return making_homework.assignment()


@pytest.fixture
def enrolment(assignment):
    return making_homework.enrolment(assignment)


@pytest.fixture
def trainer(assignment):
    return making_homework.trainer(assignment)

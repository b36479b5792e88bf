"""A learner who is enrolled, and the quiz of that course."""

from datetime import timedelta

import pytest

from tests import making
from tests.courses.quiz_rules.ruling import NOW
from tests.kept import kept


@kept
def learner(bedrock):
    return making.person()


@kept
def enrolment(learner):
    return making.enrol(learner, making.course(), now=NOW - timedelta(days=9))


@kept
def quiz(enrolment):
    return enrolment.course.activities.get(kind="quiz").quiz


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client

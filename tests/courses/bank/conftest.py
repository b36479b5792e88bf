"""A pool of a course, and who writes in it."""

import pytest

from accounts.models import Role
from accounts.roles import grant
from cms import teams
from tests import making
from tests.kept import kept


@kept
def course_page(bedrock):
    return making.course(quiz=False)


@kept
def pool(course_page):
    return making.pool(code="own", count=0, course=making.row(course_page))


@kept
def trainer(course_page):
    person = making.person("trainer")
    grant(person=person, role=Role.TRAINER)
    teams.join(course=making.row(course_page), person=person)
    return person


@kept
def editor(bedrock):
    person = making.person("editor")
    grant(person=person, role=Role.EDITOR)
    return person


@pytest.fixture
def as_trainer(client, trainer):
    client.force_login(trainer)
    return client


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client

"""A course with a module and a lesson; its trainer, an editor, and the trainer of another course."""

import pytest

from accounts.models import Role
from accounts.roles import grant
from cms.models import LessonPage, ModulePage
from tests import making
from tests.cms.admin_pages.typing_in import trainer_of
from tests.kept import kept


@kept
def course_page(bedrock):
    return making.course()


@kept
def module(course_page):
    return ModulePage.objects.child_of(course_page).get()


@kept
def lesson(module):
    return LessonPage.objects.child_of(module).get()


@kept
def trainer(course_page):
    return trainer_of(course_page)


@pytest.fixture
def as_trainer(client, trainer):
    client.force_login(trainer)
    return client


@pytest.fixture
def as_editor(client, base):
    person = making.person("editor")
    grant(person=person, role=Role.EDITOR)
    client.force_login(person)
    return client


@pytest.fixture
def stranger(client, base):
    """A client signed in as the trainer of another course."""
    client.force_login(trainer_of(making.course(), "stranger"))
    return client

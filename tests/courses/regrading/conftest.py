"""A course with two questions, who may grade anew, and who may not."""

import pytest

from accounts.models import Library, Role
from accounts.roles import grant
from cms import teams
from courses import regrading
from tests import making
from tests.courses import regrades
from tests.courses.regrades import OTHER, RIGHT, enrolled, keyed, published, taken
from tests.kept import kept


@kept
def course_page(bedrock):
    return making.course(code="REG")


@kept
def bank(course_page):
    return regrades.two_questions(course_page)


@kept
def editor(bedrock):
    person = making.person("editor")
    grant(person=person, role=Role.EDITOR)
    return person


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(regrading, "BATCH", 2)


@kept
def people(course_page, editor):
    """Everybody who might come: {name: person}; `trainer` teaches the course, `trainer2` another one."""
    library = Library.add_root(code="TSH", level="region", titles={"uz": "Toshkent"})
    found = {"editor": editor, "learner": making.person()}
    for name, role in (("admin", Role.ADMINISTRATOR), ("trainer", Role.TRAINER), ("trainer2", Role.TRAINER)):
        found[name] = making.person(name)
        grant(person=found[name], role=role)
    for name, role in (("hr", Role.HR), ("director", Role.DIRECTOR)):
        found[name] = making.person(name)
        grant(person=found[name], role=role, library=library)
    teams.join(course=making.row(course_page), person=found["trainer"])
    teams.join(course=making.row(making.course(quiz=False, code="ELSE")), person=found["trainer2"])
    return found


@pytest.fixture
def due(course_page, bank):
    """A question of the course's own pool with one attempt to grade anew."""
    quiz, first, second = bank
    first.pool.course = making.row(course_page)
    first.pool.save()
    taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, keyed())
    return first

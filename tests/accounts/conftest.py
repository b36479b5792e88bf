import re
from html import unescape

import pytest

from accounts import notices
from accounts.models import Library, Position
from tests.making import person, words

PASSWORD = "uzun-parol-ibora"  # what tests.making.person sets


@pytest.fixture
def learner(db):
    library = Library.add_root(code="sam", titles=words("Library"), level="region")
    position = Position.objects.create(code="librarian", titles=words("Librarian"))
    return person(
        "nigora", username="SAM-0001", email="nigora@example.org", last_name="Karimova", first_name="Nigora",
        patronymic="Salim qizi", library=library, position=position,
    )  # fmt: skip


@pytest.fixture
def other(db):
    return person("other")


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


@pytest.fixture
def tell():
    def tell(person, subject="enrolment 1"):
        return notices.tell(person=person, kind="name_wanted", subject=subject, course=words("Course"))

    return tell


@pytest.fixture
def seen():
    """The words of a page's main part, as read, with single spaces."""

    def seen(response):
        main = re.search(r"<main.*?</main>", response.content.decode(), re.S)[0]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())

    return seen

"""Homework when the disk does not take its file, and when its form comes once more after a line broke."""

from pathlib import Path

import pytest
from django.core.files.storage import storages

from courses.models import Submission
from tests.courses.homework_making import PDF, upload
from tests.courses.test_homework_files import assignment, enrolment, send  # noqa: F401  (fixtures)


@pytest.fixture
def no_room():
    """Nothing can be stored: a file stands where the folder of homework would be."""
    folder = Path(storages["private"].path("homework"))
    aside = folder.with_name("homework-aside")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rename(aside)
    folder.write_text("")
    yield
    folder.unlink()
    if aside.exists():
        aside.rename(folder)


def test_a_file_that_cannot_be_stored_is_told_and_the_text_is_kept(send, no_room):  # noqa: F811
    response = send(upload(PDF), text="Juda muhim matn", go="hand_in")

    assert response.status_code == 422
    assert "hisobot.pdf" in response.text
    assert "Juda muhim matn</textarea>" in response.text
    row = Submission.objects.get()
    assert (row.state, row.text, row.files.count()) == ("draft", "Juda muhim matn", 0)


def test_the_same_form_once_more_hands_in_what_it_brought_before(send):  # noqa: F811
    send(upload(PDF), text="Matn", go="save")

    response = send(upload(PDF), text="Matn", go="hand_in")

    assert response.status_code == 302
    row = Submission.objects.get()
    assert (row.state, row.files.count()) == ("handed_in", 1)

"""A form of which half came is not taken for the whole."""

import io

import pytest
from django.test import Client

from config.whole import BrokenOff, WholeRequests
from config.wsgi import application
from courses.models import Submission
from tests.courses.homework_making import PDF, upload
from tests.courses.test_homework_files import assignment, enrolment  # noqa: F401  (fixtures)


def read_all(body, length):
    """What an application reads that takes pieces of four bytes."""
    taken = []

    def reads(environ, start_response):
        while piece := environ["wsgi.input"].read(4):
            taken.append(piece)
        return []

    environ = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": length}
    WholeRequests(reads)(environ, None)
    return b"".join(taken)


def test_a_whole_body_is_read_as_it_came():
    assert read_all(b"0123456789", "10") == b"0123456789"
    assert read_all(b"01234567", "8") == b"01234567"
    assert read_all(b"0123456789", "6") == b"012345"
    assert read_all(b"", "0") == read_all(b"", "") == b""


@pytest.mark.parametrize("came", [0, 4, 5, 9])
def test_a_body_that_broke_off_is_an_error(came):
    with pytest.raises(BrokenOff):
        read_all(b"0123456789"[:came], "10")


class Cut(Client):
    """A browser that speaks to the application as production has it; its line breaks after 40,000 bytes of a request's body."""

    def __init__(self):
        super().__init__(raise_request_exception=False)
        inner = self.handler
        whole = WholeRequests(lambda environ, _start: inner(environ))
        self.handler = lambda environ: whole(environ, None)

    def request(self, **request):
        request["wsgi.input"] = io.BytesIO(request["wsgi.input"].read()[:40_000])
        return super().request(**request)


def test_homework_of_which_half_came_is_not_handed_in(enrolment, assignment):  # noqa: F811
    browser = Cut()
    browser.force_login(enrolment.learner)
    form = {"text": "Matn", "go": "hand_in", "files": upload(PDF.ljust(50_000, b"\n"))}

    response = browser.post(f"/assignments/{assignment.pk}/homework/", form)

    assert response.status_code == 500  # nobody is there to read it
    assert not Submission.objects.exclude(state="draft").exists()


def test_production_serves_whole_requests_alone():
    assert type(application) is WholeRequests

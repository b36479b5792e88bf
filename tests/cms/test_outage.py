"""The database or the disk fails for a moment: 503, said plainly, with what was sent kept on the page."""

import errno
import re

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import translation

from cms import outage
from cms.views import bad_request, server_error
from tests import making

TOKEN = "csrfmiddlewaretoken=abc"


def answered(fault, request):
    """What the handler of faults answers while this one is handled."""
    try:
        raise fault
    except type(fault):
        return server_error(request)


def a_post(body, address="/attempts/7/?q=2"):
    request = RequestFactory().post(address)
    request.POST = QueryDict(body)
    return request


@pytest.mark.parametrize(
    "fault",
    [
        OperationalError("server closed the connection unexpectedly"),
        InterfaceError("the connection is closed"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EROFS, "Read-only file system"),
    ],
)
def test_what_passes_is_told_as_a_short_break(fault):
    response = answered(fault, RequestFactory().get("/learning/?page=2"))

    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert response.headers["Cache-Control"] == "no-store, private"
    assert re.findall(r'<a class="btn" href="([^"]*)"', response.text) == ["/learning/?page=2"]


@pytest.mark.parametrize(
    "fault", [ValueError("x"), FileNotFoundError(errno.ENOENT, "x"), PermissionError(errno.EACCES, "x")]
)
def test_what_does_not_pass_by_itself_is_a_fault_of_ours(fault):
    assert answered(fault, RequestFactory().get("/learning/")).status_code == 500


def test_a_form_is_given_back_to_be_sent_once_more():
    body = f"{TOKEN}&slot=2&answer=c1&answer=c3&seen=&go=next&text=%3Cb%3E%22x%22"

    response = answered(OperationalError("gone"), a_post(body))

    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', response.text)
    assert fields == [
        ("csrfmiddlewaretoken", "abc"), ("slot", "2"), ("answer", "c1"), ("answer", "c3"), ("seen", ""), ("go", "next"),
        ("text", "&lt;b&gt;&quot;x&quot;"),
    ]  # fmt: skip
    assert '<form method="post" action="/attempts/7/?q=2">' in response.text


def test_a_form_whose_files_are_gone_saves_what_was_typed_and_hands_nothing_in():
    file = SimpleUploadedFile("ish.txt", b"ish")
    sent = {"csrfmiddlewaretoken": "abc", "text": "Matn", "go": "hand_in", "files": file}

    response = answered(OperationalError("gone"), RequestFactory().post("/assignments/5/homework/", sent))

    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', response.text)
    assert fields == [("csrfmiddlewaretoken", "abc"), ("text", "Matn")]


@pytest.mark.parametrize(
    "body",
    [
        f"{TOKEN}&login=TSH-0001&password=uzun-parol-ibora",
        f"{TOKEN}&login=TSH-0001&code=1234-5678",
        f"{TOKEN}&pin=123456",
        "answer=c1",  # no form of ours
        f"{TOKEN}&text=" + "x" * outage.MOST_SIGNS,
    ],
)
def test_secrets_foreign_forms_and_what_is_too_long_are_not_written_into_a_page(body):
    response = answered(OperationalError("gone"), a_post(body))

    assert (response.status_code, "<form" in response.text, 'type="hidden"' in response.text) == (503, False, False)
    assert "parol" not in response.text and "1234" not in response.text


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_page_needs_nothing_at_all(language):
    with translation.override(language):
        response = answered(OperationalError("gone"), RequestFactory().get("/learning/"))

    assert f'<html lang="{language}">' in response.text
    assert response.text.count("<h1>") == 1


def test_a_session_that_went_meanwhile_is_a_short_break_and_any_other_bad_request_is_not():
    request = RequestFactory().get("/learning/")

    assert bad_request(request, SessionInterrupted("gone")).status_code == 503
    assert bad_request(request, SuspiciousOperation("x")).status_code == 400


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_ended_fails_one_request_and_not_the_next(client):
    client.force_login(making.person())
    client.raise_request_exception = False
    assert client.get("/learning/").status_code == 200
    pid = connection.connection.info.backend_pid
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    assert client.get("/learning/").status_code == 503
    connection.close()
    assert client.get("/learning/").status_code == 200

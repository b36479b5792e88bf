"""A line of the log knows its request and tells of no person, whatever people typed and whatever failed."""

import io
import json
import logging
import sys
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import path

from config import logs
from courses import enrolments
from courses.models import SubmissionFile
from tests import making
from tests.courses import homework_making
from tests.security.test_doors import slowness

GIVEN = "abcDEF-0123456789"
LAST, FIRST, PHONE, PINFL, EMAIL = (
    "Karimova",
    "Zilola",
    "+998 90 123-45-67",
    "31234567890123",
    "zilola@kutubxona.example",
)
OF_THE_PERSON = (
    LAST,
    FIRST,
    "karimova",
    "90 123",
    "901234567",
    PINFL,
    EMAIL,
    "zilola",
    "T-9001",
    "203.0.113.77",
    "hisobot",
)


@pytest.fixture
def written():
    """What is written to the log meanwhile, at the level DEBUG, as JSON lines; a function that reads it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    root, own = logging.getLogger(), [logging.getLogger(name) for name in ("django.request", "saboq.request")]
    before = root.level, [one.level for one in own]
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for one in own:
        one.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before[0])
    for one, level in zip(own, before[1], strict=True):
        one.setLevel(level)


@pytest.mark.parametrize(
    ("given", "kept"),
    [(GIVEN, True), ("", False), ("short", False), ("x" * 65, False), ("no spaces or \N{SNOWMAN}", False)],
)
def test_a_request_has_an_id_its_own_or_the_proxys(client, base, written, given, kept):
    answer = client.get("/uz/", headers={"x-request-id": given.encode("utf-8").decode("latin-1")} if given else {})

    told = answer.headers["X-Request-ID"]
    assert (told == given) is kept
    assert len(told) == (len(given) if kept else 32)
    (line,) = [line for line in written() if line["logger"] == "saboq.request"]
    assert line["request_id"] == told
    assert {name: line[name] for name in ("method", "route", "status", "language", "level")} == {
        "method": "GET", "route": "cms.lessons.serve", "status": 200, "language": "uz", "level": "INFO",
    }  # fmt: skip
    assert line["ms"] > 0
    assert line["time"].endswith("Z")


def test_probes_and_static_files_write_no_line(client, base, written):
    for address in ("/healthz", "/readyz", "/metrics", "/static/site.css"):
        client.get(address).close()

    assert [line for line in written() if line["logger"] == "saboq.request"] == []


def test_nothing_of_a_person_is_in_the_log(base, written, django_capture_on_commit_callbacks):
    """Sign-in right and wrong, profile, homework, a search, addresses that are none: with data that people have."""
    person = making.person(last_name=LAST, first_name=FIRST, email=EMAIL, username="T-9001")
    assignment = homework_making.assignment()
    enrolments.begin(learner=person, course=assignment.activity.course)
    client = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.77")

    for login, password in ((EMAIL, "xato"), (PINFL, "xato"), (EMAIL, "uzun-parol-ibora")):
        client.post("/accounts/login/", {"login": login, "password": password})
    client.post("/accounts/certificate-name/", {"certificate_name": f"{LAST} {FIRST}"})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            f"/assignments/{assignment.pk}/homework/",
            {"text": PHONE, "go": "add", "files": SimpleUploadedFile("hisobot karimova.pdf", homework_making.PDF)},
        )
    assert SubmissionFile.objects.count() == 1
    client.get("/hr/people/", {"q": LAST})
    client.get(f"/{LAST}/")
    client.get(f"/verify/{PINFL}/")

    lines = written()
    assert {"account_login", "certificate_name"} <= {line.get("route") for line in lines}
    assert len(lines) >= 8
    told = json.dumps(lines, ensure_ascii=False)
    assert [word for word in OF_THE_PERSON if word in told] == []


ROW = IntegrityError(
    f'duplicate key value violates unique constraint "one_email"\nDETAIL:  Key (email)=({EMAIL}) already exists: {LAST}.'
)


@pytest.mark.parametrize(
    ("exception", "said"),
    [
        (ROW, "IntegrityError: duplicate key value violates unique constraint '…'"),
        (ValueError(f"invalid literal for int() with base 10: '{LAST}'"), "ValueError: invalid literal for int() with base 10: '…'"),
        (KeyError(LAST), "KeyError: '…'"),
        (OSError(2, "No such file", f"/{LAST}"), "OSError: [Errno 2] No such file: '…'"),
        (RuntimeError(f"refused for {EMAIL}, {PHONE}, {PINFL}"), "RuntimeError: refused for ‹e-mail›, ‹number›, ‹number›"),
        (RuntimeError(), "RuntimeError"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("formatter", [logs.JsonLines, logs.PlainLines])
def test_a_fault_is_told_by_its_kind_and_place_without_what_it_quotes(written, exception, said, formatter):
    if isinstance(exception, OSError):
        said = said.replace("OSError", type(exception).__name__)
    try:
        try:
            raise exception
        except Exception as cause:
            raise LookupError(f"«{LAST}» is not there") from cause
    except LookupError:
        record = logging.makeLogRecord(
            {"name": "cms", "levelname": "ERROR", "msg": "%s failed: %r", "args": ("part", exception), "exc_info": sys.exc_info()}
        )  # fmt: skip

    line = formatter().format(record)
    if formatter is logs.JsonLines:
        told = json.loads(line)
        assert told["message"] == f"part failed: {said}"
        line = told["exception"]
    assert f"{said}\n" in line
    assert "LookupError: '…' is not there" in line
    assert __file__ in line
    assert not any(word in line for word in (LAST, EMAIL, "123-45-67", PINFL))


def breaks(request, name):
    raise ValueError(f"no page for '{name}'")


urlpatterns = [path("breaks/<str:name>/", breaks)]


def test_a_page_that_breaks_is_told_by_its_pattern(written, settings, db):
    settings.ROOT_URLCONF = __name__

    Client(raise_request_exception=False).get(f"/breaks/{LAST}/")

    (line,) = [line for line in written() if line["logger"] == "django.request"]
    assert line["message"] == "Internal Server Error: tests.config.test_logs.breaks"
    assert line["exception"].endswith("ValueError: no page for '…'")
    assert LAST not in json.dumps(written(), ensure_ascii=False)


def test_an_endless_word_is_looked_through_at_once():
    """What an exception says may be as long as what somebody sent."""
    began = time.process_time()
    told = logs.discreet("A" * 40_000 + " " + EMAIL + " " + "a.b-" * 10_000)

    spent = time.process_time() - began
    assert spent < 0.3 or spent < 0.3 * slowness()
    assert told == "A" * 40_000 + " ‹e-mail› " + "a.b-" * 10_000


def test_numbers_that_are_nobodys_stay():
    assert logs.discreet("certificate SBQ-2026-000417 of 2026-11-22 10:00, 12345 rows, 8 s, 127.0.0.1:5432") == (
        "certificate SBQ-2026-000417 of 2026-11-22 10:00, 12345 rows, 8 s, 127.0.0.1:5432"
    )

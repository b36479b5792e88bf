"""A report of a fault names its kind and place, and nobody: what a Sentry on loopback is sent, by a process of its own."""

import gzip
import json
import threading
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from .test_production import start

FAILS = """
import logging, sys, django
django.setup()
import sentry_sdk
from django.test import Client
from django.urls import path
import config.urls
from django.http import HttpResponse

def breaks(request, name):
    secret_local = "Karimova"
    raise ValueError(f"no page for Karimova, zilola@kutubxona.example, {request.POST}")

config.urls.handler500 = lambda request: HttpResponse(status=500)
config.urls.urlpatterns.insert(0, path("breaks/<str:name>/", breaks))
client = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.77")
client.cookies["other"] = "Karimova-session"
client.post("/breaks/Karimova/?q=Karimova", {"last_name": "Karimova"}, headers={"x-request-id": "abcDEF-0123456789", "authorization": "Bearer Karimova"})
logging.getLogger("cms").error("mail to %s failed for zilola@kutubxona.example", "Karimova")
sentry_sdk.flush(10)
"""


@pytest.fixture
def sentry():
    """(its address, the events that came)"""
    came = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding")
            came.append(gzip.decompress(body) if packed == "gzip" else zlib.decompress(body) if packed else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://key@127.0.0.1:{server.server_port}/7", came
    server.shutdown()
    server.server_close()


def test_a_report_tells_kind_and_place_and_nothing_of_the_person(sentry, tmp_path):
    address, came = sentry
    done = start(
        "-c", FAILS, MODE="demo", SENTRY_DSN=address, OUTGOING_HOSTS="127.0.0.1", ALLOWED_HOSTS="testserver",
        DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}", SIGNING_DIR=None, EMAIL_URL=None,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    events = [
        json.loads(line) for body in came for line in body.splitlines() if b'"event_id"' in line and b'"level"' in line
    ]
    fault, line = sorted(events, key=lambda event: "exception" not in event)
    assert fault["exception"]["values"][-1]["type"] == "ValueError"
    assert fault["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "breaks"
    assert fault["tags"] == {"request_id": "abcDEF-0123456789"}
    assert line["logentry"] == {"message": "mail to %s failed for ‹e-mail›"}
    told = b"".join(came).decode()
    assert [
        word for word in ("Karimova", "zilola", "203.0.113", "last_name", "session", "Bearer") if word in told
    ] == []


def test_without_an_address_it_is_not_even_imported():
    done = start("-c", "import sys, django; django.setup(); print('sentry_sdk' in sys.modules)")

    assert done.stdout.strip() == "False"

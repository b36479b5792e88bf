"""What a page costs on the wire, served as `make run` serves it: gunicorn, gzip, whitenoise's packed files."""

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import settings
from playwright.sync_api import expect

from cms.models import LessonPage
from courses import enrolments

from .conftest import session_of

KB = 1024
MOST_BYTES = 60 * KB
MOST_REQUESTS = 6


@pytest.fixture
def served(demonstration, tmp_path):
    """The address of gunicorn on this test's database, with its static files collected."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = {"MODE": "demo", "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1", "WEB_LOG_LEVEL": "warning"}
    environment = os.environ | place | {"DJANGO_SETTINGS_MODULE": "tests.served", "SABOQ_STATIC_ROOT": str(tmp_path)}
    run = {"env": environment, "cwd": settings.BASE_DIR}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0", "--ignore", "wagtail*"]
    subprocess.run(collect, check=True, **run)
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    with subprocess.Popen(command, **run) as server:
        try:
            home = f"http://localhost:{port}"
            wait_for(f"{home}/healthz")
            yield home
        finally:  # else Popen waits for its end for ever
            server.send_signal(signal.SIGQUIT)  # at once: it would wait for the browser to hang up


def wait_for(address, seconds=90):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            return requests.get(address, timeout=5).raise_for_status()
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")


def longest_lesson(home, cookies):
    """The path of the lesson whose document is the heaviest, packed."""
    weights = []
    with requests.Session() as visitor:
        visitor.trust_env = False
        for page in LessonPage.objects.live():
            path = page.get_url()
            with visitor.get(home + path, cookies=cookies, stream=True) as answer:
                assert answer.headers["Content-Encoding"] == "gzip"
                weights.append((len(answer.raw.read()), path))
    assert len(weights) >= 15
    return max(weights)[1]


class Wire:
    """Counts what a page asks for and how many bytes come, headers included, as the browser's network log says."""

    def __init__(self, page):
        self.asked, self.sizes = {}, {}
        log = page.context.new_cdp_session(page)
        log.on("Network.requestWillBeSent", self._asked)
        log.on(
            "Network.loadingFinished", lambda said: self.sizes.update({said["requestId"]: said["encodedDataLength"]})
        )
        log.send("Network.enable")

    def _asked(self, said):
        if not said["request"]["url"].startswith("data:"):
            self.asked[said["requestId"]] = said["request"]["url"]

    @property
    def bytes(self):
        return sum(size for number, size in self.sizes.items() if number in self.asked)


def measure(page, address):
    """(bytes, requests) of the first view: document, style, scripts, drawings, icon."""
    wire = Wire(page)
    page.goto(address, wait_until="networkidle")
    icon = page.locator("link[rel=icon]").evaluate("link => link.href")
    # The icon comes when the browser finds time; one without a window of its own asks for none.
    for tenth in range(300):
        if set(wire.sizes) >= set(wire.asked) and (icon in wire.asked.values() or tenth >= 10):
            break
        page.wait_for_timeout(100)
    assert set(wire.sizes) >= set(wire.asked)
    asked = {urlsplit(one).path for one in wire.asked.values()}
    weight = wire.bytes
    if icon not in wire.asked.values():
        weight += packed_size(icon)
        asked.add(urlsplit(icon).path)
    print(f"\n{urlsplit(address).path}: {weight / KB:.1f} KB, {len(asked)} requests: {' '.join(sorted(asked))}")
    return weight, len(asked)


def packed_size(address):
    """What a file costs on the wire, with its head."""
    with requests.Session() as visitor:
        visitor.trust_env = False
        with visitor.get(address, stream=True) as answer:
            answer.raise_for_status()
            head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
            return head + len(answer.raw.read())


def test_the_first_view_of_a_lesson_a_question_and_my_learning_is_light(served, visit, demonstration):
    learner, course = demonstration.person("learner"), demonstration.course()
    attempt = demonstration.attempt_of_each_kind(enrolments.begin(learner=learner, course=course))
    longest = longest_lesson(served, {"sessionid": session_of("learner")})
    for path in (longest, f"/attempts/{attempt.pk}/?q=5", "/learning/"):
        page = visit("learner", home=served)  # a new browser: nothing is kept from the page before

        weight, count = measure(page, served + path)

        expect(page.locator("h1").first).to_be_visible()
        assert weight <= MOST_BYTES
        assert count <= MOST_REQUESTS

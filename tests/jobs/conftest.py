"""Real processes: the site under gunicorn and Celery's workers, on the test's database, against a real Redis and RabbitMQ."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
import requests
from django.conf import settings
from django.core import mail
from django.test import Client
from kombu import Connection

from accounts.models import Notice
from certification.models import Certificate, CertificateVersion, CourseCompletion, NumberSeries
from tests import making
from tests.certification import studying

ROOT = Path(settings.BASE_DIR)
VISIBILITY = "3"  # seconds after which Redis gives an unacknowledged task to another worker; 300 in production


def until(condition, seconds=120):
    """Wait for the condition; returns what it said, or fails."""
    ends = time.monotonic() + seconds
    while not (said := condition()):
        assert time.monotonic() < ends, f"waited {seconds} s in vain"
        time.sleep(0.1)
    return said


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def accepts(port, host="127.0.0.1"):
    with socket.socket() as door:
        return door.connect_ex((host, port)) == 0


class Children:
    """Processes that this test module has started; nothing else is ever signalled."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def start(self, name, *command, **environ):
        log = self.folder / f"{name}-{len(self.running)}.log"
        with log.open("w") as output:
            child = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                env=os.environ | {"LOG_LEVEL": "INFO", "CELERY_VISIBILITY_TIMEOUT": VISIBILITY} | environ,
            )  # fmt: skip
        child.log = log
        self.running.append(child)
        return child

    def kill(self, child):
        """SIGKILL to the child and to what it has forked: its own session, made by `start`."""
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.running.remove(child)

    def end(self):
        for child in self.running[:]:
            self.kill(child)


@pytest.fixture(scope="module")
def module_children(tmp_path_factory):
    children = Children(tmp_path_factory.mktemp("sites"))
    yield children
    children.end()


@pytest.fixture
def children(tmp_path):
    children = Children(tmp_path)
    yield children
    children.end()


class Queue:
    """A queue of these tests alone, at a broker."""

    def __init__(self, broker):
        self.broker, self.name = broker, f"saboq-jobs-{secrets.token_hex(4)}"

    def _asked(self, deed):
        options = {"global_keyprefix": f"{self.name}:"} if self.broker.kind == "redis" else {}
        with Connection(self.broker, transport_options=options, connect_timeout=3) as link:
            return deed(link.default_channel)

    def waiting(self):
        """How many messages nobody has taken yet."""
        return self._asked(
            lambda channel: channel.queue_declare(self.name, durable=True, auto_delete=False).message_count
        )

    def lose(self):
        """Throw all messages away, as a broker without a disk does that is switched off. Returns how many nobody had taken."""
        self._delete_keys("unacked*")
        return self._asked(lambda channel: channel.queue_purge(self.name))

    def remove(self):
        def delete(channel):
            channel.queue_delete(self.name)
            channel.exchange_delete(self.name)

        self._asked(delete)
        self._delete_keys("*")

    def _delete_keys(self, pattern):
        """On Redis: keys that carry the name of this queue."""
        if self.broker.kind == "redis":
            with redis.Redis.from_url(self.broker) as link:
                for key in link.scan_iter(f"{self.name}:{pattern}"):
                    link.delete(key)


class Way:
    """A way to a broker that can be taken away under open connections: `cut` as when the broker is stopped, `mute` as when its
    machine loses power or the network swallows everything."""

    def __init__(self, broker):
        there = urlsplit(broker)
        self.target, self.open, self.lost = (there.hostname, there.port), [], False
        self.door = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.address = broker.replace(f":{there.port}", f":{self.door.getsockname()[1]}")
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self):
        while True:
            try:
                one = self.door.accept()[0]
            except OSError:  # closed
                return
            self.open.append(one)
            if self.lost:
                continue
            other = socket.create_connection(self.target)
            self.open.append(other)
            for source, target in ((one, other), (other, one)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source, target):
        try:
            while (data := source.recv(65536)) and not self.lost:
                target.sendall(data)
        except OSError:  # closed
            pass

    def mute(self):
        self.lost = True

    def cut(self):
        self.lost = True
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        for one in self.open:
            one.close()


@dataclass
class Site:
    """A running site: its address, the queue it sends to, and what a browser does there."""

    address: str
    queue: Queue | None = None
    child: subprocess.Popen | None = None

    def browser(self, person=None):
        """A browser; with a person it is signed in as that one."""
        browser = requests.Session()
        browser.trust_env = False
        if person:
            client = Client()
            client.force_login(person)
            name = settings.SESSION_COOKIE_NAME
            browser.cookies.set(name, client.cookies[name].value)
        return browser

    def post(self, browser, path, form_on="/learning/", files=None, **fields):
        """Post a form as a browser does, with the token of the page it stands on. Returns (response, seconds)."""
        page = browser.get(self.address + form_on, timeout=30)
        assert page.status_code == 200, page.text[:500]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        began = time.monotonic()
        answer = browser.post(
            self.address + path,
            data=fields | {"csrfmiddlewaretoken": token},
            files=files,
            allow_redirects=False,
            timeout=30,
        )
        return answer, time.monotonic() - began


@pytest.fixture(scope="module")
def serve(module_children):
    """Starts a site and waits until it answers: serve(name, queue=..., host=..., CELERY_BROKER_URL=..., CACHE_URL=...)."""

    def start(name, queue=None, host="127.0.0.1", **environ):
        port = free_port()
        environ = {"WEB_WORKERS": "1"} | environ
        child = module_children.start(
            name, "gunicorn", "--config", "config/gunicorn.py", "tests.jobs.child:application",
            BIND=f"{host}:{port}", JOBS_QUEUE=queue.name if queue else "none", **environ,
        )  # fmt: skip

        def answers():
            assert child.poll() is None, child.log.read_text()[-3000:]
            return accepts(port, host) and requests.get(f"http://{host}:{port}/healthz", timeout=30).status_code == 200

        until(answers)
        return Site(f"http://{host}:{port}", queue, child)

    return start


@pytest.fixture(scope="module")
def _queues():
    made = {}
    yield made
    for queue, _site in made.values():
        queue.remove()


@pytest.fixture
def site(broker, serve, _queues):
    """A site that sends to a real broker; its `queue` is empty."""
    if broker.kind not in _queues:
        queue = Queue(broker)
        _queues[broker.kind] = queue, serve(broker.kind, queue=queue, CELERY_BROKER_URL=str(broker))
    queue, site = _queues[broker.kind]
    queue.waiting()  # makes it where it is not there yet
    queue.lose()
    return site


@pytest.fixture
def queue(site):
    return site.queue


@pytest.fixture
def work(children):
    """Starts a worker on a queue and returns the child: work(queue, stop_at=path)."""

    def start(queue, stop_at=None):
        environ = {"CELERY_BROKER_URL": str(queue.broker), "JOBS_QUEUE": queue.name}
        if stop_at:
            environ["JOBS_STOP_AT"] = str(stop_at)
        return children.start("worker", "tests.jobs.child", **environ)

    return start


@pytest.fixture
def nearly(transactional_db):
    """A learner with a confirmed name who has one lesson left: (enrolment, that lesson)."""
    page = making.course(modules=1, lessons=2, quiz=True, code="SEC")
    enrolment = studying.enrol(page)
    last = enrolment.course.activities.filter(kind="lesson").order_by("position").last()
    studying.do(enrolment, without=[last])
    return enrolment, last


def mails():
    """How many mails were sent, by the children (as files) and by this process."""
    folder = Path(settings.EMAIL_FILE_PATH)
    written = [file.read_text() for file in folder.glob("*")] if folder.exists() else []
    return sum(text.count("\nSubject: ") for text in written) + len(mail.outbox)


@pytest.fixture(autouse=True)
def no_mail_of_before():
    folder = Path(settings.EMAIL_FILE_PATH)
    for file in folder.glob("*") if folder.exists() else []:
        file.unlink()


def exactly_one():
    """One certificate with its file, one number, one notice and one mail; sweeping again changes nothing."""
    version = CertificateVersion.objects.get()
    assert (version.is_current, version.pdf.storage.exists(version.pdf.name)) == (True, True)
    assert Certificate.objects.get().number == version.payload["number"]
    assert NumberSeries.objects.get().last == CourseCompletion.objects.count() == 1
    assert Notice.objects.get().kind == "certificate_issued"
    assert mails() == 1
    return version

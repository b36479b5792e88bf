"""Two web processes and two workers, each with an address and a disk of its own, share PostgreSQL, Redis, RabbitMQ and S3.

127.0.0.2 and 127.0.0.3 are two machines of a platform behind one name: a browser carries its cookies to both.
"""

import json
import re
import secrets
from datetime import timedelta
from io import BytesIO

import boto3
import pytest
import requests
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image

from accounts.models import Job, Role
from accounts.roles import grant
from certification.models import CertificateVersion
from cms.demo import right_values
from courses.models import Attempt, SubmissionFile
from scripts import machine
from tests import making
from tests.certification import studying
from tests.conftest import lacking
from tests.courses import homework_making

from .conftest import Queue, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
HOSTS = ("127.0.0.2", "127.0.0.3")
PASSWORD, TOKEN = "uzun-parol-ibora", "a token of the monitoring: 0123456789"


class Browser:
    """Sends what cookies it was given to either machine, as a browser does that knows one name. It forgets none: a session that
    was ended must be ended at the server."""

    def __init__(self):
        self.cookies, self.session = {}, requests.Session()
        self.session.trust_env = False

    def get(self, address, **options):
        return self._ask("GET", address, **options)

    def post(self, address, **options):
        return self._ask("POST", address, **options)

    def _ask(self, method, address, headers=(), **options):
        self.session.cookies.clear()
        said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.session.request(method, address, headers={"Cookie": said, **dict(headers)}, **options)
        for one in (*answer.history, answer):
            self.cookies.update(one.cookies.get_dict())
        return answer


# --- What they share ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3():
    """(the address of an S3 server with two buckets, a client of it)"""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", aws_access_key_id="key", aws_secret_access_key="secret",
        region_name="us-east-1",
    )  # fmt: skip
    for bucket in ("saboq-media", "saboq-private"):
        client.create_bucket(Bucket=bucket)
    yield f"{host}:{port}", client
    client.close()
    server.stop()


@pytest.fixture(scope="module")
def shared(s3):
    """What every process of the platform is told."""
    brokers = machine.brokers()
    queue = Queue(brokers.get("rabbitmq") or lacking("rabbitmq"))
    queue.waiting()
    yield (
        queue,
        {
            "CELERY_BROKER_URL": str(queue.broker),
            "CACHE_URL": str(brokers.get("redis") or lacking("redis")),
            "MEDIA_STORAGE_URL": f"s3+http://key:secret@{s3[0]}/saboq-media",
            "PRIVATE_STORAGE_URL": f"s3+http://key:secret@{s3[0]}/saboq-private",
            "ALLOWED_HOSTS": ",".join(HOSTS),
            "METRICS_TOKEN": TOKEN,
            "LOG_FORMAT": "json",
        },
    )
    queue.remove()


@pytest.fixture(scope="module")
def sites(django_db_setup, shared, serve):
    """The two web processes; the first has two workers of gunicorn."""
    queue, told = shared
    return [
        serve(f"web-{n}", queue=queue, host=host, WEB_WORKERS=str(2 - n), **told) for n, host in enumerate(HOSTS)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def workers(django_db_setup, shared, module_children):
    queue, told = shared
    return [module_children.start(f"worker-{n}", "tests.jobs.child", **told, JOBS_QUEUE=queue.name) for n in range(2)]


def keys(s3, bucket):
    return [one["Key"] for one in s3[1].list_objects_v2(Bucket=bucket).get("Contents", [])]


def sign_in(site, person):
    browser, path = Browser(), "/accounts/login/"
    answer, _seconds = site.post(browser, path, path, login=person.username, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/learning/")
    return browser


# --- What people do ------------------------------------------------------------------------------------------------------


def test_both_machines_are_ready(transactional_db, sites):
    for site in sites:
        answer = requests.get(f"{site.address}/readyz", timeout=30)
        assert set(answer.json().values()) == {"ok"}, answer.json()


def test_signed_in_on_one_and_answered_on_the_other(transactional_db, sites):
    one, other = sites
    enrolment = studying.enrol(making.course(modules=1, lessons=1, quiz=True, code="SEC"))
    quiz = enrolment.course.activities.get(kind="quiz").quiz
    browser = sign_in(one, enrolment.learner)

    other.post(browser, f"/quizzes/{quiz.pk}/start/")
    attempt = Attempt.objects.get()
    for row, site in zip(attempt.questions.select_related("version"), (one, other), strict=True):
        page = f"/attempts/{attempt.pk}/?q={row.slot}"
        site.post(browser, f"/attempts/{attempt.pk}/", page, slot=row.slot, answer=right_values(row))
    finish = f"/attempts/{attempt.pk}/finish/"
    answer, _seconds = one.post(browser, finish, finish)

    assert answer.headers["Location"] == f"/attempts/{attempt.pk}/result/"
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (100, True)


def test_handed_in_on_one_and_read_and_removed_on_the_other(transactional_db, sites, s3):
    one, other = sites
    assignment = homework_making.row(homework_making.page(making.course(code="HW")))
    enrolment = studying.enrol(making.publish(making.Page.objects.get(slug="hw").specific))
    browser, path = sign_in(one, enrolment.learner), f"/assignments/{assignment.pk}/homework/"

    one.post(
        browser,
        path,
        assignment.activity.addresses["uz"],
        files={"files": ("reja.pdf", homework_making.PDF)},
        text="Ish",
    )
    file = SubmissionFile.objects.get()

    assert keys(s3, "saboq-private") == [file.file.name]
    assert browser.get(f"{other.address}/homework/files/{file.pk}/", timeout=30).content == homework_making.PDF
    other.post(browser, path, assignment.activity.addresses["uz"], text="Ish", go=f"remove-{file.pk}")
    assert keys(s3, "saboq-private") == []


def test_a_certificate_made_by_a_worker_is_downloaded_from_both(nearly, sites, workers, s3):
    one, _other = sites
    enrolment, last = nearly
    browser = sign_in(one, enrolment.learner)

    asked = browser.session.headers
    asked["X-Request-ID"] = request_id = secrets.token_hex(16)
    answer, _seconds = one.post(browser, f"/activities/{last.pk}/done/")
    del asked["X-Request-ID"]
    assert answer.headers["X-Request-ID"] == request_id

    version = until(lambda: CertificateVersion.objects.stored().first())
    files = [browser.get(f"{site.address}/certificates/{version.code}.pdf", timeout=30).content for site in sites]
    assert files[0] == files[1] == s3[1].get_object(Bucket="saboq-private", Key=version.pdf.name)["Body"].read()
    assert files[0][:5] == b"%PDF-"
    lines = [json.loads(line) for worker in workers for line in worker.log.read_text().splitlines() if line[:1] == "{"]
    of_the_request = {line["message"].split("[")[0] for line in lines if line.get("request_id") == request_id}
    assert "Task certification.tasks.consider" in of_the_request


def test_a_picture_uploaded_on_one_is_shown_by_the_other(transactional_db, sites, s3):
    one, other = sites
    person = making.person("editor", is_superuser=True)
    grant(person=person, role=Role.ADMINISTRATOR)
    picture = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    browser, path = sign_in(one, person), "/cms/images/add/"

    answer, _seconds = one.post(browser, path, path, files={"file": ("rasm.png", picture.getvalue())}, title="Rasm")

    assert answer.status_code == 302, answer.text[:2000]
    assert "original_images/rasm.png" in keys(s3, "saboq-media")
    shown = requests.get(f"{other.address}/media/original_images/rasm.png", timeout=30)
    assert (shown.content, shown.headers["Content-Type"]) == (picture.getvalue(), "image/png")
    assert "immutable" in shown.headers["Cache-Control"]


def test_signed_out_on_one_is_signed_out_on_both(transactional_db, sites):
    one, other = sites
    browser = sign_in(one, making.person())
    assert other.post(browser, "/accounts/logout/", "/accounts/logout/")[0].status_code == 302

    for site in sites:
        answer = browser.get(f"{site.address}/learning/", allow_redirects=False, timeout=30)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/learning/")


def test_a_new_secret_key_signs_nobody_out(transactional_db, sites, shared, serve):
    queue, told = shared
    person = making.person()
    browser = sign_in(sites[0], person)
    rotated = serve(
        "rotated", queue=queue, host=HOSTS[1], **told,
        DJANGO_SETTINGS_MODULE="tests.jobs.rotated", JOBS_SECRET_KEY="the new key: " + secrets.token_hex(30),
    )  # fmt: skip

    for _ in range(2):
        assert browser.get(f"{rotated.address}/learning/", allow_redirects=False, timeout=30).status_code == 200
    device = UserSession.objects.get(user=person)
    assert device.session_key == browser.cookies[settings.SESSION_COOKIE_NAME]
    assert rotated.post(browser, "/accounts/logout/", "/accounts/logout/")[0].status_code == 302


def test_old_files_are_removed_from_the_bucket(transactional_db, children, shared, s3):
    s3[1].put_object(Bucket="saboq-private", Key="jobs/old", Body=b"old")
    s3[1].put_object(Bucket="saboq-private", Key="jobs/new", Body=b"new")
    now = timezone.now()
    for name, days in (("old", 31), ("new", 29)):
        when = now - timedelta(days=days)
        Job.objects.create(kind="test", state=Job.State.DONE, made_at=when, finished_at=when, given=f"jobs/{name}")

    sweep = children.start("sweep", "django", "sweep", **shared[1], DJANGO_SETTINGS_MODULE="tests.settings")

    assert sweep.wait(120) == 0, sweep.log.read_text()
    assert [key for key in keys(s3, "saboq-private") if key.startswith("jobs/")] == ["jobs/new"]


def test_the_figures_of_all_processes_of_a_machine_are_added_up(transactional_db, sites):
    site = sites[0]

    def counted():
        text = requests.get(f"{site.address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30).text
        found = re.findall(r'^saboq_http_requests_total\{.*route="glossary",status="200".*\} (\S+)$', text, re.M)
        return sum(map(float, found))

    before = counted()
    for _ in range(12):
        requests.get(f"{site.address}/glossary/", timeout=30)

    assert {counted() - before for _ in range(6)} == {12}

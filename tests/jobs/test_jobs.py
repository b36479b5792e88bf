"""A worker dies, a broker is away, a message is lost, the cache is gone: one certificate each time, and no request fails."""

import os
import signal
import socket

import pytest
import requests
from django.core.management import call_command

from accounts.models import Notice
from certification.models import Certificate, CertificateVersion, CourseCompletion
from cms.demo import right_values
from courses import attempts
from courses.models import ActivityCompletion, Attempt
from scripts import machine
from tests import making
from tests.certification import studying
from tests.conftest import lacking

from .conftest import Way, exactly_one, free_port, mails, until

pytestmark = pytest.mark.django_db(transaction=True)

# Seconds: a broker is waited for 6 at most (accounts/jobs.py), a busy machine takes some for the request itself, and what waits
# without an end is ended by `post` after 30.
PATIENCE = 15


def sweep():
    """All that is due, twice: the second round must find nothing to do."""
    call_command("sweep", verbosity=0)
    call_command("sweep", verbosity=0)


def settled():
    return Notice.objects.filter(mailed_at__isnull=False).exists() and mails()


# --- A worker is killed --------------------------------------------------------------------------------------------------


@pytest.fixture
def stopped(nearly, site, queue, work, tmp_path):
    """(worker, process that draws, reserved version): the last lesson was marked done on the site, a worker is drawing."""
    enrolment, last = nearly
    marker = tmp_path / "drawing"
    worker = work(queue, stop_at=marker)

    answer, seconds = site.post(site.browser(enrolment.learner), f"/activities/{last.pk}/done/")
    assert (answer.status_code, seconds < PATIENCE) == (302, True)

    process = int(until(lambda: marker.exists() and marker.read_text()))
    reserved = CertificateVersion.objects.get()
    assert (reserved.sha256, Notice.objects.count(), mails()) == ("", 0, 0)
    return worker, process, reserved


def test_a_killed_worker_leaves_its_task_to_the_next(stopped, queue, work, children, tmp_path):
    worker, _process, reserved = stopped
    children.kill(worker)

    work(queue, stop_at=tmp_path / "drawing")

    until(settled)
    sweep()
    assert exactly_one().code == reserved.code


def test_a_killed_child_of_a_worker_leaves_its_task_to_the_next(stopped):
    worker, process, reserved = stopped
    assert os.getpgid(process) == worker.pid != process  # one that we have started
    os.kill(process, signal.SIGKILL)

    until(settled)
    sweep()
    assert exactly_one().code == reserved.code


def test_a_killed_worker_without_a_successor_leaves_its_task_to_the_sweep(stopped, children):
    worker, _process, reserved = stopped
    children.kill(worker)
    CourseCompletion.objects.update(tried_at=studying.ISSUED)  # a minute later

    sweep()

    assert exactly_one().code == reserved.code


# --- A message is lost ---------------------------------------------------------------------------------------------------


def test_a_lost_message_is_made_up_for_by_the_sweep(nearly, site, queue):
    enrolment, last = nearly
    site.post(site.browser(enrolment.learner), f"/activities/{last.pk}/done/")
    assert queue.waiting() == 1

    assert queue.lose() == 1
    assert queue.waiting() == 0

    assert not Certificate.objects.exists()
    sweep()
    exactly_one()


def test_a_message_that_comes_after_the_sweep_changes_nothing(nearly, site, queue, work):
    enrolment, last = nearly
    for _ in range(3):  # pressed again and again
        site.post(site.browser(enrolment.learner), f"/activities/{last.pk}/done/")
    assert queue.waiting() == 3
    sweep()
    before = exactly_one()

    worker = work(queue)

    until(lambda: queue.waiting() == 0 and worker.log.read_text().count("succeeded in") == 3)
    assert CertificateVersion.objects.values().get() == CertificateVersion.objects.filter(pk=before.pk).values().get()
    exactly_one()


# --- The broker is down during a request -----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["redis", "amqp"])
def site_without_broker(request, serve):
    """A site whose broker refuses every connection."""
    return serve("site", CELERY_BROKER_URL=f"{request.param}://127.0.0.1:{free_port()}//")


@pytest.fixture(scope="module", params=["redis", "amqp"])
def site_with_deaf_broker(request, serve):
    """A site whose broker takes connections and never says a word."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(50)
        yield serve("site", CELERY_BROKER_URL=f"{request.param}://127.0.0.1:{door.getsockname()[1]}//")


def test_marking_a_lesson_done_while_the_broker_is_down(nearly, site_without_broker):
    marks_done(site_without_broker, *nearly)


def test_marking_a_lesson_done_while_the_broker_is_deaf(nearly, site_with_deaf_broker):
    marks_done(site_with_deaf_broker, *nearly)


def marks_done(site, enrolment, last):
    answer, seconds = site.post(site.browser(enrolment.learner), f"/activities/{last.pk}/done/")

    assert answer.status_code == 302
    assert seconds < PATIENCE
    assert ActivityCompletion.objects.filter(enrolment=enrolment, activity=last).exists()
    assert not CourseCompletion.objects.exists()
    sweep()
    exactly_one()


@pytest.mark.parametrize("how", ["cut", "mute"])
def test_marking_a_lesson_done_when_the_broker_goes_away_between_two_requests(nearly, broker, queue, serve, how):
    """The connection of the first request is open for the second, which may wait a moment; those after it do not."""
    enrolment, last = nearly
    way = Way(broker)
    site = serve(f"way-{broker.kind}-{how}", queue=queue, CELERY_BROKER_URL=way.address)
    first = enrolment.course.activities.filter(kind="lesson").order_by("position").first()
    site.post(site.browser(enrolment.learner), f"/activities/{first.pk}/done/")
    assert queue.waiting() == 1

    getattr(way, how)()

    answer, seconds = site.post(site.browser(enrolment.learner), f"/activities/{first.pk}/done/")
    assert (answer.status_code, seconds < PATIENCE) == (302, True)
    asked = len(way.open)
    marks_done(site, enrolment, last)
    assert len(way.open) == asked  # nobody came that way
    assert queue.waiting() == 1


def test_submitting_answers_while_the_broker_is_down(transactional_db, site_without_broker):
    site = site_without_broker
    enrolment = studying.enrol(making.course(modules=1, lessons=1, quiz=True, code="SEC"))
    studying.do(enrolment, without=["quiz"])
    quiz = enrolment.course.activities.get(kind="quiz").quiz
    browser = site.browser(enrolment.learner)

    answer, _seconds = site.post(browser, f"/quizzes/{quiz.pk}/start/")
    attempt = Attempt.objects.get()
    assert answer.headers["Location"] == f"/attempts/{attempt.pk}/"
    for row in attempt.questions.select_related("version"):
        site.post(
            browser,
            f"/attempts/{attempt.pk}/",
            f"/attempts/{attempt.pk}/?q={row.slot}",
            slot=row.slot,
            answer=right_values(row),
        )
    answer, seconds = site.post(browser, f"/attempts/{attempt.pk}/finish/", f"/attempts/{attempt.pk}/finish/")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/attempts/{attempt.pk}/result/")
    assert seconds < PATIENCE
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (100, True)
    assert attempts.close_overdue(now=studying.ISSUED) == 0
    sweep()
    exactly_one()


def test_confirming_the_name_while_the_broker_is_down(nearly, site_without_broker):
    site = site_without_broker
    enrolment, _last = nearly
    person = enrolment.learner
    person.certificate_name, person.certificate_name_confirmed_at = "", None
    person.save()
    studying.do(enrolment)

    path = "/accounts/certificate-name/"
    answer, seconds = site.post(site.browser(person), path, path, certificate_name="Karimova Nigora")

    assert (answer.status_code, seconds < PATIENCE) == (302, True)
    sweep()
    assert exactly_one().payload["holder"] == "Karimova Nigora"


# --- The cache is gone -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site_without_cache(serve):
    return serve("site", CACHE_URL=f"redis://127.0.0.1:{free_port()}/0", CELERY_BROKER_URL="")


@pytest.fixture
def cache():
    """The address of a real Redis; what a site keeps there lapses by itself."""
    return machine.brokers().get("redis") or lacking("redis")


@pytest.mark.parametrize("how", ["cut", "mute"])
def test_signing_in_while_the_cache_goes_away(nearly, serve, cache, how):
    """It was there for the first try and is gone for the second."""
    enrolment, _last = nearly
    way = Way(cache)
    site = serve(f"cache-{how}", CACHE_URL=way.address, CELERY_BROKER_URL="")
    browser, sign_in, login = site.browser(), "/accounts/login/", enrolment.learner.username
    answer, _seconds = site.post(browser, sign_in, sign_in, login=login, password="wrong")
    assert (answer.status_code, requests.get(f"{site.address}/readyz", timeout=30).json()["cache"]) == (200, "ok")

    getattr(way, how)()

    answer, seconds = site.post(browser, sign_in, sign_in, login=login, password="uzun-parol-ibora")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/learning/")
    assert seconds < PATIENCE
    assert browser.get(f"{site.address}/learning/", timeout=30).status_code == 200


def test_signing_in_and_finishing_while_the_cache_is_gone(nearly, site_without_cache):
    site = site_without_cache
    enrolment, last = nearly
    browser = site.browser()
    sign_in = "/accounts/login/"

    answer, _seconds = site.post(browser, sign_in, sign_in, login=enrolment.learner.username, password="wrong")
    assert answer.status_code == 200
    answer, seconds = site.post(
        browser, sign_in, sign_in, login=enrolment.learner.username, password="uzun-parol-ibora"
    )
    assert (answer.status_code, answer.headers["Location"], seconds < PATIENCE) == (302, "/learning/", True)
    answer, _seconds = site.post(browser, f"/activities/{last.pk}/done/")
    assert answer.status_code == 302

    sweep()
    version = exactly_one()
    assert browser.get(f"{site.address}/verify/{version.code}/", timeout=30).status_code == 200
    assert browser.get(f"{site.address}/certificates/{version.code}.pdf", timeout=30).content[:5] == b"%PDF-"

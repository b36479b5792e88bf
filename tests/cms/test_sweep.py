"""The sweep does all that is due, each part by itself; what could not be done stays due."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.core import mail
from django.utils import timezone
from wagtail.models import Page, Revision

from accounts import jobs, notices
from accounts.models import Job, Notice
from certification.models import CertificateVersion
from cms import sweeping
from courses import attempts
from courses.models import Activity, Attempt
from tests import making
from tests.certification import studying

NOW = timezone.now()


@pytest.fixture
def notice(base):
    return notices.tell(
        person=making.person(language="ru"), kind="certificate_issued", subject="certificate T-1", mail=True,
        course={"uz": "Kurs", "ru": "Курс"}, hours=35, number="SBQ-2026-000001", code="7KQ4M9XRT2HC",
    )  # fmt: skip


def test_a_mail_is_sent_once_in_the_persons_language(notice):
    assert [notices.deliver(), notices.deliver()] == [1, 0]

    sent = mail.outbox[0]
    assert len(mail.outbox) == 1
    assert sent.to == [notice.person.email]
    assert "Курс" in sent.body
    assert sent.subject == "Сертификат готов: Курс" or "Курс" in sent.subject


def test_telling_twice_is_telling_once(notice):
    notices.tell(person=notice.person, kind=notice.kind, subject=notice.subject, mail=True)

    assert Notice.objects.count() == 1


def test_a_mail_that_could_not_be_sent_stays_due_and_is_tried_again_later(notice, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    assert notices.deliver() == 0

    notice.refresh_from_db()
    assert (notice.mailed_at, notice.mail_tries) == (None, 1)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notices.deliver() == 0  # claimed a moment ago
    assert notices.deliver(timezone.now() + timedelta(minutes=11)) == 1


def test_a_mail_server_that_is_away_for_a_weekend_loses_no_mail(notice, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    began, tried = timezone.now(), []
    for minutes in range(0, 3 * 24 * 60, 5):
        notices.deliver(began + timedelta(minutes=minutes))
        if Notice.objects.get().mail_tries > len(tried):
            tried.append(minutes)
    assert tried == [0, 15, 40, 85, 170, 335, 660, 1305, 2590]

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notices.deliver(began + timedelta(days=4)) == 1


def test_people_without_an_address_get_the_notice_and_no_mail(base):
    told = notices.tell(
        person=making.person(email=None), kind="name_wanted", subject="enrolment 1", mail=True, course={"uz": "Kurs"}
    )

    assert (told.mail_wanted, notices.deliver()) == (False, 0)


def test_the_sweep_closes_overdue_attempts(base):
    page = making.course()
    enrolment = making.enrol(making.person(), page)
    attempts.start(
        enrolment=enrolment,
        quiz=making.row(page).activities.get(kind="quiz").quiz,
        now=timezone.now() - timedelta(days=2),
    )

    assert sweeping.sweep()["overdue_attempts"] == 1
    assert sweeping.sweep()["overdue_attempts"] == 0


def test_with_a_broker_its_beat_calls_the_sweep(notice):
    from config.celery import app

    app.loader.import_default_modules()
    (entry,) = app.conf.beat_schedule.values()
    app.tasks[entry["task"]]()

    assert (len(mail.outbox), entry["schedule"].seconds) == (1, 60)


def test_an_attempt_that_cannot_be_graded_leaves_the_others_their_turn(base, caplog):
    page, long_ago = making.course(), timezone.now() - timedelta(days=2)
    quiz = making.row(page).activities.get(kind="quiz").quiz
    broken, _sound = (
        attempts.start(enrolment=making.enrol(making.person(), page), quiz=quiz, now=long_ago + timedelta(minutes=n))
        for n in range(2)
    )
    broken.questions.update(version=damaged(broken), answer="c1")

    assert sweeping.sweep()["overdue_attempts"] == 1

    assert set(Attempt.objects.open()) == {broken}
    assert f"{broken.pk} failed" in caplog.text


def damaged(attempt):
    """A version of a question whose kind nobody knows."""
    version = attempt.questions.first().version
    version.pk, version.number, version.kind = None, version.number + 1, "unheard"
    version.save()
    return version


def scheduled(page, go_live_at, **changes):
    """The page with a change that an editor has scheduled, in its row and in its revision."""
    for name, value in changes.items():
        setattr(page, name, value)
    page.go_live_at = timezone.now() + timedelta(days=1)
    making.committed(lambda: page.save_revision().publish())
    revision = page.revisions.get(approved_go_live_at__isnull=False)
    revision.approved_go_live_at = go_live_at
    revision.content["go_live_at"] = go_live_at.isoformat()
    revision.save()


def test_a_page_that_cannot_go_live_leaves_the_others_their_turn(base, caplog):
    module = making.course(lessons=3).get_children().first()
    first, second, third = (page.specific for page in module.get_children()[:3])
    due = timezone.now() - timedelta(minutes=1)
    scheduled(first, due - timedelta(minutes=1), slug="yangi")
    scheduled(second, due, title="Ertangi")
    third.slug = "yangi"  # somebody takes the address before its time has come
    making.publish(third)

    done = making.committed(sweeping.sweep)

    assert done["publish_due_pages"] == 1
    assert list(Activity.objects.filter(kind="lesson").values_list("titles__uz", flat=True).order_by("position")) == [
        "Dars d1", "Ertangi", "Dars d3",
    ]  # fmt: skip
    assert set(Revision.objects.filter(approved_go_live_at__isnull=False)) == {
        *first.revisions.exclude(approved_go_live_at=None)
    }
    assert "failed: ValidationError" in caplog.text


def test_a_page_expires_with_the_sweep_and_goes_live_no_sooner_than_it_should(base):
    page = making.course(lessons=2)
    first, second = (child.specific for child in page.get_children().first().get_children()[:2])
    scheduled(first, timezone.now() + timedelta(hours=1), title="Ertangi")
    Page.objects.filter(pk=second.pk).update(expire_at=timezone.now() - timedelta(minutes=1))

    assert making.committed(sweeping.sweep)["publish_due_pages"] == 1

    assert list(Activity.objects.live().filter(kind="lesson").values_list("titles__uz", flat=True)) == ["Dars d1"]
    assert making.committed(sweeping.sweep)["publish_due_pages"] == 0


def test_a_fault_in_one_part_leaves_the_others_their_turn(base, notice, caplog):
    def broken(now):
        raise RuntimeError("disk full")

    done = sweeping.sweep(parts=(broken, sweeping.mails))

    assert done == {"broken": -1, "mails": 1}
    assert "sweep: broken failed" in caplog.text


# --- The loop, as a process beside the web process -------------------------------------------------------------------


@pytest.fixture
def loop(transactional_db, tmp_path):
    """`manage.py sweep --loop` on the test's database, without a broker."""
    with (tmp_path / "log").open("w") as log:
        child = subprocess.Popen(
            [sys.executable, "manage.py", "sweep", "--loop", "--every", "0.2"], cwd=site.BASE_DIR, stdout=log, stderr=log,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "CELERY_BROKER_URL": ""},
        )  # fmt: skip
    child.log = tmp_path / "log"
    yield child
    if child.poll() is None:
        child.kill()
        child.wait()


def until(condition, child):
    ends = time.monotonic() + 180
    while not condition():
        assert child.poll() is None and time.monotonic() < ends, child.log.read_text()
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_loop_does_what_becomes_due_until_it_is_told_to_end(loop, number):
    """Twice: the second certificate becomes due while the loop runs."""
    course_page = making.course(code="SEC")
    for n in (1, 2):
        enrolment = studying.enrol(course_page)
        studying.do(enrolment)
        until(lambda n=n: Notice.objects.filter(mailed_at__isnull=False).count() == n, loop)
    assert CertificateVersion.objects.stored().count() == 2

    loop.send_signal(number)

    assert (loop.wait(timeout=60), loop.log.read_text()) == (0, "")


def test_files_of_jobs_are_removed_thirty_days_after_they_were_finished(base):
    """The rows stay; what is waiting, and what is new, keeps its file."""

    def job(days):
        made = jobs.ask(kind="question import", by=making.person(), given=b"1 + 1 {=2}", given_name="a.gift")
        if days is not None:
            finished = NOW - timedelta(days=days, minutes=1)
            Job.objects.filter(pk=made.pk).update(state="done", finished_at=finished)
            jobs.keep_file(Job.objects.get(pk=made.pk), b"[]", "report.json")
        return Job.objects.get(pk=made.pk)

    old, new, waiting = job(30), job(29), job(None)

    assert [sweeping.old_job_files(NOW), sweeping.old_job_files(NOW)] == [1, 0]

    for one, stays in ((old, False), (new, True), (waiting, True)):
        assert one.given.storage.exists(one.given.name) is stays
    old.refresh_from_db()
    assert (old.given.name, old.made.name, old.given_name, old.state) == ("", "", "a.gift", "done")

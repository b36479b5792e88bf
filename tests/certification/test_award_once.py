"""Exactly once: many triggers at the same moment make one certificate, one number, one notice and one mail."""

import threading

import pytest
from django.core import mail
from django.db import connections, transaction
from django.utils import timezone

from accounts import notices
from accounts.models import AuditEntry, Notice
from certification import award, codes, drawing
from certification.models import Certificate, CertificateVersion, CourseCompletion, NumberSeries
from tests import making

from . import studying

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course_page(transactional_db):
    return making.course(modules=1, lessons=1, quiz=False, code="SEC")


def at_once(*deeds):
    """Run the deeds in threads that start at the same moment, each with its own connection; returns their results."""
    barrier, results, faults = threading.Barrier(len(deeds)), [], []

    def run(deed):
        try:
            barrier.wait(60)
            results.append(deed())
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise ExceptionGroup("in threads", faults)
    return results


def test_fifty_triggers_at_once_make_one_certificate_one_number_one_notice_one_mail(course_page):
    enrolment = studying.enrol(course_page)
    studying.do(enrolment)

    def trigger():
        completion = award.consider(learner=enrolment.learner_id, course=enrolment.course_id)
        version = award.issue(completion=completion.pk)
        for notice in Notice.objects.all():
            notices.deliver_one(notice.pk)
        return completion.pk, version.pk, version.code, version.sha256

    assert len(set(at_once(*[trigger] * 50))) == 1

    version = CertificateVersion.objects.get()
    assert Certificate.objects.get().number == version.payload["number"]
    assert NumberSeries.objects.get().last == 1
    assert CourseCompletion.objects.count() == Notice.objects.count() == 1
    assert [one.to for one in mail.outbox] == [[enrolment.learner.email]]
    assert Notice.objects.get().mailed_at
    assert [AuditEntry.objects.filter(deed=deed).count() for deed in ("course completed", "certificate issued")] == [
        1,
        1,
    ]
    # Of the drawings made side by side the first one stored stays, whatever name it found free; the others are deleted.
    folder, name = version.pdf.name.rsplit("/", 1)
    _folders, files = version.pdf.storage.listdir(folder)
    assert [one for one in files if version.sha256 in one] == [name]


def test_sweeps_and_queue_at_once_make_one_certificate_each(course_page):
    enrolments = [studying.enrol(course_page) for _ in range(5)]
    for enrolment in enrolments:
        studying.do(enrolment)

    def from_the_queue():
        for enrolment in enrolments:
            completion = award.consider(learner=enrolment.learner_id, course=enrolment.course_id)
            award.issue_soon(completion=completion.pk)

    def sweep():
        award.heal()
        notices.deliver()

    at_once(sweep, sweep, sweep, from_the_queue, from_the_queue, from_the_queue)
    sweep()

    numbers = sorted(Certificate.objects.values_list("number", flat=True))
    year = timezone.localdate(CertificateVersion.objects.first().issued_at).year
    assert numbers == [codes.format_number(year, n) for n in range(1, 6)]
    assert (
        CertificateVersion.objects.stored().filter(is_current=True).count() == CertificateVersion.objects.count() == 5
    )
    assert sorted(one.to[0] for one in mail.outbox) == sorted(enrolment.learner.email for enrolment in enrolments)
    assert Notice.objects.count() == 5


def test_twenty_people_at_once_get_twenty_numbers_without_a_gap(course_page):
    completions = [studying.finish(course_page).completion.pk for _ in range(20)]

    versions = at_once(*[lambda pk=pk: award.issue(completion=pk) for pk in completions])

    assert len({version.code for version in versions}) == len({version.sha256 for version in versions}) == 20
    assert sorted(int(version.payload["number"][-6:]) for version in versions) == list(range(1, 21))


def test_a_number_taken_and_rolled_back_while_another_waits_for_it_is_given_once(course_page):
    """The second waits for the first; whether that commits or not, no two certificates have one number."""
    first, second, third = (studying.finish(course_page).completion.pk for _ in range(3))
    taken, go_on = threading.Event(), threading.Event()

    class Regret(Exception):
        pass

    def takes_and_regrets():
        try:
            with transaction.atomic():
                number = award.next_number(2026)
                taken.set()
                go_on.wait(60)
                raise Regret
        except Regret:
            return number

    def issues():
        taken.wait(60)
        threading.Timer(0.4, go_on.set).start()
        version = award.issue(completion=first, now=studying.ISSUED)
        assert go_on.is_set(), "it did not wait for the transaction that held the number"
        return version.payload["number"]

    numbers = at_once(takes_and_regrets, issues)
    after = [award.issue(completion=pk, now=studying.ISSUED).payload["number"] for pk in (second, third)]

    assert sorted(numbers) == ["SBQ-2026-000001"] * 2  # the one that was rolled back was never on a certificate
    assert after == ["SBQ-2026-000002", "SBQ-2026-000003"]
    assert sorted(Certificate.objects.values_list("number", flat=True)) == ["SBQ-2026-000001", *after]


def test_nothing_is_locked_while_a_certificate_is_drawn(course_page, monkeypatch):
    """SQLite lets one write at a time: another person's answer must not wait for a drawing."""
    completion = studying.finish(course_page).completion.pk
    drawing_now, done, draw = threading.Event(), threading.Event(), drawing.draw

    def slow(payload):
        drawing_now.set()
        assert done.wait(60), "the other write waited for the drawing"
        return draw(payload)

    def writes():
        drawing_now.wait(60)
        CourseCompletion.objects.filter(pk=completion).update(tries=7)
        done.set()

    monkeypatch.setattr(drawing, "draw", slow)

    at_once(lambda: award.issue(completion=completion), writes)

    assert CertificateVersion.objects.get().sha256


def test_a_rolled_back_judgement_asks_for_nothing(course_page, monkeypatch):
    enrolment = studying.enrol(course_page)
    studying.do(enrolment)
    sent = []
    monkeypatch.setattr(award.jobs, "send", lambda task, *ids: sent.append(task.name))

    with transaction.atomic():
        award.consider(learner=enrolment.learner_id, course=enrolment.course_id)
        assert sent == []
        transaction.set_rollback(True)
    assert sent == []
    assert not CourseCompletion.objects.exists()

    award.consider(learner=enrolment.learner_id, course=enrolment.course_id)
    assert sent == ["certification.tasks.issue"]


def test_twenty_corrections_and_revocations_at_once_leave_one_current_version_and_a_chain(course_page):
    version = studying.graduate(course_page)
    hr = making.person("hr")

    def correct(n):
        try:
            return award.correct(
                certificate=version.certificate, holder=f"Namunayeva {'abcde'[n % 5]}", by=hr, reason="x"
            ).pk
        except award.NotPossible:
            return None

    made = at_once(*[lambda n=n: correct(n) for n in range(20)])

    chain = list(CertificateVersion.objects.order_by("number"))
    assert [one.number for one in chain] == list(range(1, len(chain) + 1))
    assert sorted(filter(None, made)) == sorted(one.pk for one in chain[1:])
    assert [one.is_current for one in chain] == [False] * (len(chain) - 1) + [True]
    assert len({one.code for one in chain}) == len(chain) >= 6
    assert AuditEntry.objects.filter(deed="certificate corrected").count() == len(chain) - 1


def test_ten_revocations_at_once_are_one(course_page):
    version = studying.graduate(course_page)
    hr = making.person("hr")

    at_once(*[lambda: award.revoke(certificate=version.certificate, by=hr, ground="mistake", reason="x").pk] * 10)

    assert AuditEntry.objects.filter(deed="certificate revoked").count() == 1
    assert Notice.objects.filter(kind="certificate_revoked").count() == 1

"""The log is sealed while others write it: on both databases, in real transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from accounts import audit, sealing
from accounts.models import AuditLink, AuditSeal

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(deed):
    try:
        return deed()
    finally:
        connection.close()


def test_two_who_seal_at_once_seal_each_entry_once():
    for n in range(40):
        audit.record(actor=None, deed="tried", subject=f"thing {n}")
    start = Barrier(3)

    def seal():
        start.wait(60)
        return sealing.seal_all()

    with ThreadPoolExecutor(3) as threads:
        done = sorted(one.result() for one in [threads.submit(in_thread, seal) for _ in range(3)])

    assert done == [0, 0, 40]
    assert (AuditSeal.objects.count(), AuditLink.objects.count(), sealing.verify().fault) == (1, 40, "")


@pytest.mark.postgres
def test_an_entry_that_is_committed_after_a_higher_one_was_sealed_is_sealed_next():
    written, sealed = Event(), Event()

    def slow():
        with transaction.atomic():
            key = audit.record(actor=None, deed="tried", subject="slow").pk
            written.set()
            assert sealed.wait(60)
        return key

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(in_thread, slow)
        assert written.wait(60)
        quick = audit.record(actor=None, deed="tried", subject="quick").pk
        assert sealing.seal_all() == 1
        sealed.set()
        slow_one = waiting.result()

    assert slow_one < quick
    assert sealing.seal_all() == 1
    assert list(AuditLink.objects.values_list("place", "entry")) == [(1, quick), (2, slow_one)]
    assert sealing.verify().fault == ""

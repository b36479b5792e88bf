"""What the database tells the monitoring: work that waits, how long ago things were done. Counts and times, of nobody.

Each web process tells the same, so many of them do no harm: a rule in Prometheus takes the max. A figure that cannot be had is
left out rather than told as 0.
"""

import logging

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from accounts import notices, sealing
from accounts.models import AuditSeal, Job, Notice
from certification import keys
from certification.models import CertificateVersion, CourseCompletion
from reports.models import Counting

from . import readiness
from .backups.keeping import age_of_newest

log = logging.getLogger(__name__)


class Facts:
    def describe(self):
        return []  # nothing is asked when it is registered

    def collect(self):
        state = readiness.look()
        up = GaugeMetricFamily("saboq_component_ok", "1 where /readyz says ok or none.", labels=["component"])
        for name, word in state.items():
            up.add_metric([name], word in ("ok", "none"))
        yield up
        yield _gauge("saboq_disk_free_bytes", "Free where this process writes.", readiness.free_disk())
        of_rows = (_jobs, _mails, _sweep, _certificates, _log) if readiness.is_ready(state) else ()
        for part in (_backups, _keys, *of_rows):
            try:
                yield from [figure for figure in part(timezone.now()) if figure]
            except (DatabaseError, OSError, keys.NoKeys) as fault:
                log.warning("metrics: %s failed: %r", part.__name__, fault)


def _gauge(name, words, value):
    return None if value is None else GaugeMetricFamily(name, words, value=value)


def _age(moment, now):
    """Seconds since, or None."""
    return None if moment is None else max(0.0, (now - moment).total_seconds())


def _jobs(now):
    states = dict(Job.objects.values_list("state").annotate(n=Count("pk")).order_by())
    family = GaugeMetricFamily("saboq_jobs", "Long jobs, by state.", labels=["state"])
    for state in Job.State.values:
        family.add_metric([state], states.get(state, 0))
    oldest = Job.objects.filter(state=Job.State.WAITING).aggregate(at=Min("made_at"))["at"]
    return family, _gauge("saboq_job_oldest_waiting_seconds", "Age of the oldest waiting job.", _age(oldest, now) or 0)


def _mails(now):
    unsent = Notice.objects.filter(mail_wanted=True, mailed_at=None)
    given_up = unsent.filter(mail_tries__gte=notices.MOST_TRIES).count()
    return (
        _gauge("saboq_mails_waiting", "Mails that are still to be sent.", unsent.count() - given_up),
        _gauge("saboq_mails_given_up", "Mails that were tried as often as they are.", given_up),
    )


def _sweep(now):
    """The totals are counted by every slow round of the sweep, five minutes apart: their age is the age of the last one."""
    at = Counting.objects.values_list("at", flat=True).first()
    return (_gauge("saboq_sweep_age_seconds", "Since the last full round of the sweep.", _age(at, now)),)


def _certificates(now):
    due = CourseCompletion.objects.filter(enrolment__certificate=None).count()
    return (
        _gauge("saboq_certificates", "Files of certificates issued.", CertificateVersion.objects.stored().count()),
        _gauge("saboq_completions_without_certificate", "Completed courses whose certificate is still to come.", due),
    )


def _log(now):
    at = AuditSeal.objects.values_list("made_at", flat=True).last()
    return (
        _gauge("saboq_log_seal_age_seconds", "Since the newest seal of the log.", _age(at, now)),
        _gauge("saboq_log_entries_unsealed", "Entries of the log without a seal.", sealing.unsealed(now)),
    )


def _keys(now):
    if not settings.SIGNING_DIR:
        return ()
    seal = keys.seal().chain[0]
    return (_gauge("saboq_seal_expires_timestamp_seconds", "When the key that seals certificates ends.",
                   seal.not_valid_after_utc.timestamp()),)  # fmt: skip


def _backups(now):
    age = age_of_newest(now=now)
    seconds = None if age is None else age.total_seconds()
    return (_gauge("saboq_backup_age_seconds", "Since the newest whole backup in BACKUP_DIR was begun.", seconds),)


def text():
    """In the text format of Prometheus, as bytes."""
    registry = CollectorRegistry()
    registry.register(Facts())
    return generate_latest(registry)

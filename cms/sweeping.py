"""The sweep: all that is due, found in the rows. Runs beside the web process without a broker, and by Celery's beat with one.

Each part stands alone: a fault in one is logged and leaves the others their turn.
"""

import logging
from datetime import timedelta

from django.utils import timezone
from wagtail.models import Page, Revision

from accounts import jobs, libraries, notices, sealing
from accounts.staff_import import working as staff_imports
from certification import award, expiring, finding, looking
from courses import attempts, homework
from courses.models import Attempt
from reports import digests, requirements, totals
from reports.api import webhooks
from seminars import feedback, reminders

from . import admin_search, privacy, search_index, tree

log = logging.getLogger(__name__)
SYLLABUS_EVERY = timedelta(minutes=5)  # a whole look at every course: dearer than the rest


def publish_due_pages(now):
    """Pages whose time to expire, or to go live, has come. Returns how many.

    What Wagtail's publish_scheduled does, but each page by itself: one that cannot be published, as when another page has
    taken its address meanwhile, would keep back every later one of the country.
    """
    expired = list(Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at", "pk"))
    gone = _each(expired, lambda page: page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled"))
    due = list(Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at", "pk"))
    return gone + _each(due, lambda revision: revision.publish(log_action="wagtail.publish.scheduled"))


def syllabuses(now):
    return tree.sync_all()


def search_entries(now):
    return search_index.index_all()


def admin_search_entries(now):
    return admin_search.index_missed()


def overdue_attempts(now):
    overdue = list(Attempt.objects.overdue(now).order_by("closes_at", "pk"))
    return _each(overdue, lambda attempt: attempts.submit(attempt=attempt, now=now))


def homework_reminders(now):
    return homework.remind(now)


def seminar_reminders(now):
    return reminders.remind(now)


def free_seats(now):
    return reminders.fill_free_seats(now)


def seminar_feedback(now):
    return feedback.ask(now)


def required_enrolments(now):
    return requirements.enrol_due(now)


def weekly_letters(now):
    return digests.weekly(now)


def certificates(now):
    done = award.heal(now)
    return done["considered"] + done["issued"]


def certificate_words(now):
    return finding.fold_missed()


def certificates_to_look_at(now):
    return looking.find(now)


def certificates_expiring(now):
    return expiring.remind(now)


def hr_totals(now):
    return totals.recount(now)


def mails(now):
    return notices.deliver(now)


def long_jobs(now):
    return jobs.run_due(now)


def merged_libraries(now):
    return libraries.heal(now)


def old_job_files(now):
    return jobs.drop_old_files(now)


def webhook_messages(now):
    return webhooks.run(now)


def retention(now):
    return privacy.keep_to_retention(now)


def seals_of_the_log(now):
    return sealing.seal_all(now)


def old_staff_imports(now):
    return staff_imports.drop_old_rows(now)


def _each(rows, deed):
    """Do the deed for each row by itself: a fault is logged with its row and leaves the others their turn. Returns how many went well."""
    done = 0
    for row in rows:
        try:
            deed(row)
            done += 1
        except Exception as fault:  # it stays due and comes again with every round: one line, without the traceback
            log.error("sweep: %s %s failed: %r", row._meta.verbose_name, row.pk, fault)
    return done


PARTS = (
    publish_due_pages,
    overdue_attempts,
    homework_reminders,
    seminar_reminders,
    certificates,
    mails,
    webhook_messages,
    long_jobs,
)
SLOW_PARTS = (
    syllabuses, search_entries, admin_search_entries, required_enrolments, weekly_letters,
    certificate_words, certificates_to_look_at, certificates_expiring, hr_totals, free_seats, seminar_feedback, retention, merged_libraries,
    old_job_files, old_staff_imports, seals_of_the_log,
)  # fmt: skip


def sweep(now=None, parts=PARTS + SLOW_PARTS):
    """Do all that is due. Returns {part: how much}, -1 where it failed."""
    now = now or timezone.now()
    done = {}
    for part in parts:
        try:
            done[part.__name__] = part(now)
        except Exception:
            log.exception("sweep: %s failed", part.__name__)
            done[part.__name__] = -1
    return done

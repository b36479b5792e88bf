"""An announcement to a cohort: a notice to each member, of which a mail is one delivery.

It is told to those who are members when it is made. Who joins later is not told; the trainer sees it in the list and may
announce anew.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.html import linebreaks, urlize

from accounts import audit, notices
from accounts.models import Notice, User
from accounts.text import clean_html

from .cohorts import CohortClosed
from .models import Announcement, Cohort
from .teaching import enrolments_taught

KIND = "announcement"
AGAIN = timedelta(minutes=10)  # the same words of the same trainer within so long are one announcement, pressed twice


class NobodyToTell(Exception):
    """The cohort has no member within the trainer's reach."""


def announce(*, cohort, title, text, by, now=None):
    """Tell the members whom `by` reaches, each once. Returns the Announcement; of the same words pressed twice the first one.

    `text` is typed: paragraphs by empty lines, addresses become links. Raises ValidationError (too long), CohortClosed,
    NobodyToTell.
    """
    now = now or timezone.now()
    html = clean_html(urlize(linebreaks(text.strip(), autoescape=True)))
    with transaction.atomic():
        cohort = Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("course").get(pk=cohort.pk)
        if cohort.archived:
            raise CohortClosed(cohort)
        same = cohort.announcements.filter(by=by, title=title, text=html, at__gt=now - AGAIN)
        if made := same.first():
            return made
        members = list(User.objects.filter(enrolments__in=enrolments_taught(by).filter(cohort=cohort), is_active=True))
        if not members:
            raise NobodyToTell(cohort)
        made = Announcement.objects.create(cohort=cohort, title=title, text=html, by=by, at=now)
        notices.tell_all(
            people=members, kind=KIND, subject=_subject(made), mail=True, title=title, text=html, plain=text.strip(),
            course=cohort.course.titles, by=str(by), link=f"/announcements/{made.pk}/",
        )  # fmt: skip
        audit.record(
            actor=by, deed="announcement made", subject=_subject(made), cohort=cohort.pk,
            people=len(members),
        )  # fmt: skip
    return made


def _subject(announcement):
    return f"announcement {announcement.pk}"


def of_cohort(cohort):
    """The announcements of a cohort, the newest first, with how many were told: [(Announcement, people)]. Two queries."""
    rows = list(cohort.announcements.select_related("by"))
    subjects = Notice.objects.filter(kind=KIND, subject__in=[_subject(row) for row in rows])
    told = list(subjects.values_list("subject", flat=True))
    return [(row, told.count(_subject(row))) for row in rows]


def told_to(person, pk):
    """The announcement, if this person was told it; else None."""
    if not person.notices.filter(kind=KIND, subject=f"announcement {pk}").exists():
        return None
    return Announcement.objects.filter(pk=pk).select_related("cohort__course", "by").first()

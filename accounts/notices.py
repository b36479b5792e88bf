"""Notices: a row that is unique by person, kind and subject; the mail is one delivery of it.

A kind has its texts in templates/notices/: KIND.subject.txt, KIND.txt (the mail and the text on the page), KIND.html (optional).
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import CharField, F, Q
from django.template.loader import render_to_string, select_template
from django.utils import timezone, translation

from .models import Notice
from .prepared import Given, Prepared, PreparedInsert

log = logging.getLogger(__name__)
CLAIM_LAPSES = timedelta(minutes=10)  # a worker that died in between leaves the mail to the next round
ATTACHING = {}  # {kind: a function of the notice that gives [(name, content, media type)]}: a room above adds its own
AT_SENDING = {}  # {kind: a function of the notice that gives words for its mail alone, kept nowhere; may raise NotWanted}
WAITS = (1, 2, 4, 8, 15, 30, 60)  # seconds
FRAME = "notices/plain.html"  # of every mail; by itself that of a notice without an own .html
MOST_TRIES = 10  # each pause is twice the one before: three and a half days in all, longer than a mail server is away


TOLD = Prepared(
    lambda: Notice.objects.filter(
        person=Given("person"), kind=Given("kind", CharField()), subject=Given("subject", CharField())
    ).order_by()
)
NEW_NOTICE = PreparedInsert(Notice, returning=True)


class NotWanted(Exception):
    """The mail has become pointless: it is not sent, and not tried again."""


def tell(*, person, kind, subject, mail=False, **details):
    """Tell a person something once. Returns the notice; telling it again changes nothing."""
    which = {"person": person.pk, "kind": kind, "subject": str(subject)}
    if told := TOLD.first(**which):
        return told
    notice = Notice(
        person=person, kind=kind, subject=str(subject), details=details, created_at=timezone.now(),
        mail_wanted=mail and bool(person.email),
    )  # fmt: skip
    try:
        with transaction.atomic():
            NEW_NOTICE.run(notice)
    except IntegrityError:  # somebody else has just told it
        return TOLD.get(**which)
    return notice


def tell_all(*, people, kind, subject, mail=False, **details):
    """Tell many people (a list of User) the same once: who was told before is not told again. One query for any number."""
    tell_each(kind=kind, subject=subject, mail=mail, details=dict.fromkeys(people, details))


def tell_each(*, kind, subject, details, mail=False):
    """Tell each what is theirs: `details` is {User: dict}. Who was told before is not told again. One query for any number."""
    now = timezone.now()
    Notice.objects.bulk_create(
        [
            Notice(
                person=person, kind=kind, subject=str(subject), details=own, created_at=now,
                mail_wanted=mail and bool(person.email),
            )
            for person, own in details.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def waiting(now):
    """Notices whose mail is due: not sent, not just being sent, tried with growing pauses."""
    lapsed = Q(mail_claimed_at__isnull=True)
    for tries in range(1, MOST_TRIES):
        lapsed |= Q(mail_tries=tries, mail_claimed_at__lt=now - CLAIM_LAPSES * 2 ** (tries - 1))
    return Notice.objects.filter(lapsed, mail_wanted=True, mailed_at__isnull=True, mail_tries__lt=MOST_TRIES)


def deliver(now=None):
    """Send every mail that is due. Returns how many were sent. Safe to run in several processes: each notice is claimed by one."""
    now = now or timezone.now()
    return sum(deliver_one(pk, now) for pk in waiting(now).order_by("pk").values_list("pk", flat=True)[:200])


def deliver_one(pk, now=None):
    """Claim, send, mark. Sending happens outside of any transaction. Returns whether this call sent the mail."""
    now = now or timezone.now()
    if not waiting(now).filter(pk=pk).update(mail_claimed_at=now, mail_tries=F("mail_tries") + 1):
        return False
    notice = Notice.objects.select_related("person").get(pk=pk)
    try:
        message(notice).send()
    except NotWanted:
        Notice.objects.filter(pk=pk).update(mail_wanted=False)
        return False
    except Exception as fault:  # whatever the mail server says: the row stays due and is tried again
        log.warning("notice %s not mailed: %s", pk, type(fault).__name__)
        return False
    _mark(pk)
    return True


def _mark(pk):
    """Note that the mail has gone. A database that is away just now is waited for: else the mail would go out once more."""
    for pause in WAITS:
        try:
            return Notice.objects.filter(pk=pk).update(mailed_at=timezone.now())
        except (OperationalError, InterfaceError):
            log.warning("notice %s is mailed and cannot be marked: once more in %s s", pk, pause)
            connection.close()
            time.sleep(pause)
    return Notice.objects.filter(pk=pk).update(mailed_at=timezone.now())


def message(notice):
    """The mail of a notice, in the person's language."""
    with translation.override(notice.person.language):
        context = _context(notice, notice.person.language)
        if notice.kind in AT_SENDING:
            context |= AT_SENDING[notice.kind](notice)
        subject = " ".join(render_to_string(f"notices/{notice.kind}.subject.txt", context).split())
        words = f"notices/{notice.kind}.txt"
        mail = EmailMultiAlternatives(subject, render_to_string(words, context), to=[notice.person.email])
        html = select_template([f"notices/{notice.kind}.html", FRAME])
        context |= {"subject": subject, "text_template": words}
        mail.attach_alternative(html.render(context), "text/html")
        for name, content, media_type in ATTACHING[notice.kind](notice) if notice.kind in ATTACHING else ():
            mail.attach(name, content, media_type)
    return mail


def _context(notice, language):
    return {"notice": notice, "person": notice.person, **sender(language), **notice.details}


def sender(language):
    """Who writes: what every mail says at its head and its foot."""
    names = {"SITE_NAME": settings.SITE_NAME, "ISSUER_NAME": settings.ISSUER_NAME.get(language, "")}
    return {**names, "BASE_URL": settings.BASE_URL}


def text(notice):
    """The words of the mail, in the reader's language."""
    context = {**_context(notice, translation.get_language()), "framed": True}  # the page says whose it is
    return render_to_string(f"notices/{notice.kind}.txt", context).strip()


def line(notice):
    """The notice as one line for My learning, in the reader's language."""
    return " ".join(
        render_to_string(f"notices/{notice.kind}.subject.txt", {"notice": notice, **notice.details}).split()
    )

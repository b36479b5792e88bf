"""Invitations by mail. The letter carries a one-time code that is made at the moment of sending: no row holds it in clear."""

from django.conf import settings
from django.utils import timezone

from . import notices, one_time_codes
from .models import Notice, User
from .text import in_language

KIND = "invitation"


def by_mail(*, people, by, now=None):
    """Write to those of `people` (a queryset) who have an e-mail and to whom no letter is on its way. Returns how many."""
    now = now or timezone.now()
    waiting = _under_way(people)
    chosen = [person for person in people.filter(email__isnull=False).order_by("pk") if person.pk not in waiting]
    notices.tell_all(people=chosen, kind=KIND, subject=f"{now:%Y-%m-%d %H:%M:%S}", mail=True, by=by.pk)
    return len(chosen)


def call_off(*, people):
    """Letters that are still to be sent to `people` stay unsent: else their code would end the one just given on paper."""
    _letters_under_way(people).update(mail_wanted=False)


def _under_way(people):
    return set(_letters_under_way(people).values_list("person_id", flat=True))


def _letters_under_way(people):
    return Notice.objects.filter(
        person__in=people, kind=KIND, mail_wanted=True, mailed_at=None, mail_tries__lt=notices.MOST_TRIES
    )


def words(notice):
    """What the letter says beyond the notice. Each try to send it gives a new code."""
    person, by = notice.person, User.objects.filter(pk=notice.details["by"]).first()
    if person.last_login or not person.is_active:
        raise notices.NotWanted
    row, code = one_time_codes.give(person=person, by=by)
    return {
        "code": one_time_codes.pretty(code), "until": row.expires_at, "inviter": by.official_name if by else "",
        "help": in_language(settings.SIGN_IN_HELP),
    }  # fmt: skip


notices.AT_SENDING[KIND] = words

"""What a person does with the own record."""

from django.db import transaction
from django.utils import timezone

from . import audit
from .models import Notice
from .signals import name_confirmed


def confirm_name(*, person, name):
    """The person vouches for the spelling of the own name on certificates. Written to the log; listeners hear of it after the commit."""
    with transaction.atomic():
        before, person.certificate_name = person.certificate_name, name
        person.certificate_name_confirmed_at = timezone.now()
        person.save(update_fields=["certificate_name", "certificate_name_confirmed_at"])
        audit.record(
            actor=person, deed="certificate name confirmed", subject=f"person {person.pk}", before=before, after=name
        )
        transaction.on_commit(lambda: name_confirmed.send_robust(sender=None, person=person.pk))


def choose_language(*, person, language):
    """The language in which this person gets mails."""
    person.language = language
    person.save(update_fields=["language"])


def mark_read(*, notice):
    """The notice was seen: it leaves My learning and stays in the profile. Reading it twice keeps the first time."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())

"""The consent to the processing of personal data: its text is edited in /cms/, each version is kept, people accept one by one.

A new version locks nobody out unless it says so (`must`): then each person is marked once (User.consent_due), so that no page
has to ask the database.
"""

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from . import audit
from .models import Consent, ConsentVersion, User
from .prepared import Given, PreparedValues


def asked_of():
    """(whether the newest version must be accepted, whether the person did, whether the person ever accepted one), or no row."""
    given = Consent.objects.filter(person=Given("person"))
    newest = ConsentVersion.objects.order_by("-number").annotate(
        given=Exists(given.filter(version=OuterRef("pk"))), ever=Exists(given)
    )
    return newest.values_list("must", "given", "ever")[:1]


ASKED_OF = PreparedValues(asked_of)


def current():
    """The newest ConsentVersion, or None."""
    return ConsentVersion.objects.last()


def publish(*, texts, must, by):
    """Make the next version. `must`: everybody accepts it before going on, who is signed in too."""
    with transaction.atomic():
        number = (ConsentVersion.objects.aggregate(n=Max("number"))["n"] or 0) + 1
        made = ConsentVersion.objects.create(number=number, texts=texts, must=must, made_at=timezone.now(), made_by=by)
        User.objects.filter(is_active=True).update(consent_due=must)
        audit.record(actor=by, deed="consent text published", subject=f"consent text {number}", must=must)
    return made


def accept(*, person, version, now=None):
    """The person accepts this version; twice is once."""
    with transaction.atomic():
        row, _made = Consent.objects.get_or_create(
            person=person, version=version, defaults={"accepted_at": now or timezone.now()}
        )
        if not ConsentVersion.objects.filter(number__gt=version.number).exists():
            User.objects.filter(pk=person.pk).update(consent_due=False)
            person.consent_due = False
    return row


def standing(person):
    """(the newest version or None, this person's Consent to it or None)"""
    version = current()
    return version, version and Consent.objects.filter(person=person, version=version).first()


def asked_at_sign_in(person):
    """Whether the person, who has just signed in, is shown the text: never accepted any version, or has to accept this one.

    Who was added after a version that must be accepted is marked here.
    """
    must, given, ever = ASKED_OF.first(person=person.pk) or (False, True, True)
    if given:
        return False
    if must and not person.consent_due:
        User.objects.filter(pk=person.pk).update(consent_due=True)
        person.consent_due = True
    return must or not ever

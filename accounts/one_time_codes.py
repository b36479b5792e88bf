"""One-time codes: given by HR, typed once by their person, who then sets a password.

A code is 16 signs in four groups: MK7T-4RXA-9WHC-E3PN. The alphabet leaves out what is misread on paper: 0 O Q, 1 I L, 2 Z, 5 S,
8 B, U V, G. 21 signs are 4.39 bits each, 70 bits together: nobody guesses one, so that a plain digest is enough to keep.
"""

import hashlib
import secrets
import unicodedata
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from . import audit, notices, sessions
from .models import Notice, OneTimeCode, User

ALPHABET = "34679ACDEFHJKMNPRTWXY"
GROUPS, A_GROUP = 4, 4
LENGTH = GROUPS * A_GROUP
VALID_FOR = timedelta(days=30)
# Cyrillic letters of the same shape: many keyboards here stand on Cyrillic.
_READ_AS = str.maketrans("АСЕНКМРТХУ", "ACEHKMPTXY")


class CodeIsGone(Exception):
    """The code was used, withdrawn or too old by the time the password came."""


def new_code():
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def pretty(code):
    """In groups, as it is printed."""
    return "-".join(code[start : start + A_GROUP] for start in range(0, LENGTH, A_GROUP))


def normalise(text):
    """What was typed as a code, "" for what cannot be one: any case, with or without hyphens and spaces, Cyrillic look-alikes."""
    text = unicodedata.normalize("NFKC", text[:100]).upper().translate(_READ_AS)
    code = "".join(sign for sign in text if sign.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def digest_of(person_id, code):
    return hashlib.sha256(f"{person_id}:{code}".encode()).hexdigest()


def give(*, person, by, now=None):
    """A new code for a person: (the row, the code in clear, which is nowhere else). One given before and not used is withdrawn.

    Who never signed in is invited; who did gets a new password."""
    now = now or timezone.now()
    code = new_code()
    invited = person.last_login is None
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        _withdraw(person, now)
        row = OneTimeCode.objects.create(
            person=person, purpose=OneTimeCode.Purpose.INVITATION if invited else OneTimeCode.Purpose.RESET,
            digest=digest_of(person.pk, code), made_by=by, made_at=now, expires_at=now + VALID_FOR,
        )  # fmt: skip
        audit.record(actor=by, deed="one-time code given", subject=f"person {person.pk}", purpose=row.purpose)
    return row, code


def withdraw(*, person, by, now=None):
    """The code that is out opens nothing any more. Returns whether there was one."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        gone = _withdraw(person, now or timezone.now())
        if gone:
            audit.record(actor=by, deed="one-time code withdrawn", subject=f"person {person.pk}")
    return bool(gone)


def _withdraw(person, now):
    return OneTimeCode.objects.filter(person=person, used_at=None, withdrawn_at=None).update(withdrawn_at=now)


def find(login, text, now=None):
    """The open code of the active person with this login or e-mail, None where anything of it does not fit: which, is not said."""
    code = normalise(text)
    login = login.strip()
    if not code or not login:
        return None
    found = (
        OneTimeCode.objects.open(now or timezone.now())
        .filter(Q(person__username__iexact=login) | Q(person__email__iexact=login), person__is_active=True)
        .select_related("person")
    )
    return next((row for row in found if secrets.compare_digest(row.digest, digest_of(row.person_id, code))), None)


def use(*, code, password, now=None):
    """The person sets a password with the code (a row), which is spent by it. All sessions end; a second factor stays.

    Returns the person. Raises CodeIsGone."""
    now = now or timezone.now()
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=code.person_id)
        spent = OneTimeCode.objects.open(now).filter(pk=code.pk, person=person).update(used_at=now)
        if not spent or not person.is_active:
            raise CodeIsGone(code)
        person.set_password(password)
        person.save(update_fields=["password"])
        sessions.end_all(person=person)
        audit.record(actor=person, deed="one-time code used", subject=f"person {person.pk}", purpose=code.purpose)
        Notice.objects.filter(person=person, kind="invitation", read_at=None).update(read_at=now)
        if code.purpose == OneTimeCode.Purpose.RESET:  # who did not do it hears of it
            notices.tell(person=person, kind="password_set", subject=f"code {code.pk}", mail=True)
    return person

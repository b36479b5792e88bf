"""The log of deeds: who did what to whom, and why (docs/decisions/0027-the-log.md)."""

import hashlib
import hmac
import json
import re
import secrets

from django.utils import timezone

from .models import AuditEntry, PersonSalt, User
from .prepared import PreparedInsert

NEW_ENTRY = PreparedInsert(AuditEntry, returning=True)
LOOKED_UP = "record opened"
_PERSON = re.compile(r"person (\d+)\Z")


def record(*, actor, deed, subject, reason="", personal=None, about=None, **details):
    """Write one entry, inside the transaction of the deed. `actor` is a User or None (the platform itself); `subject` names the
    row, such as «certificate SBQ-2026-000417».

    `about`: the person whom it concerns (a User or a key); without it `person` or `learner` of the details, or a subject
    «person KEY». `details` are keys, codes and counts, in clear. What says something about a person (a name, an address, the name
    of a file) goes into `personal`: {field: (before, after)}; of it the fields are kept, and digests of the values.
    """
    about = _key_of(about, subject, details)
    if personal:
        details["fields"] = sorted(personal)
        whose = about or (actor and actor.pk)
        if whose:
            salt = salt_of(whose)
            details["digests"] = {
                name: [digest(salt, name, value) for value in personal[name]] for name in sorted(personal)
            }
    entry = AuditEntry(
        at=timezone.now(), actor=actor, deed=deed, subject=str(subject)[:120], person_id=about, details=details,
        **_reason(reason),
    )  # fmt: skip
    NEW_ENTRY.run(entry)
    return entry


def record_each(*, actor, deed, subject, people, **details):
    """The same deed to several people (keys): an entry for each, in one statement."""
    now = timezone.now()
    rows = [
        AuditEntry(
            at=now,
            actor=actor,
            deed=deed,
            subject=str(subject)[:120],
            person_id=key,
            details={**details, "person": key},
        )
        for key in people
    ]
    AuditEntry.objects.bulk_create(rows)


def looked_up(*, by, person, what):
    """Somebody opens what is kept of another person. The one thing that is written when a page is looked at."""
    if by.pk != getattr(person, "pk", person):
        record(actor=by, deed=LOOKED_UP, subject=f"person {getattr(person, 'pk', person)}", what=what)


def _key_of(about, subject, details):
    if about is None:
        about = details.get("person") or details.get("learner")
    if about is None and (found := _PERSON.match(str(subject))):
        about = int(found[1])
    return about.pk if isinstance(about, User) else about


# --- What is kept of words and of people -----------------------------------------------------------------------------------


def _reason(reason):
    if not reason:
        return {}
    salt = secrets.token_hex(16)
    return {"reason": reason, "reason_salt": salt, "reason_digest": reason_digest(salt, reason)}


def reason_digest(salt, reason):
    return hmac.new(bytes.fromhex(salt), str(reason).encode(), hashlib.sha256).hexdigest()


def salt_of(person):
    """The person's salt (hex), made when it is first wanted. `person`: a key."""
    row, _made = PersonSalt.objects.get_or_create(person_id=person, defaults={"salt": secrets.token_hex(32)})
    return row.salt


def salts_of_new(people):
    """Salts for people whose records were made in this transaction. One query."""
    PersonSalt.objects.bulk_create(PersonSalt(person=person, salt=secrets.token_hex(32)) for person in people)


def digest(salt, field, value):
    """HMAC-SHA256 of a value by the person's salt: the same value is told again as long as the salt is there."""
    said = json.dumps([field, value], ensure_ascii=False, default=str, separators=(",", ":"))
    return hmac.new(bytes.fromhex(salt), said.encode(), hashlib.sha256).hexdigest()


def forget(*, person):
    """Erase what makes sense of a person's digests, and the words of the reasons that were written about the person."""
    PersonSalt.objects.filter(person=person).delete()
    AuditEntry.objects.filter(person=person).exclude(reason="").update(reason="", reason_salt="")

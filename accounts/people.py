"""The record of a person: made, changed, and what the person does with it."""

from collections import Counter

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.db import transaction
from django.utils import timezone

from . import audit, employment, logins
from .models import Library, Notice, User
from .signals import name_confirmed

FIELDS = frozenset(
    {"last_name", "first_name", "patronymic", "email", "personnel_number", "language", "library", "position"}
)  # what may be changed of a record by others than the person


def add(*, by, library, last_name, first_name, login=None, **fields):
    """A new person with a login of the library's region (or the one reserved before) and no password yet. `fields`: others of FIELDS.

    A library that was merged since it was looked up is the one into which it went. Raises IntegrityError where the e-mail is
    somebody's."""
    _check(fields)
    with transaction.atomic():
        library = Library.objects.standing(library)
        login = login or logins.reserve(logins.prefix_of(library))[0]
        person = _made(login, library=library, last_name=last_name, first_name=first_name, **fields)
        person.save()
        employment.moved(person=person, was=(None, None))
        _log_added(person, by)
    return person


def add_many(*, by, records):
    """New people as `add` makes one; `records` are dicts of FIELDS, each with its library. Returns them in order.

    Queries: one for each region's logins, one for all people, one for their workplaces, one for salts, two a person for the log."""
    for fields in records:
        _check(fields)
    with transaction.atomic():
        made = User.objects.bulk_create(_with_logins(records), batch_size=500)
        employment.begun(made)
        audit.salts_of_new(made)
        for person in made:
            _log_added(person, by)
    return made


def _with_logins(records):
    prefixes = {library: logins.prefix_of(library) for library in {fields["library"] for fields in records}}
    wanted = Counter(prefixes[fields["library"]] for fields in records)
    reserved = {prefix: iter(logins.reserve(prefix, count)) for prefix, count in sorted(wanted.items())}
    people = [_made(next(reserved[prefixes[fields["library"]]]), **fields) for fields in records]
    for person in people:
        person.settle()
    return people


def _made(login, **fields):
    person = User(username=login, **fields)
    person.set_unusable_password()
    return person


def _log_added(person, by):
    audit.record(
        actor=by, deed="person added", subject=f"person {person.pk}", library=person.library.code if person.library else None,
        personal={"username": (None, person.username)},
    )  # fmt: skip


def change(*, person, by, reason="", on=None, **fields):
    """Change what differs of FIELDS in a record. Returns the names of the fields that changed.

    Another library or position is written into the history of workplaces, as of the day `on` (today). A name that the person
    confirmed for certificates stays; an old e-mail opens nothing any more. Raises IntegrityError where the e-mail is somebody's."""
    return change_many(by=by, records=[(person, fields)], reason=reason, on=on)[0]


def change_many(*, by, records, reason="", on=None):
    """Change many people as `change` does one; `records` are (person, {field: value}). Returns the names of what changed, in order.

    Queries: one for all rows, then a few for each that differs."""
    for _person, fields in records:
        _check(fields)
    with transaction.atomic():
        rows = User.objects.select_for_update(of=("self",)).select_related("library", "position").order_by("pk")
        rows = rows.in_bulk([person.pk for person, _fields in records])
        return [_changed(rows[person.pk], by, reason, on, fields) for person, fields in records]


def _changed(person, by, reason, on, fields):
    if fields.get("library") not in (None, person.library):
        fields = fields | {"library": Library.objects.standing(fields["library"])}
    was = (person.library, person.position)
    before = {name: getattr(person, name) for name in fields}
    for name, value in fields.items():
        setattr(person, name, value)
    person.settle()
    changed = {
        name: (before[name], getattr(person, name)) for name in sorted(fields) if before[name] != getattr(person, name)
    }
    if not changed:
        return []
    if was != (person.library, person.position):
        person.placed_on = timezone.localdate()  # whoever comes to a place has time for what is required there
    person.save()
    if "email" in changed:  # the old address is nobody's way in any more; the new one is confirmed by the person
        EmailAddress.objects.filter(user=person).exclude(email__iexact=person.email or "").delete()
    if person.is_active:
        employment.moved(person=person, was=was, on=on)
    if moved := changed.pop("library", None):
        was, now = (library.code if library else None for library in moved)
        audit.record(
            actor=by, deed="person transferred", subject=f"person {person.pk}", reason=reason, before=was, after=now
        )
    if changed:
        audit.record(actor=by, deed="person changed", subject=f"person {person.pk}", reason=reason, personal=changed)
    return [*changed, *(["library"] if moved else [])]


def _check(fields):
    if unknown := set(fields) - FIELDS:
        raise TypeError(f"not part of a record: {', '.join(sorted(unknown))}")


def email_confirmed(sender, request, user, from_email_address=None, to_email_address=None, **_more):
    """The person has confirmed another e-mail of the own (allauth): a new password can be sent there, so it stands in the log."""
    before = from_email_address.email if from_email_address else None
    audit.record(
        actor=user,
        deed="person changed",
        subject=f"person {user.pk}",
        personal={"email": (before, to_email_address.email)},
    )


def listen():
    email_changed.connect(email_confirmed, dispatch_uid="accounts.people")


def confirm_name(*, person, name):
    """The person vouches for the spelling of the own name on certificates. Written to the log; listeners hear of it after the commit."""
    with transaction.atomic():
        before, person.certificate_name = person.certificate_name, name
        person.certificate_name_confirmed_at = timezone.now()
        person.save(update_fields=["certificate_name", "certificate_name_confirmed_at"])
        audit.record(
            actor=person,
            deed="certificate name confirmed",
            subject=f"person {person.pk}",
            personal={"certificate_name": (before, name)},
        )
        transaction.on_commit(lambda: name_confirmed.send_robust(sender=None, person=person.pk))


def choose_language(*, person, language):
    """The language in which this person gets mails."""
    person.language = language
    person.save(update_fields=["language"])


def mark_read(*, notice):
    """The notice was seen: it leaves My learning and stays in the profile. Reading it twice keeps the first time."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())

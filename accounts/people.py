"""The record of a person: made, changed, and what the person does with it."""

from allauth.account.models import EmailAddress
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
        person = User(username=login, last_name=last_name, first_name=first_name, library=library, **fields)
        person.set_unusable_password()
        person.save()
        employment.moved(person=person, was=(None, None))
        audit.record(
            actor=by, deed="person added", subject=f"person {person.pk}", library=library.code if library else None,
            personal={"username": (None, login)},
        )  # fmt: skip
    return person


def change(*, person, by, reason="", on=None, **fields):
    """Change what differs of FIELDS in a record. Returns the names of the fields that changed.

    Another library or position is written into the history of workplaces, as of the day `on` (today). A name that the person
    confirmed for certificates stays; an old e-mail opens nothing any more. Raises IntegrityError where the e-mail is somebody's."""
    _check(fields)
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).select_related("library", "position").get(pk=person.pk)
        if "library" in fields:
            fields["library"] = Library.objects.standing(fields["library"])
        was = (person.library, person.position)
        before = {name: getattr(person, name) for name in fields}
        for name, value in fields.items():
            setattr(person, name, value)
        if any(before[name] != fields[name] for name in ("library", "position") if name in fields):
            person.placed_on = timezone.localdate()  # whoever comes to a place has time for what is required there
        person.save()
        changed = {
            name: (before[name], getattr(person, name))
            for name in sorted(fields)
            if before[name] != getattr(person, name)
        }
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
            audit.record(
                actor=by, deed="person changed", subject=f"person {person.pk}", reason=reason, personal=changed
            )
    return [*changed, *(["library"] if moved else [])]


def _check(fields):
    if unknown := set(fields) - FIELDS:
        raise TypeError(f"not part of a record: {', '.join(sorted(unknown))}")


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

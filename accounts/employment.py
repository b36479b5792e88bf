"""Where people work: the history of it, a second workplace, leaving and coming back."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from . import audit, roles, sessions
from .models import Employment, Library, User
from .signals import person_left


class Refused(Exception):
    """`why`: in_future, before_it_began, not_working, working, there_already, closed, merged."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


def moved(*, person, was, on=None):
    """The main workplace of `person` (saved already) is another since `on`. `was`: (library, position) before; may be the same.

    Called inside the transaction of the change."""
    on = on or timezone.localdate()
    if was == (person.library, person.position):
        return
    library, position = was
    main = Employment.objects.open().filter(person=person, is_main=True).first()
    if main is None and library is not None:
        main = Employment(person=person, library=library, position=position, since=_first_day(person, on))
    if main is not None:
        main.until = max(main.since, on)
        main.save()
    if person.library is not None:
        _end_second(person, person.library, on)
        Employment.objects.create(person=person, library=person.library, position=person.position, since=on)


def begun(people):
    """The first workplaces of new people, whose records are saved. One query."""
    today = timezone.localdate()
    Employment.objects.bulk_create(
        Employment(person=one, library=one.library, position=one.position, since=today) for one in people if one.library
    )


def history(person):
    """[Employment], newest first; the main one of today even where no row of it was ever written (then without a key)."""
    rows = list(person.employments.select_related("library", "position").order_by("-since", "-pk"))
    has_main = any(row.is_main and row.until is None for row in rows)
    if person.library and person.is_active and not has_main:
        since = timezone.localdate(person.date_joined)
        rows.insert(0, Employment(person=person, library=person.library, position=person.position, since=since))
    return rows


def add_second(*, person, library, by, position=None, since=None):
    """A second workplace. Those responsible for either see the person. Raises Refused."""
    with transaction.atomic():
        person, library = _locked(person), Library.objects.standing(library)
        if library.closed_at:
            raise Refused("closed")
        if not person.is_active:
            raise Refused("not_working")
        if library == person.library or Employment.objects.open().filter(person=person, library=library).exists():
            raise Refused("there_already")
        made = Employment.objects.create(
            person=person, library=library, position=position, since=since or timezone.localdate(), is_main=False
        )
        audit.record(
            actor=by, deed="second workplace added", subject=f"person {person.pk}", library=library.code,
            position=position and position.code,
        )  # fmt: skip
    return made


def end_second(*, workplace, by, on=None):
    """A second workplace ends; ended before, it stays as it is. Raises Refused."""
    on = _past(on)
    with transaction.atomic():
        workplace = Employment.objects.select_for_update(of=("self",)).select_related("library").get(pk=workplace.pk)
        if workplace.until is None and not workplace.is_main:
            if on < workplace.since:
                raise Refused("before_it_began")
            workplace.until = on
            workplace.save()
            audit.record(
                actor=by, deed="second workplace ended", subject=f"person {workplace.person_id}",
                library=workplace.library.code,
            )  # fmt: skip
    return workplace


def leave(*, person, by, reason, on=None):
    """The person works here no more since `on` (the last day; not in the future).

    Every session ends at once, roles are withdrawn, seats to come are given back; what was learned and certified stays. The
    library stays in the record, so that its HR finds it. Raises Refused."""
    on = _past(on)
    with transaction.atomic():
        person = _locked(person)
        if not person.is_active:
            raise Refused("not_working")
        if person.library and not Employment.objects.open().filter(person=person, is_main=True).exists():
            Employment.objects.create(
                person=person, library=person.library, position=person.position, since=_first_day(person, on)
            )
        for row in Employment.objects.open().filter(person=person):
            row.until = max(row.since, on)
            row.save()
        for grant in list(person.role_grants.all()) + list(person.deputies.select_related("person")):
            roles.withdraw(grant=grant, by=by, reason=reason)
        person.is_active = False
        person.save(update_fields=["is_active"])
        sessions.end_all(person=person)
        audit.record(
            actor=by, deed="person left", subject=f"person {person.pk}", reason=reason, on=on.isoformat(),
            library=person.library and person.library.code,
        )  # fmt: skip
        person_left.send(sender=None, person=person, by=by)
    return person


def come_back(*, person, library, by, position=None, on=None, reason=""):
    """The person works again, here or elsewhere, with the same record. Roles do not come back by themselves. Raises Refused."""
    on = on or timezone.localdate()
    with transaction.atomic():
        person, library = _locked(person), Library.objects.standing(library)
        if person.is_active:
            raise Refused("working")
        if person.merged_into_id:
            raise Refused("merged")
        if library.closed_at:
            raise Refused("closed")
        person.is_active, person.library, person.position = True, library, position or person.position
        person.placed_on = timezone.localdate()  # who comes back has time for what is required, as whoever joins
        person.save()
        Employment.objects.create(person=person, library=library, position=person.position, since=on)
        audit.record(
            actor=by, deed="person came back", subject=f"person {person.pk}", reason=reason, library=library.code,
            on=on.isoformat(),
        )  # fmt: skip
    return person


def move_all(people, library, into, day):
    """The workplaces of `people` in `library`, and second ones of others, go on in `into` since `day`. Called inside a transaction."""
    rows = Employment.objects.open().filter(library=library)
    rows = list(rows.filter(Q(person__in=people) | Q(is_main=False)).select_related("person"))
    with_row = {row.person_id for row in rows if row.is_main}
    unwritten = [
        Employment(person=one, library=library, position=one.position, since=_first_day(one, day), until=day)
        for one in people
        if one.pk not in with_row and one.is_active
    ]
    main_there = {*(one.pk for one in people), *User.objects.filter(library=into).values_list("pk", flat=True)}
    second_there = dict(
        Employment.objects.second().filter(library=into, person__in=[row.person_id for row in rows] + [one.pk for one in people])
        .values_list("person", "pk")
    )  # fmt: skip
    ended = [second_there[one.pk] for one in people if one.pk in second_there]  # the main one is there now
    Employment.objects.filter(pk__in=ended).update(until=day)
    for row in rows:
        row.until = max(row.since, day)
    Employment.objects.bulk_update(rows, ["until"])
    Employment.objects.bulk_create(unwritten)
    on = [
        Employment(
            person=row.person, library=into, position=row.position, since=max(row.since, day), is_main=row.is_main
        )
        for row in rows
        if row.is_main or (row.person_id not in main_there and row.person_id not in second_there)
    ]
    on += [Employment(person=row.person, library=into, position=row.position, since=day) for row in unwritten]
    Employment.objects.bulk_create(on)


def _end_second(person, library, on):
    for row in Employment.objects.second().filter(person=person, library=library):
        row.until = max(row.since, on)
        row.save()


def _first_day(person, on):
    return min(timezone.localdate(person.date_joined), on)


def _past(on):
    today = timezone.localdate()
    if on and on > today:
        raise Refused("in_future")
    return on or today


def _locked(person):
    return User.objects.select_for_update(of=("self",)).select_related("library", "position").get(pk=person.pk)

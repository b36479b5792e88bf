"""Booking for others: HR for the staff of the own libraries, trainers for the learners of the run's course or by login."""

import re
from dataclasses import dataclass

from django.db.models import Q, TextChoices
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.roles import has_role, people_in_scope_of
from courses.models import Enrolment

from . import booking
from .models import SeminarRun

MOST_LINES = 500


class TooMany(Exception):
    """More than MOST_LINES people at once."""


class Verdict(TextChoices):
    """What became of a line that names nobody who could be booked."""

    UNKNOWN = "unknown", _("No such login, or not one of your people")
    TWICE = "twice", _("Named twice in the list")


@dataclass(frozen=True)
class Row:
    login: str  # as typed, or the login of who was ticked
    verdict: object  # booking.Outcome or Verdict
    person: User | None = None

    @property
    def is_done(self):
        return self.verdict in (booking.Outcome.BOOKED, booking.Outcome.WAITING, booking.Outcome.ALREADY)


def may_book(user):
    """Whether the person books for others at all. One query, none for who is not signed in."""
    return has_role(user, Role.HR, Role.TRAINER, Role.ADMINISTRATOR)


def runs_for(user):
    """The runs in which the person may book for others: HR in all that are not called off, trainers in those they hold."""
    if has_role(user, Role.HR, Role.ADMINISTRATOR):
        return SeminarRun.objects.filter(seminar__archived=False)
    return SeminarRun.objects.taught_by(user)


def holds(user, run):
    """Whether the person is a trainer of the run, who sees everybody on its list."""
    return SeminarRun.objects.taught_by(user).filter(pk=run.pk).exists()


def reach(user, run):
    """The people whom `user` may book for this run by login: HR's are those of the own libraries, a trainer's everybody."""
    people = User.objects.filter(is_active=True)
    return people if holds(user, run) else people.filter(pk__in=people_in_scope_of(user).values("pk"))


def candidates(user, run):
    """The people who are listed to be ticked: whom the run is meant for, without a place in it, by name.

    HR's are the own staff, a trainer's those who take the run's course; who is in both roles sees both.
    """
    mine = (
        Q(pk__in=people_in_scope_of(user).values("pk")) if has_role(user, Role.HR, Role.ADMINISTRATOR) else Q(pk=None)
    )
    if run.seminar.course_id and holds(user, run):
        mine |= Q(pk__in=Enrolment.objects.open().filter(course=run.seminar.course_id).values("learner"))
    people = User.objects.filter(mine, is_active=True).exclude(pk__in=run.seats.held().values("person"))
    if run.for_library_id:
        people = people.filter(pk__in=User.objects.below(run.for_library).values("pk"))
    if run.for_course_id:
        people = people.filter(pk__in=Enrolment.objects.open().filter(course=run.for_course_id).values("learner"))
    return people.order_by("folded", "pk")


def seats_of(user, run):
    """The seats of the run that the person sees, given back or not: a trainer all, HR those of the own staff."""
    seats = run.seats.select_related("person__library", "booked_by")
    return seats if holds(user, run) else seats.filter(person__in=people_in_scope_of(user))


def list_of(user, run):
    """Those of them that hold: booked first, then in order of waiting."""
    return seats_of(user, run).held().order_by("state", "since", "pk")  # «booked» comes before «waiting»


def book(*, run, ticked, typed, by, now=None):
    """Book for those who were ticked (keys of User) and those whose logins were typed. A Row for each; nobody is dropped.

    Raises NotBookable, TooMany.
    """
    logins = [word for word in re.split(r"[\s,;]+", typed) if word]
    if len(logins) + len(ticked) > MOST_LINES:
        raise TooMany
    people = reach(by, run)
    chosen = list(people.filter(pk__in=ticked).order_by("folded", "pk"))
    named = people.annotate(lower=Lower("username")).filter(lower__in=[login.lower() for login in logins])
    named = {person.lower: person for person in named}
    rows, wanted = [], {person: person.username for person in chosen}
    for login in logins:
        person = named.get(login.lower())
        if person is None:
            rows.append(Row(login, Verdict.UNKNOWN))
        elif person in wanted:
            rows.append(Row(login, Verdict.TWICE, person))
        else:
            wanted[person] = login
    outcomes = booking.book_many(run=run, people=list(wanted), by=by, now=now)
    return [Row(wanted[person], outcomes[person], person) for person in wanted] + rows


def cancel(*, run, person, by, now=None):
    """Take somebody off the list. Raises Seat.DoesNotExist for who is not on the list that `by` sees."""
    list_of(by, run).get(person=person)
    return booking.cancel(run=run, person=person, by=by, now=now)

"""One letter a week: what is required of a person; and to HR and directors, who has become overdue in their libraries.

A notice whose subject is the week: told once by constraint, however many sweeps run. Names of others are not kept in it, only
their keys; they are looked up when the letter is written (reports/templatetags/required.py).
"""

from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import notices
from accounts.models import Library, Notice, Role, RoleGrant, User
from courses.models import Course

from . import requirements, standings
from .models import DigestWeek, Requirement
from .standings import ASKED, GRAVITY, Standing

KIND, REMINDER = "requirement_digest", "requirement_reminder"
AT = time(8)  # of Monday, in the platform's time zone
LATEST = timedelta(days=2)  # a sweep that was away makes up for it until Tuesday's end; then the week is passed over
SOON = timedelta(days=30)  # what is due later is not written about every week
WEEK = timedelta(days=7)
A_BATCH, MOST_NAMED = 500, 20


def monday_of(day):
    return day - timedelta(days=day.weekday())


def weekly(now=None):
    """Tell everybody of this week, once, from Monday at AT on. Returns how many were told."""
    now = now or timezone.now()
    monday = monday_of(timezone.localdate(now))
    begins = timezone.make_aware(datetime.combine(monday, AT))
    if not begins <= now < timezone.make_aware(datetime.combine(monday, time())) + LATEST:
        return 0
    week, _ = DigestWeek.objects.get_or_create(monday=monday)
    if week.finished_at:
        return 0
    told = tell_week(monday, timezone.localdate(now), now)
    DigestWeek.objects.filter(pk=week.pk).update(finished_at=timezone.now())
    return told


def tell_week(monday, today, now):
    subject, told, last = f"week {monday}", 0, 0
    areas = _areas(today)
    people = User.objects.filter(is_active=True).order_by("pk")
    addressed = people.filter(Q(pk__in=_asked(today).values("pk")) | Q(pk__in=areas))
    while batch := list(addressed.filter(pk__gt=last)[:A_BATCH]):
        last = batch[-1].pk
        before = set(
            Notice.objects.filter(kind=KIND, subject=subject, person__in=batch).values_list("person", flat=True)
        )
        batch = [person for person in batch if person.pk not in before]
        notices.tell_each(kind=KIND, subject=subject, mail=True, details={
            person: _details(person, areas.get(person.pk), today) for person in batch
        })  # fmt: skip
        older = Notice.objects.filter(kind=KIND, person__in=batch, read_at=None).exclude(subject=subject)
        older.update(read_at=now)  # the new one says it all
        told += len(batch)
    return told


def _asked(today):
    """The people to whom there is something to say: late, soon late, or asked of something new."""
    asking = Requirement.objects.in_force().filter(Q(position=None) | Q(position=OuterRef("position")))
    new = asking.filter(standings.within(), set_at__date__gt=today - WEEK)
    late, due = standings.from_gravity(Standing.GRACE), standings.from_gravity(Standing.DUE)
    soon = standings.judged(User.objects.all(), today + SOON).filter(standing_key__gte=late)
    found = standings.judged(User.objects.all(), today).filter(standing_key__gte=due)
    return found.filter(
        Q(standing_key__gte=late) | Q(placed_on__gt=today - WEEK) | Exists(new) | Q(pk__in=soon.values("pk"))
    )


def _details(person, area, today):
    asked = [one for one in requirements.of(person, today) if one.standing in ASKED] if person.library_id else []
    courses = [
        {
            "titles": one.course.titles, "addresses": one.course.addresses, "state": one.standing.value,
            "due": one.due_on.isoformat(), "lapses": one.lapses_on.isoformat(), "again": one.is_renewal,
        }
        for one in asked
    ]  # fmt: skip
    return {"courses": courses, "area": area, "link": "/learning/" if courses else "/hr/requirements/"}


def _areas(today):
    """{HR's or director's key: what is to be said of the own libraries}, of those where somebody is overdue."""
    grants = RoleGrant.objects.in_force(today).filter(
        role__in=[Role.HR, Role.DIRECTOR], person__is_active=True, library__isnull=False
    )
    held = {}
    for grant in grants.select_related("library").order_by("pk"):
        held.setdefault(grant.person_id, set()).add(grant.library)
    courses = list(Course.objects.filter(requirements__in=Requirement.objects.in_force()).distinct().order_by("pk"))
    kept, found = {}, {}  # several people of one area are told the same
    for person, libraries in held.items():
        key = frozenset(library.pk for library in libraries)
        if key not in kept:
            kept[key] = _area(User.objects.filter(library__in=Library.objects.below(*libraries)), courses, today)
        if kept[key]["overdue"]:
            found[person] = kept[key]
    return found


def _area(people, courses, today):
    numbers = standings.tally_all(people, today)
    newly = []
    for course in courses if numbers[Standing.OVERDUE] else ():
        before = standings.people_in_state(people, Standing.OVERDUE, today - WEEK, course)
        late = standings.people_in_state(people, Standing.OVERDUE, today, course).exclude(pk__in=before.values("pk"))
        keys = list(late.order_by("folded", "pk").values_list("pk", flat=True))
        if keys:
            newly.append({"titles": course.titles, "n": len(keys), "people": keys[:MOST_NAMED]})
    return {
        "overdue": numbers[Standing.OVERDUE], "grace": numbers[Standing.GRACE], "due": numbers[Standing.DUE],
        "newly": newly, "new": sum(one["n"] for one in newly),
    }  # fmt: skip


def remind(*, people, requirement, by, now=None):
    """Remind `people` (a queryset) of one requirement now, by HR's hand: each at most once a week. Returns of how many."""
    now = now or timezone.now()
    subject = f"requirement {requirement.pk} week {monday_of(timezone.localdate(now))}"
    told = Notice.objects.filter(kind=REMINDER, subject=subject, person=OuterRef("pk"))
    found = list(people.filter(~Exists(told)))
    course = requirement.course
    notices.tell_each(kind=REMINDER, subject=subject, mail=True, details={
        person: {
            "title": course.titles, "addresses": course.addresses, "due": person.standing_due.isoformat(),
            "state": GRAVITY[person.standing_gravity].value, "link": "/learning/",
        }
        for person in found
    })  # fmt: skip
    if found:
        requirements.audit.record(
            actor=by, deed="reminded of a requirement", subject=requirement, people=[person.pk for person in found]
        )
    return len(found)

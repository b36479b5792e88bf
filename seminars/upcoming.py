"""The seminars a person can book or has booked. A fixed number of queries for any number of runs."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, DateTimeField, Exists, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from accounts.models import Library
from accounts.prepared import Given, PreparedValues
from courses.models import Enrolment

from . import checkin
from .models import Attendance, Seat, Seminar, SeminarRun, Session


@dataclass
class RunView:
    run: SeminarRun
    sessions: list  # those that take place
    free: int
    waiting: int
    seat: Seat | None
    called_off: list = field(default_factory=list)  # the other sessions
    clashes: list = field(
        default_factory=list
    )  # sessions of other runs at the same time in which the person has a place

    @property
    def begins(self):
        """When the first session begins; of a run without any that takes place, when it would have."""
        return next((session.starts_at for session in self.sessions or self.called_off), None)

    @property
    def planned(self):
        """All sessions in their order, those that are called off too."""
        return sorted(self.sessions + self.called_off, key=lambda session: (session.starts_at, session.pk))

    @property
    def next(self):
        """The session that is on or comes next; None after the last."""
        now = timezone.now()
        return next((session for session in self.sessions if session.ends_at > now), None)

    @property
    def is_bookable(self):
        """Whether somebody for whom it is meant may book it now."""
        return self.run.cancelled_at is None and bool(self.sessions) and timezone.now() < self.begins

    @property
    def is_for_reader(self):
        """Whether the run is meant for who is signed in: subtree and course."""
        return self.run.in_subtree and self.run.in_course

    @property
    def state(self):
        """The person's own standing: booked, waiting or ""."""
        return self.seat.state if self.seat and self.seat.state != Seat.State.CANCELLED else ""

    @property
    def link(self):
        """The address of an on-line run: for those with a booked seat alone, shortly before a session and while it is on."""
        due = self.link_from and self.link_from <= timezone.now()
        return self.run.link if due and self.state == Seat.State.BOOKED else ""

    @property
    def link_from(self):
        """From when on the link of the next session is shown; None where there is none to show."""
        if not self.run.link or self.run.cancelled_at or not self.next:
            return None
        return self.next.starts_at - timedelta(minutes=self.run.link_minutes)

    @property
    def takes_check_in(self):
        """Whether who has a seat may check in now: shortly before a session and while it is on."""
        due = self.run.cancelled_at is None and self.next and self.next.starts_at - checkin.EARLY <= timezone.now()
        return bool(due) and self.state == Seat.State.BOOKED

    @property
    def cancel_until(self):
        """Until when a booked seat may be given back."""
        return self.begins - timedelta(hours=self.run.cancel_hours)

    @property
    def was_next(self):
        """The session named in a heading: the next one, of a run that is called off the first that would have been."""
        return self.next or (self.sessions or self.called_off)[0]

    @property
    def is_cancellable(self):
        return self.state == Seat.State.WAITING or timezone.now() <= self.cancel_until


@dataclass
class SeminarView:
    seminar: Seminar
    runs: list = field(default_factory=list)
    earned: object = None  # hours that count: no more than are planned
    materials: list = field(default_factory=list)

    @property
    def seat(self):
        return next((view.seat for view in self.runs if view.state), None)

    @property
    def own(self):
        return [view for view in self.runs if view.state]

    @property
    def bookable(self):
        """The runs to choose from; for nobody in particular also those that are meant for some alone."""
        return [view for view in self.runs if not view.state and view.is_bookable and view.is_for_reader]

    @property
    def for_others(self):
        return [view for view in self.runs if not view.state and view.is_bookable and not view.is_for_reader]

    @property
    def trainers(self):
        """Everybody who holds one of the runs, once. For runs with their trainers fetched."""
        return list(dict.fromkeys(person for view in self.runs for person in view.run.trainers.all()))


def run_views(runs, user):
    """A RunView for each of `runs` (a queryset). Three queries."""
    seats = Count("seats", filter=Q(seats__state=Seat.State.BOOKED), distinct=True)
    waiting = Count("seats", filter=Q(seats__state=Seat.State.WAITING), distinct=True)
    runs = list(
        runs.select_related("seminar", "for_library", "for_course")
        .annotate(n_booked=seats, n_waiting=waiting, **_meant_for(user))
        .prefetch_related(Prefetch("sessions", Session.objects.order_by("starts_at")))
    )
    mine = {}
    if user.is_authenticated:
        mine = {
            seat.run_id: seat
            for seat in _with_ahead(Seat.objects.filter(person=user, run__in=[run.pk for run in runs]))
        }
    views = [_view(run, mine.get(run.pk)) for run in runs]
    return sorted((view for view in views if view.begins), key=lambda view: view.begins)


def _view(run, seat):
    sessions = {False: [], True: []}  # by whether they are called off
    for session in run.sessions.all():
        sessions[session.cancelled_at is not None].append(session)
    return RunView(
        run, sessions[False], max(0, run.capacity - run.n_booked), run.n_waiting, seat, called_off=sessions[True]
    )


def _meant_for(user):
    """Annotations: whether a run is meant for the person. Who is not signed in sees all, and what they are meant for."""
    subtree, course = Q(for_library=None), Q(for_course=None)
    if not user.is_authenticated:
        return {"in_subtree": Q(pk__isnull=False), "in_course": Q(pk__isnull=False)}
    own = Library.objects.filter(pk=user.library_id, path__startswith=OuterRef("for_library__path")).order_by()
    learns = Enrolment.objects.open().filter(learner=user, course=OuterRef("for_course"))
    return {"in_subtree": subtree | Q(Exists(own)), "in_course": course | Q(Exists(learns))}


def give_clashes(views, user, now=None):
    """Say of each RunView in which other sessions at the same time the person has a place. One query."""
    if not user.is_authenticated or not views:
        return
    held = Seat.objects.held().filter(person=user).values("run")
    taken = list(Session.objects.to_come(now).filter(run__in=held).select_related("run__seminar"))
    for view in views:
        view.clashes = [
            other
            for other in taken
            if other.run_id != view.run.pk
            and any(one.starts_at < other.ends_at and other.starts_at < one.ends_at for one in view.sessions)
        ]


def clashes_of(run, user):
    """The sessions of other runs at the time of `run` in which the person has a place."""
    views = run_views(SeminarRun.objects.filter(pk=run.pk), user)
    give_clashes(views, user)
    return views[0].clashes if views else []


def _with_ahead(seats):
    """Seats with `number`: the place on the waiting list, from 1; None for those who do not wait."""
    earlier = Q(since__lt=OuterRef("since")) | Q(since=OuterRef("since"), pk__lte=OuterRef("pk"))
    ahead = Seat.objects.waiting().filter(earlier, run=OuterRef("run")).order_by().values("run").annotate(n=Count("pk"))
    return seats.annotate(number=Subquery(ahead.values("n")))


def upcoming_runs():
    """Runs of which a session is on or to come: who is late still finds the link."""
    to_come = Session.objects.to_come().values("run")
    return SeminarRun.objects.filter(pk__in=to_come, seminar__archived=False)


SEMINARS = PreparedValues(
    lambda: (
        Seminar.objects.filter(course=Given("course"), archived=False)
        .order_by("code")
        .values_list("pk", "titles", "planned_hours")
    )
)
SESSIONS = PreparedValues(  # of the runs to come, with those that are called off
    lambda: Session.objects.filter(
        run__in=Session.objects.to_come(Given("now", DateTimeField())).values("run"),
        run__seminar__course=Given("course"), run__seminar__archived=False,
    ).order_by("starts_at").values_list(
        "starts_at", "cancelled_at", "run", "run__seminar", "run__cancelled_at", "run__place"
    )
)  # fmt: skip
SEATS = PreparedValues(
    lambda: Seat.objects.filter(person=Given("person"), run__seminar__course=Given("course")).values_list(
        "run", "state"
    )
)


class _Run(NamedTuple):  # what a RunView needs of a SeminarRun to say whether it can be booked
    pk: int
    seminar_id: int
    cancelled_at: object
    place: dict


class _Sitting(NamedTuple):
    starts_at: object


class _Seat(NamedTuple):
    state: str


@dataclass
class CourseSeminar:
    """A seminar on the page of its course: the nearest date that can be booked or is booked, the own seat, the hours earned."""

    pk: int
    titles: dict
    planned_hours: object
    dates: list = field(default_factory=list)  # RunViews that may be booked or in which the person has a place
    earned: object = None  # hours that count: no more than are planned

    @property
    def next(self):
        """(when it begins, where) of the nearest date; None without one."""
        return (self.dates[0].begins, self.dates[0].run.place) if self.dates else None

    @property
    def seat(self):
        """The state of the person's own seat, "" for none."""
        return next((view.state for view in self.dates if view.state), "")

    @property
    def seat_in_words(self):
        return Seat.State(self.seat).label


def seminars_of(course, user, marks=(), now=None):
    """The CourseSeminars of a course (its primary key) for a person. Three queries that are built once, two for who is not signed in.

    `marks`: the rows of attendance.MARKS of the person.
    """
    found = {row[0]: CourseSeminar(*row) for row in SEMINARS.all(course=course)}
    runs = {}  # run -> its sessions by whether they are called off
    for starts_at, called_off, *run in SESSIONS.all(course=course, now=now or timezone.now()) if found else ():
        sittings = runs.setdefault(run[0], (_Run(*run), {False: [], True: []}))[1]
        sittings[called_off is not None].append(_Sitting(starts_at))
    mine = dict(SEATS.all(course=course, person=user.pk)) if runs and user.is_authenticated else {}
    views = []
    for run, sittings in runs.values():
        seat = _Seat(mine[run.pk]) if run.pk in mine else None
        views.append(RunView(run, sittings[False], None, None, seat, called_off=sittings[True]))
    for view in sorted(views, key=lambda view: view.begins):
        if (view.is_bookable or view.state) and view.run.seminar_id in found:
            found[view.run.seminar_id].dates.append(view)
    for seminar, _starts, _ends, hours, *_mark in marks:
        if one := found.get(seminar):
            one.earned = min((one.earned or 0) + hours, one.planned_hours)
    return list(found.values())


def all_seminars(user, runs=None, *, narrowed=False):
    """Every seminar with its runs to come, the nearest first; those of `runs` alone where they are `narrowed`.

    Five queries for who is signed in, three for others.
    """
    views = _give_runs(Seminar.objects.select_related("course"), upcoming_runs() if runs is None else runs, user)
    if narrowed:
        views = [view for view in views if view.runs]
    return sorted(views, key=lambda view: (not view.runs, view.runs and view.runs[0].begins))


def one_seminar(seminar, user):
    """A seminar with its runs to come and those called off in which the person has a seat. Eight queries for who is signed in."""
    runs = upcoming_runs().filter(seminar=seminar)
    if user.is_authenticated:
        held = Seat.objects.held().filter(person=user).values("run")
        to_come = Session.objects.filter(ends_at__gt=timezone.now()).values("run")
        runs = SeminarRun.objects.filter(
            Q(pk__in=Session.objects.to_come().values("run")) | Q(pk__in=held), pk__in=to_come, seminar=seminar
        )
    seminars = Seminar.objects.filter(pk=seminar.pk).select_related("course", "module")
    view = _give_runs(seminars, runs.prefetch_related("trainers"), user)[0]
    give_clashes(view.runs, user)
    view.materials = list(seminar.materials.select_related("document"))
    return view


def _give_runs(seminars, runs, user):
    views = [SeminarView(seminar) for seminar in seminars.filter(archived=False).order_by("code")]
    by_seminar = {view.seminar.pk: view for view in views}
    for view in run_views(runs, user):
        if (view.is_bookable or view.state) and view.run.seminar_id in by_seminar:
            by_seminar[view.run.seminar_id].runs.append(view)
    if user.is_authenticated:
        rows = Attendance.objects.filter(person=user, session__run__seminar__in=by_seminar)
        for seminar, hours in rows.values_list("session__run__seminar", "hours"):
            view = by_seminar[seminar]
            view.earned = min((view.earned or 0) + hours, view.seminar.planned_hours)
    return views

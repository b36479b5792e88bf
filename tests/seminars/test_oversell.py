"""Seats are never oversold: a hundred people book twenty seats at the same moment, on whichever database the tests run."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BoundedSemaphore, BrokenBarrierError

import pytest
from django.db import connection, connections

from accounts.models import Notice
from seminars import booking, roster
from seminars.models import Attendance, SeminarRun
from tests.seminars import making

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = (
    40  # of the 100 that PostgreSQL gives by default; the tests of jobs run beside these and want some as well
)


def at_once(deeds):
    """Run the deeds in threads of their own, all begun at the same moment, over at most CONNECTIONS to the database."""
    gate, connected = Barrier(len(deeds)), BoundedSemaphore(CONNECTIONS)

    def go(deed):
        gate.wait()
        with connected:
            try:
                return deed()
            finally:
                connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(go, deeds))


def counts(run):
    return run.seats.booked().count(), run.seats.waiting().count()


def test_a_hundred_bookings_at_once_of_twenty_seats():
    run = making.run(making.seminar(), capacity=20)
    persons = [making.person() for _ in range(100)]

    seats = at_once([lambda person=person: booking.book(run=run, person=person) for person in persons])

    assert counts(run) == (20, 80)
    assert sorted(seat.state for seat in seats) == ["booked"] * 20 + ["waiting"] * 80
    told = Notice.objects.values_list("kind", flat=True)
    assert (told.filter(kind="seat_booked").count(), told.filter(kind="seat_waiting").count()) == (20, 80)


def meeting(count_free, patience):
    """free_seats in which two bookings wait for each other after both have looked, so many seconds at most."""
    both = Barrier(2)

    def free_seats(run):
        found = count_free(run)
        with suppress(BrokenBarrierError):
            both.wait(timeout=patience)
        return found

    return free_seats


@pytest.mark.postgres  # SQLite has one writer: its transactions wait at their beginning, with the lock or without
@pytest.mark.parametrize(("locked", "booked"), [(True, 1), (False, 2)])
def test_without_the_lock_the_last_seat_would_be_sold_twice(monkeypatch, locked, booked):
    """The race is real: what keeps the second booking out is the lock of the run and nothing else."""
    run = making.run(making.seminar(), capacity=1)
    persons = [making.person(), making.person()]
    patience = 1 if locked else 30  # kept out by the lock, the other one never comes
    monkeypatch.setattr(booking, "free_seats", meeting(booking.free_seats, patience))
    monkeypatch.setattr(booking, "promote", lambda run, now: None)  # nobody waits; it would look at the seats as well
    if not locked:
        monkeypatch.setattr(booking, "lock", lambda run: SeminarRun.objects.select_related("seminar").get(pk=run.pk))

    at_once([lambda person=person: booking.book(run=run, person=person) for person in persons])

    assert counts(run) == (booked, 2 - booked)


def test_bookings_for_many_and_single_ones_at_once():
    run, by = making.run(making.seminar(), capacity=10), making.person()
    groups = [[making.person() for _ in range(8)] for _ in range(3)]
    single = [making.person() for _ in range(6)]

    at_once(
        [lambda group=group: booking.book_many(run=run, people=group, by=by) for group in groups]
        + [lambda person=person: booking.book(run=run, person=person) for person in single]
    )

    assert counts(run) == (10, 20)


def test_a_seat_is_promoted_to_once_when_the_capacity_is_raised_by_many_at_once():
    run = making.run(making.seminar(), capacity=1)
    for _ in range(5):
        booking.book(run=run, person=making.person())
    SeminarRun.objects.update(capacity=3)

    at_once([lambda: booking.fill(run=run)] * 6)

    promoted = Notice.objects.filter(kind="seat_promoted")
    assert (counts(run), promoted.count(), promoted.values("person").distinct().count()) == ((3, 2), 2, 2)


def test_one_person_pressing_ten_times_has_one_seat():
    run = making.run(making.seminar(), capacity=5)
    person = making.person()

    at_once([lambda: booking.book(run=run, person=person)] * 10)

    assert counts(run) == (1, 0)


def test_cancellations_and_bookings_at_once_leave_no_seat_empty_and_none_taken_twice():
    run = making.run(making.seminar(), capacity=5)
    here, come = [making.person() for _ in range(10)], [making.person() for _ in range(10)]
    for person in here:
        booking.book(run=run, person=person)

    at_once(
        [lambda person=person: booking.cancel(run=run, person=person) for person in here[:5]]
        + [lambda person=person: booking.book(run=run, person=person) for person in come]
    )

    assert counts(run) == (5, 10)


def test_more_seats_and_bookings_at_once():
    run = making.run(making.seminar(), capacity=2)
    for _ in range(6):
        booking.book(run=run, person=making.person())
    come = [making.person() for _ in range(4)]
    SeminarRun.objects.update(capacity=5)

    at_once(
        [lambda: booking.fill(run=run)] * 4
        + [lambda person=person: booking.book(run=run, person=person) for person in come]
    )

    assert counts(run) == (5, 5)
    assert Notice.objects.filter(kind="seat_promoted").count() + 2 == 5


def test_two_trainers_marking_the_same_people_at_once():
    run = making.run(making.seminar(), days=-1)
    persons, trainer = [making.person() for _ in range(6)], making.person()
    for person in persons:
        making.seat(run, person)
    session = run.sessions.get()

    at_once(
        [
            lambda marks=marks: roster.save(session=session, marks=marks, by=trainer)
            for marks in (dict.fromkeys(persons, "present"), dict.fromkeys(reversed(persons), "late"))
        ]
    )

    assert Attendance.objects.count() == 6
    assert len(set(Attendance.objects.values_list("mark", flat=True))) == 1  # the later form, as a whole


def test_this_really_runs_on_what_was_asked_for():
    """A memory database would be shared by the threads under one lock, and prove nothing."""
    assert connection.vendor == "postgresql" or connection.settings_dict["NAME"].endswith(".sqlite3")

"""Seats: who gets one, who waits, who follows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Notice
from seminars import booking
from seminars.models import Seat, SeminarRun
from tests.seminars import making

pytestmark = pytest.mark.django_db


def states(run):
    return list(run.seats.order_by("pk").values_list("person__username", "state"))


def notices(kind):
    return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("person__username", flat=True))


@pytest.fixture
def persons():
    return [making.person(name) for name in ("a", "b", "c", "d")]


def test_the_last_seat_is_booked_and_the_next_person_waits(topic, persons):
    run = making.run(topic, capacity=1)

    first, second = booking.book(run=run, person=persons[0]), booking.book(run=run, person=persons[1])

    assert (first.state, second.state) == ("booked", "waiting")
    assert notices("seat_booked") == ["a"]


def test_booking_twice_changes_nothing(topic, persons):
    run = making.run(topic, capacity=1)
    before = booking.book(run=run, person=persons[0])

    again = booking.book(run=run, person=persons[0])

    assert (again.pk, again.since, Seat.objects.count()) == (before.pk, before.since, 1)


def test_a_seat_given_back_goes_to_the_first_who_waits(topic, persons):
    run = making.run(topic, capacity=1)
    for person in persons[:3]:
        booking.book(run=run, person=person)

    booking.cancel(run=run, person=persons[0])

    assert states(run) == [("a", "cancelled"), ("b", "booked"), ("c", "waiting")]
    assert notices("seat_promoted") == ["b"]


def test_who_leaves_and_comes_back_waits_at_the_end(topic, persons):
    run = making.run(topic, capacity=1)
    for person in persons[:3]:
        booking.book(run=run, person=person)
    booking.cancel(run=run, person=persons[1])
    booking.book(run=run, person=persons[1])

    booking.cancel(run=run, person=persons[0])

    assert states(run) == [("a", "cancelled"), ("b", "waiting"), ("c", "booked")]


@pytest.mark.parametrize(("hours", "refused"), [(24.5, False), (23.5, True)])
def test_a_seat_is_given_back_until_a_day_before(topic, persons, hours, refused):
    now = timezone.now()
    run = making.run(topic, begins=now + timedelta(hours=hours))
    booking.book(run=run, person=persons[0], now=now)

    if refused:
        with pytest.raises(booking.NotBookable) as no:
            booking.cancel(run=run, person=persons[0], now=now)
        assert no.value.reason == "too_late"
    else:
        booking.cancel(run=run, person=persons[0], now=now)

    assert states(run) == [("a", "booked" if refused else "cancelled")]


def test_the_waiting_list_is_left_at_any_time(topic, persons):
    now = timezone.now()
    run = making.run(topic, begins=now + timedelta(hours=1), capacity=1)
    for person in persons[:2]:
        booking.book(run=run, person=person, now=now)

    booking.cancel(run=run, person=persons[1], now=now)

    assert states(run) == [("a", "booked"), ("b", "cancelled")]


@pytest.mark.parametrize("reason", ["begun", "cancelled"])
def test_what_has_begun_or_is_called_off_cannot_be_booked(topic, persons, reason):
    run = making.run(topic, begins=timezone.now() + timedelta(minutes=-1 if reason == "begun" else 600))
    if reason == "cancelled":
        SeminarRun.objects.update(cancelled_at=timezone.now())

    with pytest.raises(booking.NotBookable) as no:
        booking.book(run=run, person=persons[0])

    assert (no.value.reason, states(run)) == (reason, [])


def test_a_run_without_sessions_cannot_be_booked(topic, persons):
    run = making.run(topic, sittings=0)

    with pytest.raises(booking.NotBookable):
        booking.book(run=run, person=persons[0])


def test_added_seats_are_filled_in_the_order_of_the_waiting_list(topic, persons):
    run = making.run(topic, capacity=1)
    for person in persons:
        booking.book(run=run, person=person)
    SeminarRun.objects.update(capacity=3)

    booking.fill(run=run)

    assert states(run) == [("a", "booked"), ("b", "booked"), ("c", "booked"), ("d", "waiting")]
    assert notices("seat_promoted") == ["b", "c"]


@pytest.mark.parametrize("why", ["over", "called off"])
def test_nobody_is_promoted_to_a_run_that_will_not_be_held(topic, persons, why):
    run = making.run(topic, capacity=1)
    for person in persons[:2]:
        booking.book(run=run, person=person)
    SeminarRun.objects.update(capacity=2, cancelled_at=timezone.now() if why == "called off" else None)

    booking.fill(run=run, now=timezone.now() + timedelta(days=30 if why == "over" else 0))

    assert states(run) == [("a", "booked"), ("b", "waiting")]
    assert notices("seat_promoted") == []


def test_who_waits_comes_before_who_books_a_seat_that_was_added(topic, persons):
    run = making.run(topic, capacity=1)
    for person in persons[:3]:
        booking.book(run=run, person=person)
    SeminarRun.objects.update(capacity=2)

    late = booking.book(run=run, person=persons[3])

    assert (late.state, states(run)[1:3]) == ("waiting", [("b", "booked"), ("c", "waiting")])

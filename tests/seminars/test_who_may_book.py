"""Dates meant for some: a subtree of libraries, those who take a course. And two seminars at the same time."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seminars import booking
from seminars.models import Seat, SeminarRun, Session
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db


def page(seminar):
    return reverse("seminars:seminar", args=[seminar.pk]) + "?lang=en"


def limited(topic, **fields):
    run = making.run(topic)
    SeminarRun.objects.update(**fields)
    return run


@pytest.mark.parametrize(
    ("whose", "allowed"), [("region", True), ("district", True), ("branch_less", False), ("other", False)]
)
def test_a_date_for_a_subtree_is_booked_from_below_it_alone(people, topic, libraries, whose, allowed):
    """The learner works in `district`, which lies below `region`."""
    run = limited(topic, for_library=getattr(libraries, whose))

    if not allowed:
        with pytest.raises(booking.NotBookable) as no:
            booking.book(run=run, person=people.learner)
        assert no.value.reason == "not_for_you"
    else:
        booking.book(run=run, person=people.learner)

    assert Seat.objects.count() == int(allowed)


@pytest.mark.parametrize(
    ("enrolled", "closed", "allowed"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_a_date_for_a_course_is_booked_by_those_who_take_it(people, topic, sec, enrolled, closed, allowed):
    run = limited(topic, for_course=sec)
    if enrolled:
        making.enrol(people.learner, sec, closed=closed)

    if not allowed:
        with pytest.raises(booking.NotBookable):
            booking.book(run=run, person=people.learner)
    else:
        booking.book(run=run, person=people.learner)

    assert Seat.objects.count() == int(allowed)


def test_the_page_offers_no_date_that_is_meant_for_others_but_shows_it(as_user, people, topic, libraries):
    run = limited(topic, for_library=libraries.other)

    response = as_user(people.learner).get(page(topic))

    assert ([one.run.pk for one in response.context["view"].for_others], response.context["view"].bookable) == (
        [run.pk],
        [],
    )
    assert "For the staff of Kutubxona TSH en" in " ".join(response.content.decode().split())
    assert 'name="run"' not in response.content.decode()


def test_the_refusal_names_for_whom_it_is(as_user, people, topic, libraries, sec):
    run = limited(topic, for_library=libraries.other, for_course=sec)

    response = as_user(people.learner).post(reverse("seminars:book", args=[run.pk]) + "?lang=en", follow=True)

    assert said(response) == [
        ("error", "This date is meant for the staff of Kutubxona TSH en who take the course “Kurs sec en”.")
    ]


def test_a_date_at_the_time_of_another_seat_warns_before_and_after(as_user, people, topic):
    begins = timezone.now().replace(second=0, microsecond=0) + timedelta(days=4)
    other = making.run(making.seminar("other"), begins=begins + timedelta(minutes=89))
    making.seat(other, people.learner)
    touching = making.run(topic, begins=begins - timedelta(minutes=1))  # ends as the other begins
    run = making.run(topic, begins=begins)
    client = as_user(people.learner)

    before = {one.run.pk: len(one.clashes) for one in client.get(page(topic)).context["view"].runs}
    response = client.post(reverse("seminars:book", args=[run.pk]) + "?lang=en", follow=True)

    assert before == {run.pk: 1, touching.pk: 0}
    assert [kind for kind, _ in said(response)] == ["success", "warning"]
    assert "Seminar other en" in said(response)[1][1]
    assert run.seats.get(person=people.learner).state == "booked"  # a warning, no refusal


@pytest.mark.parametrize("which", ["run", "session", "seat"])
def test_what_is_called_off_clashes_with_nothing(as_user, people, topic, which):
    begins = timezone.now() + timedelta(days=4)
    other = making.run(making.seminar("other"), begins=begins)
    making.seat(other, people.learner, "cancelled" if which == "seat" else "booked")
    if which == "run":
        SeminarRun.objects.filter(pk=other.pk).update(cancelled_at=timezone.now())
    if which == "session":
        Session.objects.filter(run=other).update(cancelled_at=timezone.now())
    making.run(topic, begins=begins)

    assert [one.clashes for one in as_user(people.learner).get(page(topic)).context["view"].runs] == [[]]

"""HR books for the own staff, trainers for their learners; each line gets an answer and nobody is dropped."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Notice
from seminars.models import Seat, SeminarRun
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db


def address(run):
    return reverse("seminars:run_people", args=[run.pk]) + "?lang=en"


def states(run):
    return dict(run.seats.values_list("person__username", "state"))


def listed(response):
    return [person.username for person in response.context["page_obj"]]


def verdicts(response):
    return [(row.login, row.verdict.value) for row in response.context["rows"]]


@pytest.fixture
def staff(libraries):
    """Three in HR's region, one in the other."""
    for n in range(3):
        making.person(f"S-{n}", family=f"Staff{n}", library=libraries.branch_less)
    making.person("T-9", family="There", library=libraries.other)


def keys(*logins):
    from accounts.models import User

    return [User.objects.get(username=login).pk for login in logins]


def test_hr_ticks_the_own_staff_and_the_last_ones_wait(as_user, people, topic, staff):
    run = making.run(topic, capacity=2)
    client = as_user(people.hr)

    offered = listed(client.get(address(run)))
    response = client.post(address(run), {"person": keys("S-0", "S-1", "S-2")})

    assert {"S-0", "S-1", "S-2"} <= set(offered)
    assert "T-9" not in offered
    assert verdicts(response) == [("S-0", "booked"), ("S-1", "booked"), ("S-2", "waiting")]
    assert states(run) == {"S-0": "booked", "S-1": "booked", "S-2": "waiting"}
    assert set(run.seats.values_list("booked_by", flat=True)) == {people.hr.pk}
    told = Notice.objects.order_by("person__username").values_list("person__username", "kind")
    assert list(told) == [("S-0", "seat_booked"), ("S-1", "seat_booked"), ("S-2", "seat_waiting")]
    entries = AuditEntry.objects.filter(deed="seat booked for another").order_by("person__username")
    assert [(one.actor, one.subject, one.person.username) for one in entries] == [
        (people.hr, f"run {run.pk}", login) for login in ("S-0", "S-1", "S-2")
    ]


def test_every_line_gets_its_answer_and_what_was_not_understood_stays(as_user, people, topic, staff):
    run = making.run(topic)
    making.seat(run, making.person("S-5", library=people.hr.library))

    response = as_user(people.hr).post(address(run), {"logins": "s-0\nS-0, S-5; T-9\nnobody"})

    assert verdicts(response) == [
        ("s-0", "booked"),
        ("S-5", "already"),
        ("S-0", "twice"),
        ("T-9", "unknown"),
        ("nobody", "unknown"),
    ]
    assert states(run) == {"S-5": "booked", "S-0": "booked"}
    assert response.context["typed"] == "T-9\nnobody"
    assert "On the list now: 2 of 5" in response.content.decode()


def test_ticking_somebody_of_another_region_books_nobody(as_user, people, topic, staff):
    run = making.run(topic)

    response = as_user(people.hr).post(address(run), {"person": keys("T-9")})

    assert (response.status_code, states(run)) == (422, {})


def test_a_trainer_is_offered_the_learners_of_the_course_and_may_type_any_login(as_user, people, topic, staff, sec):
    run = making.run(topic)
    making.enrol(people.learner, sec)
    client = as_user(people.trainer)

    offered = listed(client.get(address(run)))
    response = client.post(address(run), {"person": [people.learner.pk], "logins": "T-9"})

    assert offered == ["learner"]
    assert verdicts(response) == [("learner", "booked"), ("T-9", "booked")]


def test_who_the_run_is_not_meant_for_is_answered_so(as_user, people, topic, staff, libraries):
    run = making.run(topic)
    SeminarRun.objects.update(for_library=libraries.other)
    client = as_user(people.trainer)

    response = client.post(address(run), {"logins": "S-0 T-9"})

    assert verdicts(response) == [("S-0", "not_for_them"), ("T-9", "booked")]
    assert "This date is not meant for this person" in response.content.decode()


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("cancelled", "Nobody was booked: this date has been called off."),
        ("begun", "Nobody was booked: this seminar has already begun."),
        ("nothing", "Tick somebody, or type logins."),
        ("many", "Nobody was booked: at most 500 people at once."),
    ],
)
def test_a_booking_that_cannot_be_keeps_what_was_typed(as_user, people, topic, staff, why, words):
    run = making.run(topic, begins=timezone.now() if why == "begun" else None)
    if why == "cancelled":
        SeminarRun.objects.update(cancelled_at=timezone.now())
    typed = {"nothing": "", "many": " ".join(f"x{n}" for n in range(501))}.get(why, "S-0")

    response = as_user(people.hr).post(address(run), {"logins": typed})

    assert (response.status_code, response.context["refused"], states(run)) == (422, words, {})
    assert response.context["typed"] == typed


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_for_a_class_of_any_size(
    as_user, people, topic, libraries, django_assert_num_queries, count
):
    run = making.run(topic, capacity=50)
    for _ in range(count):
        making.seat(run, making.person(library=libraries.district))
        making.seat(run, making.person(library=libraries.district), "waiting")
        making.person(library=libraries.district)
    client = as_user(people.hr)

    with django_assert_num_queries(11):
        response = client.get(address(run))

    assert (len(response.context["booked"]), len(response.context["waiting"])) == (count, count)


@pytest.mark.parametrize("count", [1, 30])
def test_booking_costs_the_same_for_one_and_for_thirty(people, topic, django_assert_num_queries, count):
    from seminars import booking

    run = making.run(topic, capacity=count)
    persons = [making.person() for _ in range(count)]

    with django_assert_num_queries(13):
        booking.book_many(run=run, people=persons, by=people.hr)

    assert run.seats.booked().count() == count


def test_hr_sees_and_takes_off_the_own_staff_alone_at_any_time(as_user, people, topic, staff):
    run = making.run(topic, begins=timezone.now() + timezone.timedelta(hours=2), capacity=1)
    making.seat(run, people.learner)
    making.seat(run, people.director2, "waiting")
    client = as_user(people.hr)

    seen = [seat.person.username for seat in client.get(address(run)).context["booked"]]
    foreign = client.post(reverse("seminars:take_off", args=[run.pk, people.director2.pk]) + "?lang=en", follow=True)
    own, again = (
        client.post(reverse("seminars:take_off", args=[run.pk, people.learner.pk]) + "?lang=en", follow=True)
        for _n in "12"
    )

    assert seen == ["learner"]
    assert (foreign.status_code, people.director2.official_name in foreign.content.decode()) == (404, False)
    assert [kind for kind, _ in said(own)] == ["success"]
    assert said(again) == [("error", f"{people.learner.official_name} is not on the list any more.")]
    assert states(run) == {"learner": "cancelled", "director2": "booked"}
    assert set(Notice.objects.values_list("person__username", "kind")) == {
        ("learner", "seat_cancelled"),
        ("director2", "seat_promoted"),
    }


def test_only_who_may_book_for_others_is_offered_to(as_user, people, topic):
    run = making.run(topic)
    page = reverse("seminars:seminar", args=[topic.pk])

    offered = {
        who: f"/seminars/runs/{run.pk}/people/" in as_user(getattr(people, who)).get(page).content.decode()
        for who in ("learner", "hr", "trainer", "director")
    }

    assert offered == {"learner": False, "hr": True, "trainer": True, "director": False}


def test_nobody_is_booked_twice_by_two_at_a_time(as_user, people, topic, staff):
    run = making.run(topic)
    for _ in range(2):
        as_user(people.hr).post(address(run), {"logins": "S-0"})

    assert Seat.objects.count() == 1

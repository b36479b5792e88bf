"""A trainer's runs: those given to them and those of their courses, nobody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from seminars.models import Attendance, SeminarRun
from tests.seminars import making

pytestmark = pytest.mark.django_db


def listed(response):
    return [run.pk for run in response.context["page_obj"]]


def test_a_trainer_sees_the_runs_of_the_own_courses_and_those_held(as_user, people, topic):
    of_my_course = making.run(topic, days=5)
    given_to_me = making.run(making.seminar("free"), days=3, trainer=people.trainer)
    making.run(making.seminar("foreign"), days=4, trainer=people.trainer2)

    assert listed(as_user(people.trainer).get("/teach/")) == [given_to_me.pk, of_my_course.pk]


def test_an_administrator_sees_all_runs(as_user, people, topic):
    runs = [making.run(topic, days=5), making.run(making.seminar("foreign"), days=6, trainer=people.trainer2)]

    assert listed(as_user(people.admin).get("/teach/")) == [run.pk for run in runs]


def test_runs_to_come_and_past_ones_are_apart(as_user, people, topic):
    past, older = making.run(topic, days=-2), making.run(topic, days=-9)
    on = making.run(topic, begins=timezone.now() - timedelta(minutes=30))
    half = making.run(topic, days=-1, sittings=3)
    without = making.run(topic, sittings=0)
    client = as_user(people.trainer)

    assert listed(client.get("/teach/")) == [without.pk, half.pk, on.pk]
    assert listed(client.get("/teach/?when=past")) == [past.pk, older.pk]


@pytest.mark.parametrize("count", [1, 15])
def test_the_page_counts_seats_and_marks_in_a_fixed_number_of_queries(
    as_user, people, topic, django_assert_num_queries, count
):
    for n in range(count):
        run = making.run(topic, days=-n - 1, sittings=1, capacity=2)
        persons = [making.person() for _ in range(3)]
        for k, person in enumerate(persons):
            making.seat(run, person, "waiting" if k == 2 else "booked")
        Attendance.objects.create(
            session=run.sessions.get(), person=persons[0], mark="absent", hours=0, marked_by=people.trainer,
            marked_at=timezone.now(),
        )  # fmt: skip
    client = as_user(people.trainer)

    with django_assert_num_queries(12):
        response = client.get("/teach/?when=past")

    page = response.context["page_obj"]
    numbers = {(run.n_booked, run.n_waiting, run.sessions.all()[0].n_marked) for run in page}
    assert (len(page), numbers) == (count, {(2, 1, 1)})


def test_only_who_may_plan_is_offered_to_plan(as_user, people, topic, rights):
    making.run(topic)

    assert "/cms/runs/new/" in as_user(people.trainer).get("/teach/").content.decode()

    people.trainer.groups.clear()
    assert "/cms/runs/" not in as_user(people.trainer).get("/teach/").content.decode()


def test_a_called_off_run_stays_and_says_so(as_user, people, topic):
    run = making.run(topic)
    SeminarRun.objects.update(cancelled_at=timezone.now())

    response = as_user(people.trainer).get("/teach/?lang=en")

    assert listed(response) == [run.pk]
    assert "Called off" in response.content.decode()

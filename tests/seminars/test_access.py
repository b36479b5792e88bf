"""What the table of every address (tests/access/) does not say of the room: rights that are lost, deeds that leave a trace."""

import pytest
from django.urls import reverse

from seminars.models import Attendance, Seat
from tests.seminars import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(topic):
    past = making.run(topic, days=-1)
    making.seat(past, making.person("seated"))
    return past


def test_a_run_given_to_somebody_who_is_no_trainer_any_more_stays_closed(as_user, people, run):
    run.trainers.add(people.editor)

    assert as_user(people.editor).get(reverse("seminars:roster", args=[run.sessions.get().pk])).status_code == 404


def test_a_refused_deed_leaves_no_trace(as_user, people, run):
    for who in ("learner", "trainer2", "editor", "hr", "director"):
        client = as_user(getattr(people, who))
        client.post(
            reverse("seminars:roster", args=[run.sessions.get().pk]),
            {f"mark-{Seat.objects.get().person_id}": "present"},
        )

    assert not Attendance.objects.exists()


@pytest.mark.parametrize("name", ["delete", "history", "usage", "copy"])
def test_screens_that_know_no_scope_are_not_there(as_user, people, rights, run, name):
    assert as_user(people.admin).get(f"/cms/runs/{name}/{run.pk}/").status_code == 404

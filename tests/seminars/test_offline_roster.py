"""What comes from devices that were without network: sent any number of times in any order it is the same; nothing is dropped."""

import json
import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from seminars import offline_roster, roster
from seminars.models import Attendance, AttendanceEntry, Seat, SeminarRun, StrayMark
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db
MARKS = "/teach/offline/marks/"


@pytest.fixture
def sitting(topic, people):
    made = making.run(topic, begins=timezone.now() - timedelta(hours=1), trainer=people.trainer).sessions.get()
    made.run.trainers.add(people.trainer2)
    making.seat(made.run, people.learner)
    making.seat(made.run, people.hr)
    return made


def item(session, person, mark, *, ago=10, knew=(), key=None):
    """A mark made so many minutes ago."""
    at = timezone.now() - timedelta(minutes=ago)
    return {
        "key": str(key or uuid4()), "session": session.pk, "person": person.pk, "mark": mark,
        "at": int(at.timestamp() * 1000), "knew": [str(one) for one in knew], "session_words": "Seminar, 10:00",
        "person_words": person.official_name,
    }  # fmt: skip


def send(client, person, *items, clock=0):
    """The device's clock is wrong by so many minutes."""
    wrong = clock * 60_000
    told = {
        "person": person.pk, "device": "d1", "sent_at": int(timezone.now().timestamp() * 1000) + wrong,
        "marks": [one | {"at": one["at"] + wrong} for one in items],
    }  # fmt: skip
    return client.post(MARKS, json.dumps(told), content_type="application/json")


def answers(response):
    return [one["answer"] for one in response.json()["answers"]]


def state(session):
    return [
        (place.person.pk, place.mark, [entry.mark for entry in place.conflict], len(place.entries))
        for place in roster.places(session)
    ]


def test_marks_made_without_network_stand_with_who_when_how_and_device(as_user, people, sitting):
    made = item(sitting, people.learner, "late", ago=30)

    response = send(as_user(people.trainer), people.trainer, made, clock=-180)

    entry = AttendanceEntry.objects.get()
    assert answers(response) == ["kept"]
    assert (str(entry.key), entry.by, entry.how, entry.mark, entry.device) == (
        made["key"], people.trainer, "offline", "late", "d1",
    )  # fmt: skip
    assert abs(entry.at - (timezone.now() - timedelta(minutes=30))) < timedelta(
        seconds=5
    )  # the clock was three hours slow


@pytest.mark.parametrize("seed", range(4))
def test_two_trainers_queues_replayed_three_times_in_any_order_give_the_same(as_user, people, sitting, seed):
    first, second = uuid4(), uuid4()
    queues = [
        (people.trainer, item(sitting, people.learner, "present", ago=30, key=first)),
        (people.trainer, item(sitting, people.learner, "left_early", ago=5, knew=[first])),
        (people.trainer2, item(sitting, people.learner, "absent", ago=20, key=second)),
        (people.trainer2, item(sitting, people.hr, "excused", ago=19)),
    ] * 3
    random.Random(seed).shuffle(queues)

    for person, one in queues:
        assert answers(send(as_user(person), person, one)) == ["kept"]

    assert sorted(state(sitting)) == sorted([
        (people.learner.pk, "left_early", ["absent", "left_early"], 3), (people.hr.pk, "excused", [], 1),
    ])  # fmt: skip


def test_a_conflict_is_shown_on_the_roster_and_settled_by_a_button(as_user, people, sitting):
    send(as_user(people.trainer), people.trainer, item(sitting, people.learner, "absent", ago=9))
    send(as_user(people.trainer2), people.trainer2, item(sitting, people.learner, "present", ago=8))
    address = reverse("seminars:roster", args=[sitting.pk])
    client = as_user(people.trainer)
    assert "1 person has marks that contradict each other" in client.get(address + "?lang=en").text

    client.post(address, {"settle": f"mark-{people.learner.pk}:absent"})

    assert (people.learner.pk, "absent", [], 3) in state(sitting)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("deleted", "gone"),
        ("foreign", "gone"),
        ("called_off", "called_off"),
        ("seat", "no_seat"),
        ("nobody", "no_seat"),
    ],
)
def test_a_mark_without_a_place_is_kept_and_shown_to_the_trainer(as_user, people, sitting, fault, why):
    made = item(sitting, people.learner, "present")
    if fault == "deleted":
        sitting.delete()
    elif fault == "foreign":
        sitting.run.trainers.remove(people.trainer)
        sitting.run.seminar.course.trainers.all().delete()
    elif fault == "called_off":
        SeminarRun.objects.update(cancelled_at=timezone.now())
    elif fault == "seat":
        Seat.objects.filter(person=people.learner).update(state="cancelled")
    else:
        made["person"] = 10**9
    client = as_user(people.trainer)

    assert [answers(send(client, people.trainer, made)) for _ in range(3)] == [[why]] * 3

    assert (StrayMark.objects.get().why, Attendance.objects.count()) == (why, 0)
    text = client.get("/teach/stray-marks/?lang=en").text
    assert (people.learner.official_name in text, "Seminar, 10:00" in text) == (True, True)
    assert "found no place: 1" in client.get("/teach/?lang=en").text


def test_who_gave_the_seat_back_is_let_in_and_marked_by_the_trainer_after_all(as_user, people, sitting):
    made = item(sitting, people.learner, "present")
    Seat.objects.filter(person=people.learner).update(state="cancelled")
    client = as_user(people.trainer)
    send(client, people.trainer, made)

    response = client.post(
        f"/teach/stray-marks/{StrayMark.objects.get().pk}/?lang=en", {"answer": "place"}, follow=True
    )

    assert said(response) == [("success", "The mark stands on the roster now.")]
    assert [(str(entry.key), entry.mark) for entry in AttendanceEntry.objects.all()] == [(made["key"], "present")]
    assert StrayMark.objects.get().placed


def test_a_mark_of_a_deleted_session_still_finds_no_place_and_may_be_set_aside(as_user, people, sitting):
    made = item(sitting, people.learner, "present")
    sitting.delete()
    client = as_user(people.trainer)
    send(client, people.trainer, made)
    address = f"/teach/stray-marks/{StrayMark.objects.get().pk}/"

    response = client.post(address, {"answer": "place"}, follow=True)
    assert [kind for kind, _text in said(response)] == ["error"]
    client.post(address, {"answer": "aside"})

    row = StrayMark.objects.get()
    assert (row.placed, row.settled_at is not None, Attendance.objects.count()) == (False, True, 0)


def test_a_sign_that_a_database_cannot_keep_drops_no_mark(as_user, people, sitting):
    made = item(sitting, people.learner, "present") | {"session": 10**9, "session_words": "a\0b"}

    assert answers(send(as_user(people.trainer), people.trainer, made)) == ["gone"]
    assert StrayMark.objects.get().session_words == "ab"


def test_a_mark_before_the_beginning_waits_on_the_device(as_user, people, topic):
    early = making.run(topic, begins=timezone.now() + timedelta(minutes=5), trainer=people.trainer).sessions.get()
    making.seat(early.run, people.learner)

    assert answers(send(as_user(people.trainer), people.trainer, item(early, people.learner, "present"))) == ["wait"]
    assert (StrayMark.objects.count(), AttendanceEntry.objects.count()) == (0, 0)


def test_an_altered_mark_under_a_known_key_changes_nothing_and_is_kept(as_user, people, sitting):
    client, key = as_user(people.trainer), uuid4()
    send(client, people.trainer, item(sitting, people.learner, "present", key=key))

    assert answers(send(client, people.trainer, item(sitting, people.learner, "absent", key=key))) == ["altered"]
    assert [entry.mark for entry in AttendanceEntry.objects.all()] == ["present"]
    assert StrayMark.objects.get().mark == "absent"


@pytest.mark.parametrize(("who", "name"), [("learner", True), ("director", False)])
def test_a_name_that_the_device_has_forgotten_is_told_of_ones_own_people_alone(as_user, people, sitting, who, name):
    """`learner` has a place with this trainer; a number that was tried out names nobody."""
    person = getattr(people, who)
    gone = item(sitting, person, "present") | {"session": 10**9, "person_words": ""}

    send(as_user(people.trainer), people.trainer, gone)

    assert StrayMark.objects.get().person_words == (person.official_name if name else "")


def test_one_bad_mark_holds_up_none(as_user, people, sitting):
    gone = item(sitting, people.learner, "present") | {"session": 10**9}

    assert answers(send(as_user(people.trainer), people.trainer, gone, item(sitting, people.hr, "late"))) == [
        "gone",
        "kept",
    ]


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("trainer2", 409), ("learner", 404)])
def test_marks_are_taken_only_under_the_sign_in_of_who_made_them(as_user, people, sitting, who, status):
    client = as_user(getattr(people, who) if who else None)

    response = send(client, people.trainer, item(sitting, people.learner, "present"))

    assert (response.status_code, AttendanceEntry.objects.count(), StrayMark.objects.count()) == (status, 0, 0)


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"person": 1}', '{"marks": 3, "sent_at": 0, "device": ""}', '{"sent_at": 1e400, "marks": []}', "9" * 300_000]
)  # fmt: skip
def test_what_cannot_be_read_is_said_to_stay_on_the_device(as_user, people, body):
    response = as_user(people.trainer).post(MARKS + "?lang=en", body, content_type="application/json")

    assert (response.status_code, response.json()["error"]) == (
        400, "These marks could not be read. They stay on your device.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [
        {"mark": "asleep"},
        {"key": "x"},
        {"key": 5},
        {"knew": [5]},
        {"mark": []},
        {"at": 1e300},
        {"person": "7"},
        {"at": None},
        {"knew": ["x"]},
    ],
)
def test_a_message_with_a_senseless_mark_is_not_read_at_all(as_user, people, sitting, fault):
    good = item(sitting, people.hr, "late")

    with pytest.raises(offline_roster.Unreadable):
        bad = item(sitting, people.learner, "late") | fault
        offline_roster.read({"sent_at": 0, "device": "", "marks": [good, bad]}, timezone.now())


# --- What is taken along -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 12])
def test_the_roster_is_taken_along_in_a_fixed_number_of_queries(
    as_user, people, topic, count, django_assert_num_queries
):
    made = making.run(topic, trainer=people.trainer).sessions.get()
    for _ in range(count):
        making.seat(made.run, making.person())
    client = as_user(people.trainer)

    with django_assert_num_queries(8):
        told = client.get(f"/teach/offline/sessions/{made.pk}/").json()

    assert (told["person"], len(told["places"])) == (people.trainer.pk, count)
    assert sorted(told["places"][0]) == ["conflict", "knew", "library", "login", "mark", "name", "person"]


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("trainer2", 404), ("learner", 404), ("admin", 200)])
def test_only_who_holds_the_run_takes_its_roster_along(as_user, people, topic, who, status):
    made = making.run(topic, trainer=people.trainer).sessions.get()
    client = as_user(getattr(people, who) if who else None)

    assert client.get(f"/teach/offline/sessions/{made.pk}/").status_code == status


def test_the_page_that_is_kept_is_nobodys(as_user, people):
    kept = as_user(people.trainer).get("/teach/offline/").text

    assert kept == as_user(people.hr).get("/teach/offline/").text == as_user(None).get("/teach/offline/").text
    assert "csrfmiddlewaretoken" not in kept


def test_the_worker_reaches_its_own_folder_alone_and_only_its_page_may_start_it(client):
    response = client.get("/teach/offline/worker.js")

    assert response.headers["Content-Type"] == "text/javascript"
    assert "Service-Worker-Allowed" not in response.headers
    assert 'PAGE = "/teach/offline/"' in response.text
    assert "worker-src 'self'" in client.get("/teach/offline/").headers["Content-Security-Policy"]

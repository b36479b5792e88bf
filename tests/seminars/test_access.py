"""Every address as every role, GET and POST. 302 is the way to sign in, or the answer to a deed that was done."""

import pytest
from django.urls import reverse

from seminars import feeds
from seminars.models import Attendance, Seat, SeminarRun
from tests.seminars import making

pytestmark = pytest.mark.django_db
WHO = ["nobody", "learner", "trainer", "trainer2", "editor", "hr", "hr2", "director", "director2", "admin"]


def everybody(status, **others):
    return {who: others.get(who, status) for who in WHO}


TEACHERS = {"nobody": 302, "trainer": 200, "admin": 200}
TABLE = {
    ("list", "GET"): everybody(200),
    ("list", "POST"): everybody(405),
    ("seminar", "GET"): everybody(200),
    ("seminar", "POST"): everybody(405),
    ("book_chosen", "GET"): everybody(405),
    ("book_chosen", "POST"): everybody(302),
    ("book", "GET"): everybody(405),
    ("book", "POST"): everybody(302),
    ("cancel", "GET"): everybody(405),
    ("cancel", "POST"): everybody(404, nobody=302),  # nobody here has a seat but the person of the fixture
    ("run_people", "GET"): everybody(404, nobody=302, trainer=200, hr=200, hr2=200, admin=200),
    ("run_people", "POST"): everybody(404, nobody=302, trainer=422, hr=422, hr2=422, admin=422),  # nobody was named
    ("take_off", "GET"): everybody(405, nobody=302),
    ("take_off", "POST"): everybody(404, nobody=302, trainer=302, hr=302, hr2=302, admin=302),
    ("session_file", "GET"): everybody(200),
    ("session_file", "POST"): everybody(405),
    ("my_calendar", "GET"): everybody(200, nobody=302),
    ("my_calendar", "POST"): everybody(405, nobody=302),
    ("change_address", "GET"): everybody(405, nobody=302),
    ("change_address", "POST"): everybody(302),
    ("feed", "GET"): everybody(200),  # who knows the address is the person
    ("feed", "POST"): everybody(405),
    ("teaching", "GET"): everybody(404, **TEACHERS, trainer2=200),
    ("teaching", "POST"): everybody(405, nobody=302),
    ("roster", "GET"): everybody(404, **TEACHERS),
    ("roster", "POST"): everybody(404, nobody=302, trainer=302, admin=302),
    ("runs:index", "GET"): everybody(302, trainer=200, trainer2=200, editor=200, admin=200),
    ("runs:add", "GET"): everybody(302, trainer=200, trainer2=200, editor=200, admin=200),
    ("runs:edit", "GET"): everybody(302, trainer=200, trainer2=404, editor=200, admin=200),
    ("runs:edit", "POST"): everybody(
        302, trainer=200, trainer2=404, editor=200, admin=200
    ),  # 200: the form with its faults
    ("seminar-topics:index", "GET"): everybody(302, trainer=200, trainer2=200, editor=200, admin=200),
    ("seminar-topics:add", "GET"): everybody(302, trainer=200, trainer2=200, editor=200, admin=200),
    ("seminar-topics:edit", "GET"): everybody(302, trainer=200, trainer2=404, editor=200, admin=200),
    ("seminar-topics:edit", "POST"): everybody(302, trainer=200, trainer2=404, editor=200, admin=200),
    ("seminar_session", "GET"): everybody(302, trainer=200, trainer2=404, editor=200, admin=200),
    ("seminar_session", "POST"): everybody(302, trainer=422, trainer2=404, editor=422, admin=422),
}
IN_THE_TABLE_OF_ALL = {  # of these every role stands in tests/test_access.py alone
    "check_in", "scanned", "checked_in", "pin", "checkin_screen", "history", "sheet", "marks_workbook", "marks_import",
    "walk_in", "offline", "offline_worker", "offline_download", "offline_marks", "strays", "settle_stray",
}  # fmt: skip
NEEDS = {
    "seminar": "seminar",
    "book_chosen": "seminar",
    "book": "run",
    "cancel": "run",
    "roster": "session",
    "run_people": "run",
    "take_off": "taken",
    "session_file": "session",
    "feed": "secret",
    "seminar-topics:edit": "seminar",
    "seminar_session": "session",
    "runs:edit": "run",
}


@pytest.fixture
def rows(topic):
    past = making.run(topic, days=-1)
    making.seat(past, making.person("seated"))
    run, learner = making.run(topic), making.person("calendar")
    return {
        "seminar": topic.pk,
        "run": run.pk,
        "session": past.sessions.get().pk,
        "taken": [run.pk, learner.pk],
        "secret": feeds.change(person=learner),
    }


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("name", "method"), TABLE)
def test_who_may_open_what(as_user, people, rights, rows, name, method, who):
    args = rows[NEEDS[name]] if name in NEEDS else []
    args = args if isinstance(args, list) else [args]
    address = reverse(name if ":" in name or name == "seminar_session" else f"seminars:{name}", args=args)
    client = as_user(getattr(people, who, None))

    response = client.generic(method, address)

    assert response.status_code == TABLE[name, method][who]
    if who == "nobody" and response.status_code == 302:
        assert "/login/" in response.url


def test_every_address_of_the_room_has_its_row():
    from seminars.urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} - IN_THE_TABLE_OF_ALL == {
        name for name, _method in TABLE if ":" not in name and name != "seminar_session"
    }


def test_a_run_given_to_somebody_who_is_no_trainer_any_more_stays_closed(as_user, people, rows):
    run = SeminarRun.objects.get(pk=rows["run"])
    run.trainers.add(people.editor)

    assert as_user(people.editor).get(reverse("seminars:roster", args=[run.sessions.get().pk])).status_code == 404


def test_a_refused_deed_leaves_no_trace(as_user, people, rows):
    for who in ("learner", "trainer2", "editor", "hr", "director"):
        client = as_user(getattr(people, who))
        client.post(
            reverse("seminars:roster", args=[rows["session"]]), {f"mark-{Seat.objects.get().person_id}": "present"}
        )

    assert not Attendance.objects.exists()


@pytest.mark.parametrize("name", ["delete", "history", "usage", "copy"])
def test_screens_that_know_no_scope_are_not_there(as_user, people, rights, rows, name):
    assert as_user(people.admin).get(f"/cms/runs/{name}/{rows['run']}/").status_code == 404

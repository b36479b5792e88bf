"""One session in /cms/: moved or called off, alone or with those that follow; what cannot be is answered and nothing is lost."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import Notice
from accounts.notices import message
from seminars import attendance, booking
from seminars.dates import say
from seminars.models import Attendance, Session
from tests.seminars import making
from tests.seminars.test_planning import at, errors, form, told, typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rights")]


@pytest.fixture
def run(topic):
    """Four daily sessions at 10:00 from the eighth day on; one booked, one waiting, one who left."""
    run = making.run(topic, begins=at(8)[0], sittings=4)
    for name, state in (("b", "booked"), ("w", "waiting"), ("c", "cancelled")):
        making.seat(run, making.person(name), state)
    return run


def sessions(run):
    return list(run.sessions.order_by("starts_at"))


def ask(client, session, **changes):
    data = {"starts_at": typed(session.starts_at), "ends_at": typed(session.ends_at), "hours": "2", "scope": "one"}
    return client.post(f"/cms/runs/sessions/{session.pk}/?lang=en", data | changes)


def faults(response):
    return [str(fault) for faults in response.context["form"].errors.values() for fault in faults]


@pytest.mark.parametrize(("scope", "moved"), [("one", [1]), ("following", [1, 2, 3])])
def test_a_session_is_moved_alone_or_with_those_that_follow(as_user, people, run, scope, moved):
    second = sessions(run)[1]
    later = second.starts_at + timedelta(hours=5)

    response = ask(
        as_user(people.trainer), second, starts_at=typed(later), ends_at=typed(later + timedelta(hours=3)), hours="4",
        scope=scope,
    )  # fmt: skip

    assert response.status_code == 302
    rows = [(timezone.localtime(one.starts_at).hour, one.ends_at - one.starts_at, one.hours) for one in sessions(run)]
    new, old = (15, timedelta(hours=3), 4), (10, timedelta(minutes=90), 2)
    assert rows == [new if n in moved else old for n in range(4)]
    assert [one.sequence for one in sessions(run)] == [int(n in moved) for n in range(4)]
    assert told("run_moved") == ["b", "w"]  # one mail, however many sessions


def test_those_that_follow_keep_their_own_length_and_hours_where_these_were_not_changed(as_user, people, run):
    first, *_between, last = sessions(run)
    Session.objects.filter(pk=last.pk).update(ends_at=last.starts_at + timedelta(hours=3), hours=4)
    later = first.starts_at + timedelta(hours=1)

    ask(
        as_user(people.trainer),
        first,
        starts_at=typed(later),
        ends_at=typed(later + timedelta(minutes=90)),
        scope="following",
    )

    rows = [(timezone.localtime(one.starts_at).hour, one.ends_at - one.starts_at, one.hours) for one in sessions(run)]
    assert rows == [(11, timedelta(minutes=90), 2)] * 3 + [(11, timedelta(hours=3), 4)]


def test_the_letter_says_which_session_moved_and_when_it_was_to_be(as_user, people, run):
    """Not the next one, which stays where it is."""
    third = sessions(run)[2]
    later = third.starts_at + timedelta(hours=5)

    ask(as_user(people.trainer), third, starts_at=typed(later), ends_at=typed(later + timedelta(minutes=90)))

    notice = Notice.objects.get(kind="run_moved", person__username="b")
    told = [datetime.fromisoformat(notice.details[name]) for name in ("when", "was")]
    assert (told, notice.details["more"]) == ([later, third.starts_at], 0)
    with translation.override("uz"):
        told = f"Qachon: {say(later)}\nAvval belgilangan vaqti: {say(third.starts_at)}\n"
    assert told in message(notice).body


@pytest.mark.parametrize(("scope", "off"), [("one", [1]), ("following", [1, 2, 3])])
def test_a_session_is_called_off_alone_or_with_those_that_follow(as_user, people, run, scope, off):
    ask(as_user(people.trainer), sessions(run)[1], call_off="on", scope=scope)

    assert [one.cancelled_at is not None for one in sessions(run)] == [n in off for n in range(4)]
    assert told("session_called_off") == ["b", "w"]
    run.refresh_from_db()
    assert run.cancelled_at is None


def test_a_run_whose_last_session_is_called_off_is_called_off(as_user, people, run):
    ask(as_user(people.trainer), sessions(run)[0], call_off="on", scope="following")

    run.refresh_from_db()
    assert run.cancelled_at is not None
    assert (told("run_called_off"), told("session_called_off")) == (["b", "w"], [])


PAST = "Nothing was changed: a session would stand at a time that is over. Choose a time to come."
MARKED = "Nothing was changed: attendance is marked for a session. What has been held stays as it was."


def test_a_session_is_not_moved_to_the_past(as_user, people, run):
    first = sessions(run)[0]
    before = [one.starts_at for one in sessions(run)]
    gone = timezone.now() - timedelta(hours=2)

    response = ask(
        as_user(people.trainer),
        first,
        starts_at=typed(gone),
        ends_at=typed(gone + timedelta(hours=1)),
        scope="following",
    )

    assert (response.status_code, faults(response)) == (422, [PAST])
    assert [one.starts_at for one in sessions(run)] == before
    assert typed(gone) in response.content.decode()  # what was typed is there still
    assert not Notice.objects.exists()


@pytest.mark.parametrize("what", ["move", "call off"])
def test_a_session_that_is_marked_stays_as_it_was(as_user, people, topic, what):
    run = making.run(topic, begins=timezone.now() - timedelta(days=1), sittings=3)
    first = sessions(run)[0]
    making.seat(run, people.learner)
    attendance.mark(session=first, person=people.learner, mark="present", by=people.trainer)
    changes = {"call_off": "on"} if what == "call off" else {"starts_at": typed(at(9)[0]), "ends_at": typed(at(9)[1])}

    response = ask(as_user(people.trainer), first, scope="following", **changes)

    assert faults(response) == [MARKED]
    assert not Session.objects.exclude(cancelled_at=None).exists()
    assert Attendance.objects.count() == 1


def test_what_is_called_off_is_neither_marked_nor_booked(people, topic):
    run = making.run(topic, begins=timezone.now() - timedelta(minutes=5), sittings=1)
    making.seat(run, people.learner)
    Session.objects.update(cancelled_at=timezone.now())

    with pytest.raises(attendance.NotMarkable) as no:
        attendance.mark(session=Session.objects.get(), person=people.learner, mark="present", by=people.trainer)
    with pytest.raises(booking.NotBookable) as closed:
        booking.book(run=run, person=people.hr)

    assert (no.value.reason, closed.value.reason) == ("called_off", "cancelled")


def test_the_first_session_that_takes_place_decides_until_when_one_may_book(people, topic):
    run = making.run(topic, begins=timezone.now() - timedelta(hours=1), sittings=2)
    Session.objects.filter(pk=sessions(run)[0].pk).update(cancelled_at=timezone.now())

    assert booking.book(run=run, person=people.learner).state == "booked"


def test_the_page_of_the_seminar_crosses_out_what_is_called_off(as_user, people, topic, run):
    first = sessions(run)[0]
    making.seat(run, people.learner)
    ask(as_user(people.trainer), first, call_off="on")

    view = as_user(people.learner).get(f"/seminars/{topic.pk}/").context["view"].runs[0]

    assert (view.called_off, len(view.sessions), view.next) == ([first], 3, sessions(run)[1])


def test_another_trainers_session_is_not_there(as_user, people, run):
    assert ask(as_user(people.trainer2), sessions(run)[0], call_off="on").status_code == 404
    assert Session.objects.filter(cancelled_at=None).count() == 4


# --- In the form of the whole run -------------------------------------------------------------------------------------------


def test_in_the_form_of_the_run_too_no_session_is_moved_to_the_past(as_user, people, run):
    before = [one.starts_at for one in sessions(run)]

    response = as_user(people.trainer).post(
        f"/cms/runs/edit/{run.pk}/?lang=en", form(run, sessions=[at(-1)], capacity=21)
    )

    assert errors(response)["__all__"] == ["Nothing was saved: look at the times of the sessions."]
    assert errors(response)["starts_at"][0].endswith(", 10:00 is over. Choose a time to come.")
    assert [one.starts_at for one in sessions(run)] == before
    run.refresh_from_db()
    assert run.capacity == 20


def test_a_run_that_has_begun_can_still_be_changed_in_other_things(as_user, people, topic):
    run = making.run(topic, begins=at(-1)[0], sittings=3)

    as_user(people.trainer).post(f"/cms/runs/edit/{run.pk}/", form(run, capacity=25))

    run.refresh_from_db()
    assert run.capacity == 25

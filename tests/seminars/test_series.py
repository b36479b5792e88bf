"""Runs and sessions that repeat: the arithmetic of dates, made in one go, changed for one or for all that follow."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Notice
from seminars import series
from seminars.models import SeminarRun, Session
from tests.seminars import making
from tests.seminars.test_planning import at, errors, form, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rights")]
TASHKENT = ZoneInfo("Asia/Tashkent")


@pytest.mark.parametrize(
    ("every", "begins", "n", "expected"),
    [
        ("week", "2026-12-05", 1, "2026-12-12"),
        ("week", "2026-12-26", 1, "2027-01-02"),
        ("fortnight", "2026-12-05", 2, "2027-01-02"),
        ("month", "2026-11-30", 1, "2026-12-30"),
        ("month", "2026-12-31", 2, "2027-02-28"),  # what a month lacks becomes its last day...
        ("month", "2026-12-31", 3, "2027-03-31"),  # ...and does not stay so
        ("month", "2027-12-31", 2, "2028-02-29"),
        ("weekday", "2026-12-12", 1, "2027-01-09"),  # the second Saturday
        ("weekday", "2026-12-01", 3, "2027-03-02"),  # the first Tuesday
        ("weekday", "2026-10-31", 1, "2026-11-28"),  # the fifth Saturday; November has four
        ("weekday", "2026-12-12", 12, "2027-12-11"),
    ],
)
def test_dates_repeat_as_people_mean_it(every, begins, n, expected):
    moment = datetime.fromisoformat(f"{begins}T01:30").replace(tzinfo=TASHKENT)  # the day before in UTC

    found = series.repeated(moment, every, n).astimezone(TASHKENT)

    assert f"{found:%Y-%m-%d %H:%M}" == f"{expected} 01:30"
    assert every != "weekday" or found.weekday() == moment.weekday()


def made(run):
    return [timezone.localtime(session.starts_at).date() for session in run.sessions.order_by("starts_at")]


def test_a_weekly_series_of_sessions_is_one_run_with_one_set_of_seats(as_user, people, topic):
    as_user(people.trainer).post(
        "/cms/runs/new/", form(seminar=topic, sessions=[at(8)], every="week", times=4, repeats="sessions")
    )

    run = SeminarRun.objects.get()
    first = at(8)[0].astimezone(TASHKENT).date()
    assert made(run) == [first + timedelta(weeks=n) for n in range(4)]
    assert {session.ends_at - session.starts_at for session in Session.objects.all()} == {timedelta(minutes=90)}
    assert len(set(Session.objects.values_list("uid", flat=True))) == 4


def test_a_series_of_runs_has_seats_and_trainers_each(as_user, people, topic, libraries):
    response = as_user(people.trainer).post(
        "/cms/runs/new/?lang=en",
        form(
            seminar=topic, sessions=[at(8), at(9)], every="week", times=3, repeats="runs", room="204", capacity=7,
            travel_uz="Metro", for_library=libraries.region.pk, trainers=[people.trainer.pk],
        ),
        follow=True,
    )  # fmt: skip

    runs = list(SeminarRun.objects.order_by("pk"))
    day = at(8)[0].astimezone(TASHKENT).date()
    assert [made(run) for run in runs] == [
        [day + timedelta(days=7 * n), day + timedelta(days=7 * n + 1)] for n in range(3)
    ]
    assert {(run.room, run.capacity, run.travel["uz"], run.for_library) for run in runs} == {
        ("204", 7, "Metro", libraries.region)
    }
    assert [list(run.trainers.all()) for run in runs] == [[people.trainer]] * 3
    assert len({run.series for run in runs}) == 1
    assert "Seminar sec-1 en: 3 runs are planned" in response.content.decode()


@pytest.mark.parametrize(("times", "fault"), [("", "Say how many times in all."), ("1", "2"), ("61", "60")])
def test_how_often_is_asked_for_and_bounded(as_user, people, topic, times, fault):
    response = as_user(people.trainer).post(
        "/cms/runs/new/?lang=en", form(seminar=topic, sessions=[at(8)], every="week", times=times, repeats="runs")
    )

    assert list(errors(response)) == ["times"]
    assert fault in errors(response)["times"][0]
    assert not SeminarRun.objects.exists()


# --- Changed for one, or for all that follow ------------------------------------------------------------------------------


@pytest.fixture
def four(topic):
    """Four weekly runs at 10:00, the first of them in eight days, with a person in each."""
    first = making.run(topic, begins=at(8)[0], capacity=5)
    runs = [first, *series.repeat_runs(run=first, every="week", times=4)]
    for n, run in enumerate(runs):
        making.seat(run, making.person(f"in{n}"))
    return [SeminarRun.objects.get(pk=run.pk) for run in runs]


def hours(runs):
    return [timezone.localtime(run.sessions.get().starts_at).hour for run in runs]


@pytest.mark.parametrize(("scope", "changed"), [("one", [1]), ("following", [1, 2, 3])])
def test_time_place_and_rules_change_for_one_or_for_all_that_follow(as_user, people, four, scope, changed):
    later = [(at(15, 15)[0], at(15, 15)[1])]

    as_user(people.trainer).post(
        f"/cms/runs/edit/{four[1].pk}/",
        form(four[1], sessions=later, room="12", place_uz="Zal 2", capacity=9, scope=scope),
    )

    runs = [SeminarRun.objects.get(pk=run.pk) for run in four]
    expected = [(15, "12", "Zal 2", 9) if n in changed else (10, "", "Zal", 5) for n in range(4)]
    assert (
        list(zip(hours(runs), *zip(*((r.room, r.place["uz"], r.capacity) for r in runs), strict=True), strict=True))
        == expected
    )
    assert told("run_moved") == [f"in{n}" for n in changed]
    assert [run.sessions.get().sequence for run in runs] == [int(n in changed) for n in range(4)]


def test_what_was_not_changed_here_stays_as_it_is_in_those_that_follow(as_user, people, four):
    SeminarRun.objects.filter(pk=four[3].pk).update(room="own room")

    as_user(people.trainer).post(f"/cms/runs/edit/{four[0].pk}/", form(four[0], capacity=6, scope="following"))

    rows = SeminarRun.objects.order_by("pk").values_list("capacity", "room")
    assert list(rows) == [(6, ""), (6, ""), (6, ""), (6, "own room")]
    assert told("run_moved") == []


def test_calling_off_all_that_follow_leaves_those_before(as_user, people, four):
    as_user(people.trainer).post(f"/cms/runs/edit/{four[2].pk}/", form(four[2], call_off="on", scope="following"))

    assert [run.cancelled_at is not None for run in SeminarRun.objects.order_by("pk")] == [False, False, True, True]
    assert told("run_called_off") == ["in2", "in3"]


def test_a_capacity_that_a_later_run_cannot_take_changes_none_of_them(as_user, people, four):
    for _ in range(3):
        making.seat(four[2], making.person())

    response = as_user(people.trainer).post(
        f"/cms/runs/edit/{four[0].pk}/?lang=en", form(four[0], capacity=2, room="12", scope="following")
    )

    (fault,) = errors(response)["__all__"]
    assert fault.startswith("Nothing was saved: ")
    assert fault.endswith(" has 4 seats booked, there cannot be fewer.")
    assert set(SeminarRun.objects.values_list("capacity", "room")) == {(5, "")}
    assert response.context["form"]["room"].value() == "12"  # what was typed is there still
    assert not Notice.objects.exists()


def test_added_seats_of_the_series_are_given_out_in_each_run(as_user, people, four):
    for run in four:
        making.seat(run, making.person(f"wait{run.pk}"), "waiting")
    SeminarRun.objects.update(capacity=1)
    four[0].refresh_from_db()

    as_user(people.trainer).post(f"/cms/runs/edit/{four[0].pk}/", form(four[0], capacity=2, scope="following"))

    assert told("seat_promoted") == sorted(f"wait{run.pk}" for run in four)


def test_the_last_run_and_single_ones_are_not_asked_about_what_follows(as_user, people, four, topic):
    single, client = making.run(topic), as_user(people.trainer)

    asked = [
        "scope" in client.get(f"/cms/runs/edit/{run.pk}/").context["form"].fields for run in (four[0], four[3], single)
    ]

    assert asked == [True, False, False]

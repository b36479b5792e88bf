"""Planning a run in Wagtail's admin: place in three languages, seats, sessions; who sees what; who is told."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Notice, Role
from accounts.notices import line, message
from seminars.models import Attendance, Seat, SeminarRun, Session, WalkIn
from tests.seminars import making

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rights")]


def typed(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def form(run=None, *, seminar=None, sessions=None, gone=(), **fields):
    """What a browser sends: the run's own values, changed by `fields`; `sessions` [(starts_at, ends_at)] instead of the kept ones."""
    kept = list(run.sessions.order_by("starts_at")) if run else []
    data = {
        "seminar": (seminar or run.seminar).pk,
        "capacity": run.capacity if run else 20,
        "cancel_hours": 24,
        "link": run.link if run else "",
        "link_minutes": 30,
        "language": "uz",
        "place_uz": run.place["uz"] if run else "Zal",
        "place_ru": run.place["ru"] if run else "Зал",
        "place_en": run.place["en"] if run else "Hall",
        "trainers": list(run.trainers.values_list("pk", flat=True)) if run else [],
        "sessions-INITIAL_FORMS": len(kept),
        "sessions-MIN_NUM_FORMS": 1,
        "sessions-MAX_NUM_FORMS": 1000,
    }
    rows = [(one.pk, one.starts_at, one.ends_at) for one in kept]
    for n, (begins, ends) in enumerate(sessions or []):
        rows[n : n + 1] = [(kept[n].pk if n < len(kept) else "", begins, ends)]
    for n, (pk, begins, ends) in enumerate(rows):
        prefix = f"sessions-{n}-"
        data |= {
            f"{prefix}id": pk,
            f"{prefix}starts_at": typed(begins),
            f"{prefix}ends_at": typed(ends),
            f"{prefix}hours": "2",
        }
        if pk in gone:
            data[f"{prefix}DELETE"] = "on"
    return data | {"sessions-TOTAL_FORMS": len(rows)} | fields


def at(days, hour=10):
    day = timezone.localdate() + timedelta(days=days)
    begins = timezone.make_aware(datetime(day.year, day.month, day.day, hour))
    return begins, begins + timedelta(minutes=90)


def errors(response):
    form = response.context["form"]
    found = {**form.errors}
    for one in form.formsets["sessions"].forms:
        found |= one.errors
    return {name: [str(fault) for fault in faults] for name, faults in found.items()}


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


def test_a_trainer_plans_a_run_with_two_sessions(as_user, people, topic):
    client = as_user(people.trainer)

    response = client.post(
        "/cms/runs/new/", form(seminar=topic, sessions=[at(9), at(8)], trainers=[people.trainer.pk], online="on")
    )

    assert response.status_code == 302
    run = SeminarRun.objects.get()
    assert (run.place, run.capacity, run.online) == ({"uz": "Zal", "ru": "Зал", "en": "Hall"}, 20, True)
    assert list(run.sessions.values_list("starts_at", "ends_at")) == [at(8), at(9)]
    assert list(run.trainers.all()) == [people.trainer]
    assert client.get(f"/seminars/{topic.pk}/").status_code == 200


def test_a_run_needs_a_place_in_the_first_language_a_session_and_a_seat(as_user, people, topic):
    response = as_user(people.trainer).post(
        "/cms/runs/new/?lang=en", form(seminar=topic, place_uz="", place_ru="", capacity=0)
    )

    assert errors(response) == {
        "place_uz": ["Say where it is held, or that it is held on-line."],
        "capacity": ["A run has at least one seat."],
    }
    assert not response.context["form"].formsets["sessions"].is_valid()
    assert not SeminarRun.objects.exists()


def test_a_run_that_is_held_on_line_alone_needs_no_place(as_user, people, topic):
    nowhere = dict.fromkeys(("place_uz", "place_ru", "place_en"), "")

    as_user(people.trainer).post("/cms/runs/new/", form(seminar=topic, sessions=[at(8)], online="on", **nowhere))

    run = SeminarRun.objects.get()
    assert (run.place, run.online) == ({}, True)


def test_an_empty_translation_of_the_place_is_left_out(as_user, people, topic):
    as_user(people.trainer).post("/cms/runs/new/", form(seminar=topic, sessions=[at(8)], place_ru=""))

    assert SeminarRun.objects.get().place == {"uz": "Zal", "en": "Hall"}


def test_a_session_ends_after_it_begins(as_user, people, topic):
    begins, ends = at(8)

    response = as_user(people.trainer).post("/cms/runs/new/?lang=en", form(seminar=topic, sessions=[(ends, begins)]))

    assert errors(response) == {"ends_at": ["A session ends after it begins."]}


def test_a_trainer_sees_and_changes_the_own_runs_alone(as_user, people, topic):
    own, foreign = making.run(topic), making.run(making.seminar("foreign"), trainer=people.trainer2)
    client = as_user(people.trainer)

    assert [run.pk for run in client.get("/cms/runs/").context["object_list"]] == [own.pk]
    assert client.post(f"/cms/runs/edit/{foreign.pk}/", form(foreign, capacity=1)).status_code == 404
    assert SeminarRun.objects.get(pk=foreign.pk).capacity == 20


def test_an_editor_sees_all_runs(as_user, people, topic):
    making.run(topic)
    making.run(making.seminar("foreign"))

    assert len(as_user(people.editor).get("/cms/runs/").context["object_list"]) == 2


@pytest.mark.parametrize("run_count", [1, 10])
def test_the_list_costs_a_fixed_number_of_queries(as_user, people, topic, run_count):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for n in range(run_count):
        making.run(topic, days=n + 1)
    client = as_user(people.editor)
    client.get("/cms/runs/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/cms/runs/")

    ours = [one["sql"] for one in queries if "seminars_" in one["sql"]]
    assert len(ours) == 2  # the count and the rows


def test_a_trainer_chooses_among_the_seminars_of_the_own_courses(as_user, people, topic):
    making.seminar("foreign")
    gone = making.seminar("gone", course=topic.course)
    gone.archived = True
    gone.save()

    def offered(who):
        form = as_user(who).get("/cms/runs/new/").context["form"]
        return sorted(form.fields["seminar"].queryset.values_list("code", flat=True))

    assert (offered(people.trainer), offered(people.editor)) == (["sec-1"], ["foreign", "sec-1"])


def test_a_foreign_seminar_cannot_be_chosen_by_typing_its_number(as_user, people, topic):
    foreign = making.seminar("foreign")

    response = as_user(people.trainer).post("/cms/runs/new/", form(seminar=foreign, sessions=[at(8)]))

    assert list(errors(response)) == ["seminar"]
    assert not SeminarRun.objects.exists()


def test_the_seminar_of_a_run_stays_what_people_booked(as_user, people, topic):
    run, other = making.run(topic), making.seminar("other", course=topic.course)

    as_user(people.trainer).post(f"/cms/runs/edit/{run.pk}/", form(run, seminar=other))

    assert SeminarRun.objects.get().seminar == topic


def test_trainers_of_other_courses_stay_in_a_run_that_a_trainer_changes(as_user, people, topic):
    run = making.run(topic, trainer=people.trainer2)
    stranger = making.person("stranger", role=Role.TRAINER)
    client = as_user(people.trainer)
    offered = client.get(f"/cms/runs/edit/{run.pk}/").context["form"].fields["trainers"].queryset

    client.post(f"/cms/runs/edit/{run.pk}/", form(run, capacity=30))

    assert set(offered) == {people.trainer, people.trainer2}
    assert stranger not in offered
    assert list(run.trainers.all()) == [people.trainer2]


def test_added_seats_go_to_those_who_wait(as_user, people, topic):
    run = making.run(topic, capacity=1)
    for n in range(3):
        making.seat(
            run, making.person(f"p{n}"), "waiting" if n else "booked", since=timezone.now() + timedelta(seconds=n)
        )

    as_user(people.trainer).post(f"/cms/runs/edit/{run.pk}/", form(run, capacity=2))

    assert dict(run.seats.values_list("person__username", "state")) == {"p0": "booked", "p1": "booked", "p2": "waiting"}
    assert (told("seat_promoted"), told("run_moved")) == (["p1"], [])


def test_there_are_never_fewer_seats_than_are_booked(as_user, people, topic):
    run = making.run(topic, capacity=5)
    for _ in range(3):
        making.seat(run, making.person())

    response = as_user(people.trainer).post(f"/cms/runs/edit/{run.pk}/?lang=en", form(run, capacity=2))

    assert errors(response) == {"capacity": ["3 seats are booked: there cannot be fewer."]}
    assert SeminarRun.objects.get().capacity == 5


@pytest.mark.parametrize("what", ["time", "place", "nothing"])
def test_those_with_seats_are_told_of_another_time_or_place(as_user, people, topic, what):
    run = making.run(topic, begins=at(8)[0])
    for name, state in (("b", "booked"), ("w", "waiting"), ("c", "cancelled")):
        making.seat(run, making.person(name), state)
    changes = {"time": {"sessions": [at(8, 15)]}, "place": {"place_uz": "Boshqa zal"}, "nothing": {}}[what]

    as_user(people.trainer).post(f"/cms/runs/edit/{run.pk}/", form(run, **changes))

    assert told("run_moved") == ([] if what == "nothing" else ["b", "w"])


def test_calling_off_tells_everybody_once_and_closes_the_run(as_user, people, topic):
    run = making.run(topic)
    for name, state in (("b", "booked"), ("w", "waiting"), ("c", "cancelled")):
        making.seat(run, making.person(name), state)
    client = as_user(people.trainer)

    for _ in range(2):
        client.post(f"/cms/runs/edit/{run.pk}/", form(run, call_off="on"))

    assert SeminarRun.objects.get().cancelled_at is not None
    assert (told("run_called_off"), told("run_moved")) == (["b", "w"], [])
    log = AuditEntry.objects.filter(deed="seminar run called off")
    assert [(entry.actor, entry.subject) for entry in log] == [(people.trainer, f"run {run.pk}")]
    assert "call_off" not in client.get(f"/cms/runs/edit/{run.pk}/").context["form"].fields


def test_a_session_with_marks_cannot_be_deleted(as_user, people, topic):
    run = making.run(topic, days=-2, sittings=2)
    first, second = run.sessions.order_by("starts_at")
    making.seat(run, people.learner)
    Attendance.objects.create(
        session=first, person=people.learner, mark="absent", hours=0, marked_by=people.trainer, marked_at=timezone.now()
    )
    client = as_user(people.trainer)

    refused = client.post(f"/cms/runs/edit/{run.pk}/?lang=en", form(run, gone=[first.pk]))
    with_places = client.post(f"/cms/runs/edit/{run.pk}/?lang=en", form(run, gone=[second.pk]))
    Seat.objects.all().delete()
    client.post(f"/cms/runs/edit/{run.pk}/", form(run, gone=[second.pk]))

    assert errors(refused) == {"__all__": ["A session for which attendance is marked cannot be deleted."]}
    assert errors(with_places) == {
        "__all__": ["People have places in this run: a session is not deleted but called off, so that they are told."]
    }
    assert list(Session.objects.all()) == [first]


def test_a_session_to_which_somebody_asked_to_be_let_in_is_not_deleted(as_user, people, topic):
    run = making.run(topic, sittings=2)
    first = run.sessions.order_by("starts_at")[0]
    WalkIn.objects.create(session=first, person=people.learner, asked_at=timezone.now())

    refused = as_user(people.trainer).post(f"/cms/runs/edit/{run.pk}/?lang=en", form(run, gone=[first.pk]))

    assert errors(refused) == {
        "__all__": ["Somebody has asked to be let in to this session: it is not deleted but called off."]
    }
    assert run.sessions.count() == 2


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("run_called_off", {"uz": "Seminar bekor qilindi: Seminar sec-1", "ru": "Семинар отменён: Seminar sec-1 ru"}),
        (
            "run_moved",
            {"uz": "Vaqti yoki joyi oʻzgardi: Seminar sec-1", "ru": "Другое время или место: Seminar sec-1 ru"},
        ),
    ],
)
@pytest.mark.parametrize("language", ["uz", "ru"])
def test_the_notices_are_mailed_in_the_language_of_the_person(people, topic, kind, subject, language):
    from seminars import planning

    run = making.run(topic)
    making.seat(run, making.person("mailed", language=language, email="mailed@example.org"))
    if kind == "run_moved":
        planning.changed(run=run, before=planning.plan_of(run) | {"where": {"online": True}}, by=people.trainer)
    else:
        planning.call_off(run=run, by=people.trainer)
    notice = Notice.objects.get()

    mail = message(notice)

    assert (mail.subject, notice.mail_wanted) == (subject[language], True)
    assert f"/seminars/{topic.pk}/" in mail.body
    assert line(notice) == subject["uz"]

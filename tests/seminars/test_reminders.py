"""The day before: one mail a person and session, in their language; and every letter in three."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import Notice
from accounts.notices import line, message
from cms.sweeping import sweep
from seminars import booking, planning, reminders
from seminars.dates import say
from seminars.models import Seat, SeminarRun, Session
from tests.seminars import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def soon(topic, now):
    """A run that begins in 23 hours; its seats are a week old."""
    run = making.run(topic, begins=now + timedelta(hours=23), sittings=2)
    for name, state in (("b", "booked"), ("w", "waiting"), ("c", "cancelled")):
        making.seat(run, making.person(name, email=f"{name}@example.org"), state, since=now - timedelta(days=7))
    return run


def told():
    return list(Notice.objects.filter(kind="session_reminder").values_list("person__username", flat=True))


def test_those_with_a_seat_are_reminded_once(soon, now):
    assert sweep()["seminar_reminders"] == 1
    assert (reminders.remind(now), told()) == (0, ["b"])


def test_a_reminder_lost_between_telling_and_noting_is_not_sent_twice(soon, now):
    reminders.remind(now)
    Session.objects.update(reminded_at=None)
    reminders.remind(now)

    assert told() == ["b"]


def test_who_booked_on_the_last_day_knows_it_from_that_mail(soon, now):
    Seat.objects.filter(state="booked").update(since=now)

    reminders.remind(now)

    assert told() == []


@pytest.mark.parametrize("what", ["early", "begun", "run off", "session off"])
def test_nobody_is_reminded_of_what_is_far_begun_or_called_off(soon, now, what):
    first = soon.sessions.order_by("starts_at").first()
    if what == "run off":
        SeminarRun.objects.update(cancelled_at=now)
    if what == "session off":
        Session.objects.filter(pk=first.pk).update(cancelled_at=now)
    at = {
        "early": first.starts_at - timedelta(hours=25),
        "begun": soon.sessions.order_by("starts_at").last().starts_at,
    }.get(what, now)

    assert (reminders.remind(at), told()) == (0, [])


def test_a_moved_session_is_reminded_of_again(soon, now, people):
    reminders.remind(now)
    session = soon.sessions.order_by("starts_at").first()
    begins = session.starts_at + timedelta(minutes=30)
    planning.move_sessions(
        sessions=[session], begins=begins, ends=begins + timedelta(hours=1), hours=2, by=people.trainer, now=now
    )

    reminders.remind(now)

    assert told() == ["b", "b"]


@pytest.mark.parametrize("count", [1, 20])
def test_reminding_costs_the_same_for_a_class_of_any_size(topic, now, django_assert_num_queries, count):
    run = making.run(topic, begins=now + timedelta(hours=2))
    for _ in range(count):
        making.seat(run, making.person(), since=now - timedelta(days=3))

    with django_assert_num_queries(4):
        reminders.remind(now)

    assert len(told()) == count


def test_the_sweep_gives_out_seats_that_nobody_gave_out(topic):
    """As when the process died between a change of the capacity and the promotion."""
    run = making.run(topic, capacity=1)
    for name in ("a", "b"):
        booking.book(run=run, person=making.person(name))
    SeminarRun.objects.update(capacity=2)

    done = [sweep()["free_seats"] for _ in range(2)]

    assert done == [1, 0]
    assert run.seats.booked().count() == 2


# --- Every letter, in the three languages ------------------------------------------------------------------------------------

SUBJECTS = {
    "seat_booked": ("Joyingiz band qilindi: {}", "За вами место: {}", "You have a seat: {}"),
    "seat_waiting": ("Kutish roʻyxatidasiz: {}", "Вы в листе ожидания: {}", "On the waiting list: {}"),
    "seat_promoted": ("Sizga joy boʻshadi: {}", "Для вас освободилось место: {}", "A seat has become free for you: {}"),
    "seat_cancelled": ("Joyingiz bekor qilindi: {}", "Ваше место отменено: {}", "Your seat is cancelled: {}"),
    "run_moved": ("Vaqti yoki joyi oʻzgardi: {}", "Другое время или место: {}", "Another time or place: {}"),
    "run_called_off": ("Seminar bekor qilindi: {}", "Семинар отменён: {}", "A seminar has been called off: {}"),
    "session_called_off": ("Mashgʻulot bekor qilindi: {}", "Занятие отменено: {}", "A session is called off: {}"),
    "session_reminder": ("Tez orada: {}", "Скоро: {}", "Soon: {}"),
}


def deed(kind, run, person, by, now):
    session = run.sessions.get()
    seat = Seat.objects.filter(person=person).first()
    if kind in ("seat_waiting", "seat_promoted"):
        first = making.person("first")
        booking.book(run=run, person=first)
        booking.book(run=run, person=person)
        if kind == "seat_promoted":
            booking.cancel(run=run, person=first)
    elif seat is None:
        booking.book(run=run, person=person, now=now - timedelta(days=3))
    if kind == "seat_cancelled":
        booking.cancel(run=run, person=person)
    if kind == "run_moved":
        planning.changed(run=run, before=planning.plan_of(run) | {"where": {}}, by=by)
    if kind == "run_called_off":
        planning.call_off(run=run, by=by)
    if kind == "session_called_off":
        Session.objects.create(
            run=run,
            starts_at=session.starts_at + timedelta(days=9),
            ends_at=session.ends_at + timedelta(days=9),
            hours=2,
        )
        planning.call_off_sessions(sessions=[session], by=by)
    if kind == "session_reminder":
        reminders.remind(session.starts_at - timedelta(hours=20))


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("kind", SUBJECTS)
def test_each_event_is_one_mail_in_the_readers_language(people, topic, now, mailoutbox, kind, language):
    run = making.run(topic, begins=now + timedelta(days=30), capacity=1)
    SeminarRun.objects.update(room="204", address="Navoiy 1", travel=making.three("Metro"), online=True)
    person = making.person("reader", language=language, email="reader@example.org")

    deed(kind, run, person, people.trainer, now)

    notice = Notice.objects.get(kind=kind)
    mail, topic_said = message(notice), topic.titles[language]
    assert mail.subject == SUBJECTS[kind][["uz", "ru", "en"].index(language)].format(topic_said)
    html = mail.alternatives[0][0]
    for text in (mail.body, html):
        assert f"/seminars/{topic.pk}/" in text
        assert "204" in text
        assert topic.titles[language] in text
    assert "\n\n\n" not in mail.body
    assert line(notice) == SUBJECTS[kind][0].format(topic.titles["uz"])


@pytest.mark.parametrize(("hours_before", "said"), [(30, "until"), (10, "tell the trainer")])
def test_the_letter_says_until_when_one_may_cancel(people, topic, now, hours_before, said):
    """A seat may be given back until 24 hours before; who gets it later than that tells the trainer."""
    begins = now + timedelta(hours=hours_before)
    run = making.run(topic, begins=begins)
    booking.book(run=run, person=making.person("reader", language="en", email="reader@example.org"), now=now)

    body = message(Notice.objects.get()).body

    with translation.override("en"):
        until = say(begins - timedelta(hours=24))
    words = {
        "until": f"cancel the seat on the page of the seminar until {until}: somebody else",
        "tell the trainer": "If you cannot come, tell the trainer.",
    }
    assert [name for name, text in words.items() if text in body] == [said]

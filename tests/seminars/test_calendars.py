"""Calendars: a file a session, a private address a person, an event in every mail. UID stays, SEQUENCE rises, CANCELLED is sent."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts import notices
from accounts.models import Notice, User
from seminars import booking, feeds, planning
from seminars.models import CalendarFeed, Seat, SeminarRun, Session
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db
SATURDAY = datetime(2035, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Tashkent"))


def lines(content):
    """{name: value} of the lines of one event, unfolded (RFC 5545, 3.1), read without the library that wrote them."""
    text = content.decode().replace("\r\n ", "")
    inside = text[text.index("BEGIN:VEVENT") : text.index("END:VEVENT")]
    return dict(line.split(":", 1) for line in inside.split("\r\n") if ":" in line)


def events(content):
    """[(uid, sequence, status)] as a client reads them."""
    found = Calendar.from_ical(content).walk("VEVENT")
    return [(str(one["uid"]), int(one["sequence"]), str(one["status"])) for one in found]


def mail_events(kind, person):
    """What the newest mail of a kind puts into the calendar: [(method, uid, sequence, status)]."""
    notice = Notice.objects.filter(kind=kind, person=person).latest("pk")
    found = []
    for name, content, media_type in notices.message(notice).attachments:
        calendar = Calendar.from_ical(content)
        assert len(calendar.walk("VEVENT")) == 1, name  # an invitation is about one UID
        assert media_type == f"text/calendar; method={calendar['method']}", name
        found += [(str(calendar["method"]), *event) for event in events(content)]
    return found


@pytest.fixture
def learner(people):
    User.objects.filter(pk=people.learner.pk).update(email="learner@example.org", language="ru")
    people.learner.refresh_from_db()
    return people.learner


def test_a_session_is_at_the_same_moment_in_every_client(client, topic):
    run = making.run(topic, begins=SATURDAY)
    SeminarRun.objects.update(room="204", address="Navoiy koʻchasi, 1; 2-qavat", online=True)

    response = client.get(reverse("seminars:session_file", args=[run.sessions.get().pk]) + "?lang=en")

    found = lines(response.content)
    assert (found["DTSTART"], found["DTEND"]) == ("20351124T050000Z", "20351124T063000Z")  # 10:00 in Tashkent, UTC+5
    event = Calendar.from_ical(response.content).walk("VEVENT")[0]
    assert event["dtstart"].dt == SATURDAY
    assert found["LOCATION"] == "On-line\\, Zal en\\, 204\\, Navoiy koʻchasi\\, 1\\; 2-qavat"
    assert (found["SUMMARY"], found["STATUS"], found["SEQUENCE"]) == ("Seminar sec-1 en", "CONFIRMED", "0")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert max(map(len, response.content.split(b"\r\n"))) <= 75  # octets; RFC 5545, 3.1


def test_the_on_line_link_is_in_no_calendar(as_user, people, topic):
    run = making.run(topic, begins=timezone.now() + timedelta(minutes=5), online=True)
    making.seat(run, people.learner)
    client = as_user(people.learner)

    texts = [
        client.get(reverse("seminars:session_file", args=[run.sessions.get().pk])).content.decode(),
        client.get(reverse("seminars:feed", args=[feeds.change(person=people.learner)])).content.decode(),
    ]

    assert [run.link in text.replace("\r\n ", "") for text in texts] == [False, False]


def test_a_moved_session_keeps_its_uid_and_its_sequence_rises(client, people, topic):
    run = making.run(topic)
    address = reverse("seminars:session_file", args=[run.sessions.get().pk])
    seen = [events(client.get(address).content)[0]]
    for days in (1, 2):
        session = Session.objects.get()
        begins = session.starts_at + timedelta(days=days)
        planning.move_sessions(
            sessions=[session], begins=begins, ends=begins + timedelta(hours=1), hours=2, by=people.trainer
        )
        seen += events(client.get(address).content)
    planning.call_off(run=run, by=people.trainer)
    seen += events(client.get(address).content)

    assert {uid for uid, *_ in seen} == {str(Session.objects.get().uid)}
    assert [(sequence, status) for _uid, sequence, status in seen] == [
        (0, "CONFIRMED"),
        (1, "CONFIRMED"),
        (2, "CONFIRMED"),
        (3, "CANCELLED"),
    ]


def test_what_is_called_off_says_so_in_its_title_and_takes_no_time(client, people, topic):
    """Not every client looks at the status: calcurse 4.8 shows the event as it was."""
    run = making.run(topic)
    planning.call_off(run=run, by=people.trainer)

    found = lines(client.get(reverse("seminars:session_file", args=[run.sessions.get().pk]) + "?lang=ru").content)

    told = [found[name] for name in ("STATUS", "SUMMARY", "TRANSP")]
    assert told == ["CANCELLED", "Отменено: Seminar sec-1 ru", "TRANSPARENT"]


def test_every_mail_carries_the_event_as_it_stands(people, topic, learner):
    run = making.run(topic, capacity=1, sittings=2)
    uids = [str(session.uid) for session in run.sessions.order_by("starts_at")]
    booking.book(run=run, person=learner)
    seen = {"booked": mail_events("seat_booked", learner)}
    planning.changed(run=run, before=planning.plan_of(run) | {"where": {}}, by=people.trainer)
    seen["moved"] = mail_events("run_moved", learner)
    planning.call_off_sessions(sessions=list(run.sessions.order_by("starts_at"))[:1], by=people.trainer)
    seen["one called off"] = mail_events("session_called_off", learner)
    booking.cancel(run=run, person=learner)
    seen["cancelled"] = mail_events("seat_cancelled", learner)
    booking.book(run=run, person=learner)
    seen["booked again"] = mail_events("seat_booked", learner)
    planning.call_off(run=run, by=people.trainer)
    seen["called off"] = mail_events("run_called_off", learner)

    a, b = uids
    assert seen == {
        "booked": [("REQUEST", a, 0, "CONFIRMED"), ("REQUEST", b, 0, "CONFIRMED")],
        "moved": [("REQUEST", a, 1, "CONFIRMED"), ("REQUEST", b, 1, "CONFIRMED")],
        "one called off": [("CANCEL", a, 2, "CANCELLED")],
        "cancelled": [("CANCEL", a, 3, "CANCELLED"), ("CANCEL", b, 2, "CANCELLED")],
        "booked again": [("CANCEL", a, 4, "CANCELLED"), ("REQUEST", b, 3, "CONFIRMED")],
        "called off": [("CANCEL", a, 5, "CANCELLED"), ("CANCEL", b, 4, "CANCELLED")],
    }


def test_a_mail_on_one_session_that_moved_carries_that_one_and_none_carries_what_is_over(people, topic, learner):
    run = making.run(topic, begins=timezone.now() - timedelta(days=1), sittings=4)
    making.seat(run, learner)
    over, *_running, last = run.sessions.order_by("starts_at")
    begins = last.starts_at + timedelta(hours=1)

    planning.move_sessions(sessions=[last], begins=begins, ends=begins + timedelta(hours=1), hours=2, by=people.trainer)
    moved = [uid for _method, uid, *_rest in mail_events("run_moved", learner)]
    planning.call_off(run=run, by=people.trainer)
    off = {uid for _method, uid, *_rest in mail_events("run_called_off", learner)}

    assert moved == [str(last.uid)]
    assert off == {str(session.uid) for session in run.sessions.all()} - {str(over.uid)}


def test_a_late_mail_says_what_stands_now(people, topic, learner):
    """Mails may wait for hours for a mail server: the event of the first must not bring back what the second took away."""
    run = making.run(topic)
    booking.book(run=run, person=learner)
    booking.cancel(run=run, person=learner)

    assert [method for method, *_ in mail_events("seat_booked", learner)] == ["CANCEL"]


def test_who_waits_gets_no_event_until_the_seat_is_theirs(people, topic, learner):
    run = making.run(topic, capacity=1)
    booking.book(run=run, person=people.hr)
    booking.book(run=run, person=learner)
    planning.changed(run=run, before=planning.plan_of(run) | {"where": {}}, by=people.trainer)
    told = Notice.objects.filter(person=learner, kind__in=["seat_waiting", "run_moved"])
    waiting = [notices.message(notice).attachments for notice in told]
    booking.cancel(run=run, person=people.hr)

    assert waiting == [[], []]
    assert [(method, status) for method, _u, _s, status in mail_events("seat_promoted", learner)] == [
        ("REQUEST", "CONFIRMED")
    ]


def test_an_invitation_is_the_persons_and_asks_for_no_answer(topic, learner):
    booking.book(run=making.run(topic), person=learner)

    (attachment,) = notices.message(Notice.objects.get()).attachments

    found = attachment[1].replace("\r\n ", "")
    assert "ORGANIZER;CN=Saboq:mailto:saboq@localhost" in found
    attendee = next(line for line in found.split("\r\n") if line.startswith("ATTENDEE"))
    assert attendee.endswith(":mailto:learner@example.org")
    assert "RSVP=FALSE" in attendee
    assert "SUMMARY:Seminar sec-1 ru" in found


# --- The private address ---------------------------------------------------------------------------------------------------


def calendar_of(client, secret):
    return client.get(reverse("seminars:feed", args=[secret]))


def test_the_address_shows_the_persons_seats_in_their_language(client, people, topic, learner):
    booked, waits, left, over, foreign = (making.run(topic, days=days) for days in (3, 4, 5, -100, 6))
    for run, state in ((booked, "booked"), (waits, "waiting"), (left, "cancelled"), (over, "booked")):
        making.seat(run, learner, state)
    making.seat(foreign, people.hr)

    response = calendar_of(client, feeds.change(person=learner))

    uid = {run: str(run.sessions.get().uid) for run in (booked, waits, left)}
    assert events(response.content) == [
        (uid[booked], 0, "CONFIRMED"),
        (uid[waits], 0, "TENTATIVE"),
        (uid[left], 0, "CANCELLED"),
    ]
    assert "SUMMARY:Seminar sec-1 ru" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("count", [1, 12])
def test_the_feed_costs_three_queries(client, topic, learner, django_assert_num_queries, count):
    for n in range(count):
        making.seat(making.run(topic, days=n + 1, sittings=2), learner)
    secret = feeds.change(person=learner)

    with django_assert_num_queries(3):
        response = calendar_of(client, secret)

    assert len(events(response.content)) == 2 * count


def test_a_changed_address_closes_the_old_one(as_user, people, learner):
    client = as_user(learner)
    page, change = reverse("seminars:my_calendar"), reverse("seminars:change_address")
    nothing_yet = "webcal" in client.get(page).content.decode()
    client.post(change)
    old = feeds.address_of(learner)
    response = client.post(change + "?lang=en", follow=True)
    new = feeds.address_of(learner)

    as_user(None)
    assert (nothing_yet, old != new) == (False, True)
    assert [calendar_of(client, secret).status_code for secret in (old, new)] == [404, 200]
    assert f"/calendar/{new}.ics" in response.content.decode()
    assert ("success", "Your calendar has a new address. The old one shows nothing any more.") in said(response)


def test_only_the_whole_signed_address_of_an_open_account_opens_a_calendar(client, people, learner):
    secret = feeds.change(person=learner)
    key = CalendarFeed.objects.get().key
    wrong = [key, f"{key}.", secret[:-1], secret + "x", secret.swapcase(), f".{secret}", "x"]

    assert key in secret  # the database holds it, and it is not enough
    assert [calendar_of(client, one).status_code for one in wrong] == [404] * len(wrong)
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert calendar_of(client, secret).status_code == 404


def test_looking_makes_no_address(as_user, learner):
    as_user(learner).get(reverse("seminars:my_calendar"))

    assert not CalendarFeed.objects.exists()


def test_seats_count_in_the_calendar_as_they_change(client, topic, learner):
    """Booked, cancelled and booked again: each is newer to a client than the one before."""
    run, secret, seen = making.run(topic), feeds.change(person=learner), []
    for deed in (booking.book, booking.cancel, booking.book):
        deed(run=run, person=learner)
        seen.append(events(calendar_of(client, secret).content)[0][1:])

    assert seen == [(0, "CONFIRMED"), (1, "CANCELLED"), (2, "CONFIRMED")]
    assert Seat.objects.get().sequence == 2


def test_times_are_those_of_the_place_whatever_the_machine(topic):
    assert Session.objects.filter(run=making.run(topic, begins=SATURDAY)).get().starts_at.astimezone(UTC).hour == 5

"""Check-in by code and PIN: only oneself, only with a seat or let in, only in time; a slow sign-in costs nobody the mark."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.networks import network_of
from seminars import attendance, checkin, checkin_codes, checkin_signs, roster
from seminars.models import Attendance, AttendanceEntry, SeminarRun, Session, WalkIn
from tests.seminars import making

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def sitting(topic, people, now):
    """It began five minutes ago."""
    made = making.run(topic, begins=now - 5 * MINUTE, trainer=people.trainer).sessions.get()
    making.seat(made.run, people.learner)
    return made


def scan_address(session, at):
    return reverse("seminars:scanned", args=[checkin_codes.code(session.pk, at)])


def marks():
    return {row.person_id: row.mark for row in Attendance.objects.all()}


def begin_at(session, moment):
    Session.objects.filter(pk=session.pk).update(starts_at=moment, ends_at=moment + 90 * MINUTE)
    session.refresh_from_db()


# --- Codes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "answer"),
    [(-30, "ok"), (-31, "expired"), (0, "ok"), (119, "ok"), (120, "expired"), (86_400, "expired")],
)
def test_a_code_holds_for_two_minutes_and_one_step_ahead(now, seconds, answer):
    shown = checkin_codes.began(checkin_codes.step_of(now))
    code = checkin_codes.code(7, shown)
    read_at = shown + timedelta(seconds=seconds)

    if answer == "ok":
        assert checkin_codes.read(code, read_at) == checkin_codes.Shown(7, shown)
    else:
        with pytest.raises(checkin_codes.BadCode) as bad:
            checkin_codes.read(code, read_at)
        assert bad.value.reason == answer


@pytest.mark.parametrize("forge", ["other session", "other step", "cut", "words"])
def test_an_altered_code_is_refused(now, forge):
    _session, step, signature = checkin_codes.code(7, now).split("-")
    text = {
        "other session": f"8-{step}-{signature}", "other step": f"7-{int(step) + 1}-{signature}",
        "cut": f"7-{step}-{signature[:-1]}", "words": "hello",
    }[forge]  # fmt: skip

    with pytest.raises(checkin_codes.BadCode) as bad:
        checkin_codes.read(text, now)
    assert bad.value.reason == "altered"


@pytest.mark.parametrize(
    ("age", "status", "words"), [(10, 410, "This code has expired"), (None, 404, "This is not a check-in code")]
)
def test_an_expired_or_altered_code_has_its_own_answer_and_marks_nobody(client, sitting, now, age, status, words):
    address = scan_address(sitting, now - age * MINUTE) if age else reverse("seminars:scanned", args=["1-2-x"])

    response = client.get(address + "?lang=en")

    assert (response.status_code, words in response.text, marks()) == (status, True, {})


# --- From the scan to the mark -----------------------------------------------------------------------------------------


def test_a_scan_signed_in_and_one_tap_marks_oneself(as_user, people, sitting, now):
    client = as_user(people.learner)

    assert client.get(scan_address(sitting, now)).headers["Location"] == "/checkin/"
    assert marks() == {}  # no GET writes
    assert people.learner.official_name in client.get("/checkin/").text
    response = client.post("/checkin/", follow=True)

    entry = AttendanceEntry.objects.get()
    assert marks() == {people.learner.pk: "present"}
    assert (entry.how, entry.by, entry.person) == ("code", people.learner, people.learner)
    assert (bool(entry.device), entry.network) == (True, "127.0.0.0/24")
    assert response.redirect_chain[-1][0] == f"/checkin/sessions/{sitting.pk}/"


def test_the_receipt_outlives_the_code_and_the_sign_in_and_the_mark_is_as_of_the_scan(client, people, sitting, now):
    people.learner.set_password("uzun-parol-ibora")
    people.learner.save()
    begin_at(sitting, now - 14 * MINUTE)
    client.get(scan_address(sitting, now))
    to = client.get("/checkin/").headers["Location"]
    assert to == "/accounts/login/?next=/checkin/"
    back = client.post(to, {"login": people.learner.username, "password": "uzun-parol-ibora"})
    assert back.headers["Location"] == "/checkin/"

    client.post("/checkin/")

    assert marks() == {people.learner.pk: "present"}


def test_without_a_receipt_or_with_an_altered_one_the_way_leads_to_the_pin(as_user, people, sitting):
    client = as_user(people.learner)
    client.cookies["checkin_receipt"] = "WzEsMl0:1abc:forged"

    assert [client.get("/checkin/").headers["Location"], client.post("/checkin/").headers["Location"]] == ["/pin/"] * 2
    assert marks() == {}


def test_the_receipt_is_gone_once_used_so_the_next_at_this_device_has_none(as_user, people, sitting, now):
    client = as_user(people.learner)
    client.get(scan_address(sitting, now))
    client.post("/checkin/")

    assert client.post("/checkin/").headers["Location"] == "/pin/"


@pytest.mark.parametrize(
    ("minutes", "mark"), [(-59, "present"), (0, "present"), (15, "present"), (16, "late"), (89, "late")]
)
def test_the_moment_of_the_scan_says_present_or_late(sitting, people, minutes, mark):
    at = sitting.starts_at + minutes * MINUTE
    scan = checkin.Scan("code", at, at)

    assert checkin.check_in(session=sitting, person=people.learner, scan=scan, now=at).mark == mark


@pytest.mark.parametrize(("minutes", "reason"), [(-61, "not_begun"), (91, "over"), (0, "called_off")])
def test_outside_of_the_window_nobody_is_marked(sitting, people, minutes, reason):
    if reason == "called_off":
        SeminarRun.objects.update(cancelled_at=timezone.now())
        sitting.run.refresh_from_db()
    at = sitting.starts_at + minutes * MINUTE

    with pytest.raises(attendance.NotMarkable) as no:
        checkin.check_in(session=sitting, person=people.learner, scan=checkin.Scan("code", at, at), now=at)
    assert (no.value.reason, marks()) == (reason, {})


def test_who_scans_early_keeps_the_place_and_earns_the_hours_from_the_beginning_on(as_user, people, sitting, sec, now):
    enrolment = making.enrol(people.learner, sec)
    begin_at(sitting, now + 20 * MINUTE)
    client = as_user(people.learner)
    client.get(scan_address(sitting, now))

    text = client.post("/checkin/?lang=en", follow=True).text

    assert "your place is kept" in client.get(f"/checkin/sessions/{sitting.pk}/?lang=en").text, text
    hours = [
        attendance.hours_of([enrolment], now=sitting.starts_at + d)[enrolment.pk].earned for d in (-MINUTE, MINUTE)
    ]
    assert hours == [0, 2]


def test_pressed_twice_or_on_two_phones_it_is_one_check_in(sitting, people, now):
    for how in ("code", "pin", "code"):
        checkin.check_in(session=sitting, person=people.learner, scan=checkin.Scan(how, now, now), now=now)

    assert (AttendanceEntry.objects.count(), Attendance.objects.count()) == (1, 1)


def test_a_trainers_mark_stays_and_the_check_in_is_kept_beside_it(as_user, people, sitting, now):
    attendance.mark(session=sitting, person=people.learner, mark="absent", by=people.trainer, now=now - MINUTE)
    checkin.check_in(session=sitting, person=people.learner, scan=checkin.Scan("code", now, now), now=now)

    assert marks() == {people.learner.pk: "absent"}
    [place] = roster.places(sitting)
    assert [(entry.by, entry.mark) for entry in place.conflict] == [
        (people.trainer, "absent"),
        (people.learner, "present"),
    ]
    as_user(people.trainer).post(
        reverse("seminars:roster", args=[sitting.pk]), {"settle": f"mark-{people.learner.pk}:present"}
    )
    assert (marks(), roster.places(sitting)[0].conflict) == ({people.learner.pk: "present"}, [])


# --- PIN ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spaced", [False, True])
def test_the_pin_marks_oneself(as_user, people, sitting, now, spaced):
    pin = checkin_codes.pin(sitting.pk, now)

    as_user(people.learner).post("/pin/", {"pin": f"{pin[:3]} {pin[3:]} " if spaced else pin})

    assert marks() == {people.learner.pk: "present"}
    assert AttendanceEntry.objects.get().how == "pin"


def test_ten_wrong_pins_and_the_eleventh_is_not_looked_at(as_user, people, sitting, now):
    right = checkin_codes.pin(sitting.pk, now)
    valid = {checkin_codes.pin(sitting.pk, now + timedelta(seconds=30 * n)) for n in range(-5, 4)}
    wrong = next(f"{n:06}" for n in range(10**6) if f"{n:06}" not in valid)
    client = as_user(people.learner)
    for _ in range(10):
        assert client.post("/pin/?lang=en", {"pin": wrong}).status_code == 422

    response = client.post("/pin/?lang=en", {"pin": right})

    assert ("Ten wrong PINs within an hour." in response.text, marks()) == (True, {})
    assert AuditEntry.objects.filter(deed=checkin.REFUSED, actor=people.learner).count() == 10


# --- Without a seat ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "found"), [("in", {"late"}), ("out", set())])
def test_who_has_no_seat_asks_and_the_trainer_decides_with_one_tap(as_user, people, sitting, now, answer, found):
    begin_at(sitting, now - 20 * MINUTE)
    client = as_user(people.hr)
    client.get(scan_address(sitting, now))
    client.post("/checkin/")
    assert (marks(), "The trainer sees your name" in client.get(f"/checkin/sessions/{sitting.pk}/?lang=en").text) == (
        {},
        True,
    )

    trainer = as_user(people.trainer)
    assert people.hr.official_name in trainer.get(reverse("seminars:checkin_screen", args=[sitting.pk])).text
    trainer.post(reverse("seminars:walk_in", args=[WalkIn.objects.get().pk]), {"answer": answer})

    assert set(marks().values()) == found
    assert sorted(place.walk_in for place in roster.places(sitting)) == [False, True][: 1 + len(found)]


# --- Signs of sharing --------------------------------------------------------------------------------------------------


def entries_of(people, sitting, now, **fields):
    made = [
        AttendanceEntry(
            person=person, session=sitting, how="code", by=person, mark="present", at=now, **fields[f"p{n}"]
        )
        for n, person in enumerate(people)
    ]
    return {pk: [(sign.kind, sign.number) for sign in told] for pk, told in checkin_signs.signs(made).items()}


def test_one_device_for_two_people_is_a_sign_for_both_and_marks_nobody_absent(people, sitting, now):
    both = [people.learner, people.hr]
    making.seat(sitting.run, people.hr)
    for person in both:
        scan = checkin.Scan("code", now, now, device="d1", network="192.0.2.0/24")
        checkin.check_in(session=sitting, person=person, scan=scan, now=now)

    signs = {place.person: [(sign.kind, sign.number) for sign in place.signs] for place in roster.places(sitting)}

    assert signs == {person: [("device", 2)] for person in both}
    assert marks() == {person.pk: "present" for person in both}


def test_a_code_used_long_after_it_was_shown_is_a_sign(people, sitting, now):
    told = entries_of(
        [people.learner, people.hr, people.editor], sitting, now,
        p0={"shown_at": now - timedelta(seconds=100), "confirmed_at": now},
        p1={"shown_at": now, "confirmed_at": now + 11 * MINUTE}, p2={"shown_at": now, "confirmed_at": now + 9 * MINUTE},
    )  # fmt: skip

    assert told == {people.learner.pk: [("stale", 100)], people.hr.pk: [("slow", 11)]}


@pytest.mark.parametrize(("count", "found"), [(3, 0), (4, 1)])
def test_one_address_apart_from_most_is_a_sign_only_among_enough(people, sitting, now, count, found):
    rest = [making.person() for _ in range(count)]
    fields = {f"p{n + 1}": {"network": "192.0.2.0/24"} for n in range(count)}

    told = entries_of([people.learner, *rest], sitting, now, p0={"network": "198.51.100.0/24"}, **fields)

    assert told == ({people.learner.pk: [("network", 0)]} if found else {})


@pytest.mark.parametrize(
    ("address", "network"), [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::9", "2001:db8:1::/48"), ("?", "")]
)
def test_of_an_address_only_what_a_room_shares_is_kept(address, network):
    assert network_of(address) == network


# --- The trainer's screen ------------------------------------------------------------------------------------------------


def test_the_screen_shows_code_and_pin_of_this_moment_and_only_to_who_holds_the_run(as_user, people, sitting, now):
    address = reverse("seminars:checkin_screen", args=[sitting.pk])
    pins = {checkin_codes.pin(sitting.pk, now + timedelta(seconds=30 * n)) for n in (0, 1)}

    part = as_user(people.trainer).get(address + "?part=1").text

    assert any(f"{pin[:3]} {pin[3:]}" in part for pin in pins)
    assert "<html" not in part
    assert [as_user(person).get(address).status_code for person in (people.trainer2, people.learner)] == [404, 404]


@pytest.mark.parametrize("count", [1, 12])
def test_the_screen_costs_a_fixed_number_of_queries(as_user, people, topic, now, django_assert_num_queries, count):
    made = making.run(topic, begins=now, trainer=people.trainer).sessions.get()
    for _ in range(count):
        making.seat(made.run, making.person())
    client = as_user(people.trainer)

    with django_assert_num_queries(9):
        client.get(reverse("seminars:checkin_screen", args=[made.pk]) + "?part=1")


def test_of_many_who_each_check_in_twice_none_is_lost_or_doubled(topic, people, now):
    sessions = [making.run(topic, begins=now, capacity=30).sessions.get() for _ in range(10)]
    for session in sessions:
        for _ in range(3):
            person = making.person()
            making.seat(session.run, person)
            client = Client()
            client.force_login(person)
            for _again in range(2):
                client.get(scan_address(session, now))
                assert client.post("/checkin/").status_code == 302

    assert (AttendanceEntry.objects.count(), Attendance.objects.filter(mark="present").count()) == (30, 30)

"""Invigilated quizzes: the room's code opens them while it holds, to those who type it; guessing runs out; the page is the trainer's."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Library, Role
from accounts.roles import grant
from courses import attempts, room_codes
from courses.models import Attempt, CourseTrainer, RoomCode
from tests import making
from tests.kept import kept

NOW = timezone.now().replace(microsecond=0)


@kept
def enrolment(bedrock):
    return making.enrol(making.person(), making.course(), now=NOW - timedelta(days=9))


@kept
def quiz(enrolment):
    quiz = enrolment.course.activities.get(kind="quiz").quiz
    quiz.invigilated, quiz.time_limit = True, 40
    quiz.save()
    return quiz


def trainer_of(course, name="trainer"):
    person = making.person(name)
    grant(person=person, role=Role.TRAINER)
    if course:
        CourseTrainer.objects.create(course=course, person=person)
    return person


@kept
def trainer(enrolment):
    return trainer_of(enrolment.course)


@pytest.fixture
def code(quiz, trainer):
    return room_codes.make(quiz=quiz, by=trainer, minutes=30, now=NOW)


def start(enrolment, quiz, code, now=NOW):
    return attempts.start(enrolment=enrolment, quiz=quiz, now=now, code=code)


def wrong(code):
    return f"{(int(code.code) + 1) % 10**6:06}"


# --- The code -------------------------------------------------------------------------------------------------------------


def test_the_code_opens_the_quiz_and_the_attempt_remembers_it(enrolment, quiz, code):
    assert len(code.code) == 6
    attempt = start(enrolment, quiz, f" {code.code[:3]} {code.code[3:]}\n")

    assert Attempt.objects.get().room_code == code == attempt.room_code


@pytest.mark.parametrize("minutes", [-1, 30, 31, 24 * 60])
def test_outside_of_its_time_the_right_code_opens_nothing(enrolment, quiz, code, minutes):
    with pytest.raises(attempts.NoAttemptNow, match="wrong_code"):
        start(enrolment, quiz, code.code, now=NOW + timedelta(minutes=minutes))
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("typed", ["", "   ", "1", "abcdef", "٣٣٣٣٣٣", "\x00", "1" * 5000, "' or 1=1", "%"])
def test_what_is_no_code_opens_nothing(enrolment, quiz, code, typed):
    with pytest.raises(attempts.NoAttemptNow, match="wrong_code"):
        start(enrolment, quiz, typed)
    assert not Attempt.objects.exists()


def test_the_code_of_another_quiz_opens_nothing(enrolment, quiz, trainer):
    other = making.row(making.course()).activities.get(kind="quiz").quiz
    foreign = room_codes.make(quiz=other, by=trainer, minutes=30, now=NOW)

    with pytest.raises(attempts.NoAttemptNow, match="wrong_code"):
        start(enrolment, quiz, foreign.code)


def test_who_has_begun_goes_on_without_it(enrolment, quiz, code):
    attempt = start(enrolment, quiz, code.code)

    assert start(enrolment, quiz, "", now=NOW + timedelta(minutes=35)) == attempt
    attempts.save_answer(attempt=attempt, slot=1, values=["0"], now=NOW + timedelta(minutes=39))


def test_the_next_attempt_needs_the_code_of_its_own_day(enrolment, quiz, code, trainer):
    attempts.submit(attempt=start(enrolment, quiz, code.code), now=NOW)
    tomorrow = NOW + timedelta(days=2)
    with pytest.raises(attempts.NoAttemptNow, match="wrong_code"):
        start(enrolment, quiz, code.code, now=tomorrow)
    new = room_codes.make(quiz=quiz, by=trainer, minutes=30, now=tomorrow)

    assert start(enrolment, quiz, new.code, now=tomorrow).room_code == new


def test_a_new_code_lets_the_own_earlier_one_lapse_and_no_other_trainers(enrolment, quiz, code, trainer):
    other = room_codes.make(quiz=quiz, by=trainer_of(enrolment.course, "second"), minutes=60, now=NOW)
    new = room_codes.make(quiz=quiz, by=trainer, minutes=60, now=NOW + timedelta(seconds=1))

    assert set(room_codes.holding(quiz, NOW + timedelta(seconds=1))) == {other, new}


def test_a_code_made_and_ended_in_one_moment_held_for_a_time(quiz, code, trainer):
    room_codes.end(quiz=quiz, by=trainer, now=NOW)

    code.refresh_from_db()
    assert code.holds_until > code.holds_from
    assert not room_codes.holding(quiz, NOW + timedelta(seconds=1)).exists()


@pytest.mark.parametrize("minutes", [0, -30, 29, 241, 10**9])
def test_a_code_holds_no_longer_than_a_sitting(quiz, trainer, minutes):
    with pytest.raises(ValueError, match=str(minutes)):
        room_codes.make(quiz=quiz, by=trainer, minutes=minutes)


# --- Guessing -------------------------------------------------------------------------------------------------------------


def test_ten_wrong_codes_in_an_hour_are_the_last(enrolment, quiz, trainer):
    now = timezone.now()
    code = room_codes.make(quiz=quiz, by=trainer, minutes=240, now=now)
    for _try in range(10):
        with pytest.raises(attempts.NoAttemptNow, match="wrong_code"):
            start(enrolment, quiz, wrong(code), now=now)
    for typed in (wrong(code), code.code):  # not even the right one, which might be a guess
        with pytest.raises(attempts.NoAttemptNow, match="too_many_codes"):
            start(enrolment, quiz, typed, now=now)

    tries = AuditEntry.objects.filter(deed=room_codes.REFUSED)
    assert set(tries.values_list("actor", "subject")) == {(enrolment.learner_id, f"quiz {quiz.pk}")}
    assert tries.count() == 10
    assert code.code not in str(list(AuditEntry.objects.values()))
    assert start(enrolment, quiz, code.code, now=now + timedelta(minutes=61)).room_code == code


def test_other_people_are_not_kept_out_by_it(enrolment, quiz, trainer):
    from types import SimpleNamespace

    now = timezone.now()
    code = room_codes.make(quiz=quiz, by=trainer, minutes=240, now=now)
    for _try in range(10):
        with pytest.raises(attempts.NoAttemptNow):
            start(enrolment, quiz, wrong(code), now=now)
    other = making.enrol(making.person("other"), SimpleNamespace(translation_key=enrolment.course.key))

    assert start(other, quiz, code.code, now=now)


def test_nothing_typed_and_a_refusal_for_another_reason_are_no_tries(enrolment, quiz, code):
    start_of_next_week = NOW + timedelta(days=7)
    with pytest.raises(attempts.NoAttemptNow, match="wrong_code"):
        start(enrolment, quiz, " ")
    quiz.opens_at = start_of_next_week
    quiz.save()
    with pytest.raises(attempts.NoAttemptNow, match="not_open"):
        start(enrolment, quiz, "123456")

    assert not AuditEntry.objects.filter(deed=room_codes.REFUSED).exists()


@pytest.mark.django_db(transaction=True)
def test_a_hundred_tries_at_once_are_no_more_than_ten():
    page, learner = making.course(), making.person()
    enrolment = making.enrol(learner, page)
    quiz = enrolment.course.activities.get(kind="quiz").quiz
    quiz.invigilated = True
    quiz.save()
    code = room_codes.make(quiz=quiz, by=learner, minutes=30)
    clients = [Client() for _ in range(6)]
    for client in clients:
        client.force_login(learner)

    def guess(client):
        for _try in range(3):
            client.post(f"/quizzes/{quiz.pk}/start/", {"code": wrong(code)})
        connection.close()

    threads = [threading.Thread(target=guess, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert AuditEntry.objects.filter(deed=room_codes.REFUSED).count() == 10
    assert not Attempt.objects.exists()


# --- The learner's page ---------------------------------------------------------------------------------------------------


def test_the_learner_types_the_code_to_begin(client, enrolment, quiz, trainer):
    code = room_codes.make(quiz=quiz, by=trainer, minutes=30)
    client.force_login(enrolment.learner)
    page = client.get(quiz.activity.addresses["uz"]).text
    assert 'name="code"' in page
    assert code.code not in page
    assert "/teach/" not in page.split("<main")[1].split("</main>")[0]

    refused = client.post(f"/quizzes/{quiz.pk}/start/", {"code": wrong(code)}, follow=True)
    assert "Xona kodi" in refused.text
    assert len(refused.context["messages"]) == 1
    begun = client.post(f"/quizzes/{quiz.pk}/start/", {"code": code.code})

    assert begun["Location"] == f"/attempts/{Attempt.objects.get().pk}/"


def test_a_quiz_without_invigilation_asks_for_no_code(client, enrolment, quiz):
    quiz.invigilated = False
    quiz.save()
    client.force_login(enrolment.learner)
    assert 'name="code"' not in client.get(quiz.activity.addresses["uz"]).text

    client.post(f"/quizzes/{quiz.pk}/start/", {"code": "000000"})

    assert Attempt.objects.get().room_code is None


# --- The trainer's page ---------------------------------------------------------------------------------------------------

WHO = ["nobody", "learner", "trainer", "trainer2", "editor", "hr", "director", "admin"]


def everybody(**others):
    return {who: others.get(who, 302 if who == "nobody" else 404) for who in WHO}


OPENS = {"trainer": 200, "editor": 200, "admin": 200}
TABLE = [
    ("room", "get", {}, everybody(**OPENS)),
    ("room", "post", {"minutes": "60"}, everybody(**dict.fromkeys(OPENS, 302))),
    ("room", "post", {"minutes": "61"}, everybody(**dict.fromkeys(OPENS, 422))),
    ("room", "post", {}, everybody(**dict.fromkeys(OPENS, 422))),
    ("room_end", "get", {}, dict.fromkeys(WHO, 405)),
    ("room_end", "post", {}, everybody(**dict.fromkeys(OPENS, 302))),
]


@pytest.mark.parametrize("who", WHO)
def test_who_may_open_the_page_of_the_room(client, enrolment, quiz, trainer, who):
    library = Library.add_root(code="SAM", level="region", titles={"uz": "S"})
    if who == "trainer":
        client.force_login(trainer)
    elif who == "trainer2":
        client.force_login(trainer_of(making.row(making.course()), "trainer2"))
    elif who != "nobody":
        person = making.person(who)
        if who != "learner":
            role = {"hr": Role.HR, "director": Role.DIRECTOR, "editor": Role.EDITOR, "admin": Role.ADMINISTRATOR}[who]
            grant(person=person, role=role, library=library if who in ("hr", "director") else None)
        client.force_login(person)
    for name, method, data, expected in TABLE:
        before = RoomCode.objects.count()
        response = getattr(client, method)(reverse(f"courses:{name}", args=[quiz.pk]), data)
        assert response.status_code == expected[who], (name, method, data)
        made = RoomCode.objects.count() - before
        assert made == (who in OPENS and data == {"minutes": "60"})


def test_a_quiz_without_invigilation_and_none_at_all_have_no_room(client, enrolment, quiz, trainer):
    client.force_login(trainer)
    quiz.invigilated = False
    quiz.save()
    for pk in (quiz.pk, 0, 10**8, 10**30):
        assert client.get(f"/teach/quizzes/{pk}/room/").status_code == 404
        assert client.post(f"/teach/quizzes/{pk}/room/", {"minutes": "60"}).status_code == 404
        assert client.post(f"/teach/quizzes/{pk}/room/end/").status_code == 404
    assert not RoomCode.objects.exists()


def test_the_trainer_makes_a_code_sees_who_began_and_ends_it(client, enrolment, quiz, trainer):
    client.force_login(trainer)
    assert "/teach/quizzes/" in client.get(quiz.activity.addresses["uz"]).text
    address = f"/teach/quizzes/{quiz.pk}/room/"
    client.post(address, {"minutes": "90"})
    code = RoomCode.objects.get()
    assert code.holds_until - code.holds_from == timedelta(minutes=90)
    shown = client.get(address).text
    assert f"{code.code[:3]} {code.code[3:]}" in shown
    assert enrolment.learner.official_name not in shown
    start(enrolment, quiz, code.code, now=timezone.now())
    assert enrolment.learner.official_name in client.get(address).text

    client.post(f"{address}end/")

    assert "room-code" not in client.get(address).text
    deeds = AuditEntry.objects.filter(deed__startswith="room").order_by("pk")
    assert [(entry.deed, entry.actor) for entry in deeds] == [("room code made", trainer), ("room code ended", trainer)]


def test_a_trainer_sees_the_own_code_not_that_of_another_room(client, enrolment, quiz, trainer, code):
    theirs = room_codes.make(quiz=quiz, by=trainer_of(enrolment.course, "second"), minutes=30)
    client.force_login(trainer)

    page = client.get(f"/teach/quizzes/{quiz.pk}/room/").text

    assert f"{theirs.code[:3]} {theirs.code[3:]}" not in page


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_of_the_room_costs_the_same(client, enrolment, quiz, trainer, people, django_assert_num_queries):
    from types import SimpleNamespace

    code = room_codes.make(quiz=quiz, by=trainer, minutes=60)
    for _ in range(people):
        other = making.enrol(making.person("other"), SimpleNamespace(translation_key=enrolment.course.key))
        start(other, quiz, code.code, now=timezone.now())
    client.force_login(trainer)
    client.get(f"/teach/quizzes/{quiz.pk}/room/")

    with django_assert_num_queries(7):
        client.get(f"/teach/quizzes/{quiz.pk}/room/")

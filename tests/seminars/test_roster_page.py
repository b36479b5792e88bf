"""The roster as trainers use it: everybody with a seat, five marks, one form, without JavaScript."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seminars.models import Attendance, Seat, SeminarRun
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting(topic):
    return making.run(topic, days=-1).sessions.get()


@pytest.fixture
def three(sitting, libraries):
    names = [("Gʻaniyeva", "Moʻtabar"), ("Abdullayeva", "Sevara"), ("Иванова", "Мария")]
    people = [making.person(family=family, given=given, library=libraries.district) for family, given in names]
    for person in people:
        making.seat(sitting.run, person)
    return people


def address(sitting, language="en"):
    return reverse("seminars:roster", args=[sitting.pk]) + f"?lang={language}"


def marks():
    return {row.person_id: row.mark for row in Attendance.objects.all()}


def names(response):
    return [place.person.last_name for place, _field, _seen in response.context["form"].rows]


def form(marks, seen=()):
    seen = dict(seen)
    return {f"mark-{person.pk}": mark for person, mark in marks.items()} | {
        f"initial-mark-{person.pk}": seen.get(person, "") for person in marks
    }


def test_the_roster_holds_everybody_with_a_booked_seat_by_name_in_any_script(as_user, people, sitting, three):
    making.seat(sitting.run, people.hr, "waiting")
    making.seat(sitting.run, people.editor, "cancelled")

    response = as_user(people.trainer).get(address(sitting))

    assert names(response) == ["Abdullayeva", "Gʻaniyeva", "Иванова"]


@pytest.mark.parametrize("count", [1, 20])
def test_the_roster_costs_a_fixed_number_of_queries(
    as_user, people, sitting, libraries, django_assert_num_queries, count
):
    for _ in range(count):
        making.seat(sitting.run, making.person(library=libraries.district))
    client = as_user(people.trainer)

    with django_assert_num_queries(10):
        response = client.get(address(sitting))

    assert len(response.context["form"].rows) == count


def test_all_that_was_marked_is_saved_at_once_and_counted(as_user, people, sitting, three):
    data = form({three[0]: "present", three[1]: "left_early", three[2]: ""})

    response = as_user(people.trainer).post(address(sitting), data, follow=True)

    assert marks() == {three[0].pk: "present", three[1].pk: "left_early"}
    assert said(response) == [("success", "Saved: 2 marks.")]
    assert "2 of 3 marked" in response.content.decode()


def test_a_saved_mark_is_checked_on_the_page(as_user, people, sitting, three):
    as_user(people.trainer).post(address(sitting), form({three[0]: "excused"}))

    text = as_user(people.trainer).get(address(sitting)).content.decode()

    assert text.count(" checked") == 1
    assert (
        f'name="mark-{three[0].pk}" value="excused"'
        in text.replace(' id="id_', "|").split(" checked")[0].rpartition("<input")[2]
    )


def test_a_mark_that_another_trainer_set_meanwhile_is_not_undone(as_user, people, sitting, three):
    """This page was opened before the other trainer marked; its untouched line says nothing."""
    as_user(people.admin).post(address(sitting), form({three[0]: "absent"}))

    response = as_user(people.trainer).post(address(sitting), form({three[0]: "", three[1]: "late"}), follow=True)

    assert marks() == {three[0].pk: "absent", three[1].pk: "late"}
    assert said(response) == [("success", "Saved: 1 mark.")]


def test_a_page_opened_before_another_trainer_corrected_a_mark_does_not_bring_the_old_one_back(
    as_user, people, sitting, three
):
    client = as_user(people.admin)
    client.post(address(sitting), form({three[0]: "present"}))
    client.post(address(sitting), form({three[0]: "absent"}, {three[0]: "present"}))

    stale = form({three[0]: "present", three[1]: "late"}, {three[0]: "present"})
    as_user(people.trainer).post(address(sitting), stale)

    assert marks() == {three[0].pk: "absent", three[1].pk: "late"}


def test_a_changed_mark_replaces_the_saved_one(as_user, people, sitting, three):
    client = as_user(people.trainer)
    client.post(address(sitting), form({three[0]: "absent"}))

    client.post(address(sitting), form({three[0]: "late"}, {three[0]: "absent"}))

    assert marks() == {three[0].pk: "late"}


def test_a_wrong_mark_saves_nothing_and_keeps_what_was_typed(as_user, people, sitting, three):
    response = as_user(people.trainer).post(address(sitting), form({three[0]: "present", three[1]: "asleep"}))

    text = response.content.decode()
    assert (response.status_code, marks()) == (422, {})
    assert "Nothing was saved: some marks were not understood." in text
    assert f'href="#id_mark-{three[1].pk}"' in text
    assert text.count(" checked") == 1  # the good one stays


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Nothing was saved: marks can be set from the beginning of the session"),
        ("uz", "Hech narsa saqlanmadi: davomatni mashgʻulot boshlangach belgilash mumkin"),
        ("ru", "Ничего не сохранено: отмечать можно с начала занятия"),
    ],
)
def test_marking_before_the_beginning_is_refused_and_keeps_what_was_typed(as_user, people, topic, language, words):
    early = making.run(topic, begins=timezone.now() + timedelta(minutes=10)).sessions.get()
    making.seat(early.run, people.learner)
    client = as_user(people.trainer)

    before = client.get(address(early)).content.decode()
    response = client.post(address(early, language), form({people.learner: "present"}))

    text = response.content.decode()
    assert 'type="radio"' not in before
    assert (response.status_code, words in text, text.count(" checked"), marks()) == (422, True, 1, {})


def test_marking_a_called_off_run_is_refused(as_user, people, sitting, three):
    SeminarRun.objects.update(cancelled_at=timezone.now())

    response = as_user(people.trainer).post(address(sitting), form({three[0]: "present"}))

    assert response.status_code == 422
    assert (response.context["refused"], marks()) == ("Nothing was saved: this session has been called off.", {})


def test_who_is_not_on_the_roster_cannot_be_marked_by_typing_a_field(as_user, people, sitting, three):
    as_user(people.trainer).post(address(sitting), form({three[0]: "present", people.hr: "present"}))

    assert marks() == {three[0].pk: "present"}


def test_the_attendance_sheet_lists_everybody_once_for_signing(as_user, people, sitting, three):
    text = as_user(people.trainer).get(address(sitting)).content.decode()

    sheet = text[text.index("print-only") :]
    assert [sheet.count(person.last_name) for person in three] == [1, 1, 1]
    assert "Signature" in sheet


def test_an_empty_roster_says_so(as_user, people, sitting):
    Seat.objects.all().delete()

    assert "Nobody has booked a seat." in as_user(people.trainer).get(address(sitting)).content.decode()

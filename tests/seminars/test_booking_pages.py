"""What a person sees and does on the pages of seminars."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seminars.models import Attendance, Seat, SeminarRun
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db
LINK = "https://meet.example.org/secret"


def page(seminar):
    return reverse("seminars:seminar", args=[seminar.pk])


def runs_listed(response):
    return [(view.seminar.code, [one.run.pk for one in view.runs]) for view in response.context["seminars"]]


@pytest.mark.parametrize("run_count", [1, 5])
@pytest.mark.parametrize(("who", "queries"), [(None, 5), ("learner", 10)])
def test_the_list_shows_runs_to_come_in_a_fixed_number_of_queries(
    as_user, people, topic, django_assert_num_queries, run_count, who, queries
):
    near = making.seminar("near", course=topic.course)
    runs = [making.run(topic, days=10 + n, sittings=2) for n in range(run_count)]
    nearest = making.run(near, days=3)
    making.run(topic, days=-3)  # over
    making.seminar("none")
    client = as_user(getattr(people, who) if who else None)

    with django_assert_num_queries(queries):
        response = client.get("/seminars/")

    assert runs_listed(response) == [("near", [nearest.pk]), ("sec-1", [run.pk for run in runs]), ("none", [])]


def test_a_called_off_run_and_an_archived_seminar_are_not_listed(client, topic):
    making.run(topic)
    SeminarRun.objects.update(cancelled_at=timezone.now())
    gone = making.seminar("gone")
    making.run(gone)
    gone.archived = True
    gone.save()

    assert runs_listed(client.get("/seminars/")) == [("sec-1", [])]
    assert client.get(page(gone)).status_code == 404


@pytest.mark.parametrize("run_count", [1, 5])
@pytest.mark.parametrize(("who", "queries"), [(None, 6), ("learner", 12)])
def test_a_seminar_is_shown_in_a_fixed_number_of_queries(
    as_user, people, topic, django_assert_num_queries, run_count, who, queries
):
    for n in range(run_count):
        making.seat(making.run(topic, days=5 + n, trainer=people.trainer), people.learner)
    client = as_user(getattr(people, who) if who else None)

    with django_assert_num_queries(queries):
        response = client.get(page(topic))

    view = response.context["view"]
    assert (len(view.runs), [str(person) for person in view.trainers]) == (run_count, ["Malika Yusupova"])


def test_booking_says_when(as_user, people, topic, monkeypatch):
    run = making.run(topic, capacity=1, begins=timezone.now().replace(minute=0) + timedelta(days=3))
    client = as_user(people.learner)

    response = client.post(reverse("seminars:book", args=[run.pk]), follow=True)

    when = timezone.localtime(run.sessions.get().starts_at)
    ((kind, text),) = said(response)
    assert kind == "success"
    assert f"{when:%H:%M}" in text
    assert response.redirect_chain == [(page(topic), 302)]
    assert Seat.objects.get().state == "booked"


def test_the_chosen_radio_button_is_booked(as_user, people, topic):
    making.run(topic)
    chosen = making.run(topic, days=9)

    as_user(people.learner).post(reverse("seminars:book_chosen", args=[topic.pk]), {"run": chosen.pk})

    assert list(Seat.objects.values_list("run", "person__username", "state")) == [(chosen.pk, "learner", "booked")]


@pytest.mark.parametrize("typed", ["", "x", "-1", "²", "1" * 5000])
def test_without_a_chosen_date_nothing_is_booked(as_user, people, topic, typed):
    making.run(topic)

    response = as_user(people.learner).post(
        reverse("seminars:book_chosen", args=[topic.pk]) + "?lang=en", {"run": typed}, follow=True
    )

    assert said(response) == [("error", "Choose a date first.")]
    assert not Seat.objects.exists()


def test_a_run_of_another_seminar_cannot_be_chosen_here(as_user, people, topic):
    elsewhere = making.run(making.seminar("other"))

    response = as_user(people.learner).post(reverse("seminars:book_chosen", args=[topic.pk]), {"run": elsewhere.pk})

    assert response.status_code == 404
    assert not Seat.objects.exists()


def test_a_full_run_puts_one_on_the_waiting_list_and_says_which_place(as_user, people, topic):
    run = making.run(topic, capacity=1)
    for n in range(3):
        making.seat(run, making.person(), "waiting" if n else "booked", since=timezone.now() - timedelta(hours=1))
    client = as_user(people.learner)

    response = client.post(reverse("seminars:book", args=[run.pk]) + "?lang=en", follow=True)

    assert said(response) == [
        ("warning", "There is no free seat. You are on the waiting list and will be told when one is yours.")
    ]
    assert "You are on the waiting list: 3 of 3" in response.content.decode()


def test_the_places_of_those_who_waited_from_the_same_moment_differ(as_user, people, topic):
    run, now = making.run(topic, capacity=1), timezone.now()
    making.seat(run, making.person())
    for person in (making.person(), people.learner, making.person()):
        making.seat(run, person, "waiting", since=now)

    response = as_user(people.learner).get(page(topic) + "?lang=en")

    assert "You are on the waiting list: 2 of 3" in response.content.decode()


@pytest.mark.parametrize(
    ("state", "shown"), [("booked", True), ("waiting", False), ("cancelled", False), (None, False), ("nobody", False)]
)
def test_the_on_line_link_is_shown_to_those_with_a_seat_alone(as_user, people, topic, state, shown):
    run = making.run(topic, begins=timezone.now() + timedelta(minutes=29), online=True)
    making.seat(run, people.hr)  # somebody has it
    if state in ("booked", "waiting", "cancelled"):
        making.seat(run, people.learner, state)
    client = as_user(None if state == "nobody" else people.learner)

    pages = [client.get(address).content.decode() for address in (page(topic), "/seminars/")]

    assert [LINK in text for text in pages] == [shown, False]


def test_the_link_is_shown_shortly_before_and_until_then_it_is_said_when(as_user, people, topic):
    begins = timezone.now() + timedelta(minutes=32)
    run = making.run(topic, begins=begins, online=True)
    making.seat(run, people.learner)
    client = as_user(people.learner)

    early = client.get(page(topic) + "?lang=en").content.decode()
    SeminarRun.objects.update(link_minutes=45)
    due = client.get(page(topic) + "?lang=en").content.decode()

    shown_at = f"{timezone.localtime(begins - timedelta(minutes=30)):%H:%M}"
    assert (LINK in early, LINK in due) == (False, True)
    assert f", {shown_at}." in early


def test_who_is_late_still_finds_the_link(as_user, people, topic):
    run = making.run(topic, begins=timezone.now() - timedelta(minutes=20), online=True)
    making.seat(run, people.learner)

    assert LINK in as_user(people.learner).get(page(topic)).content.decode()
    assert as_user(people.hr).get(page(topic)).context["view"].runs == []  # for others it is over


@pytest.mark.parametrize(
    ("minutes", "state", "shown"),
    [(59, "booked", True), (-20, "booked", True), (61, "booked", False), (59, "waiting", False)],
)
def test_who_has_a_seat_finds_the_way_to_check_in_when_its_time_has_come(as_user, people, topic, minutes, state, shown):
    run = making.run(topic, begins=timezone.now() + timedelta(minutes=minutes))
    making.seat(run, people.learner, state)
    client = as_user(people.learner)

    pages = [client.get(address).content.decode() for address in (page(topic), "/learning/")]

    assert [f'href="{reverse("seminars:pin")}"' in text for text in pages] == [shown, shown]


def test_my_learning_names_the_session_that_comes_and_not_the_one_that_is_over(as_user, people, topic):
    begins = timezone.now() - timedelta(hours=22)  # yesterday; the second session is in two hours
    run = making.run(topic, begins=begins, sittings=2)
    making.seat(run, people.learner)

    text = as_user(people.learner).get("/learning/?lang=en").content.decode()

    days = [f"<b>{timezone.localtime(begins + timedelta(days=n)).day}</b>" for n in range(2)]
    assert [day in text for day in days] == [False, True]


def test_cancelling_gives_the_seat_to_the_next(as_user, people, topic):
    run = making.run(topic, capacity=1)
    making.seat(run, people.learner)
    making.seat(run, people.hr, "waiting")

    response = as_user(people.learner).post(reverse("seminars:cancel", args=[run.pk]) + "?lang=en", follow=True)

    assert said(response) == [("success", "You are no longer on the list. Your place goes to the next person.")]
    assert dict(run.seats.values_list("person__username", "state")) == {"learner": "cancelled", "hr": "booked"}


def test_only_the_own_seat_can_be_cancelled(as_user, people, topic):
    run = making.run(topic)
    making.seat(run, people.hr)

    assert as_user(people.learner).post(reverse("seminars:cancel", args=[run.pk])).status_code == 404
    assert run.seats.get().state == "booked"


REFUSALS = {
    "begun": {
        "uz": "Bu seminar boshlanib boʻlgan. Boshqa sanani tanlang.",
        "ru": "Этот семинар уже начался. Выберите другую дату.",
        "en": "This seminar has already begun. Choose another date.",
    },
    "cancelled": {
        "uz": "Bu sanadagi seminar bekor qilingan. Boshqa sanani tanlang.",
        "ru": "Семинар в этот день отменён. Выберите другую дату.",
        "en": "This date has been called off. Choose another.",
    },
    "too_late": {
        "uz": "Joyingiz saqlanib qoldi: boshlanishiga 24 soatdan kam qoldi, endi bekor qilib boʻlmaydi. Kelolmasangiz, trenerga ayting.",
        "ru": "Ваше место сохранено: до начала меньше 24 ч, отменить уже нельзя. Если не сможете прийти, скажите тренеру.",
        "en": "Your seat is kept: less than 24 h are left, it is too late to cancel. Tell the trainer that you cannot come.",
    },
}


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("reason", ["begun", "cancelled", "too_late"])
def test_a_refusal_says_why_in_the_language_of_the_reader(as_user, people, topic, reason, language):
    run = making.run(topic, begins=timezone.now() + timedelta(hours=-1 if reason == "begun" else 3))
    deed = "book"
    if reason == "cancelled":
        SeminarRun.objects.update(cancelled_at=timezone.now())
    if reason == "too_late":
        making.seat(run, people.learner)
        deed = "cancel"

    response = as_user(people.learner).post(
        reverse(f"seminars:{deed}", args=[run.pk]) + f"?lang={language}", follow=True
    )

    assert said(response) == [("error", REFUSALS[reason][language])]


@pytest.mark.parametrize("deed", ["book", "cancel"])
def test_who_is_not_signed_in_is_asked_to_and_then_sees_the_seminar(client, topic, deed):
    run = making.run(topic)

    response = client.post(reverse(f"seminars:{deed}", args=[run.pk]))

    assert (response.status_code, response.url) == (302, f"/accounts/login/?next={page(topic)}")
    assert not Seat.objects.exists()


def test_who_is_not_signed_in_sees_the_dates_and_the_way_to_sign_in(client, topic):
    making.run(topic)

    text = client.get(page(topic) + "?lang=en").content.decode()

    assert f'href="/accounts/login/?next={page(topic)}"' in text
    assert 'name="run"' not in text


def test_who_holds_a_seat_of_a_called_off_run_is_told(as_user, people, topic):
    run = making.run(topic, online=True)
    making.seat(run, people.learner)
    SeminarRun.objects.update(cancelled_at=timezone.now())

    mine = as_user(people.learner).get(page(topic) + "?lang=en").content.decode()
    theirs = as_user(people.hr).get(page(topic)).context["view"].runs

    assert ("Called off" in mine, LINK in mine, theirs) == (True, False, [])


def test_hours_earned_are_shown(as_user, people, topic):
    session = making.run(topic, days=-1).sessions.get()
    Attendance.objects.create(
        session=session,
        person=people.learner,
        mark="present",
        hours=2,
        marked_by=people.trainer,
        marked_at=timezone.now(),
    )

    assert "Hours earned: 2" in as_user(people.learner).get(page(topic) + "?lang=en").content.decode()
    Attendance.objects.update(hours=7)
    assert (
        "Hours earned: 2" in as_user(people.learner).get(page(topic) + "?lang=en").content.decode()
    )  # it plans no more
    assert "Hours earned" not in as_user(people.hr).get(page(topic) + "?lang=en").content.decode()


def test_the_booking_panel_comes_before_the_explanation(as_user, people, topic):
    """The order in the page is the order on a phone."""
    making.run(topic)

    text = as_user(people.learner).get(page(topic)).content.decode()

    assert text.index("<h1") < text.index('name="run"') < text.index('class="facts"') < text.index('id="how"')

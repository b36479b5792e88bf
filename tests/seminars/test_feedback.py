"""Feedback after a run: who came is asked once; no way leads from a person to an answer; nothing shows before the time is over."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import notices
from accounts.models import Notice
from seminars import attendance, feedback
from seminars.models import Feedback, FeedbackAnswer, FeedbackGiven
from tests.kept import kept
from tests.seminars import making

WORDS = {"useful": 4, "clear": 5, "pace": 3, "place": 4}
LATER = feedback.OPEN_FOR + timedelta(hours=1)


@kept
def held(bedrock):
    """A run of two sessions, the last an hour ago: nine who came, one who did not, one who waits for a seat."""
    trainer = making.person(role="trainer", email="trainer@example.org")
    run = making.run(
        making.seminar("sec-1"), begins=timezone.now() - timedelta(days=1, hours=3), trainer=trainer, sittings=2
    )
    came = [making.person(email=f"p{n}@example.org", language=("uz", "ru", "en")[n % 3]) for n in range(9)]
    absent, waiting = making.person(), making.person()
    first, last = run.sessions.order_by("starts_at")
    for person in (*came, absent):
        making.seat(run, person)
        attendance.mark(session=first, person=person, mark="absent" if person == absent else "present", by=trainer)
    making.seat(run, waiting, state="waiting")
    attendance.mark(session=last, person=came[0], mark="absent", by=trainer)  # who came once may answer
    return SimpleNamespace(run=run, first=first, last=last, trainer=trainer, came=came, absent=absent, waiting=waiting)


def give(held, *people, **texts):
    for person in people:
        feedback.answer(run=held.run, person=person, scales=WORDS, **texts)


def seen(client, held):
    """The trainer's report of the run."""
    client.force_login(held.trainer)
    return client.get(reverse("seminars:run_report", args=[held.run.pk]) + "?lang=en")


# --- Asking --------------------------------------------------------------------------------------------------------------


def test_who_came_is_told_once_after_the_last_session(held):
    assert feedback.ask() == 9
    assert feedback.ask() == 0

    told = Notice.objects.filter(kind="feedback_wanted")
    assert {notice.person for notice in told} == set(held.came)
    assert set(told.values_list("subject", "mail_wanted")) == {(f"run {held.run.pk}", True)}
    link = f"/seminars/runs/{held.run.pk}/feedback/"
    assert {notice.details["link"] for notice in told} == {link}


def test_the_mail_leads_to_the_form_and_says_that_nobody_is_named(held):
    feedback.ask()

    notices.deliver()

    by_language = {letter.to[0]: letter for letter in mail.outbox}
    assert len(by_language) == 9
    subjects = [by_language[person.email].subject for person in held.came[:3]]
    assert subjects[2] == "How was it? Seminar sec-1 en"
    assert len(set(subjects)) == 3
    for person in held.came[:3]:
        letter = by_language[person.email]
        for body in (letter.body, letter.alternatives[0].content):
            assert f"/seminars/runs/{held.run.pk}/feedback/" in body
    assert "Your answers are anonymous." in by_language[held.came[2].email].body


@pytest.mark.parametrize(
    "when", ["before the last session is over", "a fortnight later", "called off", "nobody is marked"]
)
def test_nobody_is_asked(held, when):
    now = timezone.now()
    if when == "before the last session is over":
        held.run.sessions.update(ends_at=now + timedelta(minutes=1))
    elif when == "a fortnight later":
        now += LATER
    elif when == "called off":
        held.run.cancelled_at = now
        held.run.save()
    else:
        held.first.attendance.update(mark="absent", hours=0)

    assert (feedback.ask(now), Feedback.objects.count(), Notice.objects.count()) == (0, 0, 0)


def test_a_last_session_that_was_called_off_does_not_keep_people_waiting(held):
    held.run.sessions.filter(pk=held.last.pk).update(cancelled_at=timezone.now())
    held.run.sessions.filter(pk=held.last.pk).update(ends_at=timezone.now() + timedelta(days=30))

    assert feedback.ask() == 9


def test_who_is_marked_later_from_paper_is_told_later(held):
    feedback.ask()

    attendance.mark(session=held.last, person=held.absent, mark="late", by=held.trainer)

    assert feedback.ask() == 1
    assert Notice.objects.get(person=held.absent).kind == "feedback_wanted"


@pytest.mark.parametrize("runs", [1, 3])
def test_a_round_without_anything_to_do_costs_the_same_for_many_runs(held, django_assert_num_queries, runs):
    for n in range(1, runs):
        other = making.run(held.run.seminar, begins=timezone.now() - timedelta(hours=3 + n), trainer=held.trainer)
        for person in held.came[:4]:
            making.seat(other, person)
            attendance.mark(session=other.sessions.get(), person=person, mark="present", by=held.trainer)
    feedback.ask()

    with django_assert_num_queries(4):  # over and not asked; open; who came; who was told
        feedback.ask()


# --- Answering -------------------------------------------------------------------------------------------------------------


def form(client, person, run):
    client.force_login(person)
    return reverse("seminars:feedback", args=[run.pk]) + "?lang=en"


def test_a_person_answers_once_and_the_notice_goes(client, held):
    feedback.ask()
    address = form(client, held.came[0], held.run)
    page = client.get(address).text
    assert "Your answers are anonymous." in page
    assert "only if at least 5 people have answered" in page
    assert "How was it? Seminar sec-1 en" in client.get("/learning/?lang=en").text

    answered = client.post(address, {**WORDS, "good": "  Amaliy mashq ", "better": ""}, follow=True)

    row = FeedbackAnswer.objects.get()
    assert (row.useful, row.clear, row.pace, row.place, row.good, row.better) == (4, 5, 3, 4, "Amaliy mashq", "")
    assert "Your answers are in, without your name." in answered.text
    assert "How was it? Seminar sec-1 en" not in client.get("/learning/?lang=en").text
    again = client.post(address, WORDS)
    assert (again.status_code, FeedbackAnswer.objects.count()) == (200, 1)
    assert "Your answers are in" in again.text


def test_the_database_too_lets_nobody_answer_twice(held):
    feedback.ask()
    give(held, held.came[0])

    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackGiven.objects.create(feedback=held.run.feedback, person=held.came[0])


def test_a_scale_goes_from_1_to_5_also_for_the_database(held):
    feedback.ask()

    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackAnswer.objects.create(feedback=Feedback.objects.get(), **WORDS | {"pace": 6})


@pytest.mark.parametrize("who", ["absent", "waiting", "trainer"])
def test_who_did_not_come_finds_no_form(client, held, who):
    feedback.ask()
    address = form(client, getattr(held, who), held.run)

    assert (client.get(address).status_code, client.post(address, WORDS).status_code) == (404, 404)
    assert not FeedbackAnswer.objects.exists()


@pytest.mark.parametrize("when", ["too early", "too late"])
def test_out_of_time_the_page_says_so_and_takes_nothing(client, held, when):
    if when == "too late":
        feedback.ask(timezone.now() - timedelta(minutes=1))
        Feedback.objects.update(
            opened_at=timezone.now() - timedelta(days=20), closes_at=timezone.now() - timedelta(seconds=1)
        )
    address = form(client, held.came[0], held.run)

    answers = [client.get(address), client.post(address, WORDS)]

    assert [one.status_code for one in answers] == [200, 422]
    assert all("Nobody is asked about this seminar now" in one.text for one in answers)
    assert not FeedbackAnswer.objects.exists()


def test_what_is_typed_stays_where_something_is_missing(client, held):
    feedback.ask()
    address = form(client, held.came[0], held.run)

    page = client.post(address, {"useful": "5", "clear": "9", "good": "Amaliy mashq", "better": "x" * 1001})

    assert page.status_code == 422
    assert {name: len(errors) for name, errors in page.context["form"].errors.items()} == {
        "clear": 1, "pace": 1, "place": 1, "better": 1,
    }  # fmt: skip
    assert "Choose a number from 1 to 5." in page.text
    assert "Amaliy mashq" in page.text
    assert not FeedbackAnswer.objects.exists()


def test_typed_html_is_text(held):
    feedback.ask()

    give(held, held.came[0], good="<script>alert(1)</script> <b>yaxshi</b>\nikkinchi")

    assert FeedbackAnswer.objects.get().good == (
        "&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;yaxshi&lt;/b&gt;<br>ikkinchi"
    )


# --- Nobody can tell whose answer is whose ------------------------------------------------------------------------------------


def test_an_answer_holds_no_person_and_no_moment():
    columns = {field.column: type(field).__name__ for field in FeedbackAnswer._meta.concrete_fields}

    assert columns == {
        "key": "UUIDField", "feedback_id": "ForeignKey", "useful": "PositiveSmallIntegerField",
        "clear": "PositiveSmallIntegerField", "pace": "PositiveSmallIntegerField", "place": "PositiveSmallIntegerField",
        "good": "TextField", "better": "TextField",
    }  # fmt: skip
    assert {field.name for field in FeedbackGiven._meta.concrete_fields} == {"id", "feedback", "person"}


def as_the_database_keeps_them():
    """[(the text, the transaction that wrote it)] in the order in which the rows lie in the table."""
    place, writer = ("ctid", "xmin::text") if connection.vendor == "postgresql" else ("rowid", "0")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT good, {writer} FROM seminars_feedbackanswer ORDER BY {place}")
        return cursor.fetchall()


def test_the_rows_of_the_database_lie_in_no_order_of_coming_and_were_all_written_by_the_last_one(held):
    feedback.ask()
    keys = set()
    for n, person in enumerate(held.came):
        give(held, person, good=str(n))
        now = set(FeedbackAnswer.objects.values_list("key", flat=True))
        assert (len(now), keys & now) == (n + 1, set())  # all keys are new with every answer
        keys |= now

    rows = as_the_database_keeps_them()

    assert sorted(text for text, _writer in rows) == list("012345678")
    assert [text for text, _writer in rows] != list("012345678")  # by chance once in 362,880 runs
    assert len({writer for _text, writer in rows}) == 1


# --- What the trainer sees -----------------------------------------------------------------------------------------------------


def close():
    Feedback.objects.update(opened_at=timezone.now() - timedelta(days=20), closes_at=timezone.now())


def test_nothing_is_shown_while_answers_come_in_however_many(client, held):
    """Who looks after each answer sees nothing change but their number: what one more has said cannot be worked out."""
    feedback.ask()
    pages = set()
    for n, person in enumerate(held.came, 1):
        give(held, person, good=f"Matn {n}")
        page = seen(client, held).text.partition("<h1>")[2].partition("</main>")[0]
        assert f"Answers so far: {n}." in page
        assert ("Matn" in page, "Mean, of 5" in page) == (False, False)
        pages.add(page.replace(f"Answers so far: {n}.", ""))

    assert len(pages) == 1


@pytest.mark.parametrize(("given", "shown"), [(4, False), (5, True)])
def test_when_it_has_closed_results_show_from_five_answers_on(client, held, given, shown):
    feedback.ask()
    give(held, *held.came[:given], good="Amaliy <b>mashq</b>")
    close()

    page = seen(client, held).text

    assert ("Amaliy &lt;b&gt;mashq&lt;/b&gt;" in page, "Mean, of 5" in page) == (shown, shown)
    assert (f"Answers: {given}. Fewer than 5 are not shown: one could guess whose they are." in page) == (not shown)
    assert len(feedback.results(held.run).scales) == (4 if shown else 0)


def test_the_results_are_means_counts_and_two_lists_each_in_its_own_order(held):
    feedback.ask()
    said = [("v", "a"), ("b", "z"), ("", "m"), ("ё", ""), ("A", "b")]
    for (good, better), person, useful in zip(said, held.came, (1, 2, 4, 5, 5), strict=False):
        feedback.answer(run=held.run, person=person, scales=WORDS | {"useful": useful}, good=good, better=better)
    close()

    found = feedback.results(held.run)

    assert [(scale.name, scale.counts, scale.mean) for scale in found.scales] == [
        ("useful", [1, 1, 0, 1, 2], 3.4), ("clear", [0, 0, 0, 0, 5], 5), ("pace", [0, 0, 5, 0, 0], 3), ("place", [0, 0, 0, 5, 0], 4),
    ]  # fmt: skip
    assert (found.good, found.better) == (["A", "b", "v", "ё"], ["a", "b", "m", "z"])


def test_what_has_closed_does_not_open_again(held):
    """A trainer who corrects marks, or plans one more session, does not make the results change."""
    feedback.ask()
    give(held, *held.came[:5])
    close()
    before = feedback.results(held.run)
    attendance.mark(session=held.first, person=held.absent, mark="present", by=held.trainer)

    assert feedback.ask() == 0
    with pytest.raises(feedback.NotOpen):
        give(held, held.absent)
    assert feedback.results(held.run) == before

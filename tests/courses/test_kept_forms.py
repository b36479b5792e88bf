"""A form whose sign-in had ended: what it brought waits for who gave it, and for nobody else."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.utils import timezone

from accounts import limits
from courses import attempts, kept_forms
from courses.models import Attempt, AttemptEvent, AttemptQuestion
from tests import making
from tests.kept import kept

PASSWORD = "uzun-parol-ibora"
SIGN_IN = "/accounts/login/?next=/attempts/kept/"


@kept
def learner(bedrock):
    return making.person()


@kept
def attempt(learner):
    page = making.course()
    enrolment = making.enrol(learner, page)
    quiz = making.row(page).activities.get(kind="quiz").quiz
    return attempts.start(enrolment=enrolment, quiz=quiz, now=timezone.now())


def sign_in(client, person):
    return client.post(SIGN_IN, {"login": person.username, "password": PASSWORD})


def send(client, attempt, **data):
    return client.post(f"/attempts/{attempt.pk}/", {"slot": "1", "seen": "", "answer": "0", "go": "next"} | data)


def hidden(page):
    """The form that sends it once more: [(name, value)] without its token."""
    form = page.context["waiting"]
    return {"kept": form.key} | {
        name: [v for n, v in form.hidden if n == name] for name in dict(form.hidden)
    }  # as in the page


def answer(attempt, slot=1):
    return AttemptQuestion.objects.get(attempt=attempt, slot=slot).answer


def option(attempt, place, slot=1):
    return AttemptQuestion.objects.get(attempt=attempt, slot=slot).order[place]


def test_it_is_kept_through_the_sign_in_and_sent_once_more(client, attempt, learner, django_assert_num_queries):
    with django_assert_num_queries(2):  # whose attempt it is; a new session
        assert send(client, attempt)["Location"] == SIGN_IN
    assert answer(attempt) is None
    assert sign_in(client, learner)["Location"] == "/attempts/kept/"

    with django_assert_num_queries(4):  # session, user, the attempt, what was answered since
        page = client.get("/attempts/kept/")
    assert [page.context["waiting"].answers, page.context["waiting"].later] == [[1], []]
    for name, value in page.context["waiting"].hidden:
        assert f'<input type="hidden" name="{name}" value="{value}">' in page.text
    assert answer(attempt) is None  # a GET writes nothing
    assert client.get(f"/attempts/{attempt.pk}/")["Location"] == "/attempts/kept/"  # by whichever way one comes

    done = client.post(f"/attempts/{attempt.pk}/", hidden(page))

    assert (done["Location"], answer(attempt)) == (f"/attempts/{attempt.pk}/?q=2&alone=1", option(attempt, 0))
    assert kept_forms.KEY not in client.session
    assert client.get("/attempts/kept/")["Location"] == "/learning/"


def test_a_page_with_all_questions_is_kept_as_a_whole_and_what_was_answered_later_stays(client, attempt, learner):
    form = {
        "page": "all",
        "slot": ["1", "2"],
        "answer-1": "0",
        "answer-2": "1",
        "seen-1": "",
        "seen-2": "",
        "go": "stay",
    }
    client.post(f"/attempts/{attempt.pk}/", form)
    attempts.save_answer(attempt=attempt, slot=2, values=["2"], now=timezone.now())
    sign_in(client, learner)

    page = client.get("/attempts/kept/")
    assert [page.context["waiting"].answers, page.context["waiting"].later] == [[1], [2]]
    client.post(f"/attempts/{attempt.pk}/", hidden(page))

    assert (answer(attempt), answer(attempt, 2)) == (option(attempt, 0), option(attempt, 2, 2))


def test_two_pages_that_were_open_wait_one_after_the_other(client, attempt, learner):
    send(client, attempt)
    send(client, attempt, slot="2", answer="1")
    sign_in(client, learner)

    for _ in range(2):
        client.post(f"/attempts/{attempt.pk}/", hidden(client.get("/attempts/kept/")))

    assert (answer(attempt), answer(attempt, 2)) == (option(attempt, 0), option(attempt, 1, 2))
    assert kept_forms.KEY not in client.session


def test_another_person_who_signs_in_neither_sends_nor_sees_it_and_it_is_gone(client, attempt, learner):
    send(client, attempt, answer="1")
    other = making.person("other")

    assert sign_in(client, other)["Location"] == "/attempts/kept/"
    assert kept_forms.KEY not in client.session
    assert client.get("/attempts/kept/")["Location"] == "/learning/"
    client.post("/accounts/logout/")
    sign_in(client, learner)

    assert client.get("/attempts/kept/")["Location"] == "/learning/"
    assert (answer(attempt), AttemptEvent.objects.filter(kind="refused").count()) == (None, 0)


def test_what_stands_in_the_session_of_another_is_not_shown_whatever_put_it_there(client, attempt, learner):
    client.force_login(making.person("other"))
    session = client.session
    session[kept_forms.KEY] = [
        {"person": learner.pk, "attempt": attempt.pk, "at": timezone.now().isoformat(), "fields": {"slot": ["1"]}}
    ]
    session.save()

    assert client.get("/attempts/kept/")["Location"] == "/learning/"
    assert client.get(f"/attempts/{attempt.pk}/").status_code == 404


def test_who_goes_on_without_them_has_given_them_up(client, attempt, learner):
    send(client, attempt)
    sign_in(client, learner)
    page = client.get("/attempts/kept/")

    gone = client.post("/attempts/kept/", {"kept": page.context["waiting"].key})

    assert gone["Location"] == f"/attempts/{attempt.pk}/"
    assert client.get(gone["Location"]).status_code == 200
    assert answer(attempt) is None


OVER = "They do not count: your sign-in had ended, and the time of the test was over at {:%H:%M} before you signed in again."
HANDED_IN = "They do not count: the test was handed in at {:%H:%M}."


@pytest.mark.parametrize(
    ("how", "told", "leads", "reason"),
    [
        ("late", OVER, "finish", "late"),
        ("swept", OVER, "result", "handed_in"),  # closed by the sweep meanwhile
        ("elsewhere", HANDED_IN, "result", "handed_in"),
    ],
)
def test_what_comes_too_late_is_told_so_and_cannot_be_sent(client, attempt, learner, how, told, leads, reason):
    send(client, attempt)
    now, moment = timezone.now(), timezone.now()
    if how != "elsewhere":
        moment = now - timedelta(minutes=2)
        Attempt.objects.filter(pk=attempt.pk).update(started_at=moment - timedelta(hours=1), closes_at=moment)
    if how != "late":
        attempts.submit(attempt=Attempt.objects.get(pk=attempt.pk), now=now)
    sign_in(client, learner)

    page = client.get("/attempts/kept/?lang=en")
    assert told.format(timezone.localtime(moment)) in page.text
    assert "Save these answers" not in page.text
    sent = client.post(f"/attempts/{attempt.pk}/", hidden(page))  # all the same

    assert sent["Location"] == f"/attempts/{attempt.pk}/{leads}/"
    assert answer(attempt) is None
    assert AttemptEvent.objects.get(kind="refused").details == {"reason": reason}


def test_what_is_too_large_is_not_kept_and_that_is_said(client, attempt, learner, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert send(client, attempt, answer="x" * kept_forms.MOST_SIGNS)["Location"].endswith(f"/attempts/{attempt.pk}/")
    assert kept_forms.KEY not in client.session
    sign_in(client, learner)

    assert "these answers could not be kept" in client.get(f"/attempts/{attempt.pk}/").text


def test_more_pages_than_anybody_has_open_are_not_kept(client, attempt):
    for _ in range(kept_forms.MOST_FORMS + 1):
        told = send(client, attempt)

    assert told["Location"] == f"/accounts/login/?next=/attempts/{attempt.pk}/"
    assert len(client.session[kept_forms.KEY]) == kept_forms.MOST_FORMS


def test_one_address_keeps_sixty_forms_a_minute(client, attempt):
    request = RequestFactory().post("/")
    assert all(limits.take(request, "kept_answers") for _ in range(59))

    assert send(client, attempt)["Location"] == SIGN_IN
    assert send(client, attempt)["Location"] == f"/accounts/login/?next=/attempts/{attempt.pk}/"


def test_an_attempt_that_is_not_known_begins_no_session(client, learner):
    told = client.post("/attempts/987654321/", {"slot": "1", "answer": "0"})

    assert told["Location"] == "/accounts/login/?next=/attempts/987654321/"
    assert not Session.objects.exists()


def test_only_the_fields_of_an_attempts_page_are_kept_and_not_for_long(client, attempt, learner):
    send(client, attempt, csrfmiddlewaretoken="t", other="o", flag="on")
    assert list(client.session[kept_forms.KEY][0]["fields"]) == ["slot", "seen", "answer", "go", "flag"]
    assert client.session.get_expiry_age() == 2 * 3600
    sign_in(client, learner)
    session = client.session
    session[kept_forms.KEY][0]["at"] = (timezone.now() - kept_forms.HOLDS).isoformat()
    session.save()

    assert client.get("/attempts/kept/")["Location"] == "/learning/"
    assert client.get(f"/attempts/{attempt.pk}/").status_code == 200

"""The pages of regrading, and who opens them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts import jobs
from accounts.models import Job
from certification.models import Certificate
from cms.models import QuizDraw, QuizPage
from courses import questions, regrade_trials, regrading
from courses.models import Attempt, Regrade
from tests import making
from tests.courses.regrades import (
    FEWER,
    NOW,
    OTHER,
    RIGHT,
    apply,
    certified,
    enrolled,
    everything,
    five,
    keyed,
    page_of,
    published,
    stand,
    taken,
)

# --- Who ------------------------------------------------------------------------------------------------------------------


def without_review(course_page):
    course_page.review_required = False
    making.publish(course_page)


MAY = {
    "editor": True,
    "admin": True,
    "trainer": False,
    "trainer2": False,
    "hr": False,
    "director": False,
    "learner": False,
}


@pytest.mark.parametrize("review", [True, False])
@pytest.mark.parametrize("who", MAY)
def test_who_may_grade_anew(course_page, due, people, who, review):
    if not review:
        without_review(course_page)
    may = MAY[who] or (who == "trainer" and not review)
    due = type(due).objects.get(pk=due.pk)

    if may:
        assert apply(due, people[who]).applied_by == people[who]
        return
    for deed in (regrading.apply, regrading.apply_later):
        with pytest.raises(PermissionDenied):
            deed(question=due, version=due.current, by=people[who], reason="I want it")
    assert not Regrade.objects.exists()


# 302: to the sign-in, or back to where the person may be.
ANSWERS = {
    "editor": 200,
    "admin": 200,
    "trainer": 302,
    "trainer2": 404,
    "hr": 302,
    "director": 302,
    "learner": 302,
    None: 302,
}


@pytest.mark.parametrize("who", ANSWERS)
def test_who_opens_the_pages(client, course_page, due, people, who):
    made = apply(due, people["admin"])
    if who:
        client.force_login(people[who])
    question = reverse("wagtailsnippets_courses_question:regrade", args=[due.pk])
    result = reverse("wagtailsnippets_courses_question:regraded", args=[due.pk, made.pk])
    learner = Attempt.objects.get().enrolment.learner

    for address in (question, result):
        response = client.get(address)
        assert response.status_code == ANSWERS[who]
        if who not in ("editor", "admin"):
            assert learner.last_name not in response.text
    before = everything()
    assert client.post(question, {"version": "1", "reason": ""}).status_code == ANSWERS[who]  # no reason: nothing
    assert client.post(result).status_code == (405 if who in ("editor", "admin", "trainer", "trainer2") else 302)
    assert everything()[1:] == before[1:]


def test_a_trainer_of_a_course_without_review_opens_them_and_of_another_course_sees_no_names(
    client, course_page, due, people
):
    """The pool serves a quiz of another course too, whose learners are not this trainer's."""
    without_review(course_page)
    other = making.course(quiz=False, code="FOR")
    quiz = QuizPage(title="Begona test", slug="begona", pass_mark=70, attempts=3, wait_hours=24)
    quiz.draws = [QuizDraw(pool=due.pool, count=2)]
    making.add(other.get_children().get(), quiz)
    foreign = making.row(other).activities.get(kind="quiz").quiz
    second = due.pool.questions.exclude(pk=due.pk).get(retired=False)
    stranger = enrolled(other, last_name="Begonayeva")
    old = due.versions.get(number=1)
    type(due).objects.filter(pk=due.pk).update(current=old)
    taken(foreign, stranger, {due: OTHER, second: RIGHT})
    type(due).objects.filter(pk=due.pk).update(current=due.versions.get(number=2))
    own = Attempt.objects.exclude(enrolment=stranger).get().enrolment.learner
    client.force_login(people["trainer"])
    address = reverse("wagtailsnippets_courses_question:regrade", args=[due.pk])

    shown = client.get(address)
    ((_title, rows, count),) = shown.context["told"]
    assert ([one["person"] for one in rows], count) == ([own, None], 2)
    done = client.post(address, {"version": "2", "reason": "The key"}, follow=True)

    assert "Begonayeva" not in shown.text + done.text
    assert own.get_full_name() in done.text
    assert Regrade.objects.get().applied_by == people["trainer"]


# --- The pages ------------------------------------------------------------------------------------------------------------


def test_the_page_counts_then_applies_with_a_reason_and_lists_what_was_done(client, course_page, bank, editor):
    quiz, first, second = bank
    loser = certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    winner = taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, keyed())
    client.force_login(editor)
    before = everything()

    shown = client.get(page_of(first))
    assert [[one["of"] for one in rows] for _title, rows, _n in shown.context["told"]] == [[loser], [winner]]
    assert Certificate.objects.get().number in shown.text
    refused = client.post(page_of(first), {"version": "2", "reason": " "})
    assert list(refused.context["form"].errors) == ["reason"]
    assert everything() == before

    done = client.post(page_of(first), {"version": "2", "reason": "<b>The key</b>"})
    made = Regrade.objects.get()
    assert (done.url, made.reason) == (page_of(first, made.pk), "<b>The key</b>")
    result = client.get(done.url)
    assert [[one["of"] for one in rows] for _title, rows, _n in result.context["told"]] == [[loser], [winner]]
    assert "&lt;b&gt;The key" in result.text and "<b>The key" not in result.text
    assert [one.pk for one in client.get(page_of(first)).context["past"]] == [made.pk]
    again = client.post(page_of(first), {"version": "2", "reason": "once more"}, follow=True)
    assert again.redirect_chain == [(page_of(first), 302)]
    assert Regrade.objects.count() == 1


@pytest.mark.parametrize("version", ["2", "99", "x", "", "1' OR 1=1"])
def test_an_unknown_version_is_the_current_one(client, bank, editor, version):
    client.force_login(editor)

    assert client.get(page_of(bank[1]), {"version": version}).context["version"].number == 1


def test_a_regrade_is_shown_under_its_own_question_alone(client, course_page, bank, editor, due):
    made = apply(due, editor)
    client.force_login(editor)

    assert client.get(page_of(bank[2], made.pk)).status_code == 404


def test_a_version_that_cannot_grade_is_refused_in_words(client, course_page, bank, editor):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, FEWER)
    client.force_login(editor)

    for response in (client.get(page_of(first)), client.post(page_of(first), {"version": "2", "reason": "x"})):
        assert response.context["trial"] is None
        assert 'role="alert"' in response.text
    assert not Regrade.objects.exists()


WAITING = '<a href="">'  # look again


def test_many_go_by_a_job_and_the_page_says_how_far_it_is(client, course_page, bank, editor, small_batches):
    five(course_page, bank)
    client.force_login(editor)

    done = client.post(page_of(bank[1]), {"version": "2", "reason": "The key"})
    waiting = client.get(done.url)
    assert waiting.context["job"].finished_at is None
    assert WAITING in waiting.text
    again = client.post(page_of(bank[1]), {"version": "2", "reason": "The key"})
    assert 'role="alert"' in again.text
    jobs.run_due()
    finished = client.get(done.url)

    assert WAITING not in finished.text
    assert finished.context["counts"]["newly_passed"] == 5


def test_many_are_counted_by_a_job_and_the_page_shows_what_a_small_one_would(
    client, course_page, bank, editor, small_batches, monkeypatch
):
    made = five(course_page, bank)
    client.force_login(editor)
    small = client.get(page_of(bank[1])).context
    monkeypatch.setattr(regrade_trials, "AT_ONCE", 4)
    before = everything()[1:]

    asked = client.get(page_of(bank[1]))
    assert (asked.context["trial"], asked.context["many"], Job.objects.count()) == (None, 5, 0)
    client.post(page_of(bank[1]), {"version": "2", "reason": "not counted yet"})
    for _twice in range(2):
        counting = client.post(page_of(bank[1]), {"version": "2", "count": "1"}, follow=True)
    job = Job.objects.get()
    assert (counting["Refresh"], counting.context["job"], counting.context["trial"]) == ("3", job, None)
    jobs.run_due()

    counted = client.get(page_of(bank[1]))
    assert "Refresh" not in counted
    for name in ("trial", "counts", "told"):
        assert counted.context[name] == small[name]
    assert (counted.context["stale"], everything()[1:]) == (False, before)
    job.refresh_from_db()
    assert (job.done, job.total) == (5, 5)
    taken(bank[0], enrolled(course_page), {bank[1]: OTHER}, now=NOW + timedelta(hours=1))  # by the new key already
    assert client.get(page_of(bank[1])).context["stale"] is False
    apply(bank[1], editor)
    assert client.get(page_of(bank[1])).context["trial"].attempts == 0  # few again: counted at once
    assert {stand(one) for one in made} == {(100, True)}


def test_what_was_counted_is_told_to_be_old_when_it_is(client, course_page, bank, editor, monkeypatch):
    five(course_page, bank)
    monkeypatch.setattr(regrade_trials, "AT_ONCE", 1)
    regrade_trials.ask(question=bank[1], version=bank[1].current, by=editor)
    jobs.run_due()
    Attempt.objects.first().questions.filter(version__question=bank[1]).update(graded_by=bank[1].current)
    client.force_login(editor)

    assert client.get(page_of(bank[1])).context["stale"] is True
    Job.objects.get().made.delete()
    assert client.get(page_of(bank[1])).context["trial"] is None


def test_counting_that_cannot_be_done_any_more_says_so(client, course_page, bank, editor, monkeypatch):
    five(course_page, bank)
    with pytest.raises(regrading.CannotRegrade):
        regrade_trials.ask(question=bank[2], version=bank[1].current, by=editor)
    job = regrade_trials.ask(question=bank[1], version=bank[1].current, by=editor)
    bank[1].versions.filter(number=2).update(published_at=None)

    jobs.run_due()
    job.refresh_from_db()
    assert (job.state, job.made.name) == ("failed", "")
    client.force_login(editor)
    assert 'role="alert"' in client.get(page_of(bank[1])).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_and_three(client, course_page, bank, editor, count, django_assert_num_queries):
    quiz, first, second = bank
    for _ in range(count):
        certified(course_page, quiz, {first: RIGHT, second: RIGHT})
        taken(quiz, enrolled(course_page), {first: OTHER, second: RIGHT})
    published(first, keyed())
    client.force_login(editor)
    client.get(page_of(first))

    with django_assert_num_queries(25):
        client.get(page_of(first))
    made = apply(first, editor)
    with django_assert_num_queries(14):
        client.get(page_of(first, made.pk))


def test_the_editor_leads_there_where_something_is_published(client, bank, editor):
    client.force_login(editor)
    draft = bank[1].pool.questions.create(note="qoralama")
    questions.revise(question=draft, kind="single", content=making.SINGLE)

    def leads(question):
        return (
            page_of(question) in client.get(reverse("wagtailsnippets_courses_question:edit", args=[question.pk])).text
        )

    assert (leads(bank[1]), leads(draft)) == (True, False)
    assert client.get(page_of(draft)).context["trial"] is None

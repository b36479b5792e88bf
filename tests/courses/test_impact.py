"""What rests on a question is seen before a change of it is published; wording alone keeps the statistics."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.roles import grant
from certification import award
from certification.models import Certificate
from courses import attempts, impact, questions
from courses.impact import Impact, Use, impact_of
from courses.impact_panel import ImpactSidePanel
from tests import making
from tests.certification import studying
from tests.courses import regrades
from tests.courses.bank.test_editor import from_form
from tests.courses.regrades import NOW, OTHER, RIGHT, WRONG, answer, begun, enrolled, keyed, published, taken
from tests.kept import kept

EDIT = "wagtailsnippets_courses_question:edit"


@kept
def course_page(bedrock):
    return making.course(code="IMP")


@kept
def bank(course_page):
    return regrades.two_questions(course_page)


@pytest.fixture
def as_editor(client, base):
    person = making.person("editor")
    grant(person=person, role=Role.EDITOR)
    client.force_login(person)
    return client


def certified(course_page, quiz, answers):
    """A learner with a certificate that rests on a passed attempt."""
    enrolment = enrolled(course_page, studying.learner())
    taken(quiz, enrolment, answers)
    studying.do(enrolment, without=("quiz",), now=NOW)
    completion = award.consider(learner=enrolment.learner_id, course=enrolment.course_id, now=NOW)
    award.issue(completion=completion.pk, now=NOW)
    return enrolment


def of(question):
    question.refresh_from_db()
    return impact_of([question])[question.pk]


def test_a_question_that_nobody_drew_has_no_impact(bank):
    quiz, *_ = bank
    unused = making.question(quiz.draws.get().pool)

    assert of(unused) == Impact((), 0)
    assert not of(unused)


def test_open_and_graded_attempts_are_counted_by_version_and_certificates_that_stand(course_page, bank):
    quiz, first, second = bank
    certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    revoked = certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    Certificate.objects.filter(enrolment=revoked).update(
        revoked_at=NOW, revoked_by=revoked.learner, revocation_ground="mistake", revocation_reason="x"
    )
    taken(quiz, enrolled(course_page), {first: WRONG, second: WRONG})
    begun(quiz, enrolled(course_page))
    published(first, keyed())
    begun(quiz, enrolled(course_page))

    assert of(first) == Impact((Use(1, 1, False, 1, 3), Use(2, 2, True, 1, 0)), 1)
    assert of(second) == Impact((Use(1, 1, True, 2, 3),), 1)


def test_a_certificate_rests_only_on_questions_of_passed_attempts(course_page, bank):
    quiz, first, second = bank
    pool = quiz.draws.get().pool
    enrolment = enrolled(course_page, studying.learner())
    taken(quiz, enrolment, {first: WRONG, second: WRONG})
    third, fourth = pool.questions.filter(retired=True)
    for one, retired in ((first, True), (second, True), (third, False), (fourth, False)):
        questions.retire(question=one, by=None, retired=retired)
    taken(quiz, enrolment, {third: RIGHT, fourth: RIGHT}, now=NOW + timedelta(hours=25))
    studying.do(enrolment, without=("quiz",), now=NOW)
    award.issue(completion=award.consider(learner=enrolment.learner_id, course=enrolment.course_id, now=NOW).pk)

    found = impact_of([first, third])

    assert (found[first.pk].certificates, found[third.pk].certificates) == (0, 1)


def test_without_a_room_that_knows_certificates_nothing_is_counted_as_none(bank, monkeypatch):
    monkeypatch.setattr(impact, "_certificates", None)

    with pytest.raises(RuntimeError):
        of(bank[1])


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_questions_costs_three_queries(course_page, bank, count, django_assert_num_queries):
    quiz, *both = bank
    taken(quiz, enrolled(course_page), dict.fromkeys(both, RIGHT))
    rows = list(quiz.draws.get().pool.questions.all()[:count])

    with django_assert_num_queries(3):
        impact_of(rows)


# --- Only the wording -----------------------------------------------------------------------------------------------------


def reworded(right=RIGHT):
    return {**keyed(right), "text": making.words("Which one?")}


def test_attempts_before_and_after_a_change_of_wording_count_together_and_a_new_key_apart(course_page, bank):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})
    published(first, reworded(), editorial=True)
    taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})
    published(first, reworded(OTHER))
    taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})
    published(first, keyed(OTHER), editorial=True)
    taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})

    assert of(first).uses == (
        Use(1, 1, False, 0, 1), Use(2, 1, False, 0, 1), Use(3, 3, False, 0, 1), Use(4, 3, True, 0, 1),
    )  # fmt: skip


def test_another_key_is_never_called_wording(bank):
    first = bank[1]

    with pytest.raises(questions.MoreThanWording):
        questions.revise(question=first, kind="single", content=keyed(), editorial=True)

    assert first.versions.count() == 1


def test_a_draft_with_another_key_is_measured_against_what_learners_get(bank):
    """Wording after a draft of another key would smuggle the key in."""
    first = bank[1]
    questions.revise(question=first, kind="single", content=keyed())

    with pytest.raises(questions.MoreThanWording):
        questions.revise(question=first, kind="single", content=reworded(OTHER), editorial=True)


# --- In /cms/ -------------------------------------------------------------------------------------------------------------


def form_of(client, question, **more):
    return from_form(client.get(reverse(EDIT, args=[question.pk])).context["form"]) | more


def changed(data, right=0):
    """Another answer is the right one."""
    flags = [f"content-0-value-choices-{n}-value-right" for n in range(3)]
    return {name: value for name, value in data.items() if name not in flags} | {flags[right]: "on"}


def test_save_and_publish_asks_first_where_attempts_rest_on_the_question(as_editor, course_page, bank):
    quiz, first, second = bank
    certified(course_page, quiz, {first: RIGHT, second: RIGHT})
    data = changed(form_of(as_editor, first, **{"action-publish": "1"}))

    asked = as_editor.post(reverse(EDIT, args=[first.pk]), data)
    first.refresh_from_db()
    assert (first.current.number, first.versions.count()) == (1, 2)

    confirm = as_editor.get(asked.url)
    told = [one["impact"] for one in confirm.context["items"]]
    assert told == [Impact((Use(1, 1, True, 0, 1),), 1)]
    assert f'href="{reverse(EDIT, args=[first.pk])}"' in confirm.text

    done = as_editor.post(asked.url)
    first.refresh_from_db()
    assert (done.url, first.current.number) == (reverse(EDIT, args=[first.pk]), 2)


def test_who_has_published_another_key_is_led_to_grading_anew_and_who_changed_words_is_not(
    as_editor, course_page, bank
):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})
    questions.revise(question=first, kind="single", content=keyed())
    questions.revise(question=second, kind="single", content=reworded())
    fresh = making.question(quiz.draws.get().pool)  # nobody was asked it
    questions.revise(question=fresh, kind="single", content=keyed())
    address = reverse("wagtail_bulk_action", args=["courses", "question", "publish"])
    chosen = "&".join(f"id={one.pk}" for one in (first, second, fresh))

    done = as_editor.post(f"{address}?{chosen}&next=/cms/questions/", follow=True)

    assert re.findall(r'<a href="(/cms/questions/regrade/[^"]*)"', done.text) == [f"/cms/questions/regrade/{first.pk}/"]
    second.refresh_from_db()
    assert second.current.number == 2


def test_save_and_publish_does_not_ask_where_nothing_rests_on_it_or_nothing_changes(as_editor, course_page, bank):
    quiz, first, _second = bank
    address = reverse(EDIT, args=[first.pk])
    as_editor.post(address, changed(form_of(as_editor, first, **{"action-publish": "1"})))
    first.refresh_from_db()
    assert first.current.number == 2

    begun(quiz, enrolled(course_page))
    unchanged = as_editor.post(address, form_of(as_editor, first, **{"action-publish": "1"}))
    assert unchanged.url == address


def test_the_editor_says_at_the_box_that_another_key_is_more_than_wording(as_editor, bank):
    first = bank[1]

    response = as_editor.post(reverse(EDIT, args=[first.pk]), changed(form_of(as_editor, first, editorial="on")))

    assert list(response.context["form"].errors) == ["editorial"]
    assert first.versions.count() == 1


def test_the_side_box_tells_it_on_the_page_of_the_question(as_editor, course_page, bank):
    quiz, first, second = bank
    taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})

    text = as_editor.get(reverse(EDIT, args=[first.pk])).text

    assert 'data-side-panel="impact"' in text
    assert reverse("wagtailsnippets_courses_question:regrade", args=[first.pk]) in text


def test_the_side_box_costs_three_queries_whatever_rests_on_the_question(
    as_editor, course_page, bank, django_assert_num_queries
):
    quiz, first, second = bank
    request = as_editor.get(reverse(EDIT, args=[first.pk])).wsgi_request
    for taken_by in (1, 3):
        for _ in range(taken_by):
            taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})
        with django_assert_num_queries(3):
            ImpactSidePanel(first, request).get_context_data({})


@pytest.mark.parametrize("count", [1, 3])
def test_the_confirmation_costs_the_same_for_one_and_three(
    as_editor, course_page, bank, count, django_assert_max_num_queries
):
    quiz, first, second = bank
    for _ in range(count):
        taken(quiz, enrolled(course_page), {first: RIGHT, second: RIGHT})
    drafts = [making.question(quiz.draws.get().pool) for _ in range(count)]
    for one in drafts:
        questions.revise(question=one, kind="single", content=keyed())
    address = reverse("wagtail_bulk_action", args=["courses", "question", "publish"])
    address += "?" + "&".join(f"id={one.pk}" for one in drafts)
    as_editor.get(address)

    with django_assert_max_num_queries(14 + 2 * count):  # Wagtail's check_perm asks for each row
        assert as_editor.get(address).status_code == 200


def test_an_attempt_under_way_keeps_its_version_when_the_next_is_published(course_page, bank):
    quiz, first, second = bank
    attempt = begun(quiz, enrolled(course_page), timezone.now())
    published(first, keyed())
    answer(attempt, {first: RIGHT, second: RIGHT}, timezone.now())

    assert attempts.submit(attempt=attempt, now=timezone.now()).score == 100

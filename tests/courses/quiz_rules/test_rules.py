"""The rules of a quiz: what is drawn, when it opens and closes, what a wrong answer costs, what is shown afterwards."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses import attempts, draws, grading, kinds
from courses.models import Attempt, Draw, Quiz
from tests import making
from tests.courses.quiz_rules.ruling import NOW, answer, ruled, start, when
from tests.courses.test_forged import CONTENTS

# --- The score ------------------------------------------------------------------------------------------------------------


ROWS = st.lists(
    st.one_of(
        st.just(SimpleNamespace(score=Decimal(0), answer=None)),
        st.decimals(0, 1, places=4).map(lambda score: SimpleNamespace(score=score, answer="c1")),
    ),
    max_size=60,
)


@given(ROWS, st.integers(0, 100))
def test_a_score_is_within_its_bounds_and_a_penalty_never_helps(rows, penalty):
    assert 0 <= grading.total(rows, penalty) <= grading.total(rows) <= 100


@given(ROWS, st.integers(0, 100), st.randoms())
def test_the_order_of_questions_and_the_penalty_for_what_is_left_out_change_nothing(rows, penalty, dice):
    mixed = dice.sample(rows, len(rows))
    left_out = [SimpleNamespace(score=Decimal(0), answer=None) for _row in rows]

    assert grading.total(mixed, penalty) == grading.total(rows, penalty)
    assert grading.total(left_out, penalty) == 0
    unanswered = [row if row.score else SimpleNamespace(score=row.score, answer=None) for row in rows]
    assert grading.total(unanswered, penalty) == grading.total(rows)


@given(st.sampled_from(["single", "multiple", "ordering", "matching"]), st.randoms())
def test_a_permutation_of_the_parts_changes_no_score(kind, dice):
    content = CONTENTS[kind]
    ids = [part["id"] for part in kinds.parts(kind, content)]
    chosen = dice.sample(ids, len(ids) if kind in ("ordering", "matching") else 1 if kind == "single" else 2)
    scores = set()
    for _ in range(4):
        order = dice.sample(ids, len(ids))
        values = [str(order.index(key)) for key in chosen]
        scores.add(kinds.grade(kind, content, kinds.read(kind, content, order, values)))

    assert len(scores) == 1


@pytest.mark.parametrize(
    ("penalty", "keys", "score"),
    [(0, ["c2", "c1"], "50"), (25, ["c2", "c1"], "37.5"), (25, ["c2", None], "50"), (100, ["c1", "c3"], "0"), (100, ["c2", "c1"], "0")],
)  # fmt: skip
def test_a_wrong_answer_costs_what_the_quiz_says_and_one_left_out_nothing(enrolment, quiz, penalty, keys, score):
    ruled(quiz, penalty=penalty)

    assert answer(start(enrolment, quiz), *keys).score == Decimal(score)


def test_a_penalty_set_later_does_not_reach_an_attempt_under_way(enrolment, quiz):
    attempt = start(enrolment, quiz)
    ruled(quiz, penalty=100)

    assert answer(attempt, "c2", "c1").score == 50


def test_the_penalty_is_stated_before_and_after(signed_in, enrolment, quiz):
    ruled(quiz, penalty=25)
    before = signed_in.get(quiz.activity.addresses["uz"]).text
    graded = answer(start(enrolment, quiz), "c2", "c1")
    after = signed_in.get(f"/attempts/{graded.pk}/result/").text

    assert "25 %" in before
    assert "25 %" in after
    assert "37,5 %" in after
    ruled(quiz, penalty=0)
    assert "25 %" not in signed_in.get(quiz.activity.addresses["uz"]).text


# --- What is drawn --------------------------------------------------------------------------------------------------------


def bank(pool, *labels):
    """Questions of the pool with (level, competence, tags) each."""
    made = []
    for level, competence, *tags in labels:
        question = making.question(pool)
        question.level, question.competence = level, competence
        question.save()
        question.tags.add(*tags)
        made.append(question)
    return made


def draw_these(quiz, *rules):
    """Replace the draws of a quiz: (pool, count, {labels})."""
    quiz.draws.all().delete()
    Draw.objects.bulk_create(
        Draw(quiz=quiz, pool=pool, count=n, position=place, **labels) for place, (pool, n, labels) in enumerate(rules)
    )
    return Quiz.objects.get(pk=quiz.pk)


@pytest.mark.parametrize(
    ("labels", "which"),
    [
        ({}, {0, 1, 2, 3}),
        ({"level": "basic"}, {0, 1}),
        ({"competence": "4.2"}, {1, 2}),
        ({"tag": "oʻyin"}, {2, 3}),
        ({"tag": "OʻYIN", "competence": "4.2"}, {2}),
        ({"level": "basic", "tag": "oʻyin"}, set()),
    ],
)
def test_a_draw_takes_those_with_all_its_labels(enrolment, quiz, labels, which):
    pool = making.pool(count=0)
    made = bank(
        pool, ("basic", "1.1"), ("basic", "4.2"), ("advanced", "4.2", "oʻyin", "boshqa"), ("advanced", "", "Oʻyin")
    )
    quiz = draw_these(quiz, (pool, 4, labels))

    assert {version.question_id for version in draws.draw(quiz)} == {made[n].pk for n in which}


def test_where_labels_overlap_everybody_gets_enough_and_no_question_comes_twice(enrolment, quiz):
    pool = making.pool(count=0)
    bank(pool, ("basic", "4.2"), ("basic", "1.1"), ("advanced", "4.2"), ("advanced", "1.1"))
    quiz = draw_these(quiz, (pool, 1, {}), (pool, 2, {"level": "basic"}), (pool, 1, {"competence": "4.2"}))

    for _ in range(30):
        drawn = draws.draw(quiz)
        assert len({version.pk for version in drawn}) == len(drawn) == 4


def test_every_question_is_drawn_sooner_or_later_and_in_no_fixed_place(enrolment, quiz):
    pool = making.pool(count=3)
    quiz = draw_these(quiz, (pool, 2, {}))
    seen = Counter(tuple(version.pk for version in draws.draw(quiz)) for _ in range(200))

    assert len(seen) == 6


def test_drawing_costs_the_same_for_one_pool_and_for_five(enrolment, quiz, django_assert_num_queries):
    for pools in (1, 5):
        ruled = draw_these(quiz, *[(making.pool(count=3), 2, {}) for _ in range(pools)])
        with django_assert_num_queries(3):  # the draws, who may be drawn, the versions
            assert len(draws.draw(ruled)) == 2 * pools


def test_too_few_with_a_label_are_a_shortfall_that_names_it(enrolment, quiz):
    from courses import syllabus

    pool = making.pool(code="LABELS", count=0)
    bank(pool, ("basic", "4.2"), ("advanced", "1.1"))
    draw_these(quiz, (pool, 2, {"level": "basic", "competence": "4.2"}))

    syllabus.recheck([enrolment.course])
    enrolment.course.refresh_from_db()

    (missing,) = enrolment.course.missing
    assert (missing["what"], missing["wanted"], missing["ready"], missing["labels"]) == (
        "few_labelled",
        2,
        1,
        "basic, 4.2",
    )
    assert "LABELS" in syllabus.explain(missing)
    assert "basic, 4.2" in syllabus.explain(missing)
    with pytest.raises(attempts.NoAttemptNow, match="not_whole"):
        start(enrolment, quiz)


def test_draws_that_take_each_others_questions_are_a_shortfall(enrolment, quiz):
    from courses import syllabus

    pool = making.pool(count=0)
    bank(pool, ("basic", "4.2"), ("basic", "4.2"))
    draw_these(quiz, (pool, 2, {"level": "basic"}), (pool, 1, {"competence": "4.2"}))

    (missing,) = syllabus.shortfalls(enrolment.course)

    assert (missing["what"], missing["wanted"], missing["ready"]) == ("few_together", 1, 0)


def test_no_attempt_is_shorter_than_the_quiz_says(enrolment, quiz):
    """The bank shrank a moment ago, and the course does not know it yet."""
    quiz.draws.get().pool.questions.filter(pk__in=quiz.draws.get().pool.questions.values("pk")[:3]).update(retired=True)

    with pytest.raises(attempts.NoAttemptNow, match="not_whole"):
        start(enrolment, quiz)
    assert not Attempt.objects.exists()


# --- When -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "closes", "refused"),
    [(1, 2, "not_open"), (-2, -1, "closed"), (-1, 0, "closed"), (0, 1, None), (None, 1, None), (-1, None, None), (1, None, "not_open")],
)  # fmt: skip
def test_nobody_begins_before_it_opens_nor_after_it_has_closed(enrolment, quiz, opens, closes, refused):
    at = {"opens_at": opens, "closes_at": closes}
    ruled(quiz, **{name: None if hours is None else NOW + timedelta(hours=hours) for name, hours in at.items()})
    if refused is None:
        assert start(enrolment, quiz).pk
        return
    with pytest.raises(attempts.NoAttemptNow) as no:
        start(enrolment, quiz)
    assert (no.value.reason, no.value.until) == (refused, quiz.opens_at if refused == "not_open" else quiz.closes_at)


@pytest.mark.parametrize("hours", [(5, 6), (-6, -5)])
def test_the_refusal_names_the_time_and_the_page_offers_no_button(signed_in, enrolment, quiz, hours):
    opens, closes = (NOW + timedelta(hours=n) for n in hours)
    ruled(quiz, opens_at=opens, closes_at=closes)
    page = signed_in.get(quiz.activity.addresses["uz"]).text
    told = signed_in.post(f"/quizzes/{quiz.pk}/start/", follow=True).text

    named = when(opens if hours[0] > 0 else closes)
    assert named in page
    assert f'action="/quizzes/{quiz.pk}/start/"' not in page
    assert told.count(named) > page.count(named)  # the message, and the page below it
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("limit", "closes", "deadline"), [(60, 30, 30), (20, 30, 20), (None, 30, 30), (None, None, 1440)]
)
def test_the_deadline_is_never_after_the_quiz_closes(enrolment, quiz, limit, closes, deadline):
    ruled(quiz, time_limit=limit, closes_at=closes and NOW + timedelta(minutes=closes))

    assert start(enrolment, quiz).closes_at == NOW + timedelta(minutes=deadline)


def test_answers_are_taken_in_the_grace_and_not_after_it(enrolment, quiz):
    attempt = start(enrolment, ruled(quiz, time_limit=10, grace_seconds=30))
    end = attempt.closes_at
    row = attempt.questions.get(slot=1)
    right = [str(row.order.index("c2"))]
    attempts.save_answer(attempt=attempt, slot=1, values=right, now=end + timedelta(seconds=29.9))
    for late in (30, 31, 3600):
        with pytest.raises(attempts.AttemptClosed):
            attempts.save_answer(attempt=attempt, slot=1, values=["0"], now=end + timedelta(seconds=late))
        with pytest.raises(attempts.AttemptClosed):
            attempts.save_answers(attempt=attempt, given={1: ["0"]}, now=end + timedelta(seconds=late))

    assert attempts.close_overdue(now=end + timedelta(seconds=29.9)) == 0
    assert start(enrolment, quiz, now=end + timedelta(seconds=10)) == attempt  # no second one beside it
    assert attempts.close_overdue(now=end + timedelta(seconds=30)) == 1
    attempt.refresh_from_db()
    assert (attempt.score, attempt.submitted_at) == (50, end)


def test_the_grace_is_frozen_and_each_attempt_has_its_own(enrolment, quiz):
    attempt = start(enrolment, ruled(quiz, time_limit=10, grace_seconds=0))
    other = start(
        making.enrol(making.person(), SimpleNamespace(translation_key=enrolment.course.key)),
        ruled(quiz, grace_seconds=600),
    )

    assert list(Attempt.objects.overdue(attempt.closes_at)) == [attempt]
    assert list(Attempt.objects.overdue(attempt.closes_at + timedelta(seconds=599))) == [attempt]
    assert set(Attempt.objects.overdue(attempt.closes_at + timedelta(seconds=600))) == {attempt, other}


def test_in_the_grace_a_form_is_taken_and_nothing_more_is_shown(signed_in, enrolment, quiz):
    attempt = start(
        enrolment, ruled(quiz, time_limit=10, grace_seconds=300), now=timezone.now() - timedelta(minutes=11)
    )
    address = f"/attempts/{attempt.pk}/"

    sent = signed_in.post(address, {"slot": "1", "answer": "0", "go": "next"}, follow=True)

    assert sent.redirect_chain[-1] == (f"{address}finish/", 302)
    assert "Vaqt tugadi" in sent.text
    assert attempt.questions.get(slot=1).answer is not None
    assert signed_in.get(address)["Location"] == f"{address}finish/"
    signed_in.post(f"{address}finish/")
    attempt.refresh_from_db()
    assert attempt.submitted_at == attempt.closes_at


# --- What is shown afterwards ---------------------------------------------------------------------------------------------


KEY, MARKED = "two uz", "Savollar boʻyicha izoh"
SHOWS = Quiz.Shows
SEEN = [
    # shows, answers of the attempts, closed; then: marked answers, key
    (SHOWS.SCORE, "failed", True, False, False),
    (SHOWS.SCORE, "passed", True, False, False),
    (SHOWS.ANSWERS, "failed", True, True, False),
    (SHOWS.ANSWERS, "passed", True, True, False),
    (SHOWS.WHEN_DONE, "failed", False, True, False),
    (SHOWS.WHEN_DONE, "used up", False, True, True),
    (SHOWS.WHEN_DONE, "passed", False, True, True),
    (SHOWS.WHEN_CLOSED, "passed", False, True, False),
    (SHOWS.WHEN_CLOSED, "failed", True, True, True),
    (SHOWS.ALL, "failed", False, True, True),
]


@pytest.mark.parametrize(("shows", "stand", "closed", "marked", "key"), SEEN)
def test_what_is_shown_of_a_graded_attempt(signed_in, enrolment, quiz, shows, stand, closed, marked, key):
    ruled(
        quiz,
        pass_mark=50,
        wait_hours=0,
        shows=shows,
        attempts=1 if stand == "used up" else 3,
        closes_at=NOW + timedelta(hours=1),
    )
    first = answer(start(enrolment, quiz), "c1", "c1")
    if stand == "passed":
        answer(start(enrolment, quiz), "c2", "c2")
    if closed:
        ruled(quiz, opens_at=NOW - timedelta(days=2), closes_at=NOW - timedelta(minutes=1))

    page = signed_in.get(f"/attempts/{first.pk}/result/").text

    assert (MARKED in page, KEY in page, "Because." in page) == (marked, key, key)
    assert "0 %" in page


@pytest.mark.parametrize("shows", SHOWS)
def test_beside_an_open_attempt_of_that_person_the_score_alone_is_shown(signed_in, enrolment, quiz, shows):
    ruled(quiz, pass_mark=50, wait_hours=0, shows=shows)
    first = answer(start(enrolment, quiz), "c1", "c2")
    page = f"/attempts/{first.pk}/result/"
    start(enrolment, quiz)

    shown = signed_in.get(page).text

    assert KEY not in shown
    assert MARKED not in shown
    assert "Which?" not in shown


def test_nor_beside_an_open_attempt_at_another_test_that_may_draw_the_same_questions(
    signed_in, learner, enrolment, quiz
):
    ruled(quiz, shows=SHOWS.ALL)
    first = answer(start(enrolment, quiz), "c1", "c1")
    assert KEY in signed_in.get(f"/attempts/{first.pk}/result/").text
    other = making.enrol(learner, making.course())
    start(other, other.course.activities.get(kind="quiz").quiz)

    assert KEY not in signed_in.get(f"/attempts/{first.pk}/result/").text


def test_once_closed_to_all_means_that_nobody_is_writing_any_more(signed_in, enrolment, quiz):
    ruled(quiz, shows=SHOWS.WHEN_CLOSED, closes_at=NOW + timedelta(hours=1))
    first = answer(start(enrolment, quiz), "c1", "c1")
    other = start(making.enrol(making.person(), SimpleNamespace(translation_key=enrolment.course.key)), quiz)
    ruled(quiz, closes_at=NOW - timedelta(minutes=1))  # closed earlier than was said when the other began
    page = f"/attempts/{first.pk}/result/"
    assert KEY not in signed_in.get(page).text

    attempts.submit(attempt=other, now=NOW)

    assert KEY in signed_in.get(page).text


def test_who_is_given_one_more_attempt_sees_the_key_no_more(signed_in, enrolment, quiz):
    from courses import allowances

    ruled(quiz, attempts=1)
    first = answer(start(enrolment, quiz), "c1", "c1")
    page = f"/attempts/{first.pk}/result/"
    assert KEY in signed_in.get(page).text

    allowances.give(enrolment=enrolment, quiz=quiz, attempts=1, reason="Tok oʻchdi", by=making.person("trainer"))

    assert KEY not in signed_in.get(page).text

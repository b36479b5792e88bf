"""Which attempts and versions item analysis counts, what it keeps, texts with gaps."""

import io
import statistics
from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.cache import cache
from openpyxl import load_workbook

from accounts.models import Role
from accounts.roles import grant
from courses import analysis_sheet, item_sums, item_verdicts, regrading
from courses.item_analysis import analyse
from courses.models import AttemptQuestion, Enrolment, Question
from tests import making
from tests.courses import simulation
from tests.courses.item_analysis.independent import by_hand, healthy, kinds_of, taken
from tests.courses.simulation import Item

pytestmark = pytest.mark.django_db


# --- Which attempts, which versions -----------------------------------------------------------------------------------------


def test_nobody_graded():
    made = simulation.quiz(simulation.course(), healthy(3))
    simulation.take(made, simulation.enrolled(simulation.people(5), made.quiz.activity.course), graded=False)

    found = analyse(made.quiz)

    assert (found.attempts, found.mean, found.deviation, found.reliability, found.items) == (0, None, None, None, [])


def test_one_graded():
    found = analyse(taken(healthy(3), 1).quiz)

    assert (found.attempts, found.deviation, found.reliability) == (1, None, None)
    assert [(item.sums.n, item.discrimination, kinds_of(item)) for item in found.items] == [(1, None, ["few"])] * 3
    assert item_verdicts.verdicts(found.items[0])[0].words == "1 answer so far: too few to judge. Wait for 30."


def test_a_quiz_of_one_question_has_no_rest():
    found = analyse(taken(healthy(1), 60).quiz)

    (item,) = found.items
    assert (item.sums.n, item.discrimination, found.reliability) == (60, None, None)
    assert {choice.rest for choice in item.choices} == {None}
    assert kinds_of(item) == ["good"]


def test_thirty_answers_are_enough_and_twenty_nine_are_not():
    assert {kinds_of(item)[0] for item in analyse(taken(healthy(4), 29).quiz).items} == {"few"}
    assert "few" not in {kinds_of(item)[0] for item in analyse(taken(healthy(4), 30).quiz).items}


def test_second_attempts_and_second_runs_are_ignored_unless_asked_for():
    made = taken(healthy(5), 40)
    firsts = list(made.rows)
    enrolments = list(Enrolment.objects.order_by("pk"))
    simulation.take(made, enrolments, number=2, seed=2, shift=3)
    again = simulation.enrolled([one.learner for one in enrolments[:10]], made.quiz.activity.course, run_no=2)
    simulation.take(made, again, seed=3, shift=3)

    first, every = analyse(made.quiz), analyse(made.quiz, every=True)

    assert (first.attempts, every.attempts) == (40, 90)
    for found, rows in ((first, firsts), (every, made.rows)):
        assert {item.version.pk: item.facility for item in found.items} == pytest.approx(
            {version: hand["facility"] for version, hand in by_hand(rows).items()}
        )


@pytest.fixture
def rewritten():
    """One question of five is reworded after 50 attempts and gets another key after 100."""
    made = simulation.quiz(simulation.course(), [Item(b=0) for _ in range(5)])
    first = made.items[0].version
    for seed, (editorial, key) in enumerate([(None, None), (True, "c1"), (False, "c2")], 1):
        if seed > 1:
            made.items[0] = Item(b=0, right=key)
            made.items[0].version = simulation.publish(first.question, made.items[0], f"Matn {seed}", editorial)
        simulation.take(made, simulation.enrolled(simulation.people(50), made.quiz.activity.course), seed=seed)
    return made, first.question


def test_editorial_versions_are_merged_and_a_new_key_begins_anew(rewritten):
    made, question = rewritten
    versions = list(question.versions.all())
    items = [item for item in analyse(made.quiz).items if item.question == question]

    assert [item.versions for item in items] == [versions[:2], versions[2:]]
    assert [item.is_current for item in items] == [False, True]
    merged = [row | {"version": versions[0].pk} if row["version"] == versions[1].pk else row for row in made.rows]
    hand = by_hand(merged)[versions[0].pk]
    assert items[0].sums.n == 100
    assert items[0].discrimination == pytest.approx(hand["discrimination"], abs=1e-9)
    assert items[0].seconds == hand["seconds"]
    assert [choice.count for choice in items[0].choices] == [hand["choices"][f"c{n}"] for n in range(1, 5)]
    assert items[0].words == "Matn 2 en"  # the newest wording


def test_by_version_each_stands_for_itself(rewritten):
    made, question = rewritten
    items = [item for item in analyse(made.quiz, by_version=True).items if item.question == question]
    expected = by_hand(made.rows)

    assert [(item.versions, item.sums.n) for item in items] == [([version], 50) for version in question.versions.all()]
    assert [item.discrimination for item in items] == pytest.approx(
        [expected[version.pk]["discrimination"] for version in question.versions.all()], abs=1e-9
    )


def test_versions_of_a_question_are_one_question_to_alpha(rewritten):
    made, _question = rewritten
    table = defaultdict(list)
    for row in made.rows:
        table[row["attempt"]].append(row["score"])
    parts = sum(statistics.variance(column) for column in zip(*table.values(), strict=True))
    alpha = 5 / 4 * (1 - parts / statistics.variance([sum(line) for line in table.values()]))

    assert analyse(made.quiz).reliability.alpha == pytest.approx(alpha, abs=1e-9)


def test_what_was_regraded_counts_for_the_version_by_whose_key():
    made = taken([*healthy(5), Item(b=0, right="c1", key="c3")], 60)
    wrong = made.items[-1].version
    mended = simulation.publish(wrong.question, Item(b=0, right="c1"), "Savol 6")
    AttemptQuestion.objects.filter(version=wrong).update(graded_by=mended, score=Decimal(0))
    AttemptQuestion.objects.filter(version=wrong, answer="c1").update(score=Decimal(1))

    (item,) = [item for item in analyse(made.quiz).items if item.question == wrong.question]

    assert (item.versions, item.sums.n) == ([mended], 60)
    assert item.discrimination > 0 and "key" not in kinds_of(item)


def test_a_question_in_several_quizzes_has_the_answers_of_each():
    items = healthy(4)
    first = taken(items, 40)
    course = first.quiz.activity.course
    second = simulation.quiz(course, items, pool=items[0].version.question.pool)
    simulation.take(second, simulation.enrolled(simulation.people(25), course), seed=9)

    for made, n in ((first, 40), (second, 25)):
        expected = by_hand(made.rows)
        found = analyse(made.quiz)
        assert {item.sums.n for item in found.items} == {n}
        assert {item.version.pk: item.facility for item in found.items} == pytest.approx(
            {version: hand["facility"] for version, hand in expected.items()}
        )


def test_one_question_alone_has_the_same_figures(mixed):
    whole = {item.question.pk: item for item in analyse(mixed.quiz).items}
    for question, item in whole.items():
        found = analyse(mixed.quiz, question=item.question)
        (alone,) = found.items
        assert (alone.question.pk, alone.sums.n, alone.seconds) == (question, item.sums.n, item.seconds)
        assert alone.discrimination == pytest.approx(item.discrimination)
        assert [(choice.words, choice.count) for choice in alone.choices] == [
            (choice.words, choice.count) for choice in item.choices
        ]
        assert found.reliability is None


def test_a_penalty_lowers_the_score_and_not_the_facility():
    made = taken(healthy(5), 60)
    AttemptQuestion.objects.filter(score=0).update(score=Decimal("-0.25"))
    plain = by_hand(made.rows)
    punished = by_hand([row | {"score": row["score"] or -0.25} for row in made.rows])

    for item in analyse(made.quiz).items:
        assert item.facility == pytest.approx(plain[item.version.pk]["facility"])
        assert item.discrimination == pytest.approx(punished[item.version.pk]["discrimination"], abs=1e-9)


def test_a_question_that_was_never_opened_has_no_time_and_a_quiz_on_one_page_has_none():
    made = taken(healthy(3), 10)
    AttemptQuestion.objects.filter(version=made.items[0].version).update(opened_at=None)
    assert [item.seconds is None for item in analyse(made.quiz).items] == [True, False, False]

    made.quiz.one_page = True
    assert [item.seconds for item in analyse(made.quiz).items] == [None] * 3


@pytest.mark.parametrize("items", [1, 3])
def test_the_queries_are_as_many_for_one_question_as_for_three(django_assert_num_queries, items):
    plain = taken([Item() for _ in range(items)], 3)
    every_kind = taken([*[Item(kind="multiple", right="c1 c2") for _ in range(items)], Item(kind="numerical")], 3)

    with django_assert_num_queries(6):  # what it rests on (2); sums, times, totals; versions
        analyse(plain.quiz)
    with django_assert_num_queries(8):  # and what is counted of several right answers, and of typed ones
        analyse(every_kind.quiz)
    for made in (plain, every_kind):
        with django_assert_num_queries(3):  # kept: what it rests on, versions
            analyse(made.quiz)


# --- What is kept -------------------------------------------------------------------------------------------------------------


def counted(made, **how):
    return [(item.sums.n, item.sums.score, item.is_current) for item in analyse(made.quiz, **how).items]


def kept_equals_fresh(made, **how):
    """What a look shows, which must be what a first look would show."""
    seen = counted(made, **how)
    cache.clear()
    assert counted(made, **how) == seen
    return seen


@pytest.fixture
def looked_at():
    """Three attempts at one question and another; the analysis is kept."""
    made = taken([Item(), Item()], 3)
    counted(made), counted(made, every=True)
    return made


def test_who_hands_in_is_counted_at_the_next_look(looked_at):
    before = counted(looked_at)
    simulation.take(looked_at, simulation.enrolled(simulation.people(1), looked_at.quiz.activity.course), seed=7)

    after = counted(looked_at)
    assert [n for n, *_more in after] == [n + 1 for n, *_more in before]
    assert kept_equals_fresh(looked_at) == after


def test_a_regrade_is_seen_at_the_next_look_also_one_that_turns_no_score(looked_at):
    question = looked_at.items[0].version.question
    before, editor = counted(looked_at), making.person("editor")
    grant(person=editor, role=Role.EDITOR)
    simulation.publish(question, Item(key="c2"), "Savol 1")

    assert regrading.apply(question=question, version=question.current, by=editor, reason="Key").judged == 3
    after = kept_equals_fresh(looked_at)
    assert (before[0][2], [current for *_sums, current in after]) == (True, [True, True])
    assert after[0][:2] != before[0][:2]


def test_what_is_published_or_retired_is_seen_at_the_next_look(looked_at):
    simulation.publish(looked_at.items[0].version.question, Item(key="c2"), "Savol 1")
    Question.objects.filter(pk=looked_at.items[1].version.question_id).update(retired=True)

    assert [current for *_sums, current in counted(looked_at)] == [False, False]


def test_people_who_are_merged_are_one_learner_at_the_next_look(looked_at):
    first, second, _third = looked_at.quiz.attempt_rows.values_list("enrolment", flat=True)
    learner = Enrolment.objects.get(pk=first).learner_id
    Enrolment.objects.filter(pk=second).update(learner=learner, run_no=2, closed_at=simulation.BEGAN)  # as merging does

    assert [n for n, *_more in kept_equals_fresh(looked_at)] == [2, 2]
    assert [n for n, *_more in kept_equals_fresh(looked_at, every=True)] == [3, 3]


def test_only_the_commonest_typed_answers_come_to_python():
    made = taken([Item(kind="numerical"), Item()], 40)
    for number, row in enumerate(AttemptQuestion.objects.filter(version=made.items[0].version).order_by("pk")):
        AttemptQuestion.objects.filter(pk=row.pk).update(
            answer="40" if number < 15 else f"{number} <b>", score=number < 15
        )

    item = next(one for one in analyse(made.quiz).items if one.version == made.items[0].version)

    assert len(item.choices) == item_sums.COMMON
    assert [(choice.words, choice.count, choice.right) for choice in item.choices[:2]] == [
        ("40", 15, True),
        ("15 <b>", 1, False),
    ]
    assert item.choices[1].html == "15 &lt;b&gt;"


def of_gaps(key=""):
    items = [*healthy(9), Item(kind="cloze", b=0, guessing=0.0, key=key)]
    made = taken(items, 300)
    return next(item for item in analyse(made.quiz).items if item.version == items[-1].version)


def test_a_text_with_gaps_is_told_gap_by_gap():
    item = of_gaps()

    assert item.words == "[1] signs, a [2] one."
    assert {(choice.words, choice.right, choice.partly) for choice in item.choices} == {
        ("[1] 12; [2] uzunroq", True, False),
        ("[1] 4", False, False),
        ("[1] 4; [2] <b>", False, False),
    }
    assert item.chance == 0.25  # one of two in the first gap, nothing in the second
    assert kinds_of(item) == ["good"]


def test_a_word_that_the_key_of_a_gap_lacks_is_found():
    item = of_gaps(key="uzun")

    said = item_verdicts.verdicts(item)[0]
    assert (said.kind, said.state) == ("strong", item_verdicts.LOOK)
    assert "«[1] 12; [2] uzunroq», which counts as right only in part" in said.words


def test_the_sheet_holds_texts_with_gaps():
    made = taken([*healthy(2), Item(kind="cloze")], 40)

    book = load_workbook(io.BytesIO(analysis_sheet.workbook(analyse(made.quiz))))

    assert "[1] signs, a [2] one." in [row[0].value for row in book["Questions"]]
    assert "[1] 12; [2] uzunroq" in [row[2].value for row in book["Answers"]]

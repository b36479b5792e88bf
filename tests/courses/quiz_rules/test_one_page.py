"""A quiz with all questions on one page, saved as a whole."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses import attempts, kinds
from courses.models import Attempt, AttemptQuestion
from courses.quiz_page import WholePage
from tests import making
from tests.courses.quiz_rules.ruling import ruled
from tests.courses.test_forged import CONTENTS, GOOD


@pytest.fixture
def whole(learner, enrolment, quiz):
    """An open attempt at a quiz on one page, with a question of each kind, none answered."""
    ruled(quiz, one_page=True)
    made = Attempt.objects.create(
        enrolment=enrolment, quiz=quiz, number=1, started_at=timezone.now(), closes_at=timezone.now() + timedelta(hours=1), pass_mark=70
    )  # fmt: skip
    pool = quiz.draws.get().pool
    for slot, kind in enumerate(CONTENTS, 1):
        version = making.question(pool, kind, CONTENTS[kind]).current
        AttemptQuestion.objects.create(attempt=made, slot=slot, version=version, order=attempts.shuffled(version))
    return made


def form(attempt, **changed):
    """What the form sends, with slots (s1=[...]) changed by hand."""
    data = {"page": "all", "sequence": "", "go": "stay", "slot": []}
    for part in WholePage(Attempt.objects.get(pk=attempt.pk), "uz").parts:
        data["slot"].append(str(part.number))
        data[f"seen-{part.number}"] = part.seen
        data[f"answer-{part.number}"] = changed.get(f"s{part.number}", part.seen.split("|") if part.seen else [])
    return data


def kept(attempt):
    return [row.answer for row in attempt.questions.order_by("slot")]


def slot_of(kind):
    return list(CONTENTS).index(kind) + 1


def test_one_page_shows_all_questions_and_saves_them_as_a_whole(signed_in, whole):
    page = signed_in.get(f"/attempts/{whole.pk}/").text
    assert page.count("<fieldset") == len(CONTENTS)
    assert page.count("<h1") == 1
    names = [f'name="answer-{slot}"' for slot in range(1, len(CONTENTS) + 1)]
    assert all(name in page for name in names)

    sent = signed_in.post(
        f"/attempts/{whole.pk}/",
        form(whole, **{f"s{slot_of(kind)}": values for kind, values in GOOD.items()}) | {"go": "submit"},
    )

    assert sent["Location"] == f"/attempts/{whole.pk}/finish/"
    for row in whole.questions.select_related("version"):
        assert row.answer == kinds.read(row.version.kind, row.version.content, row.order, GOOD[row.version.kind])


def test_what_was_not_touched_is_not_written(signed_in, whole):
    signed_in.post(f"/attempts/{whole.pk}/", form(whole))

    assert kept(whole) == [None] * len(CONTENTS)  # an ordering that nobody touched is no answer either
    assert set(whole.questions.values_list("sequence", flat=True)) == {0}


def test_a_form_opened_earlier_takes_no_answer_back_that_another_page_gave(signed_in, whole):
    stale = form(whole, s1=["1"])
    for row in whole.questions.select_related("version"):
        attempts.save_answer(
            attempt=whole, slot=row.slot, values=GOOD[row.version.kind], sequence=7, now=timezone.now()
        )
    before = kept(whole)

    signed_in.post(f"/attempts/{whole.pk}/", stale | {"sequence": "1800000000000"})

    assert kept(whole)[1:] == before[1:]
    assert whole.questions.get(slot=1).sequence == 1800000000000


def test_an_older_form_wins_over_no_newer_answer(signed_in, whole):
    row = whole.questions.get(slot=1)
    late = form(whole, s1=["0"]) | {"sequence": "10"}
    attempts.save_answer(attempt=whole, slot=1, values=["2"], sequence=20, now=timezone.now())

    signed_in.post(f"/attempts/{whole.pk}/", late)

    row.refresh_from_db()
    assert (row.answer, row.sequence) == (row.order[2], 20)


def test_an_answer_is_taken_back_by_emptying_it(signed_in, whole):
    slot = slot_of("multiple")
    attempts.save_answer(attempt=whole, slot=slot, values=["0", "1"], now=timezone.now())

    signed_in.post(f"/attempts/{whole.pk}/", form(whole, **{f"s{slot}": []}))

    assert whole.questions.filter(slot=slot, answer__isnull=True).exists()


def test_lines_are_moved_without_javascript(signed_in, whole):
    slot = slot_of("ordering")
    row = whole.questions.get(slot=slot)
    page = signed_in.get(f"/attempts/{whole.pk}/").text
    assert f'value="down-0-{slot}"' in page

    sent = signed_in.post(f"/attempts/{whole.pk}/", form(whole) | {"go": f"down-0-{slot}"})

    assert sent["Location"] == f"/attempts/{whole.pk}/#q{slot}"
    row.refresh_from_db()
    assert row.answer == [row.order[1], row.order[0], row.order[2]]
    assert kept(whole).count(None) == len(CONTENTS) - 1


def test_one_answer_that_cannot_be_read_loses_none_of_the_others(signed_in, whole):
    slot = slot_of("single")
    sent = signed_in.post(
        f"/attempts/{whole.pk}/", form(whole, **{f"s{slot}": ["99"], f"s{slot_of('numerical')}": ["12"]}) | {"go": "submit"}, follow=True
    )  # fmt: skip

    assert sent.redirect_chain == [(f"/attempts/{whole.pk}/", 302)]
    assert f": {slot}" in next(str(message) for message in sent.context["messages"])
    assert whole.questions.get(slot=slot).answer is None
    assert whole.questions.get(slot=slot_of("numerical")).answer == "12"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"page": "all"}, 404),
        ({"page": "all", "slot": "99", "answer-99": "0"}, 404),
        ({"page": "all", "slot": ["1", "x"], "answer-1": "0"}, 404),
        ({"page": "all", "slot": "1", "answer-1": "0", "sequence": "1" * 16}, 302),
        ({"page": "all", "slot": "1", "answer-1": "0", "sequence": "-1"}, 302),
        ({"page": "all", "slot": "5", "go": "up-9-5"}, 302),
        ({"page": "all", "slot": "5", "go": "up-"}, 302),
        ({"page": "all", "slot": "5", "go": "up-0-99999"}, 302),
    ],
)
def test_a_forged_form_changes_nothing(signed_in, whole, data, status):
    assert signed_in.post(f"/attempts/{whole.pk}/", data).status_code == status
    assert kept(whole) == [None] * len(CONTENTS)


def test_a_whole_form_is_taken_from_its_person_alone_and_never_after_the_end(client, whole):
    data = form(whole, s1=["0"])
    client.force_login(making.person("other"))
    assert client.post(f"/attempts/{whole.pk}/", data).status_code == 404
    client.force_login(whole.enrolment.learner)
    attempts.submit(attempt=whole, now=timezone.now())

    assert client.post(f"/attempts/{whole.pk}/", data)["Location"] == f"/attempts/{whole.pk}/result/"
    assert kept(whole) == [None] * len(CONTENTS)


@pytest.mark.parametrize("questions", [1, 7])
def test_saving_a_whole_page_costs_the_same(signed_in, whole, django_assert_num_queries, questions):
    data = form(whole, **{f"s{slot_of(kind)}": GOOD[kind] for kind in list(CONTENTS)[:questions]})
    signed_in.get(f"/attempts/{whole.pk}/")

    with django_assert_num_queries(
        8
    ):  # session, user, the attempt; savepoint, its lock, the rows, their update, release
        signed_in.post(f"/attempts/{whole.pk}/", data)


def test_the_whole_page_costs_the_same_and_tells_no_key(signed_in, whole, django_assert_num_queries):
    with django_assert_num_queries(4):  # session, user, the attempt, its questions
        page = signed_in.get(f"/attempts/{whole.pk}/").text

    ids = [f'"{key}"' for key in ("c1", "c2", "k0", "s0", "p0")]
    for secret in ("yes uz", "no uz", "so uz", "Because", "bold", *ids):
        assert secret not in page


def test_a_page_that_was_open_when_the_rule_changed_is_still_understood(signed_in, whole):
    signed_in.post(f"/attempts/{whole.pk}/", {"slot": "1", "answer": "0", "go": "next"})

    row = whole.questions.get(slot=1)
    assert row.answer == row.order[0]

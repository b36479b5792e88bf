"""Aiken: lettered answers and the line ANSWER."""

import pytest

from tests.courses.exchange.conftest import choices, words


def test_a_question(one):
    draft = one("Where are books lent?\nA. At the roof\nB) At the desk\nC. In the cellar\nANSWER: B\n")

    assert (draft.kind, draft.line, words(draft)) == ("single", 1, "Where are books lent?")
    assert choices(draft) == [("At the roof", False, ""), ("At the desk", True, ""), ("In the cellar", False, "")]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_no_blank_after_the_bracket_and_none_at_all(one, ends):
    draft = one(ends.join(["Who lent it?", "A)Nobody", "B)The desk", "c) The U.S.A. library", "ANSWER: c"]))

    assert (draft.problems, words(draft)) == ([], "Who lent it?")
    assert choices(draft) == [("Nobody", False, ""), ("The desk", False, ""), ("The U.S.A. library", True, "")]


def test_several_questions_with_and_without_blank_lines(read):
    drafts = read(
        "One?\nA. a\nB. b\nANSWER: A\nTwo,\nof two lines?\n\nA. a\n\nB. b\nANSWER: b\n\n\nThree?\nA. a\nB. b\nANSWER: B."
    )

    assert [(draft.line, words(draft), draft.problems) for draft in drafts] == [
        (1, "One?", []),
        (5, "Two,<br>of two lines?", []),
        (14, "Three?", []),
    ]


@pytest.mark.parametrize("answer", ["ANSWER: В", "ОТВЕТ: B", "Javob: b", "TO'G'RI JAVOB: B", "ANSWER:B"])
def test_the_answer_as_people_type_it(one, answer):
    assert choices(one(f"Where?\nA. x\nB. y\n{answer}", "aiken"))[1] == ("y", True, "")


def test_cyrillic_letters_stand_for_themselves(one):
    assert [right for _words, right, _why in choices(one("Где?\nА) x\nБ) y\nВ) z\nANSWER: В"))] == [False, False, True]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Where?\nANSWER: A", "There are no answers: lines such as «A. …» are expected."),
        ("Where?\nA. x\nB. y\nANSWER: D", "«ANSWER: D» names none of the answers."),
        ("Where?\nA. x\nB. y\nANSWER:", "«ANSWER: » names none of the answers."),
        ("Where?\nA. x\nA. y\nANSWER: A", "«ANSWER: A» names none of the answers."),
        ("Where?\nA. x\nANSWER: A", "There are fewer than two answers."),
        ("Where?\nA. x\nB. y", "The line «ANSWER: …» is missing."),
    ],
)
def test_what_is_refused(one, text, why):
    assert one(text, "aiken").problems == [why]


def test_a_question_without_its_answer_leaves_the_next_one(read):
    drafts = read("One?\nA. a\nB. b\n\nTwo?\nA. a\nB. b\nANSWER: B")

    assert [(draft.line, bool(draft.problems)) for draft in drafts] == [(1, True), (5, False)]

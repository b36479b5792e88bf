"""A pattern that looks for its end from every sign takes minutes for a file of endless blanks: none of those that read files does."""

import re
import time

import pytest

from courses import answers
from courses.exchange import aiken, neutral, pictures, reading, tables
from courses.exchange.neutral import Draft, Text
from tests.security.test_doors import slowness

N = 40_000
DRAFT = Draft(1)


def pairs(words):
    draft = tables._matching(Draft(1), [("A", Text({"en": words}), "")], [], None)
    return [(part.text.raw["en"], part.other.raw["en"]) for part in draft.parts]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (pairs, "a" + " " * N + "b"),
        (pairs, "a ->" + " " * N + "b"),
        (reading._format_of, "\n" * N + "x"),
        (reading._format_of, " " * N + "x"),
        (aiken.looks_like, "ANSWER: A\n" + "\n" * N + "x"),
        (aiken.looks_like, "ANSWER: A\n" + "{" * N + "x"),
        (lambda text: neutral.as_html(text, "plain"), " \t" * (N // 2) + "x"),
        (lambda text: pictures.taken_out(DRAFT, text, {}, "en", wanted=True), f"<img {'a' * N}>"),
        (lambda text: pictures.taken_out(DRAFT, text, {}, "en", wanted=True), "<img" * (N // 4)),
        (answers.to_number, "1" * N + "x"),
    ],
)
def test_endless_signs_are_read_at_once(read, text):
    began = time.process_time()
    read(text)

    spent = time.process_time() - began
    assert spent < 0.3 or spent < 0.3 * slowness()


@pytest.mark.parametrize("words", ["left -> right", "left->right", " left  →\tright ", "left -> right"])
def test_both_sides_of_a_pair_stand_without_blanks(words):
    assert pairs(words) == [("left", "right")]


@pytest.mark.parametrize(
    ("text", "is_aiken"),
    [
        ("Why?\nA. So\nB. No\nANSWER: A", True),
        ("Why {=yes ~no}\nANSWER: A", False),
        ("Why {\n  =yes\n  ~no\n}\nANSWER: A", False),
        ("How much is \\frac{a=b}?\nA. 1\nB. 2\nANSWER: A", True),
        ("Which set {1, 2}?\nA. 1\nB. 2\nANSWER: A", True),
    ],
)
def test_braces_with_answers_are_gift_and_others_are_not(text, is_aiken):
    assert aiken.looks_like(text) is is_aiken


@pytest.mark.parametrize("text", ["7", "-7", "+7", "7.", "7.5", ".5", "-.5", "1 000 000", "0,5", "65 %"])
def test_numbers_are_those_of_before(text):
    assert answers.to_number(text) is not None


@pytest.mark.parametrize("text", ["", ".", "-", "+.", "7-", "1.2.3", "٧x", "seven"])
def test_and_nothing_else_is_one(text):
    assert answers.to_number(text) is None


def test_a_picture_among_other_marks_is_found():
    found = pictures._IMG.findall('<p><img src="a.png" alt="x > y"><img\nsrc=b.png></p>')

    assert [re.sub(r"\s+", " ", one).strip()[:11] for one in found] == ['src="a.png"', "src=b.png"]

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification import codes


def any_code():
    """Well-formed codes of every kind: random bodies, each with its check sign."""
    return st.text(codes.ALPHABET, min_size=11, max_size=11).map(with_check_sign)


def with_check_sign(body):
    (code,) = [body + sign for sign in codes.ALPHABET if codes.is_well_formed(body + sign)]  # exactly one sign fits
    return code


def test_alphabet_is_29_signs_without_look_alikes():
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 29
    assert not set(codes.ALPHABET) & set("0O1ILUS")


def test_formula_of_the_docstring():
    assert codes.is_well_formed("7KQ4M9XRT2HK")
    assert (
        sum(w * codes.ALPHABET.index(sign) for w, sign in zip(range(12, 0, -1), "7KQ4M9XRT2HK", strict=True)) % 29 == 0
    )


def test_new_codes_are_well_formed_and_differ():
    made = [codes.new_code() for _ in range(2000)]

    assert all(codes.is_well_formed(code) and codes.normalise(code) == code for code in made)
    assert len(set(made)) == 2000
    for place in range(12):  # every sign turns up at every place: nothing is left out of the draw
        assert {code[place] for code in made} == set(codes.ALPHABET)


@given(any_code())
def test_every_single_wrong_sign_is_found(code):
    for place in range(12):
        for sign in set(codes.ALPHABET) - {code[place]}:
            assert not codes.is_well_formed(code[:place] + sign + code[place + 1 :])


@given(any_code())
def test_every_swap_of_two_different_signs_is_found(code):
    for one, two in combinations(range(12), 2):
        signs = list(code)
        signs[one], signs[two] = signs[two], signs[one]
        assert codes.is_well_formed("".join(signs)) == (code[one] == code[two])


@given(any_code())
def test_a_sign_too_few_or_too_many_is_refused(code):
    assert not codes.is_well_formed(code[:-1])
    assert not codes.is_well_formed(code + "2")  # 2 has the value 0: the sum alone would not notice


@pytest.mark.parametrize(
    "text", ["", "7KQ4-M9XR-T2HK", "7kq4m9xrt2hk", "0KQ4M9XRT2HK", "7KQ4M9XRT2H\n", "ЖKQ4M9XRT2HK", "²KQ4M9XRT2HK"]
)
def test_what_is_not_normalised_is_not_well_formed(text):
    assert not codes.is_well_formed(text)


@given(any_code())
def test_what_is_shown_reads_back(code):
    assert codes.normalise(codes.pretty(code)) == code
    assert codes.normalise(f" {codes.pretty(code).lower()}\n") == code


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7kq4 m9xr t2hk", "7KQ4M9XRT2HK"),
        ("7KQ4–M9XR—T2HK.", "7KQ4M9XRT2HK"),
        ("7KQ4\u2011M9XR\u00a0T2HK\u200b", "7KQ4M9XRT2HK"),
        ("7КQ4-М9ХR-Т2НК", "7KQ4M9XRT2HK"),  # К М Х Т Н К are Cyrillic
        ("авсенкмртху", "ABCEHKMPTXY"),  # Cyrillic throughout
        ("SU", "5V"),
        ("ѕз", "53"),  # Cyrillic
        ("７ＫＱ４", "7KQ4"),  # full-width, as a phone's keyboard may send
        ("0O1ILЖ", "0O1ILЖ"),  # no obvious reading: left to be refused
        ("", ""),
    ],
)
def test_normalise(typed, read):
    assert codes.normalise(typed) == read


@given(st.text())
def test_whatever_is_typed_is_answered(text):
    code = codes.normalise(text)
    assert not codes.is_well_formed(code) or codes.normalise(code) == code


def test_pretty():
    assert codes.pretty("7KQ4M9XRT2HK") == "7KQ4-M9XR-T2HK"


@pytest.mark.parametrize(
    ("year", "serial", "number"),
    [
        (2026, 417, "SBQ-2026-000417"),
        (2026, 1, "SBQ-2026-000001"),
        (2030, 1234567, "SBQ-2030-1234567"),
    ],
)
def test_number(year, serial, number):
    assert codes.format_number(year, serial) == number


def test_serial_numbers_count_from_one():
    with pytest.raises(ValueError, match="counts from 1"):
        codes.format_number(2026, 0)

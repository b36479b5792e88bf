"""Pages drawn once for nobody: what is filled in comes out as it was put in, packed or not; a text is never a place."""

import gzip
import random

import pytest
from django.utils.html import escape
from django.utils.http import urlencode

from accounts.drawn import Drawn, Part, Somebody, place

TEXTS = ["", "x", "Oʻzbek " * 9, "<b>&amp;</b>" * 500, "\x00\n" * 40_000]


def drawn(*pieces):
    return Drawn("".join(pieces))


@pytest.mark.parametrize("before", TEXTS)
@pytest.mark.parametrize("after", TEXTS)
def test_packed_it_says_the_same(before, after):
    for text in TEXTS:
        page = drawn(before, place("one"), after, place("two"), before)
        for value in (text, Part(text), [Part(text), Part(after)]):
            plain = page.filled({"one": value, "two": text})
            said = text + (after if isinstance(value, list) else "")
            assert plain.decode() == before + said + after + text + before
            assert gzip.decompress(page.packed({"one": value, "two": text})) == plain


def test_random_pages_come_out_whole():
    chance = random.Random(7)
    for _ in range(50):
        texts = {name: "".join(chance.choices("abʻ<>&\n", k=chance.randint(0, 900))) for name in "abc"}
        pieces = [chance.choice([*texts.values(), place(chance.choice("abc"))]) for _ in range(9)]
        page = drawn(*pieces)
        assert gzip.decompress(page.packed(texts)) == page.filled(texts)


def test_what_is_filled_in_once_more_is_packed_as_the_first_time():
    page, part = drawn("a", place("one"), "b"), Part("Matn " * 400)

    assert page.packed({"one": part}) == page.packed({"one": part}) == page.packed({"one": "Matn " * 400})


def test_a_place_stands_escaping_and_quoting_and_no_text_becomes_one():
    assert escape(str(place("name"))) == place("name")
    assert urlencode({"next": place("name")}) == f"next={place('name')}"
    assert drawn("x-name-x", place("name")).names == ["name"]
    assert drawn("a", place("one")).filled({"one": place("two"), "two": "no"}) == f"a{place('two')}".encode()


def test_somebody_has_no_name_and_no_key():
    somebody = Somebody(is_authenticated=True)

    assert (somebody.get_full_name(), somebody.username) == (place("name"), place("name"))
    assert [name for name in ("pk", "id", "email", "password", "last_name") if hasattr(somebody, name)] == []

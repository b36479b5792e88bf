"""Which names may be the same person's. Pure: texts in, answers out.

Three grades: *the same* in any alphabet and with any apostrophe (fold); *sounding alike*, as Юлдашева and Yoʻldosheva; *one slip of
the hand apart*: a letter too much, too little, another, or in another place. The last two only ever lead to a question.
"""

import re
from functools import lru_cache

from ..text import APOSTROPHES, fold

SHORTEST = 5  # letters of a name in which a slip is looked for: Ali and Vali are two people
_SOUNDS = tuple((re.compile(pattern), letter) for pattern, letter in (
    (r"kh", "h"), (r"dzh|dj|zh", "j"), (r"gh", "g"), (r"w", "v"), (r"iy|yi|y(?![aeiou])", "i"), (r"yu", "a"), (r"[ou]", "a"), (r"y", ""),
    (r"(.)\1+", r"\1"),
))  # fmt: skip
_APOSTROPHES = re.compile(f"[{APOSTROPHES}]")
_PARENTAGE = re.compile(r"(ovna|evna|ovich|evich|ivna|ich|ichna|qizi|kizi|gizi|qiz|ogli|ugli|ogl|ugl|ovn|evn)$")

EQUAL, MISSING, SIMILAR, DIFFERENT = "equal", "missing", "similar", "different"


@lru_cache(50_000)
def plain(name):
    """A name in one plain form, without spaces and hyphens."""
    return fold(name).replace(" ", "")


@lru_cache(50_000)
def sound(name):
    """A coarser form of a plain name: what Uzbek and Russian habits of writing make different."""
    for pattern, letter in _SOUNDS:
        name = pattern.sub(letter, name)
    return name


@lru_cache(50_000)
def slips(name):
    """The sounding form and, of a long one, all that lack one letter of it: two names are a slip apart if they share one."""
    heard = sound(name)
    if len(heard) < SHORTEST:
        return (f"={heard}",)  # no long name without a letter is a short one: Aziz and Aziza are two people
    return (heard, *dict.fromkeys(heard[:n] + heard[n + 1 :] for n in range(len(heard))))


def exact_key(last, first):
    """Equal for the same names in either order; of plain names."""
    return (last, first) if last <= first else (first, last)


def near_keys(last, first):
    """Keys of which two names share one if they may be the same: one part sounds alike, the other is at most a slip apart."""
    keys = {exact_key(one, f".{sound(first)}") for one in slips(last)}
    return keys | {exact_key(f".{sound(last)}", one) for one in slips(first)}


def patronymics(one, other):
    """How two patronymics (plain) stand: EQUAL, MISSING, SIMILAR (Salimovna and Salim qizi, or an initial), DIFFERENT."""
    if one == other:
        return EQUAL
    if not one or not other:
        return MISSING
    short, long = sorted((one, other), key=len)
    if len(short) == 1 and long.startswith(short):
        return SIMILAR
    stems = [_PARENTAGE.sub("", name) for name in (one, other)]
    return SIMILAR if set(slips(stems[0])) & set(slips(stems[1])) else DIFFERENT


def is_spelt_alike(one, other):
    """Whether two names differ in capitals and in the kind of apostrophe alone."""
    return _APOSTROPHES.sub("'", one).casefold() == _APOSTROPHES.sub("'", other).casefold()


def in_one_alphabet(one, other):
    return _is_cyrillic(one) == _is_cyrillic(other)


def _is_cyrillic(text):
    return any("\u0400" <= sign <= "\u052f" for sign in text)

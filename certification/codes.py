"""The verification code of a certificate, and its number.

A code is 12 signs, printed in three groups: 7KQ4-M9XR-T2HK. Eleven are drawn at random, the twelfth is a check sign.

Alphabet: 29 signs, digits and capital letters without 0 O, 1 I L, U (read as V) and S (read as 5). B beside 8 and
Z beside 2 stay, because the number of signs has to be prime; the check sign tells them apart.

Check: with values v1..v12 of the signs (their place in ALPHABET) a code is well formed when

    12*v1 + 11*v2 + ... + 2*v11 + 1*v12 = 0  (mod 29)

the weighted sum of ISBN-10. As 29 is prime and all weights and all their differences are between 1 and 11, every
single wrong sign and every swap of any two different signs is found, and 28 of 29 of all other texts are refused.

Strength: 11 random signs are 11 * log2(29) = 53.4 bits. With a million certificates issued, one guess in
12 thousand million hits one.
"""

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXYZ"
LENGTH = 12

_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
# What a reader may type for a sign that is printed. Both sides of 0/O and 1/I/L are absent: nothing to guess there.
_READ_AS = str.maketrans(
    {
        **dict(zip("АВСЕНКМРТХУЈЗЅ", "ABCEHKMPTXYJ35", strict=True)),  # Cyrillic letters of the same shape
        "S": "5",
        "U": "V",
    }
)


def new_code():
    """A fresh well-formed code of 12 signs; 53.4 bits from the system's source of randomness."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_sign(body)


def normalise(text):
    """The code as it may have been meant by `text`: capitals without spaces, hyphens and dots; look-alikes read as printed.

    Signs without one obvious reading stay as they are, and `is_well_formed` refuses them.
    """
    if _VALUE.keys() >= set(text):  # as it is printed in every address
        return text
    text = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in text if not _is_filler(sign)).translate(_READ_AS)


def is_well_formed(code):
    """Whether a normalised code has 12 signs of the alphabet and the right check sign. Says nothing about the register."""
    return len(code) == LENGTH and all(sign in _VALUE for sign in code) and _weighted_sum(code) % len(ALPHABET) == 0


def pretty(code):
    """The code in groups of four, as it is printed and shown: XXXX-XXXX-XXXX."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def format_number(year, serial):
    """The number of a certificate: SBQ-2026-000417. `serial` counts from 1 within the year; raises ValueError below 1."""
    if serial < 1:
        raise ValueError(f"a serial number counts from 1, not {serial}")
    return f"SBQ-{year:04d}-{serial:06d}"


def _weighted_sum(signs):
    return sum(weight * _VALUE[sign] for weight, sign in zip(range(LENGTH, 0, -1), signs, strict=False))


def _check_sign(body):
    return ALPHABET[-_weighted_sum(body) % len(ALPHABET)]


def _is_filler(sign):
    # Z: spaces; Pd: every hyphen and dash; Cc, Cf: tabs, line ends, soft hyphens, marks of direction
    return sign in "._·•−" or unicodedata.category(sign) in {"Zs", "Zl", "Zp", "Pd", "Cc", "Cf"}

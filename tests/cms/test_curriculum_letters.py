"""Letters and signs of the three languages, thousands, and the quotes that `fix` puts."""

import pytest
import yaml

from cms.curriculum.letters import check_letters, spaced
from cms.curriculum.mending import mended, quoted

UZ = "oʻ and gʻ need the sign ʻ (U+02BB)"
TUTUQ = "the tutuq sign is ʼ (U+02BC)"
EN = "the apostrophe is ’ (U+2019)"
MIXED = "Latin and Cyrillic letters in one word"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("uz", "Oʻzbekiston, togʻ, maʼlumot, «sanʼat», Qurʼon, JURʼAT, GʻALABA", []),
        ("uz", "o'z", [f"{UZ}: «o'z»"]),
        ("uz", "tog‘", [f"{UZ}: «tog‘»"]),
        ("uz", "Gʼalaba", [f"{UZ}: «Gʼalaba»"]),
        ("uz", "ma’lumot", [f"{TUTUQ}: «ma’lumot»"]),
        ("uz", "maʻlumot", [f"{TUTUQ}: «maʻlumot»"]),
        ("uz", "`o'z` va O’Reilly, Google’s, [a](https://a.uz/o'z)", []),
        ("uz", "kitоb", [f"{MIXED}: «kitоb»"]),
        ("en", "it’s Oʻzbekiston’s maʼlumot, readers’", []),
        ("en", "it's", [f"{EN}: «it's»"]),
        ("en", "readers' data", [f"{EN}: «readers'»"]),
        ("en", "don‘t, itʼs, donʼt", [f"{EN}: «don‘t»", f"{EN}: «itʼs»", f"{EN}: «donʼt»"]),
        ("en", "`it's` and ``a ` it's``", []),
        ("ru", "Wi-Fi-сеть, SMS-код, USB‑диск, Win+Д, 1С, PDF/файл", []),
        ("ru", "cайт", [f"{MIXED}: «cайт»"]),
        ("ru", "`cайт` it's", []),
    ],
)
def test_letters(language, text, expected):
    assert check_letters(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 000 ta", "5_000 ta"),
        ("10 000 000 × 2", "10_000_000 × 2"),
        ("2 ta 50 ta", "2 ta 50 ta"),
        ("2026 150 ta", "2026 150 ta"),
        ("3,5 000", "3,5 000"),
        ("5 0000", "5 0000"),
    ],
)
def test_thousands_are_held_together_in_uz_and_ru(text, expected):
    assert spaced(text, "uz") == spaced(text, "ru") == expected.replace("_", "\u00a0")
    assert spaced(text, "en") == text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  uz: oddiy matn\n", "  uz: oddiy matn\n"),
        ("  uz: Birinchi: ikkinchi\n", '  uz: "Birinchi: ikkinchi"\n'),
        ("- ru: текст # не примечание", '- ru: "текст # не примечание"'),
        ("- - en: ends with:\n", '- - en: "ends with:"\n'),
        ("en: yes\n", 'en: "yes"\n'),
        ("en: “Yes”\n", "en: “Yes”\n"),
        ('en: "Yes" is the answer\n', 'en: "\\"Yes\\" is the answer"\n'),
        ("en: a \\ b: c\n", 'en: "a \\\\ b: c"\n'),
        ("en: [x] marks it\n", 'en: "[x] marks it"\n'),
        ("en: *bold* words\n", 'en: "*bold* words"\n'),
        ("en: - a dash\n", 'en: "- a dash"\n'),
        ("en: 'tis\n", 'en: "\'tis"\n'),
        ('en: "already: quoted"\n', 'en: "already: quoted"\n'),
        ("en: 'already: quoted'  # why\n", "en: 'already: quoted'  # why\n"),
        ("en: [Win+L, Windows+L]\n", "en: [Win+L, Windows+L]\n"),
        ("en: {a: b}\n", "en: {a: b}\n"),
        ("en: *reference\n", "en: *reference\n"),
        ("en: &name {a: b}\n", "en: &name {a: b}\n"),
        ("en: >-\n", "en: >-\n"),
        ("text: one: two\n", "text: one: two\n"),
    ],
)
def test_quotes_where_yaml_would_stumble(line, expected):
    assert quoted(line) == expected
    assert quoted(quoted(line)) == expected


def test_a_text_over_several_lines_is_left_alone():
    text = "a:\n  uz: >-\n    birinchi:\n    en: bu matn: hammasi\n  ru: два: три\n  en: one\n    two: three\n"

    assert mended(text) == text.replace("два: три", '"два: три"')


def test_what_is_mended_can_be_read():
    text = "a:\n  uz: Birinchi: ikkinchi\n  ru: '«да»' и # нет\n  en: @home\n"

    assert yaml.safe_load(mended(text)) == {
        "a": {"uz": "Birinchi: ikkinchi", "ru": "'«да»' и # нет", "en": "@home"},
    }

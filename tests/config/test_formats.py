"""Dates, numbers and plurals as each language writes them."""

import re
from datetime import datetime
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import formats, translation
from django.utils.translation import gettext, ngettext

pytestmark = pytest.mark.pure
SUNDAY = datetime(2026, 11, 22, 9, 5)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("uz", {"DATE_FORMAT": "2026-yil 22-noyabr", "DATETIME_FORMAT": "2026-yil 22-noyabr, 09:05", "MONTH_DAY_FORMAT": "22-noyabr",
                "YEAR_MONTH_FORMAT": "2026-yil noyabr", "SHORT_DATETIME_FORMAT": "22.11.2026 09:05", "l": "yakshanba"}),
        ("ru", {"DATE_FORMAT": "22 ноября 2026 г.", "DATETIME_FORMAT": "22 ноября 2026 г., 09:05", "MONTH_DAY_FORMAT": "22 ноября",
                "YEAR_MONTH_FORMAT": "Ноябрь 2026 г.", "SHORT_DATETIME_FORMAT": "22.11.2026 09:05", "l": "Воскресенье"}),
        ("en", {"DATE_FORMAT": "22 November 2026", "DATETIME_FORMAT": "22 November 2026, 09:05", "MONTH_DAY_FORMAT": "22 November",
                "YEAR_MONTH_FORMAT": "November 2026", "SHORT_DATETIME_FORMAT": "22.11.2026 09:05", "l": "Sunday"}),
    ],
)  # fmt: skip
def test_dates(language, expected):
    with translation.override(language):
        assert {form: formats.date_format(SUNDAY, form) for form in expected} == expected


@pytest.mark.parametrize(
    ("language", "number", "share"),
    [("uz", "1 234 567,5", "2,5"), ("ru", "1 234 567,5", "2,5"), ("en", "1,234,567.5", "2.5")],
)
def test_numbers(language, number, share):
    with translation.override(language):
        assert formats.number_format(1234567.5, 1, force_grouping=True).replace("\N{NO-BREAK SPACE}", " ") == number
        assert Template("{{ n|floatformat:-1 }}").render(Context({"n": 2.5})) == share


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("uz", ["1 daqiqa", "2 daqiqa", "5 daqiqa", "11 daqiqa", "21 daqiqa", "22 daqiqa"]),
        ("ru", ["1 минута", "2 минуты", "5 минут", "11 минут", "21 минута", "22 минуты"]),
        ("en", ["1 minute", "2 minutes", "5 minutes", "11 minutes", "21 minutes", "22 minutes"]),
    ],
)
def test_plurals(language, expected):
    numbers = [1, 2, 5, 11, 21, 22]
    with translation.override(language):
        assert [ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n} for n in numbers] == expected


DAY = re.compile(r'(\w+)=[\w.]+\|(?:date:"DATE_FORMAT"|day\b|date\b(?!:))')
BLOCK = re.compile(r"{% blocktranslate([^%]*)%}(.*?){% endblocktranslate %}", re.S)


def msgid(body):
    return re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", " ".join(body.split()))


def test_a_russian_sentence_has_no_second_full_stop_after_a_date():
    """«22 ноября 2026 г.» ends it."""
    parts = Path(settings.LOCALE_PATHS[0], "parts").glob("*.ru.po")  # what the catalogue has not taken over yet
    newer = {entry.msgid: entry.msgstr for part in parts for entry in polib.pofile(str(part))}
    seen, twice = 0, []
    for path in Path(settings.BASE_DIR, "templates").rglob("*.*"):
        for options, body in BLOCK.findall(path.read_text(encoding="utf-8")):
            one, _plural, many = map(msgid, body.partition("{% plural %}"))
            for name in DAY.findall(options):
                with translation.override("ru"):
                    told = [newer.get(one) or (ngettext(one, many, n) if many else gettext(one)) for n in (1, 2, 5)]
                seen, twice = seen + 1, twice + [text for text in told if f"%({name})s." in text]

    assert twice == []
    assert seen > 30

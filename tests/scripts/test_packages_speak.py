"""What Django, allauth and Wagtail say to staff is said in Uzbek and Russian, whole and in the right letters."""

import re
from functools import cache
from pathlib import Path

import django
import polib
import pytest
from django.apps import apps
from django.conf import settings

OUR_CATALOGUES = Path(settings.LOCALE_PATHS[0])
PLACE = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}|<[a-z][^>]*>")
UZBEK_SIGN = re.compile(r"[oOgG]['’‘`ʼ]|\w['’‘`]\w|[А-Яа-яЁё]")

pytestmark = pytest.mark.pure


def packages():
    """(name, folder of catalogues) of Django itself and of every installed app that is not ours."""
    yield "django", Path(django.__file__).parent / "conf/locale"
    for app in apps.get_app_configs():
        folder = Path(app.path) / "locale"
        if "site-packages" in folder.parts and folder.is_dir():
            yield app.name, folder


@cache
def said(domain, language):
    """{(context, text): entry} of every package, in English, each with its translation as a reader gets it: ours wins."""
    ours = translated(OUR_CATALOGUES / f"{language}/LC_MESSAGES/{domain}.po")
    texts = {}
    for _, folder in packages():
        theirs = translated(folder / f"{language}/LC_MESSAGES/{domain}.po")
        source = folder / f"en/LC_MESSAGES/{domain}.po"
        for entry in polib.pofile(str(source)) if source.exists() else ():
            key = entry.msgctxt, entry.msgid
            texts[key] = ours.get(key) or theirs.get(key)
    return texts


def translated(path):
    if not path.exists():
        return {}
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if entry.translated()}


DOMAINS = pytest.mark.parametrize("domain", ["django", "djangojs"])


@DOMAINS
@pytest.mark.parametrize("language", ["uz", "ru"])
def test_nothing_that_a_package_says_is_left_in_english(domain, language):
    texts = said(domain, language)

    assert len(texts) > (120 if domain == "djangojs" else 2000)
    assert [key for key, entry in texts.items() if entry is None] == []


@DOMAINS
def test_uzbek_has_its_own_signs(domain):
    wrong = {entry.msgstr or entry.msgstr_plural[0] for entry in said(domain, "uz").values() if entry}

    assert [text for text in sorted(wrong) if UZBEK_SIGN.search(PLACE.sub("", text))] == []


@DOMAINS
@pytest.mark.parametrize("language", ["uz", "ru"])
def test_names_and_tags_inside_a_text_are_those_of_the_english(domain, language):
    entries = translated(OUR_CATALOGUES / f"{language}/LC_MESSAGES/{domain}.po").values()
    strange = [
        text
        for entry in entries
        for text in entry.msgstr_plural.values() or [entry.msgstr]
        if not set(PLACE.findall(text)) <= set(PLACE.findall(entry.msgid + entry.msgid_plural))
    ]

    assert strange == []

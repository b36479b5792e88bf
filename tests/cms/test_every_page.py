"""Every page of the whole curriculum in its three languages: it opens, says in which language it is, and speaks that one alone.

Some forty seconds of CPU: with SQLite alone.
"""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from wagtail.models import Page

from cms.loading.courses import load
from courses.models import Course
from tests import making
from tests.kept import kept

pytestmark = pytest.mark.pure

LANGUAGES = ("uz", "ru", "en")
# Words that no sentence of the language does without, and that the others do not have.
OWN = {
    "uz": re.compile(r"\b(?:va|uchun|bilan|yoki|emas|kerak|boʻlsa|ham|har|bu|shu|bir|qanday|nima|uni|keyin)\b", re.I),
    "ru": re.compile(r"\b(?:и|в|на|не|что|для|по|с|или|это|как|если|вы|то|из|к|от|за|нет|все)\b", re.I),
    "en": re.compile(r"\b(?:the|and|with|from|that|this|are|your|you|for|of|to|is|in|it|not|on|what|how)\b", re.I),
}
QUOTED = re.compile(r"[«“„][^»”“]{0,400}[»”“]")


@kept
def curriculum(bedrock):
    making.committed(lambda: load(Path(settings.BASE_DIR) / "curriculum"))
    return [
        (page.locale.language_code, page.url)
        for page in Page.objects.live().filter(depth__gt=1).select_related("locale").specific()
    ]


def opened(client, address):
    """The page, and its language; a module's page leads to its place on the course page."""
    answer = client.get(address)
    if answer.status_code == 302:
        assert answer.url.startswith(address.rsplit("/", 2)[0] + "/#"), address
        return None
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.content, "html.parser")


def foreign_lines(page, language):
    """The lines in `main` that speak another language, outside of what is quoted or marked as such."""
    main = page.select_one("main")
    for element in main.select("code, kbd, script, style, .sources, [lang]"):  # a source is named as it is called
        if not element.decomposed and element.get("lang") != language:
            element.decompose()
    for line in QUOTED.sub("", main.get_text("\n", strip=True)).split("\n"):
        said = {code: len(pattern.findall(line)) for code, pattern in OWN.items()}
        own = said.pop(language)
        if max(said.values()) >= 3 and max(said.values()) > own:
            yield line


def test_every_page_opens_in_its_language_and_speaks_it_alone(curriculum):
    client = Client()
    client.force_login(making.person(certificate_name="Namunayeva Learner"))
    foreign, seen, named = {}, dict.fromkeys(LANGUAGES, 0), set()

    for language, address in curriculum:
        assert address.startswith(f"/{language}/")
        if page := opened(client, address):
            assert page.html["lang"] == language, address
            seen[language] += 1
            named |= {link["href"] for link in page.select("dl.terms dt a")}
            if lines := list(foreign_lines(page, language)):
                foreign[address] = lines

    assert Course.objects.count() == 4
    # home, catalogue; of each course its page, fifteen lessons, five quizzes, the final test, five assignments
    assert seen == dict.fromkeys(LANGUAGES, 2 + 4 * (1 + 15 + 5 + 1 + 5))
    assert foreign == {}
    rows = {f"/glossary/#{row['id']}" for row in opened(client, "/glossary/").select("tbody tr")}
    assert named and named <= rows


@pytest.mark.parametrize(
    ("language", "line", "is_foreign"),
    [
        ("ru", "This is what you do with the letters", True),
        ("ru", "Термин «what you do with the letters» и его перевод", False),
        ("en", "Bu har bir kutubxona uchun kerak va shu bilan", True),
        ("uz", "Если вы не знаете, что это и как для чего", True),
        ("uz", "ALA, Library Privacy Checklist for Public Access Computers", False),
    ],
)
def test_what_is_foreign(language, line, is_foreign):
    page = BeautifulSoup(f"<main><p>{line}</p></main>", "html.parser")

    assert list(foreign_lines(page, language)) == ([line] if is_foreign else [])

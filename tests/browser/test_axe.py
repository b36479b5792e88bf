"""Every page type against axe (WCAG 2.2 A and AA, best practice), overflow at 320 px and targets of 44 px.

In CI once, at 360 px, light, Uzbek; `make sweep-pages` takes the full cross of widths, colours and languages.
"""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import DESK, PHONE
from .pages import addresses

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
AXE = Axe()
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .vh, .sprite'))
    .slice(0, 4).map(e => `${e.tagName}.${e.className}`)"""
# A target inside a sentence, and a box whose whole label can be pressed, may be smaller (WCAG 2.5.8).
TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden]), select, label.check, label.option')]
  .filter(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!box.width || e.closest('.vh') || style.position === 'absolute' && style.clipPath !== 'none') return false;
    if (e.tagName === 'INPUT' && /checkbox|radio/.test(e.type)) return false;
    if (e.tagName === 'A' && style.display === 'inline' && e.closest('p, li, small, dd, span, h2, h3, td, th, .letter')) return false;
    return !e.classList.contains('skip') && (box.height < 43.5 || box.width < 43.5);
  }).map(e => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`)"""


def looked_at(page, address):
    """What is wrong with the page at `address`: a list of lines."""
    answer = page.goto(address)
    wrong = [] if answer.status in (200, 404) else [f"status {answer.status}"]
    for one in AXE.run(page, options=RULES).response["violations"]:
        wrong.append(f"{one['id']}: {one['nodes'][0]['html'][:200]}")
    wrong += [f"too small: {one}" for one in page.evaluate(TOO_SMALL)]
    width = page.viewport_size["width"]
    page.set_viewport_size({"width": 320, "height": 800})
    wrong += [f"too wide at 320: {one}" for one in page.evaluate(TOO_WIDE)]
    page.set_viewport_size({"width": width, "height": 800})
    return wrong


def look_at_all(visit, languages=("uz",), **options):
    """{who, page, language: what is wrong}"""
    found = {}
    for name, pages in addresses().items():
        page = visit(name, **options)
        for what, address in pages.items():
            for language in languages:
                there = address if isinstance(address, str) else address.get(language)
                if there and "lang=" not in there:
                    there += f"{'&' if '?' in there else '?'}lang={language}"
                if there and (wrong := looked_at(page, there)):
                    found[f"{name} {what} {language}"] = wrong
        page.context.close()
    return found


def say(found):
    return json.dumps(found, indent=1, ensure_ascii=False)


@pytest.mark.urls("tests.browser.urls")
def test_every_page_type_is_without_a_violation(visit):
    found = look_at_all(visit)

    assert not found, say(found)


@pytest.mark.full_cross
@pytest.mark.urls("tests.browser.urls")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["360", "1280"])
def test_every_page_type_in_every_width_colour_and_language(visit, viewport, scheme):
    found = look_at_all(visit, ("uz", "ru", "en"), viewport=viewport, color_scheme=scheme)

    assert not found, say(found)

"""A phone whose owner has doubled the letters: nothing sticks out, and lines hold more than a few letters."""

import pytest

from .conftest import PHONE
from .pages import addresses
from .test_axe import say

TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .filter(e => !e.closest('.scroll, .vh, .sprite, details:not([open]) > :not(summary)'))
  .slice(0, 4).map(e => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 40)}`)"""
NARROW = """() => [...document.querySelectorAll('main p, main li, main dd, main h2, main h3')]
  .filter(e => e.childElementCount === 0 && e.textContent.trim().length > 30 && !e.closest('.vh, .scroll, table, template'))
  .filter(e => { const box = e.getBoundingClientRect(); return box.width && box.width < innerWidth * .45; })
  .slice(0, 4).map(e => `${e.tagName} ${e.textContent.trim().slice(0, 40)}`)"""
LOOKED_AT = {
    None: ("home", "course, a stranger's", "seminars, a stranger's", "sign-in", "one-time code", "verify", "valid"),
    "learner": (
        "My learning", "course", "quiz", "result", "seminar", "profile", "single", "ordering", "matching", "finish",
        "homework returned",
    ),
    "graduate": ("my certificates",),
    "trainer": ("teaching", "roster", "homework"),
    "hr": ("HR", "record", "requirements"),
}  # fmt: skip


@pytest.fixture(scope="module")
def browser(browser_type, browser_type_launch_args):
    """As the browser of the other tests, with letters of 32 px where nothing else is asked for."""
    args = [*browser_type_launch_args["args"], "--blink-settings=defaultFontSize=32"]
    one = browser_type.launch(**browser_type_launch_args | {"args": args})
    yield one
    one.close()


@pytest.mark.urls("tests.browser.urls")
def test_with_letters_of_twice_the_size_no_page_is_wider_than_the_phone(visit):
    found, pages = {}, addresses()
    for name, asked in LOOKED_AT.items():
        page = visit(name, viewport=PHONE)
        for what in asked:
            there = pages[name][what]
            for language in ("uz", "ru"):
                path = there if isinstance(there, str) else there[language]
                page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
                if wrong := page.evaluate(TOO_WIDE) + page.evaluate(NARROW):
                    found[f"{name} {what} {language}"] = wrong
        page.context.close()

    assert not found, say(found)

"""Pages printed, and pages in the colours of a high-contrast mode: what is chosen and what counts is still seen."""

import pytest

from .pages import addresses

BACKGROUNDS = """() => [...document.querySelectorAll('.marks input:checked')].map(input => {
  const of = label => getComputedStyle(label).backgroundColor;
  const others = [...input.closest('.marks').querySelectorAll('label')].filter(label => !label.contains(input));
  return others.every(label => of(label) !== of(input.closest('label')));
})"""
SHOWN = "selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility()).length"


@pytest.mark.urls("tests.browser.urls")
def test_in_high_contrast_the_mark_of_a_roster_that_is_chosen_differs_from_the_others(visit):
    roster = addresses()["trainer"]["roster"]
    page = visit("trainer", forced_colors="active")
    page.goto(roster)

    chosen = page.evaluate(BACKGROUNDS)

    assert len(chosen) >= 3
    assert all(chosen)


@pytest.mark.urls("tests.browser.urls")
def test_what_can_only_be_pressed_is_not_printed(visit):
    page = visit("hr")
    page.goto("/hr/")
    pressed = ".btn, .tree, .links, .take"
    on_screen = page.evaluate(SHOWN, pressed)
    page.emulate_media(media="print")

    assert on_screen > 3
    assert page.evaluate(SHOWN, pressed) == 0
    assert page.evaluate(SHOWN, ".ledger dd") >= 7  # the numbers are

"""Every pair of tokens that stands together is readable: WCAG 2.2, 1.4.3 (text, 4.5) and 1.4.11 (borders of controls, 3)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEXT, CONTROL = 4.5, 3.0
PAIRS = [
    *[(text, ground, TEXT) for text in ("ink", "soft", "link") for ground in ("paper", "surface", "sand")],
    *[("ink", f"{colour}-wash", TEXT) for colour in ("lapis", "turquoise", "gold", "pomegranate")],
    *[(colour, f"{colour}-wash", TEXT) for colour in ("turquoise", "gold", "pomegranate")],
    *[(colour, "surface", TEXT) for colour in ("turquoise", "gold", "pomegranate")],
    *[("link", "lapis-wash", TEXT), ("soft", "lapis-wash", TEXT), ("turquoise", "paper", TEXT)],
    *[("on-lapis", "lapis", TEXT), ("on-lapis", "lapis-deep", TEXT)],
    *[("on-field", "field", TEXT), ("on-field-soft", "field", TEXT)],
    *[
        ("surface", "turquoise", TEXT),
        ("surface", "pomegranate", TEXT),
        ("surface", "gold", TEXT),
    ],  # words on a filled choice
    *[("paper", "ink", TEXT), ("paper", "pomegranate", TEXT)],  # a skip link; words in a figure's box
    *[("edge", ground, CONTROL) for ground in ("paper", "surface", "sand")],
    *[("focus", ground, CONTROL) for ground in ("paper", "surface", "sand")],
]


def tokens():
    """{"light": {name: colour}, "dark": ...} as static/css/tokens.css has them; dark takes over what it does not change."""
    css = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    read = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", light))
    return {"light": read, "dark": read | dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", dark.split("@media")[0]))}


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_black_on_white_has_the_contrast_that_the_standard_names():
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_a_pair_of_tokens_is_readable(scheme, front, ground, least):
    colours = tokens()[scheme]

    assert contrast(colours[front], colours[ground]) >= least

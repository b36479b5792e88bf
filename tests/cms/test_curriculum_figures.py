"""SVG of lessons: what is allowed, what is cut out, how it is drawn into a page, and whether words fit."""

import pytest

from cms.curriculum.figures import check_svg, clean_svg, draw
from cms.curriculum.svgtree import SvgError
from cms.curriculum.widths import estimate_width, too_wide
from tests.cms.tiny_curriculum import DRAWING

WORDS = {
    "lock-title": {"uz": "Qulf", "ru": "Замок"},
    "lock-desc": {"uz": "Yopiq <qulf> & kalit"},
    "state": {"uz": "yopiq", "ru": "закрыт"},
}


def said(svg):
    return [str(problem) for problem in check_svg(svg, "a.svg")]


def inside(text):
    """The drawing with something put in before its rectangle, on line 4."""
    return DRAWING.replace('<rect class="ink"', f'{text}<rect class="ink"')


def test_a_good_drawing():
    assert said(DRAWING) == []


@pytest.mark.parametrize(
    ("svg", "expected"),
    [
        (inside("<script>alert(1)</script>"), "4: element <script> is not allowed"),
        (inside("<style>*{}</style>"), "4: element <style> is not allowed"),
        (inside('<image href="https://a.uz/b.png"/>'), "4: element <image> is not allowed"),
        (inside("<foreignObject/>"), "4: element <foreignObject> is not allowed"),
        (inside('<use href="#x"/>'), "4: element <use> is not allowed"),
        (inside('<a href="https://a.uz"/>'), "4: element <a> is not allowed"),
        (inside('<animate attributeName="x"/>'), "4: element <animate> is not allowed"),
        (inside("<circel/>"), "4: element <circel> is not allowed: did you mean circle?"),
        (inside('<g onclick="alert(1)"/>'), "4: attribute onclick is not allowed"),
        (inside('<g style="fill:red"/>'), "4: attribute style is not allowed"),
        (inside('<g xlink:href="#a"/>'), "4: attribute xlink:href is not allowed"),
        (inside('<g filter="url(#a)"/>'), "4: attribute filter is not allowed"),
        (inside('<g fill="url(#a)"/>'), "4: fill=«url(#a)» is not allowed"),
        (inside('<g fill="url(https://a.uz)"/>'), "4: fill=«url(https://a.uz)» is not allowed"),
        (inside('<g font-family="url(https://a.uz)"/>'), "4: font-family=«url(https://a.uz)» is not allowed"),
        (inside('<g transform="url(#a)"/>'), "4: transform=«url(#a)» is not allowed"),
        (inside('<g class="a;b"/>'), "4: class=«a;b» is not allowed"),
        (inside('<g id="state"/>'), "5: id «state» stands twice in the drawing"),
        (inside("words"), "1: text stands loose in <svg>: use <text>"),
        (inside("<text>one</text>"), "4: words in the drawing: «one» belongs in the .yaml, by the id of this <text>"),
        (inside("<text></text>"), "4: an empty <text> needs an id, so that words can be put in"),
        (inside("<?php echo ?>"), "4: <?php …?> is not allowed"),
        (inside("<g>"), "6: this is not XML: mismatched tag"),
        ("", "1: this is not XML: no element found"),
        ("<p>a</p>", "1: the drawing must be an <svg>, not <p>"),
        ("<svg>" + "<g>" * 50 + "</g>" * 50 + "</svg>", "1: the elements are nested too deep"),
        ("<!DOCTYPE svg>\n" + DRAWING, "1: no doctype and no entities in a drawing"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg>&a;</svg>', "1: no doctype and no entities in a drawing"),
        (DRAWING.replace('viewBox="0 0 360 100"', ""), "1: the <svg> needs viewBox=«0 0 360 …»"),
        (DRAWING.replace('role="img"', ""), "1: the <svg> needs role=«img»"),
        (
            DRAWING.replace('"lock-title lock-desc"', '"lock-title"'),
            "1: the <svg> needs one <desc id=«…»>, named in aria-labelledby",
        ),
    ],
)
def test_what_a_drawing_must_not_have(svg, expected):
    assert said(svg) == [f"a.svg:{expected}"]


def test_numbers_and_signs_may_stand_in_the_drawing():
    assert said(inside('<text x="1">№ 1 → 25 %</text>')) == []


def test_cleaning_drops_what_is_not_allowed_and_keeps_the_rest():
    dirty = inside(
        '<script>alert(1)</script><g onclick="a()" fill="red"><a><text>x</text></a>loose<path d="M0 0"/></g>'
    )

    assert clean_svg('<?xml version="1.0"?><!-- c -->' + dirty) == clean_svg(
        inside('<g fill="red"><path d="M0 0"/></g>')
    )
    assert "script" not in clean_svg(dirty)
    with pytest.raises(SvgError):
        clean_svg("<!DOCTYPE svg>" + DRAWING)


def test_a_drawing_gets_its_words_and_ids_of_its_own():
    assert draw(DRAWING, WORDS, "uz", "f1-") == (
        '<svg class="figure-drawing" viewBox="0 0 360 100" role="img" aria-labelledby="f1-lock-title f1-lock-desc" '
        'lang="uz"><title id="f1-lock-title">Qulf</title>'
        '<desc id="f1-lock-desc">Yopiq &lt;qulf&gt; &amp; kalit</desc>'
        '<rect class="ink" x="10" y="10" width="100" height="40" fill="#1d2733"/>'
        '<text class="paper" id="f1-state" x="20" y="35" font-size="15" fill="#ffffff">yopiq</text></svg>'
    )


def test_a_drawing_without_some_words_stays_empty_there():
    assert '<desc id="lock-desc"/>' in draw(DRAWING, WORDS, "ru", "")
    assert ">закрыт</text>" in draw(DRAWING, WORDS, "ru", "")


def test_the_estimate_is_near_to_what_noto_sans_measures():
    measured = {  # at 15 px, from the font's own tables
        ("Onlayn doʻkon: parol oʻgʻirlandi", False): 218.2,
        ("Магазин: пароль украли", False): 180.5,
        ("Har bir hisobning oʻz paroli bor", True): 231.4,
        ("У каждой записи свой пароль", True): 237.2,
    }

    for (text, bold), width in measured.items():
        assert estimate_width(text, 15, bold) == pytest.approx(width, rel=0.03)


def place(text):
    """A drawing with a box from 100 to 200 and one text, on the same height."""
    return f'<svg viewBox="0 0 300 100"><rect x="100" y="10" width="100" height="30"/>{text}</svg>'


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('<text id="a" x="110" y="30" font-size="15"/>', True),  # ten n are 91.5 wide at 15
        ('<text id="a" x="112" y="30" font-size="15"/>', False),
        ('<text id="a" x="150" y="30" font-size="15" text-anchor="middle"/>', True),
        ('<text id="a" x="140" y="30" font-size="15" text-anchor="middle"/>', False),
        ('<text id="a" x="195" y="30" font-size="15" text-anchor="end"/>', True),
        ('<text id="a" x="180" y="30" font-size="15" text-anchor="end"/>', False),
        ('<text id="a" x="104" y="30" font-size="15" font-weight="700"/>', False),
        ('<g font-size="15" transform="translate(105, 5)"><text id="a" x="0" y="25"/></g>', True),
        ('<g font-size="15" transform="translate(115 5)"><text id="a" x="0" y="25"/></g>', False),
        ('<g transform="rotate(90)"><text id="a" x="190" y="30" font-size="15"/></g>', True),  # nobody knows
        ('<text x="110" y="30" font-size="15"><tspan id="a"/></text>', True),
        ('<text x="115" y="30" font-size="15"><tspan id="a"/></text>', False),
        ('<text id="a" x="112" y="30" font-size="15" font-family="monospace"/>', True),  # 90 wide
        ('<text id="a" x="116" y="30" font-size="15" font-family="monospace"/>', False),
        ('<text id="a" x="112" y="80" font-size="15"/>', True),  # below the box
        ('<text id="a" x="212" y="80" font-size="15"/>', False),  # beyond the drawing
        ('<text id="a" x="400" y="80" font-size="15"/>', False),
    ],
)
def test_a_text_ends_inside_the_box_it_stands_in(text, fits):
    words = {"a": {"uz": "n" * 10}}

    assert too_wide(place(text), words, "uz") == ([] if fits else [("a", "n" * 10)])
    assert too_wide(place(text), words, "ru") == []

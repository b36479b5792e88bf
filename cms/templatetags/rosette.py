"""The rosette that grows with a course: one petal a module, the centre closes on award."""

from functools import lru_cache
from math import cos, pi, sin

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()
STATES = {"done": "d", "now": "p", "todo": ""}


def rosette(states, awarded=False):
    """The rosette of modules by their states, 3 to 16 of them; nothing for fewer. Says nothing that words beside it do not."""
    return _drawn(tuple(states), awarded)


@lru_cache(1000)
def _drawn(states, awarded):
    count = len(states)
    if not 3 <= count <= 16:
        return ""
    centre, petals = petal_paths(count)
    drawn = "".join(
        format_html('<path class="{}" d="{}"/>', STATES[state], path)
        for state, path in zip(states, petals, strict=True)
    )
    return format_html(
        '<svg class="gul" viewBox="0 0 120 120" aria-hidden="true">{}<path class="c{}" d="{}"/></svg>',
        mark_safe(drawn), " d" if awarded else "", centre,  # nosec B703  # our own numbers
    )  # fmt: skip


def petal_paths(count, centre=60, radius=56):
    """(the star in the middle, [the petals, clockwise from the top]) as path data."""
    half, first = pi / count, -pi / 2
    few = count <= 6
    tip, inner, shoulder = radius * (0.50 if few else 0.56), radius * (0.25 if few else 0.37), radius * 0.80

    def at(length, angle):
        return f"{centre + length * cos(angle):.2f} {centre + length * sin(angle):.2f}"

    star, petals = [], []
    for n in range(count):
        angle, width = first + 2 * half * n, half * (0.50 if few else 0.66)
        star += [at(inner, angle), at(tip, angle + half)]
        corners = [(inner, 0), (tip, half), (shoulder, width), (radius, 0), (shoulder, -width), (tip, -half)]
        petals.append("M" + "L".join(at(length, angle + turn) for length, turn in corners) + "Z")
    return "M" + "L".join(star) + "Z", petals

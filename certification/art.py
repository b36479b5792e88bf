"""Everything on the certificate that is not text: literal PDF, because a path of a thousand points costs reportlab a thousand calls.

Millimetres from the upper left corner. What says nothing is marked as artifact; the QR code and scanned signatures are figures.
"""

import functools
import math

from accounts import qr

from . import ornament
from .layout import (
    AXIS,
    BLANK_RULES_Y,
    CELL,
    COLUMNS,
    GOLD,
    HEIGHT,
    INK,
    INNER,
    LEFT,
    MM,
    QR_LEFT,
    QR_SIDE,
    QR_TOP,
    ROWS,
    RULE_LENGTH,
    RULE_Y,
    RULES_AT,
    SAND,
    SEAL_AT,
    SEAL_RADIUS,
    SEAL_Y,
    SOFT,
    TOP,
    TURQUOISE,
    WAVE_LEFT,
    WAVE_RIGHT,
    WAVE_Y,
    WHITE,
    WIDTH,
)  # fmt: skip
from .ornament import LAPIS, operators, painted, tint

DOWNWARDS = f"{MM:.5f} 0 0 {-MM:.5f} 0 {HEIGHT * MM:.3f} cm "  # from points upwards to millimetres downwards


def define_forms(canvas, accent=LAPIS):
    """What is drawn more than once: star and knot of the border, the corner, one line of each guilloche ring."""
    for name, (reach, art) in _forms(accent).items():
        canvas.beginForm(name, -reach, -reach, reach, reach)
        canvas.addLiteral(art)
        canvas.endForm()


@functools.lru_cache(16)
def _forms(accent):
    """{name: (how far it reaches from its middle, operators)}."""
    side = ornament.girih_side(CELL)
    corner_star, petals = ornament.rosette(0, 0, 8, 9.4)
    forms = {
        "star": (
            CELL / 2 + 1,
            painted(ornament.girih_star(side), fill=tint(accent, 0.1), stroke=accent, line=0.32)
            + painted(ornament.khatim(0, 0, 1.25), fill=TURQUOISE),
        ),
        "knot": (side, painted(ornament.girih_knot(side), fill=tint(GOLD, 0.35), stroke=accent, line=0.25)),
        "corner": (
            11.2,
            painted(ornament.circle(0, 0, 10.8), fill=WHITE, stroke=accent, line=0.5)
            + painted("".join(petals), fill=tint(TURQUOISE, 0.16), stroke=accent, line=0.35)
            + painted(corner_star, fill=accent)
            + painted(ornament.khatim(0, 0, 1.7), fill=WHITE),
        ),
    }
    for name, (radius, amplitude, waves, _, colour, line) in RINGS.items():
        forms[name] = (
            radius + amplitude * 1.3 + 1,
            painted(ornament.guilloche_ring(radius, amplitude, waves), stroke=colour, line=line),
        )
    return forms


# name: radius, amplitude, waves, number of lines, colour and thickness of a line
RINGS = {
    "ring-outer": (66, 9, 36, 5, SAND, 0.14),
    "ring-middle": (47, 8, 28, 5, SAND, 0.14),
    "ring-inner": (29, 7, 20, 4, SAND, 0.14),
    "ring-seal": (SEAL_RADIUS, 1.3, 40, 3, TURQUOISE, 0.12),
}


def draw_art(canvas, payload):
    """The ground, the frame, the mark, the places for signatures and seal: marked as artifact, they say nothing that the text does not."""
    signatories = sum(bool(s["name"]) for s in payload["words"][payload["language"]]["signatories"])
    seal, accent = SEAL_AT[signatories], payload.get("design", {}).get("accent", LAPIS)
    canvas.addLiteral(f"/Artifact BMC q {DOWNWARDS}")
    for name in ("ring-outer", "ring-middle", "ring-inner"):
        _draw_ring(canvas, name, AXIS, 100)
    canvas.addLiteral(painted(ornament.circle(seal, SEAL_Y, SEAL_RADIUS + 1.3), fill=WHITE))
    _draw_ring(canvas, "ring-seal", seal, SEAL_Y)
    FRAMES[payload.get("design", {}).get("border", GIRIH)](canvas, accent)
    if not payload.get("design", {}).get("logo"):
        canvas.addLiteral(_mark(accent))
    canvas.addLiteral(_wave())
    canvas.addLiteral("[1 1] 0 d " + painted(ornament.circle(seal, SEAL_Y, 10.4), stroke=SOFT, line=0.25) + "[] 0 d")
    for x in RULES_AT[signatories]:
        for y in [RULE_Y] if signatories else BLANK_RULES_Y:
            canvas.addLiteral(painted(f"M{x - RULE_LENGTH / 2} {y}L{x + RULE_LENGTH / 2} {y}", stroke=INK, line=0.25))
    canvas.addLiteral("Q EMC")


def draw_qr(canvas, address):
    canvas.addLiteral(f"q {DOWNWARDS}{_qr(address)}Q")


def _draw_ring(canvas, name, x, y):
    waves, lines = RINGS[name][2:4]
    for i in range(lines):
        angle = math.tau / waves * i / lines
        cos, sin = math.cos(angle), math.sin(angle)
        _place(canvas, name, f"{cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} {x} {y}")


def _girih_frame(canvas, accent):
    canvas.addLiteral(_frame_clip())
    stars, knots = ornament.border(COLUMNS, ROWS)
    for name, places in (("star", stars), ("knot", knots)):
        for column, row in places:
            _place(canvas, name, f"1 0 0 1 {LEFT + CELL * column:.3f} {TOP + CELL * row:.3f}")
    canvas.addLiteral("Q " + _frame_rules(accent))
    _draw_corners(canvas)


def _guilloche_frame(canvas, accent):
    canvas.addLiteral(_guilloche_band() + _frame_rules(accent))
    _draw_corners(canvas)


def _plain_frame(canvas, accent):
    canvas.addLiteral(_frame_rules(accent))


GIRIH = "girih"
FRAMES = {GIRIH: _girih_frame, "guilloche": _guilloche_frame, "plain": _plain_frame}


def _draw_corners(canvas):
    for x in (LEFT + CELL, WIDTH - LEFT - CELL):
        for y in (TOP + CELL, HEIGHT - TOP - CELL):
            _place(canvas, "corner", f"1 0 0 1 {x:.3f} {y:.3f}")


def _place(canvas, form, matrix):
    canvas.addLiteral(f"q {matrix} cm")
    canvas.doForm(form)
    canvas.addLiteral("Q")


def _frame_clip():
    return "q " + operators(_band()) + " W* n"


@functools.lru_cache(16)
def _frame_rules(accent):
    x0, y0, x1, y1 = INNER
    outer = ornament.rectangle(LEFT - 1.6, TOP - 1.6, WIDTH - 2 * LEFT + 3.2, HEIGHT - 2 * TOP + 3.2)
    return (
        painted(outer, stroke=accent, line=0.7)
        + painted(_band(), stroke=accent, line=0.3)
        + painted(ornament.rectangle(x0, y0, x1 - x0, y1 - y0), stroke=GOLD, line=0.3)
    )


def _band():
    """The two edges of the border."""
    return ornament.rectangle(LEFT, TOP, WIDTH - 2 * LEFT, HEIGHT - 2 * TOP) + ornament.rectangle(
        LEFT + CELL, TOP + CELL, WIDTH - 2 * LEFT - 2 * CELL, HEIGHT - 2 * TOP - 2 * CELL
    )


@functools.cache
def _guilloche_band():
    """Six waves along each side of the frame, between its two edges."""
    out = ["q " + operators(_band()) + " W* n "]
    middle, reach, period = CELL / 2, CELL / 2 - 0.9, 2 * CELL
    for across, down in ((WIDTH, HEIGHT), (HEIGHT, WIDTH)):
        lines = "".join(
            ornament.guilloche_line(0, across, y, reach, period, i / 6)
            for y in (TOP + middle, down - TOP - middle)
            for i in range(6)
        )
        turn = "" if across == WIDTH else f"q 0 1 1 0 {LEFT - TOP:.3f} {TOP - LEFT:.3f} cm "
        out.append(turn + painted(lines, stroke=TURQUOISE, line=0.2) + ("Q " if turn else ""))
    return "".join(out) + "Q "


@functools.lru_cache(16)
def _mark(accent):
    """The mark, 16 across, at the head of the page."""
    return (
        f"q .3333 0 0 .3333 {AXIS - 8} 22.5 cm "
        + painted(ornament.khatim(24, 24, 23.5), fill=accent)
        + painted(ornament.MARK_BOOK, stroke=WHITE, line=3.6)
        + painted(ornament.MARK_SPARK, fill=WHITE)
        + "Q "
    )


@functools.cache
def _wave():
    lines = "".join(ornament.guilloche_line(WAVE_LEFT - 4, WAVE_RIGHT + 4, WAVE_Y, 0.75, 6.2, i / 6) for i in range(6))
    window = ornament.rectangle(WAVE_LEFT, WAVE_Y - 2, WAVE_RIGHT - WAVE_LEFT, 4)
    return "q " + operators(window) + " W n " + painted(lines, stroke=GOLD, line=0.16) + "Q "


def _qr(address):
    """The QR code on white with its quiet zone of four modules."""
    modules, found = qr.runs(address)
    module = QR_SIDE / modules
    quiet = 4 * module
    ground = painted(
        ornament.rectangle(QR_LEFT - quiet, QR_TOP - quiet, QR_SIDE + 2 * quiet, QR_SIDE + 2 * quiet), fill=WHITE
    )
    dark = " ".join(f"{x} {y} {width} 1 re" for x, y, width in found)
    return f"{ground}q {module:.5f} 0 0 {module:.5f} {QR_LEFT} {QR_TOP} cm 0 g {dark} f Q "

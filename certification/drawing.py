"""The certificate as a PDF: one A4 page, landscape, the same bytes for the same payload.

A payload is frozen with the certificate and says everything that is printed:

    {"schema": 1, "number": "SBQ-2026-000417", "code": "7KQ4M9XRT2HK", "language": "uz", "holder": "...",
     "verify_url": "https://saboq.example/verify/7KQ4M9XRT2HK/", "issued_on": "2026-11-22", "expires_on": None or "2029-11-22", "hours": 36,
     "period": {"from": "2026-09-07", "to": "2026-11-16"}, "order": None or {"number": "12-i", "date": "2026-11-20"},
     "course_code": "SEC", "demo": True,
     "words": {"uz": {"issuer": "...", "course": "...", "modules": ["...", ...], "legal_basis": "..." or "",
                      "signatories": [{"name": "...", "post": "..."}, ... none to two]}, "ru": {...}, "en": {...}}}

`draw` makes the file, `lay_out` says where each line of text stands. All measures are millimetres from the upper left
corner of the page, sizes of type too. Anatomy and colours: the look's «Certificate anatomy».
"""

import functools
import hashlib
import json
import math
import pathlib
import threading
import unicodedata
from dataclasses import dataclass, replace

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from accounts import qr

from . import ornament
from .ornament import operators, painted, tint
from .wording import LABELS, facts

MM = 72 / 25.4
WIDTH, HEIGHT, AXIS = 297, 210, 148.5

INK, SOFT, LAPIS, TURQUOISE, GOLD = "#1a2233", "#545047", "#1e3f94", "#0a686f", "#8a6412"
SAND, POMEGRANATE, WHITE = "#e6ddc8", "#a1242f", "#ffffff"

SERIF, SERIF_BOLD, SANS, SANS_BOLD, MONO = FONTS = (
    "NotoSerif-Regular",
    "NotoSerif-Bold",
    "NotoSans-Regular",
    "NotoSans-Bold",
    "NotoSansMono-Bold",
)
rl_config.useA85 = 0  # streams as they are, not spelt out in ASCII: a fifth smaller and 2 ms faster
for _name in FONTS:
    pdfmetrics.registerFont(
        TTFont(_name, pathlib.Path(__file__).parent / "fonts" / f"{_name}.ttf", asciiReadable=False)
    )

# The frame: a border of 35 x 24 cells round the page; text keeps inside the gold rule
COLUMNS, ROWS = 35, 24
CELL = 277 / COLUMNS
LEFT, TOP = (WIDTH - COLUMNS * CELL) / 2, (HEIGHT - ROWS * CELL) / 2
INNER = (LEFT + CELL + 1.1, TOP + CELL + 1.1, WIDTH - LEFT - CELL - 1.1, HEIGHT - TOP - CELL - 1.1)

WAVE_LEFT, WAVE_RIGHT, WAVE_Y = 62, 235, 96.4  # the guilloche rule under the name
FOOT_LEFT, LAST_LINE_Y = 30, 189.4
RULE_LENGTH, RULE_Y = 62, 175.5  # signature rules; the 12 mm above them stay free for a scan
BLANK_RULES_Y = (170.5, 181.5)  # without a signatory: one for the signature, one for name and post
RULES_AT = {0: (131,), 1: (131,), 2: (61, 164)}  # their middles, by the number of signatories
SEAL_AT = {0: 183, 1: 183, 2: 112.5}
SEAL_Y, SEAL_RADIUS = 171, 12.2
QR_LEFT, QR_TOP, QR_SIDE = 236, 152.5, 25


class MissingGlyph(ValueError):
    """A sign that the font of the certificate cannot print. `sign` is the sign, `text` the line in which it stands."""

    def __init__(self, sign, text):
        super().__init__(f"no glyph for U+{ord(sign):04X} {unicodedata.name(sign, '')} in {text!r}")
        self.sign, self.text = sign, text


@dataclass(frozen=True)
class Line:
    """A line of text: x of its start or middle (`anchor`), y of its baseline, `spacing` between letters."""

    text: str
    x: float
    y: float
    size: float
    font: str = SANS
    colour: str = SOFT
    anchor: str = "middle"
    spacing: float = 0

    @property
    def width(self):
        return width_of(self.text, self.font, self.size) + self.spacing * (len(self.text) - 1)

    @property
    def left(self):
        return self.x - self.width / 2 if self.anchor == "middle" else self.x

    @property
    def box(self):
        """(left, top, right, bottom), with room for Ў above and for q below."""
        return self.left, self.y - 0.95 * self.size, self.left + self.width, self.y + 0.25 * self.size


def draw(payload):
    """The PDF of a certificate, as bytes. Raises MissingGlyph rather than print a box."""
    lines = lay_out(payload)
    with _one_at_a_time:
        canvas = Canvas(
            "",
            pagesize=(WIDTH * MM, HEIGHT * MM),
            pageCompression=1,
            invariant=1,
            pdfVersion=(1, 7),
            initialFontName=SANS,
            lang=payload["language"],
        )
        _describe(canvas, payload)
        _define_forms(canvas)
        _draw_art(canvas, payload)
        for line in lines:
            canvas.setFont(line.font, line.size * MM)
            canvas.setFillColor(line.colour)
            canvas.drawString(line.left * MM, (HEIGHT - line.y) * MM, line.text, charSpace=line.spacing * MM)
        canvas.showPage()
        return canvas.getpdfdata()


_one_at_a_time = threading.Lock()  # reportlab: one TTFont must not serve two documents at the same time


# --- What is printed where -------------------------------------------------------------------------------------------


def lay_out(payload):
    """Every line of text of the page in reading order. Raises MissingGlyph.

    Long texts shrink and break into lines; only the list of modules is ever cut, with «…». No two boxes overlap.
    """
    labels = LABELS[payload["language"]]
    found = [f._replace(label=_clean(f.label), value=_clean(f.value)) for f in facts(payload, payload["language"])]
    fact = {f.key: f for f in found}
    lines = [
        *_fitted(fact["issuer"].value, SANS, 3.5, room=200, most=2, y=44, leading=1.3),
        Line(labels["title"].upper(), AXIS, 64.5, 12.6, SERIF, LAPIS, spacing=2.4),
        Line(labels["subtitle"], AXIS, 71.8, 4.3, SERIF),
        *_holder(fact["holder"]),
        *_course(fact["course"]),
        *_row_of_facts([f for f in found if f.key in ("hours", "period", "order", "issued_on", "expires_on")]),
        *_modules(fact.get("modules")),
        Line(f"{labels['number_sign']} {fact['number'].value}", FOOT_LEFT, 157.7, 3.3, SANS_BOLD, INK, "start"),
        *_legal_basis(fact.get("legal_basis")),
        *_signatures([f for f in found if f.key == "signatory"], labels),
        *_under_the_qr(fact),
        *_last_line(fact.get("demo"), labels),
        _microtext(payload, fact),
    ]
    for line in lines:
        _check(line)
    return lines


def _holder(fact):
    """The name in one line of 10 down to 7, else in two."""
    if width_of(fact.value, SERIF_BOLD, 7) <= 226:
        return [
            Line(fact.label, AXIS, 80.5, 3.4),
            *_fitted(fact.value, SERIF_BOLD, 10, room=226, most=1, y=91.5, colour=INK),
        ]
    return [
        Line(fact.label, AXIS, 77, 3.4),
        *_fitted(fact.value, SERIF_BOLD, 6.6, room=226, most=2, y=84.2, leading=1.2, colour=INK),
    ]


def _course(fact):
    title = _fitted(fact.value, SERIF_BOLD, 6.4, room=215, most=2, y=117.5, raised=3, leading=1.25, colour=TURQUOISE)
    return [Line(fact.label, AXIS, 106.5, 3.4), *title]


def _row_of_facts(row):
    """Three to five facts side by side, each as wide as it needs, all of one size; in two lines where that is too small."""
    room, gap = 231, 9

    def columns(size, most):
        """[(lines of the value, width), ...] and what is left of the room for each gap."""
        values = [_evened([f.value], SANS_BOLD, size, most) for f in row]
        widths = [
            max(width_of(f.label, SANS, 2.9), *(width_of(line, SANS_BOLD, size) for line in lines))
            for f, lines in zip(row, values, strict=True)
        ]
        return values, widths, (room - sum(widths)) / len(row)

    size, most, y = 4.1, 1, 134.2
    while (laid := columns(size, most))[2] < gap:
        size *= 0.98
        if most == 1 and size < 3.1:
            size, most, y = 3.4, 2, 133.1
    out, x, (values, widths, free) = [], AXIS - room / 2, laid
    for f, lines, width in zip(row, values, widths, strict=True):
        middle = x + (free + width) / 2
        out += [
            Line(f.label, middle, 128.8, 2.9),
            *_set(lines, SANS_BOLD, size, x=middle, y=y, leading=1.2, colour=INK),
        ]
        x += free + width
    return out


def _modules(fact):
    """Four lines, else five smaller ones, broken between the titles where that is possible, else between words, else cut."""
    if fact is None:
        return []
    room, free = 168, f"{fact.label}: {fact.value}"
    whole = free.replace(" ", KEPT).replace(f"{KEPT}·{KEPT}", f"{KEPT}· ")
    for size, most, leading in ((2.75, 4, 1.3), (2.4, 5, 1.28)):
        for text in (whole, _breakable(free, SANS, size, room)):
            lines = _wrapped(text, SANS, size, room)
            if len(lines) <= most and _widest(lines, SANS, size) <= room:
                lines = [line.replace(KEPT, " ") for line in _evened(lines, SANS, size, len(lines))]
                return _set(lines, SANS, size, y=141.6, leading=leading)
    return _set(_cut(lines, SANS, size, room, most), SANS, size, y=141.6, leading=leading)


def _legal_basis(fact):
    if fact is None:
        return []
    text, room = f"{fact.label}: {fact.value}", 68
    size, most = (2.5, 2) if width_of(text, SANS, 2.5) <= 1.8 * room else (2.3, 3)
    return _fitted(text, SANS, size, room=room, most=most, x=FOOT_LEFT, y=161, leading=1.2, anchor="start")


def _signatures(signatories, labels):
    """Name and post under each rule; without a signatory the generic word, and a second rule for a name by hand."""
    places, out = RULES_AT[len(signatories)], []
    for signatory, x in zip(signatories, places, strict=False):
        out += _fitted(signatory.value, SANS_BOLD, 3.5, room=RULE_LENGTH, most=1, x=x, y=RULE_Y + 4.2, colour=INK)
        out += _fitted(signatory.label, SANS, 2.6, room=RULE_LENGTH, most=2, x=x, y=RULE_Y + 7.6, leading=1.2)
    if not signatories:
        out.append(Line(f"{labels['signatory']} ({labels['signature']})", places[0], BLANK_RULES_Y[0] + 3.3, 2.6))
        out.append(Line(labels["name_and_post"], places[0], BLANK_RULES_Y[1] + 3.3, 2.6))
    return [*out, Line(labels["seal"], SEAL_AT[len(signatories)], SEAL_Y + 1.1, 3)]


def _under_the_qr(fact):
    x, below = QR_LEFT + QR_SIDE / 2, QR_TOP + QR_SIDE
    (address,) = _fitted(fact["verify_url"].value, SANS, 2.7, room=55, most=1, y=below + 10.3, colour=INK)
    return [
        Line(fact["code"].value, x, below + 6.6, 3.3, MONO, INK),
        replace(address, x=min(x, 267.5 - address.width / 2)),
    ]  # a long one grows to the left, away from the corner


def _last_line(demo, labels):
    if demo is None:
        return [Line(labels["how_to_verify"], AXIS, LAST_LINE_Y, 2.2)]
    return [Line(f"{demo.label.upper()}. {demo.value}", AXIS, LAST_LINE_Y, 2.6, SANS_BOLD, POMEGRANATE)]


def _microtext(payload, fact):
    """A line that copiers blur: number, code and course, again and again under the guilloche rule."""
    unit, room = f"{fact['number'].value} · {fact['code'].value} · {payload['course_code']}", WAVE_RIGHT - WAVE_LEFT
    text = " · ".join([unit] * max(int(room / width_of(f"{unit} · ", SANS, 0.95)), 1))
    return Line(text, AXIS, 99.4, room / width_of(text, SANS, 1))


def _check(line):
    known = pdfmetrics.getFont(line.font).face.charToGlyph
    for sign in line.text:
        if ord(sign) not in known:
            raise MissingGlyph(sign, line.text)


KEPT = "\u00a0"  # a space at which no line is broken


# --- Fitting text ----------------------------------------------------------------------------------------------------


def width_of(text, font, size):
    """Width of a text in the unit of `size`."""
    return pdfmetrics.stringWidth(text, font, size)


def _clean(text):
    """One spelling of a letter with a mark (й is one sign), one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _fitted(text, font, size, *, room, most, y, raised=0, **how):
    """Lines of a text in at most `most` lines of `room`, at the largest size up to `size`; `raised` lifts two lines or more."""
    size = min(size, size * room * most / max(width_of(text, font, size), 1))
    while len(lines := _wrapped(text, font, size, room)) > most or _widest(lines, font, size) > room:
        size *= 0.985
    return _set(_evened(lines, font, size, len(lines)), font, size, y=y - (raised if len(lines) > 1 else 0), **how)


def _set(texts, font, size, *, y, x=AXIS, leading=1.0, colour=SOFT, anchor="middle"):
    """Lines under each other from the baseline y; `leading` is in sizes of type."""
    return [Line(text, x, y + i * leading * size, size, font, colour, anchor) for i, text in enumerate(texts)]


def _wrapped(text, font, size, room):
    """Texts of lines no wider than `room`; a word that is wider stands alone."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and width_of(longer, font, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _evened(lines, font, size, most):
    """The same text in at most `most` lines that are as even in width as its words allow, never wider than before."""
    best, text, high = lines, " ".join(lines), _widest(lines, font, size)
    low = width_of(text, font, size) / most * 0.9
    while most > 1 and high - low > size / 10:
        room = (low + high) / 2
        tried = _wrapped(text, font, size, room)
        if len(tried) <= most and (widest := _widest(tried, font, size)) <= room:
            best, high = tried, widest
        else:
            low = room
    return best


def _widest(lines, font, size):
    return max(width_of(line, font, size) for line in lines)


def _cut(lines, font, size, room, most):
    """The first `most` lines, the last of them ending in «…»."""
    *kept, last = lines[:most]
    words = last.split()
    while len(words) > 1 and width_of(" ".join(words) + "…", font, size) > room:
        words.pop()
    last = " ".join(words)
    while width_of(last + "…", font, size) > room:
        last = last[:-1]
    return [*kept, last.rstrip(" ·.,;:") + "…"]


def _breakable(text, font, size, room):
    """The text with a space inside every word that is wider than the room."""
    words = []
    for word in text.split():
        while width_of(word, font, size) > room:
            fits = max(sum(width_of(word[:i], font, size) <= room for i in range(1, len(word))), 1)
            words.append(word[:fits])
            word = word[fits:]
        words.append(word)
    return " ".join(words)


# --- Art: literal PDF, because a path of a thousand points costs reportlab a thousand calls --------------------------


def _describe(canvas, payload):
    labels, words = LABELS[payload["language"]], payload["words"][payload["language"]]
    canvas.setTitle(f"{labels['title']} {payload['number']}: {payload['holder']}")
    canvas.setAuthor(words["issuer"])
    canvas.setSubject(words["course"])
    canvas.setCreator("Saboq")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.setDateFormatter(lambda *now: f"D:{payload['issued_on'].replace('-', '')}000000Z")
    # the file's identity follows from the payload; reportlab's own would follow SOURCE_DATE_EPOCH
    canvas._doc.signature = hashlib.md5(json.dumps(payload, sort_keys=True).encode(), usedforsecurity=False)


def _define_forms(canvas):
    """What is drawn more than once: star and knot of the border, the corner, one line of each guilloche ring."""
    for name, (reach, art) in _forms().items():
        canvas.beginForm(name, -reach, -reach, reach, reach)
        canvas.addLiteral(art)
        canvas.endForm()


@functools.cache
def _forms():
    """{name: (how far it reaches from its middle, operators)}."""
    side = ornament.girih_side(CELL)
    corner_star, petals = ornament.rosette(0, 0, 8, 9.4)
    forms = {
        "star": (
            CELL / 2 + 1,
            painted(ornament.girih_star(side), fill=tint(LAPIS, 0.1), stroke=LAPIS, line=0.32)
            + painted(ornament.khatim(0, 0, 1.25), fill=TURQUOISE),
        ),
        "knot": (side, painted(ornament.girih_knot(side), fill=tint(GOLD, 0.35), stroke=LAPIS, line=0.25)),
        "corner": (
            11.2,
            painted(ornament.circle(0, 0, 10.8), fill=WHITE, stroke=LAPIS, line=0.5)
            + painted("".join(petals), fill=tint(TURQUOISE, 0.16), stroke=LAPIS, line=0.35)
            + painted(corner_star, fill=LAPIS)
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


def _draw_art(canvas, payload):
    """Everything but text, marked as artifact: it says nothing that the text does not say."""
    signatories = sum(bool(s["name"]) for s in payload["words"][payload["language"]]["signatories"])
    seal = SEAL_AT[signatories]
    canvas.addLiteral(f"/Artifact BMC q {MM:.5f} 0 0 {-MM:.5f} 0 {HEIGHT * MM:.3f} cm")
    for name in ("ring-outer", "ring-middle", "ring-inner"):
        _draw_ring(canvas, name, AXIS, 100)
    canvas.addLiteral(painted(ornament.circle(seal, SEAL_Y, SEAL_RADIUS + 1.3), fill=WHITE))
    _draw_ring(canvas, "ring-seal", seal, SEAL_Y)
    _draw_frame(canvas)
    canvas.addLiteral(_mark() + _wave())
    canvas.addLiteral("[1 1] 0 d " + painted(ornament.circle(seal, SEAL_Y, 10.4), stroke=SOFT, line=0.25) + "[] 0 d")
    for x in RULES_AT[signatories]:
        for y in [RULE_Y] if signatories else BLANK_RULES_Y:
            canvas.addLiteral(painted(f"M{x - RULE_LENGTH / 2} {y}L{x + RULE_LENGTH / 2} {y}", stroke=INK, line=0.25))
    canvas.addLiteral(_qr(payload["verify_url"]) + "Q EMC")


def _draw_ring(canvas, name, x, y):
    waves, lines = RINGS[name][2:4]
    for i in range(lines):
        angle = math.tau / waves * i / lines
        cos, sin = math.cos(angle), math.sin(angle)
        _place(canvas, name, f"{cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} {x} {y}")


def _draw_frame(canvas):
    canvas.addLiteral(_frame_clip())
    stars, knots = ornament.border(COLUMNS, ROWS)
    for name, places in (("star", stars), ("knot", knots)):
        for column, row in places:
            _place(canvas, name, f"1 0 0 1 {LEFT + CELL * column:.3f} {TOP + CELL * row:.3f}")
    canvas.addLiteral(_frame_rules())
    for x in (LEFT + CELL, WIDTH - LEFT - CELL):
        for y in (TOP + CELL, HEIGHT - TOP - CELL):
            _place(canvas, "corner", f"1 0 0 1 {x:.3f} {y:.3f}")


def _place(canvas, form, matrix):
    canvas.addLiteral(f"q {matrix} cm")
    canvas.doForm(form)
    canvas.addLiteral("Q")


def _frame_clip():
    return "q " + operators(_band()) + " W* n"


@functools.cache
def _frame_rules():
    x0, y0, x1, y1 = INNER
    outer = ornament.rectangle(LEFT - 1.6, TOP - 1.6, WIDTH - 2 * LEFT + 3.2, HEIGHT - 2 * TOP + 3.2)
    return (
        "Q "
        + painted(outer, stroke=LAPIS, line=0.7)
        + painted(_band(), stroke=LAPIS, line=0.3)
        + painted(ornament.rectangle(x0, y0, x1 - x0, y1 - y0), stroke=GOLD, line=0.3)
    )


def _band():
    """The two edges of the border."""
    return ornament.rectangle(LEFT, TOP, WIDTH - 2 * LEFT, HEIGHT - 2 * TOP) + ornament.rectangle(
        LEFT + CELL, TOP + CELL, WIDTH - 2 * LEFT - 2 * CELL, HEIGHT - 2 * TOP - 2 * CELL
    )


@functools.cache
def _mark():
    """The mark, 16 across, at the head of the page."""
    return (
        f"q .3333 0 0 .3333 {AXIS - 8} 22.5 cm "
        + painted(ornament.khatim(24, 24, 23.5), fill=LAPIS)
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

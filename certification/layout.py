"""Where each line of text of the certificate stands, and what it is to a reader who only hears it.

The payload's shape stands in certification/drawing.py. All measures are millimetres from the upper left corner of the page,
sizes of type too. Anatomy and colours: the look's «Certificate anatomy».
"""

import pathlib
import unicodedata
from dataclasses import dataclass, replace

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from .ornament import LAPIS
from .wording import LABELS, facts

MM = 72 / 25.4
WIDTH, HEIGHT, AXIS = 297, 210, 148.5

INK, SOFT, TURQUOISE, GOLD = "#1a2233", "#545047", "#0a686f", "#8a6412"
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
LOGO_BOX = (AXIS - 40, 22.5, AXIS + 40, 38.5)  # in the place of the mark


class MissingGlyph(ValueError):
    """A sign that the font of the certificate cannot print. `sign` is the sign, `text` the line in which it stands."""

    def __init__(self, sign, text):
        super().__init__(f"no glyph for U+{ord(sign):04X} {unicodedata.name(sign, '')} in {text!r}")
        self.sign, self.text = sign, text


@dataclass(frozen=True)
class Line:
    """A line of text: x of its start or middle (`anchor`), y of its baseline, `spacing` between letters.

    `role` is the structure type of what it belongs to (H1, P, Lbl, LBody, Link), `fact` tells one such from the next; lines
    with equal role and fact are one. Without a role it is ornament, and not read out.
    """

    text: str
    x: float
    y: float
    size: float
    font: str = SANS
    colour: str = SOFT
    anchor: str = "middle"
    spacing: float = 0
    role: str = "P"
    fact: str = ""

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


# --- What is printed where -------------------------------------------------------------------------------------------


def lay_out(payload):
    """Every line of text of the page in reading order. Raises MissingGlyph.

    Long texts shrink and break into lines; only the list of modules is ever cut, with «…». No two boxes overlap.
    """
    labels = LABELS[payload["language"]]
    found = [f._replace(label=clean(f.label), value=clean(f.value)) for f in facts(payload, payload["language"])]
    fact = {f.key: f for f in found}
    accent = payload.get("design", {}).get("accent", LAPIS)
    lines = [
        *_as("P", "issuer", _fitted(fact["issuer"].value, SANS, 3.5, room=200, most=2, y=44, leading=1.3)),
        *_title(labels, payload["words"][payload["language"]], accent),
        *_holder(fact["holder"]),
        *_course(fact["course"]),
        *_row_of_facts([f for f in found if f.key in ("hours", "period", "order", "issued_on", "expires_on")]),
        *_as("P", "modules", _modules(fact.get("modules"))),
        Line(
            f"{labels['number_sign']} {fact['number'].value}",
            FOOT_LEFT,
            157.7,
            3.3,
            SANS_BOLD,
            INK,
            "start",
            fact="number",
        ),
        *_as("P", "legal_basis", _legal_basis(fact.get("legal_basis"))),
        *_signatures([f for f in found if f.key == "signatory"], labels),
        *_under_the_qr(fact),
        *_as("P", "last", _last_line(fact.get("demo"), labels)),
        _microtext(payload, fact),
    ]
    for line in lines:
        _check(line)
    return lines


def _as(role, fact, lines):
    return [replace(line, role=role, fact=fact) for line in lines]


def _pair(fact, label, value, key=None):
    """A label and what it names: the two halves of an item of the list."""
    key = key or fact.key
    return [*_as("Lbl", key, label), *_as("LBody", key, value)]


def _title(labels, words, accent):
    return [
        Line(labels["title"].upper(), AXIS, 64.5, 12.6, SERIF, accent, spacing=2.4, role="H1", fact="title"),
        *_as(
            "P", "subtitle", _fitted(words.get("subtitle") or labels["subtitle"], SERIF, 4.3, room=226, most=1, y=71.8)
        ),
    ]


def _holder(fact):
    """The name in one line of 10 down to 7, else in two."""
    if width_of(fact.value, SERIF_BOLD, 7) <= 226:
        label, size, most, y = 80.5, 10, 1, 91.5
    else:
        label, size, most, y = 77, 6.6, 2, 84.2
    name = _fitted(fact.value, SERIF_BOLD, size, room=226, most=most, y=y, leading=1.2, colour=INK)
    return _pair(fact, [Line(fact.label, AXIS, label, 3.4)], name)


def _course(fact):
    title = _fitted(fact.value, SERIF_BOLD, 6.4, room=215, most=2, y=117.5, raised=3, leading=1.25, colour=TURQUOISE)
    return _pair(fact, [Line(fact.label, AXIS, 106.5, 3.4)], title)


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
        value = _set(lines, SANS_BOLD, size, x=middle, y=y, leading=1.2, colour=INK)
        out += _pair(f, [Line(f.label, middle, 128.8, 2.9)], value)
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
    for number, (signatory, x) in enumerate(zip(signatories, places, strict=False)):
        name = _fitted(signatory.value, SANS_BOLD, 3.5, room=RULE_LENGTH, most=1, x=x, y=RULE_Y + 4.2, colour=INK)
        post = _fitted(signatory.label, SANS, 2.6, room=RULE_LENGTH, most=2, x=x, y=RULE_Y + 7.6, leading=1.2)
        out += _pair(signatory, post, name, f"signatory-{number}")
    if not signatories:
        by_hand = f"{labels['signatory']} ({labels['signature']})"
        out.append(Line(by_hand, places[0], BLANK_RULES_Y[0] + 3.3, 2.6, fact="by_hand"))
        out.append(Line(labels["name_and_post"], places[0], BLANK_RULES_Y[1] + 3.3, 2.6, fact="name_and_post"))
    return [*out, Line(labels["seal"], SEAL_AT[len(signatories)], SEAL_Y + 1.1, 3, fact="seal")]


def _under_the_qr(fact):
    x, below = QR_LEFT + QR_SIDE / 2, QR_TOP + QR_SIDE
    (address,) = _fitted(fact["verify_url"].value, SANS, 2.7, room=55, most=1, y=below + 10.3, colour=INK)
    return [
        Line(fact["code"].value, x, below + 6.6, 3.3, MONO, INK, fact="code"),
        replace(address, x=min(x, 267.5 - address.width / 2), role="Link", fact="verify_url"),
    ]  # a long one grows to the left, away from the corner


def _last_line(demo, labels):
    if demo is None:
        return [Line(labels["how_to_verify"], AXIS, LAST_LINE_Y, 2.2)]
    return [Line(f"{demo.label.upper()}. {demo.value}", AXIS, LAST_LINE_Y, 2.6, SANS_BOLD, POMEGRANATE)]


def _microtext(payload, fact):
    """A line that copiers blur: number, code and course, again and again under the guilloche rule."""
    unit, room = f"{fact['number'].value} · {fact['code'].value} · {payload['course_code']}", WAVE_RIGHT - WAVE_LEFT
    text = " · ".join([unit] * max(int(room / width_of(f"{unit} · ", SANS, 0.95)), 1))
    return Line(text, AXIS, 99.4, room / width_of(text, SANS, 1), role="")


def scan_box(signatories, number):
    """Where the scanned signature of the signatory `number` of so many stands: on the rule, which it crosses a little."""
    x = RULES_AT[signatories][number]
    return x - 26, RULE_Y - 8, x + 26, RULE_Y + 1


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


def clean(text):
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
